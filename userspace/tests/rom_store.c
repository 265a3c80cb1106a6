// SPDX-License-Identifier: GPL-2.0
/* The ROM store, on a disk that is full, broken or shared, and in a program that is killed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rom_store.h"

#define SPEC	"pci:10de:2684:10de:167c"
#define SIZE	5000

static int failed;
static char top[32] = "/tmp/gpuspec-rom-store-XXXXXX";
static char folder[64];

#define wrong(...)	(printf("%s:%d: ", __func__, __LINE__), printf(__VA_ARGS__), \
			 puts(""), failed = 1)

/* A ROM for a letter, and its SHA-256. */
static const uint8_t *bytes_of(char letter)
{
	static uint8_t bytes[SIZE];

	memset(bytes, letter, sizeof(bytes));
	return bytes;
}

static const char *sha_of(char letter)
{
	static char hex[GPUSPEC_SHA256_HEX_SIZE];
	uint8_t sha256[GPUSPEC_ROM_SHA256_LEN];

	gpuspec_sha256(bytes_of(letter), SIZE, sha256);
	gpuspec_sha256_hex(sha256, hex);
	return hex;
}

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static const char *rom_path(char letter)
{
	static char name[256];

	snprintf(name, sizeof(name), "%s.rom", sha_of(letter));
	return path_of(name);
}

static void run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		wrong("%s", command);
}

static void fresh(void)
{
	run("rm -rf %s", folder);
}

/* Put a ROM and record it, as the verb does: the first error, told in @store. */
static int set_in(struct gpuspec_rom_store *store, char letter)
{
	struct gpuspec_rom_entry entry = { .size = SIZE, .when = "2026-11-24T03:25:00Z" };
	struct gpuspec_rom_history before, after;
	bool added = false;
	int error;

	error = gpuspec_rom_store_history(store, SPEC, &before);
	if (error)
		return error;
	if (gpuspec_rom_history_copy(&after, &before))
		wrong("out of memory");
	if (letter == '!') {
		entry.action = GPUSPEC_ROM_CLEAR;
		entry.size = 0;
	} else {
		snprintf(entry.sha256, sizeof(entry.sha256), "%s", sha_of(letter));
		error = gpuspec_rom_store_put(store, entry.sha256, bytes_of(letter), SIZE, &added);
	}
	if (!error)
		error = gpuspec_rom_history_add(&after, &entry);
	if (!error)
		error = gpuspec_rom_store_record(store, &after, &before);
	if (error && added)
		gpuspec_rom_store_drop(store, entry.sha256);
	gpuspec_rom_history_free(&after);
	gpuspec_rom_history_free(&before);
	return error;
}

static int set(char letter)
{
	struct gpuspec_rom_store store;
	int error;

	error = gpuspec_rom_store_change(&store, folder, 20);
	if (!error)
		error = set_in(&store, letter);
	if (error && !strstr(store.folder.sentence, folder))
		wrong("the sentence has no path: %s", store.folder.sentence);
	gpuspec_rom_store_close(&store);
	return error;
}

/* What the store says is in force: a letter, '-' for nothing, '?' if it makes no sense. */
static char current(size_t *count)
{
	char path[PATH_MAX], found = '-', letter;
	const struct gpuspec_rom_entry *entry;
	struct gpuspec_rom_history history;
	struct gpuspec_rom_store store;
	size_t size;
	void *bytes;

	if (gpuspec_rom_store_read(&store, folder) ||
	    gpuspec_rom_store_history(&store, SPEC, &history)) {
		gpuspec_rom_store_close(&store);
		return '?';
	}
	entry = gpuspec_rom_history_current(&history);
	if (entry) {
		found = '?';
		for (letter = 'a'; letter <= 'z'; letter++)
			if (!strcmp(entry->sha256, sha_of(letter)))
				found = letter;
		if (gpuspec_rom_store_get(&store, entry->sha256, &bytes, &size))
			found = '?';
		else
			free(bytes);
	}
	if (count)
		*count = history.count;
	/* Not while somebody is between the two. */
	if (!count && gpuspec_rom_store_path(&store, SPEC, entry ? entry->sha256 : "", path,
					     sizeof(path)) != !!entry)
		found = '?';
	gpuspec_rom_history_free(&history);
	gpuspec_rom_store_close(&store);
	return found;
}

/* What libvirt would read: a letter, '-' for nothing, '?' for anything else. */
static char linked(void)
{
	uint8_t bytes[SIZE + 1];
	ssize_t size;
	int fd;

	fd = open(path_of("by-spec/" SPEC ".rom"), O_RDONLY);
	if (fd < 0)
		return errno == ENOENT ? '-' : '?';
	size = read(fd, bytes, sizeof(bytes));
	close(fd);
	return size == SIZE && !memcmp(bytes, bytes_of(bytes[0]), SIZE) ? bytes[0] : '?';
}

static void expect(int line, char letter)
{
	char in_force = current(NULL), link = linked();

	if (in_force != letter || link != letter)
		wrong("called on line %d: in force is %c, linked %c, and not %c", line, in_force,
		      link, letter);
}

#define expect(letter)	expect(__LINE__, letter)

static mode_t mode_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) ? 0 : status.st_mode & 0777;
}

static bool has_leftovers(void)
{
	return mode_of(path_of(".new")) || mode_of(path_of("by-spec/.new"));
}

static void ordinary_life(void)
{
	struct gpuspec_rom_store store;
	mode_t mask = umask(077);
	size_t size;
	void *bytes;

	fresh();
	expect('-');
	if (gpuspec_rom_store_read(&store, folder) ||
	    gpuspec_rom_store_get(&store, sha_of('a'), &bytes, &size) != -ENOENT)
		wrong("a store that is not there: %s", store.folder.sentence);
	gpuspec_rom_store_close(&store);
	if (set('a'))
		wrong("not set");
	expect('a');
	umask(mask);
	if (mode_of(folder) != 0755 || mode_of(path_of("by-spec")) != 0755 ||
	    mode_of(rom_path('a')) != 0644 || mode_of(path_of(SPEC ".json")) != 0644)
		wrong("QEMU's user may not read it");
	if (mode_of(path_of(".lock")) != 0600)
		wrong("everybody may take the lock");
	if (set('b') || set('b'))
		wrong("not set");
	expect('b');
	if (set('!'))
		wrong("not cleared");
	expect('-');
	if (!mode_of(rom_path('a')) || !mode_of(rom_path('b')) || has_leftovers())
		wrong("too little or too much is left");
	if (set('a'))
		wrong("not set");
	expect('a');
}

/* --- what is broken --- */

static void get_fails(const char *what, int error)
{
	struct gpuspec_rom_store store;
	size_t size;
	void *bytes;
	int result;

	gpuspec_rom_store_read(&store, folder);
	result = gpuspec_rom_store_get(&store, sha_of('a'), &bytes, &size);
	if (result != error || !strstr(store.folder.sentence, rom_path('a')))
		wrong("%s: %d, %s", what, result, store.folder.sentence);
	gpuspec_rom_store_close(&store);
}

static void broken_bytes(void)
{
	struct gpuspec_rom_store store;
	size_t size;
	void *bytes;

	fresh();
	set('a');
	run("printf x | dd of=%s bs=1 seek=7 conv=notrunc status=none", rom_path('a'));
	get_fails("damaged", -EBADMSG);
	/* Setting it again mends it. */
	if (set('a'))
		wrong("not mended");
	expect('a');
	run("truncate -s 4999 %s", rom_path('a'));
	get_fails("cut short", -EBADMSG);
	run("truncate -s 6G %s", rom_path('a'));
	get_fails("huge", -EFBIG);
	run("rm %s && mkfifo %s", rom_path('a'), rom_path('a'));
	get_fails("a pipe", -EINVAL);
	run("rm %s && mkdir %s", rom_path('a'), rom_path('a'));
	get_fails("a folder", -EINVAL);
	run("rmdir %s && ln -s /dev/zero %s", rom_path('a'), rom_path('a'));
	get_fails("a link", -ELOOP);
	gpuspec_rom_store_read(&store, folder);
	if (gpuspec_rom_store_get(&store, "../../../etc/passwd", &bytes, &size) != -EINVAL)
		wrong("a path for a SHA-256: %s", store.folder.sentence);
	gpuspec_rom_store_close(&store);
}

static void history_fails(const char *what, const char *spec, int error, const char *words)
{
	struct gpuspec_rom_history history;
	struct gpuspec_rom_store store;
	int result;

	gpuspec_rom_store_read(&store, folder);
	result = gpuspec_rom_store_history(&store, spec, &history);
	if (result != error || !strstr(store.folder.sentence, words))
		wrong("%s: %d, %s", what, result, store.folder.sentence);
	gpuspec_rom_store_close(&store);
}

static void broken_history(void)
{
	const char *path = path_of(SPEC ".json");
	char saved[512];

	snprintf(saved, sizeof(saved), "%s", path);
	path = saved;
	fresh();
	set('a');
	run("echo '{' >%s && cp %s %s.was", path, path, path);
	history_fails("no JSON", SPEC, -EINVAL, path);
	if (set('b') != -EINVAL)
		wrong("a broken history was replaced");
	run("cmp %s %s.was", path, path);
	run("truncate -s 1G %s", path);
	history_fails("huge", SPEC, -EFBIG, path);
	run("rm %s && mkfifo %s", path, path);
	history_fails("a pipe", SPEC, -EINVAL, path);
	run("rm %s && ln -s /etc/passwd %s", path, path);
	history_fails("a link", SPEC, -ELOOP, path);
	history_fails("a path", "../../../etc/passwd", -EINVAL, "no pGPU spec");
	history_fails("a vGPU", "mdev:nvidia-35", -EINVAL, "no pGPU spec");
	history_fails("an mdev path", "mdev:..", -EINVAL, "no pGPU spec");
	/* What stands where the link is to be: then nothing is changed. */
	fresh();
	set('a');
	run("rm %s/by-spec/*.rom && mkdir -p %s/by-spec/" SPEC ".rom/x", folder, folder);
	if (!set('b'))
		wrong("set, without a link");
	run("rm -r %s/by-spec/" SPEC ".rom && ln -s ../%s.rom %s/by-spec/" SPEC ".rom", folder,
	    sha_of('a'), folder);
	expect('a');
	if (mode_of(rom_path('b')) || has_leftovers())
		wrong("something is left");
	run("rm -rf %s && touch %s", folder, folder);
	if (set('a') != -ENOTDIR)
		wrong("a file for a folder");
	run("rm %s", folder);
}

/* --- a disk that is full --- */

static void limited(void)
{
	const struct rlimit tight = { 3000, RLIM_INFINITY };
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	int i;

	fresh();
	set('a');
	setrlimit(RLIMIT_FSIZE, &tight);
	if (set('b') != -EFBIG)
		wrong("a ROM larger than files can be");
	setrlimit(RLIMIT_FSIZE, &none);
	expect('a');
	if (mode_of(rom_path('b')) || has_leftovers())
		wrong("something is left");
	/* The bytes are there, and only the history cannot grow. */
	set('b');
	for (i = 0; i < 20; i++)
		set('a');
	setrlimit(RLIMIT_FSIZE, &tight);
	if (set('b') != -EFBIG)
		wrong("a history larger than files can be");
	setrlimit(RLIMIT_FSIZE, &none);
	expect('a');
	if (has_leftovers())
		wrong("something is left");
}

/* With less and less room, until nothing fits. */
static void full(void)
{
	char options[32];
	int pages, error;

	fresh();
	mkdir(folder, 0755);
	for (pages = 4; pages < 14; pages++) {
		snprintf(options, sizeof(options), "size=%d", pages * 4096);
		if (mount("rom", folder, "tmpfs", 0, options)) {
			/* Not root, or not allowed to: what limited() does has to do. */
			if (errno == EPERM)
				return;
			wrong("no tmpfs: %d", errno);
		}
		error = set('a');
		expect(error ? '-' : 'a');
		if (!error) {
			error = set('b');
			expect(error ? 'a' : 'b');
		}
		if (error && error != -ENOSPC)
			wrong("with %d pages: %d", pages, error);
		if (error && has_leftovers())
			wrong("with %d pages something is left", pages);
		if (umount(folder))
			wrong("umount: %d", errno);
	}
	if (error)
		wrong("nothing ever fits");
}

/* --- others --- */

static void locked(void)
{
	struct gpuspec_rom_store mine, theirs;
	struct timespec start, end;
	pid_t child;
	int status;

	fresh();
	gpuspec_rom_store_change(&mine, folder, 0);
	child = fork();
	if (!child) {
		failed = 0;
		clock_gettime(CLOCK_MONOTONIC, &start);
		if (gpuspec_rom_store_change(&theirs, folder, 1) != -EBUSY)
			wrong("two at once");
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (end.tv_sec - start.tv_sec > 3 ||
		    !strstr(theirs.folder.sentence, "another gpuspec"))
			wrong("%s", theirs.folder.sentence);
		gpuspec_rom_store_close(&theirs);
		/* What only reads does not wait. */
		if (current(NULL) != '-')
			wrong("not to be read");
		fflush(stdout);
		_exit(failed);
	}
	waitpid(child, &status, 0);
	failed |= !!status;
	gpuspec_rom_store_close(&mine);
	if (set('a'))
		wrong("the lock stays");
}

/* Four at once, and one that reads: nothing is lost, and the link always leads to a whole ROM. */
static void together(void)
{
	size_t count = 0;
	pid_t reader;
	int i, n, status;

	fresh();
	set('a');
	reader = fork();
	if (!reader) {
		for (failed = 0; !failed;) {
			if (linked() < 'a' || current(&count) < 'a')
				wrong("for a moment, %c is linked", linked());
		}
		fflush(stdout);
		_exit(1);
	}
	for (i = 0; i < 4; i++) {
		if (fork())
			continue;
		for (n = 0; n < 15; n++)
			if (set('a' + i))
				_exit(1);
		_exit(0);
	}
	for (i = 0; i < 4; i++)
		if (wait(&status) == reader || status)
			wrong("one has failed");
	kill(reader, SIGKILL);
	waitpid(reader, &status, 0);
	if (!WIFSIGNALED(status))
		failed = 1;
	current(&count);
	if (count != 61)
		wrong("%zu entries of 61", count);
}

/* --- killed --- */

/*
 * Set 'b', but be killed at the @stop-th entry into the kernel or return from
 * it: was it before the end?
 */
static bool killed_at(int stop)
{
	int status, stops = 0;
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(set('b') ? 1 : 0);
	}
	waitpid(child, &status, 0);
	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD);
	while (stops < stop) {
		ptrace(PTRACE_SYSCALL, child, NULL, NULL);
		waitpid(child, &status, 0);
		if (WIFEXITED(status)) {
			if (WEXITSTATUS(status))
				wrong("not set");
			return false;
		}
		if (WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80))
			stops++;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return true;
}

static void killed(void)
{
	size_t count, stop;
	bool before_the_end = true;
	char in_force, link;
	int seen = 0;

	for (stop = 1; before_the_end; stop++) {
		fresh();
		set('a');
		before_the_end = killed_at(stop);
		in_force = current(&count);
		link = linked();
		if ((in_force != 'a' && in_force != 'b') || (link != 'a' && link != 'b') ||
		    count != 1u + (in_force == 'b'))
			wrong("at %zu: in force is %c, linked %c, of %zu", stop, in_force, link,
			      count);
		seen |= in_force == 'a' ? 1 : 2;
		if (set('c'))
			wrong("at %zu: does not go on", stop);
		expect('c');
		if (has_leftovers())
			wrong("at %zu: something is left", stop);
	}
	if (seen != 3 || stop < 50)
		wrong("killed %zu times only", stop);
}

static void hidden(void)
{
	char obstacle[PATH_MAX], link[512];

	fresh();
	set('a');
	chmod(top, 0755);
	snprintf(link, sizeof(link), "%s", path_of("by-spec/" SPEC ".rom"));
	if (!gpuspec_rom_store_is_public(link, obstacle, sizeof(obstacle)))
		wrong("hidden by %s", obstacle);
	chmod(top, 0700);
	if (gpuspec_rom_store_is_public(link, obstacle, sizeof(obstacle)) || strcmp(obstacle, top))
		wrong("not hidden by %s", top);
	chmod(top, 0755);
	chmod(rom_path('a'), 0600);
	if (gpuspec_rom_store_is_public(link, obstacle, sizeof(obstacle)) ||
	    strcmp(obstacle, rom_path('a')))
		wrong("not hidden by its own bits");
	chmod(path_of("by-spec"), 0750);
	if (gpuspec_rom_store_is_public(link, obstacle, sizeof(obstacle)) ||
	    strcmp(obstacle, path_of("by-spec")))
		wrong("not hidden by the folder of the link");
}

int main(void)
{
	/* Rather than to hang. */
	alarm(120);
	signal(SIGXFSZ, SIG_IGN);
	if (!mkdtemp(top))
		return 1;
	snprintf(folder, sizeof(folder), "%s/new/rom", top);
	ordinary_life();
	broken_bytes();
	broken_history();
	limited();
	run("mkdir -p %s/new", top);
	full();
	locked();
	together();
	killed();
	hidden();
	run("rm -rf %s", top);
	return failed;
}
