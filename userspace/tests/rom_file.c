// SPDX-License-Identifier: GPL-2.0
/* What a path may lead to, when an admin says that it is a ROM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rom_file.h"
#include "rom_image.h"
#include "sha256.h"

#define LIMIT	GPUSPEC_ROM_FILE_MAX
#define SECONDS	1

static int failed;
static char folder[64] = "/tmp/gpuspec-rom-file-XXXXXX";

static const char *in(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void wrong(const char *what, const char *how, long long value)
{
	printf("%s: %s: %lld\n", what, how, value);
	failed = 1;
}

/* It is read as that many bytes, or refused with that error in words that have these. */
static void expect(const char *what, const char *path, int error, const char *words, size_t size)
{
	struct gpuspec_rom_file file;
	double start = now();
	int result = gpuspec_rom_file_read(path, SECONDS, &file);

	if (result != error)
		wrong(what, "read, with the result", result);
	if (error && (!strstr(file.sentence, words) || strchr(file.sentence, '\n')))
		printf("%s: says: %s\n", what, file.sentence), failed = 1;
	if (error && (file.bytes || file.size))
		wrong(what, "refused, but kept bytes", file.size);
	if (!result && file.size != size)
		wrong(what, "read, with the size", file.size);
	if (now() - start > SECONDS + 2)
		wrong(what, "took seconds", now() - start);
	if (!result)
		gpuspec_rom_file_free(&file);
}

/* The same on standard input. */
static void expect_input(const char *what, int fd, int error, const char *words, size_t size)
{
	int saved = dup(STDIN_FILENO);

	dup2(fd, STDIN_FILENO);
	expect(what, "-", error, words, size);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void make(const char *name, const void *bytes, size_t count, off_t size)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (write(fd, bytes, count) != (ssize_t)count || ftruncate(fd, size) || close(fd))
		wrong(name, "cannot be made", errno);
}

static void regular_files(void)
{
	int fd;

	make("empty", "", 0, 0);
	make("elf", "\177ELF\2\1\1", 7, 100);
	make("gzip", "\037\213\010", 3, 100);
	make("full", "\x55\xaa", 2, LIMIT);
	make("more", "\x55\xaa", 2, LIMIT + 1);
	make("giant", "\x55\xaa", 2, 1LL << 30);
	make("endless", "\x55\xaa", 2, 6LL << 30);
	expect("an empty file", in("empty"), 0, "", 0);
	expect("an ELF", in("elf"), 0, "", 100);
	expect("a gzip", in("gzip"), 0, "", 100);
	expect("a file of the limit", in("full"), 0, "", LIMIT);
	expect("a byte more", in("more"), -EFBIG,
	       "file is 16777217 bytes; the limit is 16777216 (16 MiB)", 0);
	expect("1 GiB", in("giant"), -EFBIG,
	       "file is 1073741824 bytes; the limit is 16777216 (16 MiB)", 0);
	expect("6 GiB", in("endless"), -EFBIG, "file is 6442450944 bytes", 0);
	fd = open(in("giant"), O_RDONLY);
	expect_input("1 GiB on stdin", fd, -EFBIG, "file is 1073741824 bytes", 0);
	if (lseek(fd, 0, SEEK_CUR))
		wrong("1 GiB on stdin", "was read up to", lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static void no_files(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), terminal;

	expect("no file", in("none"), -ENOENT, "there is no such file", 0);
	expect("an empty path", "", -ENOENT, "there is no such file", 0);
	expect("a folder", folder, -EISDIR, "it is a folder", 0);
	expect("a path through a file", "/dev/null/rom", -ENOTDIR, "Not a directory", 0);
	if (symlink("loop", in("loop")))
		wrong("loop", "cannot be made", errno);
	expect("a link to itself", in("loop"), -ELOOP, "symbolic links", 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", in("socket"));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		wrong("socket", "cannot be made", errno);
	expect("a socket", in("socket"), -ENXIO, "it is a socket", 0);
	close(fd);
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (grantpt(terminal) || unlockpt(terminal))
		wrong("terminal", "cannot be made", errno);
	expect("a terminal", ptsname(terminal), -EINVAL, "it is a terminal", 0);
	close(terminal);
}

static void devices(void)
{
	int fd = open("/dev/zero", O_RDONLY);

	expect("/dev/null", "/dev/null", 0, "", 0);
	expect("/dev/zero", "/dev/zero", -EFBIG,
	       "file is more than 16777216 bytes; the limit is 16777216 (16 MiB)", 0);
	expect_input("/dev/zero on stdin", fd, -EFBIG, "file is more than", 0);
	close(fd);
}

/* Not for the user nobody; root may read anything. */
static void forbidden(void)
{
	pid_t child;
	int status;

	make("secret", "x", 1, 1);
	chmod(in("secret"), 0);
	chmod(folder, 0755);
	child = fork();
	if (!child) {
		failed = 0;
		if (!geteuid() && setuid(65534))
			wrong("secret", "cannot be nobody", errno);
		expect("a secret", in("secret"), -EACCES, "you may not read it", 0);
		fflush(stdout);
		_exit(failed);
	}
	waitpid(child, &status, 0);
	failed |= !!status;
}

/* Write to @fd from another process: @count pieces of @size bytes, with pauses; then wait. */
static pid_t writer(int fd, int unused, int count, size_t size, int milliseconds, int hold)
{
	pid_t child = fork();
	char *bytes;

	if (child)
		return child;
	if (unused >= 0)
		close(unused);
	bytes = calloc(1, size);
	while (count--) {
		if (write(fd, bytes, size) < 0)
			break;
		usleep(1000 * milliseconds);
	}
	sleep(hold);
	free(bytes);
	_exit(0);
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void pipes(void)
{
	pid_t child;
	int fd;

	if (mkfifo(in("fifo"), 0644))
		wrong("fifo", "cannot be made", errno);
	expect("a pipe without a writer", in("fifo"), -EPIPE, "no program writes to", 0);
	fd = open(in("fifo"), O_RDWR);
	child = writer(fd, -1, 0, 1, 0, 30);
	expect("a silent pipe", in("fifo"), -ETIMEDOUT, "not all of it came within 1 seconds", 0);
	end(child);
	child = writer(fd, -1, 1000, 1, 50, 0);
	expect("a pipe that trickles", in("fifo"), -ETIMEDOUT, "not all of it came", 0);
	end(child);
	/* It ends when its writer does. */
	child = writer(fd, -1, 5, 2, 50, 0);
	close(fd);
	expect("a pipe", in("fifo"), 0, "", 10);
	end(child);
}

static void input(void)
{
	static const struct {
		const char *what;
		int count, milliseconds, hold;
		size_t piece;
		int error;
		size_t size;
	} cases[] = {
		{ "stdin, nothing", 0, 0, 0, 1, 0, 0 },
		{ "stdin, slowly", 5, 50, 0, 3, 0, 15 },
		{ "stdin, the limit", 256, 0, 0, LIMIT / 256, 0, LIMIT },
		{ "stdin, a lot", 1 << 20, 0, 0, 1 << 16, -EFBIG, 0 },
		{ "stdin, silence", 0, 0, 30, 1, -ETIMEDOUT, 0 },
	};
	int fds[2];
	pid_t child;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (pipe(fds))
			wrong(cases[i].what, "no pipe", errno);
		child = writer(fds[1], fds[0], cases[i].count, cases[i].piece,
			       cases[i].milliseconds, cases[i].hold);
		close(fds[1]);
		expect_input(cases[i].what, fds[0], cases[i].error, "", cases[i].size);
		end(child);
		close(fds[0]);
	}
	if (!fork()) {
		failed = 0;
		close(STDIN_FILENO);
		expect("stdin, closed", "-", -EBADF, "Bad file descriptor", 0);
		fflush(stdout);
		_exit(failed);
	}
	wait(&fds[0]);
	failed |= !!fds[0];
}

/* A dump of NVIDIA flash: its headers say where the ROM starts. */
static void nvgi(void)
{
	uint8_t dump[0x1000] = "NVGI\0\1\x20";
	struct gpuspec_rom_file file;
	char sha256[GPUSPEC_SHA256_HEX_SIZE];

	dump[0x25] = 0x06;
	memcpy(dump + 0x600, "\x55\xaa\x01", 3);
	make("nvgi", dump, sizeof(dump), sizeof(dump));
	if (gpuspec_rom_file_read(in("nvgi"), SECONDS, &file))
		wrong("nvgi", "cannot be read", 0);
	gpuspec_rom_file_strip_nvgi(&file);
	if (file.size != 0xa00 || file.stripped != 0x600 || memcmp(file.bytes, "\x55\xaa\x01", 3))
		wrong("nvgi", "stripped", file.stripped);
	gpuspec_sha256(dump + 0x600, 0xa00, dump);
	if (memcmp(file.sha256, dump, sizeof(file.sha256)))
		wrong("nvgi", "has the sha256 of before", 0);
	/* A ROM, which is all that it is; and headers that lead nowhere. */
	gpuspec_rom_file_strip_nvgi(&file);
	if (file.size != 0xa00 || file.stripped != 0x600)
		wrong("nvgi", "stripped twice", file.stripped);
	gpuspec_rom_file_free(&file);
	memset(dump, 0, sizeof(dump));
	memcpy(dump, "NVGI\0\1\x20", 7);
	memcpy(dump + 0x600, "\x55\xaa\x01", 3);
	make("nvgi", dump, sizeof(dump), sizeof(dump));
	gpuspec_rom_file_read(in("nvgi"), SECONDS, &file);
	gpuspec_rom_file_strip_nvgi(&file);
	if (file.size != sizeof(dump) || file.stripped)
		wrong("nvgi that leads nowhere", "stripped", file.stripped);
	gpuspec_rom_file_free(&file);
	make("abc", "abc", 3, 3);
	gpuspec_rom_file_read(in("abc"), SECONDS, &file);
	gpuspec_sha256_hex(file.sha256, sha256);
	if (strcmp(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
		printf("abc: sha256 is %s\n", sha256), failed = 1;
	gpuspec_rom_file_free(&file);
}

int main(void)
{
	char command[64];

	/* Rather than to hang. */
	alarm(60);
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		return 1;
	regular_files();
	no_files();
	devices();
	forbidden();
	pipes();
	input();
	nvgi();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) || failed;
}
