// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"

static void send_all(int fd, const char *bytes, size_t size)
{
	ssize_t sent = 1;

	for (; size && sent > 0; bytes += sent, size -= sent)
		sent = send(fd, bytes, size, MSG_NOSIGNAL);
}

/* What it has asked is of no interest. */
static void serve(int fd, const char *says, size_t size, enum fake_then then, size_t again)
{
	struct pollfd asked = { .fd = fd, .events = POLLIN };
	const struct linger at_once = { .l_onoff = 1 };
	char request[65536];

	if (poll(&asked, 1, 5000) == 1)
		recv(fd, request, sizeof(request), 0);
	send_all(fd, says, size);
	while (then == FAKE_REPEATS &&
	       send(fd, says + size - again, again, MSG_NOSIGNAL) > 0)
		;
	if (then == FAKE_RESETS)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	else if (then != FAKE_HANGS)
		shutdown(fd, SHUT_WR);
	/* One that is closed while there is something to be read takes back what was sent. */
	while (then != FAKE_RESETS && poll(&asked, 1, then == FAKE_HANGS ? -1 : 50) == 1 &&
	       recv(fd, request, sizeof(request), 0) > 0)
		;
	close(fd);
}

static int start_listening(int backlog, char *url, size_t size)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) || listen(fd, backlog) ||
	    getsockname(fd, (struct sockaddr *)&address, &length)) {
		perror("fake server");
		exit(1);
	}
	snprintf(url, size, "http://127.0.0.1:%u", ntohs(address.sin_port));
	return fd;
}

void fake_start_full(char *url, size_t size, int *fds, int count)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	int i;

	fds[0] = start_listening(0, url, size);
	getsockname(fds[0], (struct sockaddr *)&address, &length);
	for (i = 1; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(fds[i], (struct sockaddr *)&address, sizeof(address));
	}
}

void fake_start(struct fake *fake, const char *says, size_t size, enum fake_then then,
		size_t again)
{
	int listener = start_listening(8, fake->url, sizeof(fake->url));
	char *bytes;
	size_t i;

	fflush(NULL);
	fake->pid = fork();
	if (!fake->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		bytes = malloc(size + 1);
		for (i = 0; i < size; i++)
			bytes[i] = says[i] == '\'' ? '"' : says[i];
		for (;;)
			serve(accept(listener, NULL, NULL), bytes, size, then, again);
	}
	close(listener);
}

void fake_stop(struct fake *fake)
{
	kill(fake->pid, SIGKILL);
	waitpid(fake->pid, NULL, 0);
}
