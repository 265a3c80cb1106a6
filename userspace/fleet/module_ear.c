// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "module_ear.h"

static void ignore_event(const struct gpuspec_event *event, void *data)
{
	(void)event;
	(void)data;
}

static int on_event(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct module_ear *ear = data;
	bool gone = gpuspec_nl_hear(ear->nl, ignore_event, NULL);

	(void)source;
	(void)fd;
	(void)events;
	if (gone)
		module_ear_close(ear);
	ear->heard(gone, ear->data);
	return 0;
}

/*
 * To open a way to it would load it, or load it again while it goes; and it is
 * not up to an agent to undo what root has done.
 */
static bool is_live(void)
{
	FILE *file = fopen("/sys/module/gpuspec/initstate", "re");
	char state[16] = "";

	if (file && !fgets(state, sizeof(state), file))
		*state = '\0';
	if (file)
		fclose(file);
	return !strcmp(state, "live\n");
}

int module_ear_open(struct module_ear *ear, sd_event *loop)
{
	int error;

	*ear->trouble = '\0';
	if (!is_live())
		return -ENOENT;
	error = gpuspec_nl_open(ear->requests);
	if (!error)
		error = gpuspec_nl_open(&ear->nl);
	if (!error)
		error = gpuspec_nl_subscribe(ear->nl);
	if (!error)
		error = sd_event_add_io(loop, &ear->source, gpuspec_nl_fd(ear->nl), EPOLLIN,
					on_event, ear);
	if (error >= 0)
		return 0;
	snprintf(ear->trouble, sizeof(ear->trouble), "%s",
		 gpuspec_nl_sentence(ear->nl ? ear->nl : *ear->requests));
	module_ear_close(ear);
	return error;
}

void module_ear_close(struct module_ear *ear)
{
	ear->source = sd_event_source_disable_unref(ear->source);
	gpuspec_nl_close(ear->nl);
	gpuspec_nl_close(*ear->requests);
	ear->nl = NULL;
	*ear->requests = NULL;
}
