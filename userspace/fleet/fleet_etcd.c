// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet_etcd.h"

/* How long all members together may let us wait, in ms. */
#define PATIENCE	20000

/* --- the way there --- */

static int fail_login(const char *verb, const char *path, const char *why)
{
	return fail(EXIT_FAILED, verb, "%s: %s", path, why);
}

/* The next line of *@text, without its end; NULL if there is none. */
static char *next_line(char **text)
{
	char *line = *text;

	*text = line ? strchr(line, '\n') : NULL;
	if (*text)
		*(*text)++ = '\0';
	return line;
}

static int read_login(struct fleet_etcd *fleet, const char *path, const char *verb)
{
	char text[sizeof(fleet->user) + sizeof(fleet->password)], *rest = text, *user, *password;
	struct stat status;
	ssize_t length;
	int fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_login(verb, path, strerror(errno));
	length = fstat(fd, &status) ? -1 : read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length < 0)
		return fail_login(verb, path, strerror(errno));
	if (!S_ISREG(status.st_mode) || status.st_mode & 0077)
		return fail_login(verb, path, "others than its owner can read this password; chmod it to 600");
	text[length] = '\0';
	user = next_line(&rest);
	password = next_line(&rest);
	if (!password || !*user || !*password || strlen(user) >= sizeof(fleet->user) ||
	    strlen(password) >= sizeof(fleet->password))
		return fail_login(verb, path, "it has to have a line with the user of etcd, and one with the password");
	snprintf(fleet->user, sizeof(fleet->user), "%s", user);
	snprintf(fleet->password, sizeof(fleet->password), "%s", password);
	memset(text, 0, sizeof(text));
	return EXIT_DONE;
}

/* NULL for what is not set. */
static const char *setting(const char *text)
{
	return *text ? text : NULL;
}

static int cut_urls(struct fleet_etcd *fleet, const char *verb)
{
	char *url, *rest = fleet->urls;

	snprintf(fleet->urls, sizeof(fleet->urls), "%s", fleet->conf.etcd);
	while ((url = strtok_r(rest, " \t,", &rest))) {
		if (fleet->settings.endpoint_count == FLEET_ENDPOINTS_MAX)
			return fail(EXIT_FAILED, verb, "%s: etcd has more than %d URLs",
				    GPUSPEC_CONF_PATH, FLEET_ENDPOINTS_MAX);
		fleet->endpoints[fleet->settings.endpoint_count++] = url;
	}
	fleet->settings.endpoints = fleet->endpoints;
	return EXIT_DONE;
}

/* The one that is set, or the one where logins are, if there is one. */
static const char *find(const char *set, const char *usual)
{
	if (*set)
		return set;
	return access(usual, F_OK) ? NULL : usual;
}

static int log_in(struct fleet_etcd *fleet, const struct request *request)
{
	const struct gpuspec_conf *conf = &fleet->conf;
	const char *path = request->login;

	/* The agent is a host, and nobody who decides. */
	if (!path && strcmp(request->verb, "agent"))
		path = find(conf->etcd_admin_login, FLEET_ADMIN_LOGIN);
	if (!path)
		path = find(conf->etcd_login, FLEET_LOGIN);
	return path ? read_login(fleet, path, request->verb) : EXIT_DONE;
}

int fleet_open(struct fleet_etcd *fleet, const struct request *request)
{
	struct gpuspec_etcd_settings *settings = &fleet->settings;
	struct gpuspec_conf *conf = &fleet->conf;
	const char *verb = request->verb;
	int error;

	memset(fleet, 0, sizeof(*fleet));
	if (gpuspec_conf_read(GPUSPEC_CONF_PATH, conf))
		return fail(EXIT_FAILED, verb, "%s", conf->sentence);
	if (!*conf->etcd)
		return fail(EXIT_FAILED, verb, "this host is of no fleet: %s sets no etcd; gpuspec.conf(5) tells how",
			    GPUSPEC_CONF_PATH);
	if (!*conf->host_name)
		return fail(EXIT_FAILED, verb, "the name of this host cannot be one in a fleet; set host_name in %s",
			    GPUSPEC_CONF_PATH);
	error = cut_urls(fleet, verb);
	if (!error)
		error = log_in(fleet, request);
	if (error)
		return error;
	settings->ca = setting(conf->etcd_ca);
	settings->certificate = setting(conf->etcd_certificate);
	settings->key = setting(conf->etcd_key);
	settings->user = setting(fleet->user);
	settings->password = setting(fleet->password);
	/* However many there are, and of which none answers: there is an end. */
	settings->connect_ms = PATIENCE / settings->endpoint_count < 3000 ?
			       PATIENCE / settings->endpoint_count : 3000;
	settings->answer_ms = PATIENCE / settings->endpoint_count < 10000 ?
			      PATIENCE / settings->endpoint_count : 10000;
	error = gpuspec_etcd_open(&fleet->etcd, settings);
	return error ? fleet_fail(fleet, error, verb) : EXIT_DONE;
}

void fleet_close(struct fleet_etcd *fleet)
{
	gpuspec_etcd_close(fleet->etcd);
	memset(fleet, 0, sizeof(*fleet));
}

int fleet_fail(const struct fleet_etcd *fleet, int error, const char *verb)
{
	if (!fleet->etcd || error == -ENOMEM)
		return fail(EXIT_FAILED, verb, "out of memory");
	return fail(error == -EACCES ? EXIT_NOT_PERMITTED : EXIT_FAILED, verb, "%s",
		    gpuspec_etcd_sentence(fleet->etcd));
}

int fleet_fail_decision(const struct fleet_etcd *fleet, int error, const char *verb)
{
	if (error != -EACCES || !*fleet->user)
		return fleet_fail(fleet, error, verb);
	return fail(EXIT_NOT_PERMITTED, verb, "etcd's user %s may not decide for the fleet; who may has the login that gpuspec fleet init made: on that host, or by --login FILE",
		    fleet->user);
}

/* --- what is there --- */

static int take_under(struct fleet_etcd *fleet, const char *verb, struct fleet_hosts *hosts,
		      const char *key)
{
	struct gpuspec_etcd_range range = { .key = key, .under = true };
	struct gpuspec_etcd_found found;
	size_t i;
	int error;

	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return fleet_fail(fleet, error, verb);
	for (i = 0; i < found.count && !error; i++)
		error = fleet_hosts_take(hosts, fleet->conf.etcd_prefix, found.kvs[i].key,
					 found.kvs[i].value, found.kvs[i].size);
	gpuspec_etcd_found_free(&found);
	return error ? fail(EXIT_FAILED, verb, "out of memory") : EXIT_DONE;
}

int fleet_read_hosts(struct fleet_etcd *fleet, const char *verb, struct fleet_hosts *hosts,
		     enum fleet_wanted wanted)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	int result;

	gpuspec_fleet_key_hosts(key, fleet->conf.etcd_prefix, NULL);
	result = take_under(fleet, verb, hosts, key);
	gpuspec_fleet_key_specs(key, fleet->conf.etcd_prefix, NULL);
	if (!result && wanted >= FLEET_SPECS)
		result = take_under(fleet, verb, hosts, key);
	gpuspec_fleet_key_devices(key, fleet->conf.etcd_prefix, NULL);
	if (!result && wanted >= FLEET_DEVICES)
		result = take_under(fleet, verb, hosts, key);
	return result;
}
