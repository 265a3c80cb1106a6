// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf.h"
#include "utf8.h"

/* One of two words, for a bool; or a text. */
struct choice {
	const char *no, *yes;
};

static bool is_path(const char *text)
{
	return *text == '/';
}

static bool is_urls(const char *text)
{
	return !strncmp(text, "http://", 7) || !strncmp(text, "https://", 8);
}

static const struct gpuspec_conf none;

static const struct key {
	const char *name;
	struct choice choice;
	struct place {
		size_t offset, size;
	} place;	/* of it in struct gpuspec_conf */
	bool (*fits)(const char *text);
	const char *what;	/* that it has to be */
} keys[] = {
	{
		"libvirt_hook_on_error", { "pass", "refuse" },
		{ offsetof(struct gpuspec_conf, libvirt_hook_refuses), 0 }, NULL, NULL,
	},
	{
		"etcd", {}, { offsetof(struct gpuspec_conf, etcd), sizeof(none.etcd) },
		is_urls, "one or more URLs, such as https://etcd1:2379",
	},
	{
		"etcd_ca", {},
		{ offsetof(struct gpuspec_conf, etcd_ca), sizeof(none.etcd_ca) },
		is_path, "a path from / on",
	},
	{
		"etcd_certificate", {},
		{ offsetof(struct gpuspec_conf, etcd_certificate), sizeof(none.etcd_certificate) },
		is_path, "a path from / on",
	},
	{
		"etcd_key", {},
		{ offsetof(struct gpuspec_conf, etcd_key), sizeof(none.etcd_key) },
		is_path, "a path from / on",
	},
	{
		"etcd_login", {},
		{ offsetof(struct gpuspec_conf, etcd_login), sizeof(none.etcd_login) },
		is_path, "a path from / on",
	},
	{
		"etcd_admin_login", {},
		{ offsetof(struct gpuspec_conf, etcd_admin_login), sizeof(none.etcd_admin_login) },
		is_path, "a path from / on",
	},
	{
		"etcd_prefix", {},
		{ offsetof(struct gpuspec_conf, etcd_prefix), sizeof(none.etcd_prefix) },
		gpuspec_fleet_prefix_is_valid,
		"a path from / on of letters, digits and ._-, as /gpuspec",
	},
	{
		"host_name", {},
		{ offsetof(struct gpuspec_conf, host_name), sizeof(none.host_name) },
		gpuspec_fleet_host_is_valid,
		"up to 64 letters, digits, - and ., a letter or digit first",
	},
};

#define KEYS	(sizeof(keys) / sizeof(keys[0]))

/* The file under way. */
struct reading {
	struct gpuspec_conf *conf;
	const char *path;
	unsigned int line;
	int error;
	unsigned int seen[KEYS];	/* the line in which a key was first; 0: none yet */
};

const char *gpuspec_conf_key(unsigned int number)
{
	return number < KEYS ? keys[number].name : NULL;
}

/* The first sentence stays: what follows is often of the same cause. */
static int __attribute__((format(printf, 3, 4)))
fail(struct reading *reading, int error, const char *format, ...)
{
	struct gpuspec_conf *conf = reading->conf;
	va_list args;
	int length;

	if (reading->error)
		return error;
	reading->error = error;
	if (reading->line)
		length = snprintf(conf->sentence, sizeof(conf->sentence), "%.200s line %u: ",
				  reading->path, reading->line);
	else
		length = snprintf(conf->sentence, sizeof(conf->sentence), "%.200s: ",
				  reading->path);
	va_start(args, format);
	vsnprintf(conf->sentence + length, sizeof(conf->sentence) - length, format, args);
	va_end(args);
	return error;
}

/* What stands in the file may be anything; a sentence shows it as text, and not too long. */
static const char *shown(const char *text)
{
	static char clean[41];
	size_t length, i;

	length = gpuspec_utf8_clean(clean, sizeof(clean), text);
	for (i = 0; i < length; i++)
		if ((unsigned char)clean[i] < ' ' || clean[i] == 0x7f)
			clean[i] = '?';
	return clean;
}

static char *strip(char *text)
{
	static const char blank[] = " \t\r";
	size_t length;

	text += strspn(text, blank);
	length = strlen(text);
	while (length && strchr(blank, text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static void set_choice(struct reading *reading, const struct key *key, const char *value)
{
	bool *place = (bool *)((char *)reading->conf + key->place.offset);

	if (!strcmp(value, key->choice.yes))
		*place = true;
	else if (strcmp(value, key->choice.no))
		fail(reading, -EINVAL, "%s is %s or %s, and not '%s'", key->name, key->choice.no,
		     key->choice.yes, shown(value));
}

static void set_text(struct reading *reading, const struct key *key, const char *value)
{
	if (strlen(value) < key->place.size && gpuspec_utf8_is_printable(value) && key->fits(value))
		memcpy((char *)reading->conf + key->place.offset, value, strlen(value) + 1);
	else
		fail(reading, -EINVAL, "%s is %s, and not '%s'", key->name, key->what,
		     shown(value));
}

static void set(struct reading *reading, const struct key *key, const char *value)
{
	unsigned int *seen = &reading->seen[key - keys];

	if (*seen) {
		fail(reading, -EINVAL, "%s was set in line %u already, and that holds; remove one",
		     key->name, *seen);
		return;
	}
	*seen = reading->line;
	if (key->fits)
		set_text(reading, key, value);
	else
		set_choice(reading, key, value);
}

static void take_line(struct reading *reading, char *line)
{
	char *equals, *name;
	size_t i;

	line = strip(line);
	if (!*line || *line == '#')
		return;
	equals = strchr(line, '=');
	if (!equals) {
		fail(reading, -EINVAL, "not a setting: '%s'; write key = value", shown(line));
		return;
	}
	*equals = '\0';
	name = strip(line);
	for (i = 0; i < KEYS; i++) {
		if (!strcmp(keys[i].name, name)) {
			set(reading, &keys[i], strip(equals + 1));
			return;
		}
	}
	fail(reading, -EINVAL, "there is no setting '%s'; gpuspec.conf(5) has them all",
	     shown(name));
}

static int take_text(struct reading *reading, char *text, size_t size)
{
	char *line = text, *end;

	if (memchr(text, '\0', size))
		return fail(reading, -EINVAL, "it is not a text file");
	text[size] = '\0';
	while (line) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		reading->line++;
		take_line(reading, line);
		line = end;
	}
	return reading->error;
}

/* All of the file, which may be changing: its size, or a negative errno. */
static ssize_t read_all(int fd, char *text, size_t room)
{
	size_t size = 0;
	ssize_t count;

	do {
		count = read(fd, text + size, room - size);
		if (count < 0 && errno != EINTR)
			return -errno;
		size += count > 0 ? count : 0;
	} while (count && size < room);
	return size;
}

static int read_fd(struct reading *reading, int fd)
{
	struct stat stat;
	ssize_t size;
	char *text;
	int error;

	if (fstat(fd, &stat))
		return fail(reading, -errno, "%s", strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return fail(reading, -EINVAL, "it is not a file");
	/* One byte more than may be tells that there are more; and one for the NUL. */
	text = malloc(GPUSPEC_CONF_MAX + 2);
	if (!text)
		return fail(reading, -ENOMEM, "out of memory");
	size = read_all(fd, text, GPUSPEC_CONF_MAX + 1);
	if (size < 0)
		error = fail(reading, size, "%s", strerror(-size));
	else if (size > GPUSPEC_CONF_MAX)
		error = fail(reading, -EFBIG, "it is larger than %u bytes", GPUSPEC_CONF_MAX);
	else
		error = take_text(reading, text, size);
	free(text);
	return error;
}

static void set_defaults(struct gpuspec_conf *conf)
{
	struct utsname names;

	memset(conf, 0, sizeof(*conf));
	snprintf(conf->etcd_prefix, sizeof(conf->etcd_prefix), GPUSPEC_FLEET_PREFIX);
	if (!uname(&names) && gpuspec_fleet_host_is_valid(names.nodename))
		snprintf(conf->host_name, sizeof(conf->host_name), "%s", names.nodename);
}

int gpuspec_conf_read(const char *path, struct gpuspec_conf *conf)
{
	struct reading reading = { .conf = conf, .path = path };
	int fd, error;

	set_defaults(conf);
	/* A pipe without a writer would keep open() waiting. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return fail(&reading, -errno, "%s", strerror(errno));
	error = read_fd(&reading, fd);
	close(fd);
	return error;
}
