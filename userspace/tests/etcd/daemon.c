// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon.h"

#define PATIENCE_MS	20000

static char work[32] = "/tmp/gpuspec-etcd-XXXXXX";
static pid_t owner;

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	vprintf(why, args);
	va_end(args);
	printf("\n");
	exit(1);
}

void run(const char *command, ...)
{
	char text[1024];
	va_list args;

	va_start(args, command);
	vsnprintf(text, sizeof(text), command, args);
	va_end(args);
	if (system(text))
		die("failed: %s", text);
}

static void remove_work(void)
{
	/* Not by a child. */
	if (getpid() == owner)
		run("rm -rf %s", work);
}

const char *daemon_work(void)
{
	if (!owner) {
		if (!mkdtemp(work))
			die("%s: %s", work, strerror(errno));
		owner = getpid();
		atexit(remove_work);
	}
	return work;
}

unsigned int free_port(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		die("no free port: %s", strerror(errno));
	close(fd);
	return ntohs(address.sin_port);
}

void daemon_make(struct daemon *daemon, const char *name, bool tls, const char *const *options)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*daemon = (struct daemon){ .options = options };
	snprintf(daemon->name, sizeof(daemon->name), "%s", name);
	snprintf(daemon->folder, sizeof(daemon->folder), "%s/%s", daemon_work(), name);
	snprintf(daemon->url, sizeof(daemon->url), "http%s://127.0.0.1:%u", tls ? "s" : "",
		 free_port());
	snprintf(daemon->peer_url, sizeof(daemon->peer_url), "http://127.0.0.1:%u", free_port());
	run("mkdir -p -m 700 %s/data", daemon->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", daemon->folder);
	daemon->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (daemon->notify < 0 ||
	    bind(daemon->notify, (struct sockaddr *)&address, sizeof(address)))
		die("%s: %s", address.sun_path, strerror(errno));
}

/* What is not NULL. */
static void add(char **argv, const char *option, const char *value)
{
	while (*argv)
		argv++;
	argv[0] = (char *)option;
	argv[1] = (char *)value;
}

static void __attribute__((noreturn)) become_etcd(const struct daemon *daemon)
{
	char *argv[48] = { (char *)"etcd" }, data[128], log[128], notify[128], alone[128];
	const char *const *option;
	int fd;

	snprintf(data, sizeof(data), "%s/data", daemon->folder);
	snprintf(log, sizeof(log), "%s/log", daemon->folder);
	snprintf(notify, sizeof(notify), "%s/notify", daemon->folder);
	snprintf(alone, sizeof(alone), "%s=%s", daemon->name, daemon->peer_url);
	add(argv, "--name", daemon->name);
	add(argv, "--data-dir", data);
	add(argv, "--listen-client-urls", daemon->url);
	add(argv, "--advertise-client-urls", daemon->url);
	add(argv, "--listen-peer-urls", daemon->peer_url);
	add(argv, "--initial-advertise-peer-urls", daemon->peer_url);
	add(argv, "--initial-cluster", *daemon->cluster ? daemon->cluster : alone);
	/* It is its own leader soon. */
	add(argv, "--heartbeat-interval", "20");
	add(argv, "--election-timeout", "200");
	add(argv, "--logger", "zap");
	for (option = daemon->options; option && *option; option += 2)
		add(argv, option[0], option[1]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("NOTIFY_SOCKET", notify, 1);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

void daemon_spawn(struct daemon *daemon)
{
	fflush(NULL);
	daemon->pid = fork();
	if (daemon->pid < 0)
		die("fork: %s", strerror(errno));
	if (!daemon->pid)
		become_etcd(daemon);
}

void daemon_await(struct daemon *daemon)
{
	struct pollfd ready = { .fd = daemon->notify, .events = POLLIN };
	int waited, status = 0;
	char text[256];

	for (waited = 0; waited < PATIENCE_MS; waited += 100) {
		if (poll(&ready, 1, 100) == 1) {
			if (recv(daemon->notify, text, sizeof(text), 0) < 0)
				die("%s: %s", daemon->name, strerror(errno));
			return;
		}
		if (waitpid(daemon->pid, &status, WNOHANG) == daemon->pid)
			break;
	}
	run("tail -n 5 %s/log || :", daemon->folder);
	die("%s: etcd does not run (%d); is it installed?", daemon->name, WEXITSTATUS(status));
}

void daemon_start(struct daemon *daemon, const char *name, bool tls, const char *const *options)
{
	daemon_make(daemon, name, tls, options);
	daemon_spawn(daemon);
	daemon_await(daemon);
}

void daemon_signal(const struct daemon *daemon, int number)
{
	if (kill(daemon->pid, number))
		die("%s: kill: %s", daemon->name, strerror(errno));
	/* Until then some of its threads go on. */
	if (number == SIGSTOP)
		waitpid(daemon->pid, NULL, WUNTRACED);
}

void daemon_kill(struct daemon *daemon)
{
	daemon_signal(daemon, SIGKILL);
	waitpid(daemon->pid, NULL, 0);
}
