// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "event.h"
#include "interruption.h"
#include "output.h"

static void print_event(const struct gpuspec_event *event, void *data)
{
	const struct request *request = data;
	json_t *row = row_event(event);

	if (request->json) {
		output_json_line(row);
	} else {
		if (event->missed)
			printf("(missed %llu events)\n", (unsigned long long)event->missed);
		/* The time of the day is enough in text. */
		printf("%.8s %s\n", output_text(row, "time") + 11, output_text(row, "sentence"));
		fflush(stdout);
	}
	json_decref(row);
}

int monitor(struct request *request)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int error;

	fds[1].fd = interruption_fd();
	if (fds[1].fd < 0)
		return fail(EXIT_FAILED, "monitor", "%s", strerror(errno));
	error = gpuspec_nl_subscribe(request->nl);
	if (error)
		return fail_nl(request->nl, error, "monitor");
	fds[0].fd = gpuspec_nl_fd(request->nl);
	while (!error && !ferror(stdout)) {
		if (poll(fds, 2, -1) < 0)
			error = fail(EXIT_FAILED, "monitor", "%s", strerror(errno));
		if (error || fds[1].revents)
			break;
		error = gpuspec_nl_hear(request->nl, print_event, request);
	}
	close(fds[1].fd);
	return error < 0 ? fail_nl(request->nl, error, "monitor") : error;
}
