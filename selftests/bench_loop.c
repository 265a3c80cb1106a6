// SPDX-License-Identifier: GPL-2.0
/*
 * Does one thing again and again, for the benchmarks (bench/), and prints the nanoseconds
 * that each took, a line each. An operation that does not come out as it should ends it.
 *
 *   bench_loop open ADDRESS N           a device, by VFIO's group: its descriptor, and closed
 *   bench_loop refused ADDRESS N        the same where it is refused
 *   bench_loop together N ADDRESS...    opens, a thread for each device: the time for one
 *   bench_loop longest ADDRESS COMMAND  opens while COMMAND runs: the longest, after what
 *                                       COMMAND says
 *   bench_loop create TYPE N            an mdev of the type in this folder, and removed
 *   bench_loop bind CARD N              to vfio-pci, and unbound
 *   bench_loop set N                    as many specs, one change each: all of them
 *   bench_loop apply N ROUNDS           as many specs in one change, of each its state
 *   bench_loop specs | routes           a dump of all: the time for one
 *   bench_loop heard ADDRESS N BYTES    N refusals, and a listener with a buffer of so many
 *                                       bytes, 0: one that reads all the while; then in a
 *                                       second line how many it got, and in a third how
 *                                       many it can tell that it did not get
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policy.h"
#include "vfio.h"

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "bench_loop: ");
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void told(double begin)
{
	printf("%.0f\n", now() - begin);
}

static void write_to(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		fail("%s", path);
	close(file);
}

/* --- devices --- */

/* Its group, with a container and all that comes before the device itself. */
static void open_group(const char *address, struct vfio_user *user)
{
	char node[300];

	if (!vfio_group_node(address, node, sizeof(node)))
		fail("%s has no VFIO device", address);
	*user = (struct vfio_user){ open(node, O_RDWR), open("/dev/vfio/vfio", O_RDWR), -1, -1 };
	if (user->group < 0 || user->container < 0 ||
	    ioctl(user->group, VFIO_GROUP_SET_CONTAINER, &user->container) ||
	    ioctl(user->container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU))
		fail("%s", node);
}

static void open_and_close(const struct vfio_user *user, const char *address)
{
	int device = ioctl(user->group, VFIO_GROUP_GET_DEVICE_FD, address);

	if (device < 0 || close(device))
		fail("opening %s", address);
}

static void be_refused(const struct vfio_user *user, const char *address)
{
	if (ioctl(user->group, VFIO_GROUP_GET_DEVICE_FD, address) >= 0 || errno != EPERM)
		fail("%s was not refused", address);
}

static void repeat(const char *address, int count,
		   void (*once)(const struct vfio_user *user, const char *address))
{
	struct vfio_user user;
	double begin;

	open_group(address, &user);
	while (count--) {
		begin = now();
		once(&user, address);
		told(begin);
	}
	vfio_close(&user);
}

struct opener {
	pthread_t thread;
	struct vfio_user user;
	const char *address;
	int count;
};

static pthread_barrier_t start;

static void *open_many(void *data)
{
	struct opener *opener = data;
	int i;

	pthread_barrier_wait(&start);
	for (i = 0; i < opener->count; i++)
		open_and_close(&opener->user, opener->address);
	return NULL;
}

static void together(int count, char **addresses, int threads)
{
	struct opener openers[16];
	double begin;
	int i;

	if (threads > 16)
		exit(2);
	pthread_barrier_init(&start, NULL, threads + 1);
	for (i = 0; i < threads; i++) {
		openers[i].address = addresses[i];
		openers[i].count = count;
		open_group(addresses[i], &openers[i].user);
		pthread_create(&openers[i].thread, NULL, open_many, &openers[i]);
	}
	pthread_barrier_wait(&start);
	begin = now();
	for (i = 0; i < threads; i++)
		pthread_join(openers[i].thread, NULL);
	printf("%.0f\n", (now() - begin) / count);
}

static void longest(const char *address, char **command)
{
	double begin, most = 0;
	struct vfio_user user;
	int status;
	pid_t pid;

	open_group(address, &user);
	open_and_close(&user, address);
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		begin = now();
		open_and_close(&user, address);
		if (now() - begin > most)
			most = now() - begin;
	}
	if (status)
		fail("%s did not succeed", command[0]);
	printf("%.0f\n", most);
}

static void create(const char *type, int count)
{
	const char *uuid = "11111111-2222-3333-4444-0000000000be";
	char path[400], removal[100];
	double begin;

	snprintf(path, sizeof(path), "%s/create", type);
	snprintf(removal, sizeof(removal), "/sys/bus/mdev/devices/%s/remove", uuid);
	while (count--) {
		begin = now();
		write_to(path, uuid);
		write_to(removal, "1");
		told(begin);
	}
}

static void bind_card(const char *card, int count)
{
	double begin;

	while (count--) {
		begin = now();
		write_to("/sys/bus/pci/drivers/vfio-pci/bind", card);
		write_to("/sys/bus/pci/drivers/vfio-pci/unbind", card);
		told(begin);
	}
}

/* --- tables --- */

static int family_socket(void)
{
	int sock = nl_open();

	if (sock < 0 || !policy_find(sock))
		fail("the family of gpuspec");
	return sock;
}

static void check(int error, const char *what)
{
	errno = -error;
	if (error)
		fail("%s", what);
}

static void set(unsigned int count)
{
	int sock = family_socket();
	double begin = now();
	unsigned int i;

	for (i = 0; i < count; i++)
		check(policy_set(sock, i, GPUSPEC_STATE_DISABLED), "spec-set");
	told(begin);
}

static void apply(unsigned int count, int rounds)
{
	uint32_t state = GPUSPEC_STATE_DISABLED;
	int sock = family_socket();
	double begin;

	while (rounds--) {
		begin = now();
		check(policy_begin(sock, true), "policy-begin");
		check(policy_set_many(sock, count, state), "spec-set");
		check(policy_commit(sock, count, NULL), "policy-commit");
		told(begin);
		state = state == GPUSPEC_STATE_DISABLED ? GPUSPEC_STATE_ENABLED :
							  GPUSPEC_STATE_DISABLED;
	}
}

static void count_row(const struct nlmsg *msg, void *rows)
{
	++*(unsigned int *)rows;
}

static void dump_specs(void)
{
	int sock = family_socket();
	unsigned int rows = 0;
	double begin = now();

	check(nl_dump(sock, policy_family, GPUSPEC_CMD_SPEC_GET, count_row, &rows), "spec-get");
	printf("%.1f\n", (now() - begin) / rows);
}

static void dump_routes(void)
{
	int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct rtmsg route = { .rtm_family = AF_INET };
	unsigned int rows = 0;
	struct nlmsg msg = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(route)), .nlmsg_type = RTM_GETROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = 1,
		},
	};
	double begin = now();

	memcpy(NLMSG_DATA(&msg.header), &route, sizeof(route));
	check(nl_ask_dump(sock, &msg, count_row, &rows), "routes");
	printf("%.1f\n", (now() - begin) / rows);
}

/* --- events --- */

struct listener {
	int sock;
	unsigned int got, lost;
	uint64_t last;		/* seq */
	bool ends;
};

static void take_event(struct listener *listener, const struct nlmsg *msg)
{
	uint64_t seq = nl_get_u64(nl_attr(msg, GPUSPEC_A_SEQ));

	if (listener->last)
		listener->lost += seq - listener->last - 1;
	listener->last = seq;
	if (((const struct genlmsghdr *)(msg->bytes + NLMSG_HDRLEN))->cmd == GPUSPEC_CMD_REFUSED)
		listener->got++;
	else
		listener->ends = true;
}

/* Until there is an event that is no refusal, or one that is none. */
static void *listen_to(void *data)
{
	struct listener *listener = data;
	struct nlmsg msg;

	while (!listener->ends) {
		if (recv(listener->sock, &msg, sizeof(msg), 0) > 0)
			take_event(listener, &msg);
		else if (errno != ENOBUFS && errno != EINTR)
			fail("events");
	}
	return NULL;
}

static void heard(const char *address, int count, int bytes)
{
	int sock = family_socket(), size = bytes ?: 1 << 26, i;
	struct listener listener = { .sock = nl_open() };
	struct vfio_user user;
	pthread_t thread;
	double begin;

	open_group(address, &user);
	if (setsockopt(listener.sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(listener.sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
		       sizeof(policy_group)))
		fail("listening");
	/* What it knows of when it begins: the seq that comes before the first refusal. */
	check(policy_set(sock, 0, GPUSPEC_STATE_DISABLED), "spec-set");
	listen_to(&listener);
	listener.ends = false;
	if (!bytes)
		pthread_create(&thread, NULL, listen_to, &listener);
	begin = now();
	for (i = 0; i < count; i++)
		be_refused(&user, address);
	/* The last event; one that reads late has room for it again only once it has read. */
	if (!bytes) {
		check(policy_set(sock, 0, GPUSPEC_STATE_ENABLED), "spec-set");
		pthread_join(thread, NULL);
		begin = (now() - begin) / count;
	} else {
		struct nlmsg msg;

		begin = (now() - begin) / count;
		for (;;) {
			if (recv(listener.sock, &msg, sizeof(msg), MSG_DONTWAIT) > 0)
				take_event(&listener, &msg);
			else if (errno == EAGAIN)
				break;
		}
		check(policy_set(sock, 0, GPUSPEC_STATE_ENABLED), "spec-set");
		listen_to(&listener);
	}
	printf("%.0f\n%u\n%u\n", begin, listener.got, listener.lost);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 3 ? atoi(argv[3]) : argc > 2 ? atoi(argv[2]) : 0;

	if (!strcmp(what, "open") && argc == 4)
		repeat(argv[2], count, open_and_close);
	else if (!strcmp(what, "refused") && argc == 4)
		repeat(argv[2], count, be_refused);
	else if (!strcmp(what, "together") && argc > 3)
		together(atoi(argv[2]), argv + 3, argc - 3);
	else if (!strcmp(what, "longest") && argc > 3)
		longest(argv[2], argv + 3);
	else if (!strcmp(what, "create") && argc == 4)
		create(argv[2], count);
	else if (!strcmp(what, "bind") && argc == 4)
		bind_card(argv[2], count);
	else if (!strcmp(what, "set") && argc == 3)
		set(count);
	else if (!strcmp(what, "apply") && argc == 4)
		apply(atoi(argv[2]), count);
	else if (!strcmp(what, "specs") && argc == 2)
		dump_specs();
	else if (!strcmp(what, "routes") && argc == 2)
		dump_routes();
	else if (!strcmp(what, "heard") && argc == 5)
		heard(argv[2], count, atoi(argv[4]));
	else
		return 2;
	return 0;
}
