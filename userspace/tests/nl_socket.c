// SPDX-License-Identifier: GPL-2.0
/*
 * Requests and their answers, from the family that every kernel has. One that
 * got no answer is no trouble for the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "nl_socket.h"

static int count(const struct genlmsghdr *header, void *data)
{
	size_t *families = data;

	*families += header->cmd == CTRL_CMD_NEWFAMILY;
	return 0;
}

static size_t families(struct gpuspec_nl *nl)
{
	size_t found = 0;

	check(!gpuspec_nl_ask(nl, CTRL_CMD_GETFAMILY, NLM_F_DUMP, count, &found));
	return found;
}

/* Once nothing can be sent, or what is sent is not answered in time. */
static void test_in_step(struct gpuspec_nl *nl)
{
	const struct timeval soon = { .tv_usec = 1000 };
	size_t all = families(nl);
	uint32_t port;
	int nowhere, pair[2], i;

	check(all > 0);
	nowhere = open("/dev/null", O_RDWR);
	check(!socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	for (i = 0; i < 4; i++) {
		dup2(i % 2 ? pair[0] : nowhere, nl_socket_get_fd(nl->sock));
		check(gpuspec_nl_ask(nl, CTRL_CMD_GETFAMILY, NLM_F_DUMP, count, &all) == -EIO);
		check(families(nl) == all);
	}
	/* That it does not say which family is an answer, and the socket stays. */
	port = nl_socket_get_local_port(nl->sock);
	check(gpuspec_nl_ask(nl, CTRL_CMD_GETFAMILY, 0, count, &all) == -EINVAL);
	check(families(nl) == all);
	check(nl_socket_get_local_port(nl->sock) == port);
}

int main(void)
{
	struct gpuspec_nl nl = { .family = GENL_ID_CTRL };

	if (gpuspec_nl_connect(&nl)) {
		printf("%s\n", gpuspec_nl_sentence(&nl));
		return 1;
	}
	test_in_step(&nl);
	nl_socket_free(nl.sock);
	return failed;
}
