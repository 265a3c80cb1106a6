// SPDX-License-Identifier: GPL-2.0
/* Making a fleet, and coming into it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decide.h"
#include "etcd_auth.h"
#include "fleet_file.h"
#include "fleet_verbs.h"
#include "follow.h"
#include "membership.h"
#include "output.h"
#include "policy_change.h"
#include "row.h"

#define AGENT		"gpuspec-agent.service"

/* --- logins --- */

#define SECRET_SIZE	(2 * 24 + 1)

static int make_secret(const struct request *request, char secret[SECRET_SIZE])
{
	uint8_t bytes[SECRET_SIZE / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return fail(EXIT_FAILED, request->verb, "no random numbers: %s", strerror(errno));
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
	return EXIT_DONE;
}

/* Written whole, for root alone, or not at all. */
static int write_login(const struct request *request, const char *path, const char *user,
		       const char *secret)
{
	char fresh[PATH_MAX];
	int fd, written;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	written = fd < 0 ? -1 : dprintf(fd, "%s\n%s\n", user, secret);
	if (written < 0 || fsync(fd) || close(fd) || rename(fresh, path)) {
		fail(EXIT_FAILED, request->verb, "%s: %s", path, strerror(errno));
		unlink(fresh);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* A file of another user's login may have the only copy of it. */
static int spare_login(const struct request *request, const char *path, const char *user)
{
	char found[GPUSPEC_FLEET_USER_SIZE + 1] = "";
	FILE *file = fopen(path, "re");

	if (!file)
		return EXIT_DONE;
	if (!fgets(found, sizeof(found), file))
		*found = '\0';
	fclose(file);
	found[strcspn(found, "\n")] = '\0';
	if (!*found || !strcmp(found, user))
		return EXIT_DONE;
	return fail(EXIT_FAILED, request->verb, "%s has the login of another user of etcd than %s, perhaps that of another fleet; set etcd_admin_login in %s to a file of this fleet's own",
		    path, user, GPUSPEC_CONF_PATH);
}

/*
 * A user of etcd with a role of the same name, and the login of it in a file. An
 * exit status, told; or -EEXIST, unless one that is there is to be given another
 * password.
 */
static int add_user(const struct request *request, struct fleet_etcd *fleet, const char *user,
		    const char *path, bool anew,
		    const struct gpuspec_etcd_permission *permissions, size_t count)
{
	char secret[SECRET_SIZE];
	int error;

	if (make_secret(request, secret))
		return EXIT_FAILED;
	error = gpuspec_etcd_add_role(fleet->etcd, user, permissions, count);
	if (!error)
		error = gpuspec_etcd_add_user(fleet->etcd, user, secret, user);
	/* A host that joins once more; who decides keeps the login that is in use. */
	if (error == -EEXIST && anew)
		error = gpuspec_etcd_set_password(fleet->etcd, user, secret);
	else if (error == -EEXIST)
		return -EEXIST;
	if (error)
		return fleet_fail(fleet, error, request->verb);
	return write_login(request, path, user, secret);
}

bool membership_joined(void)
{
	return !access(GPUSPEC_POLICY_FOLDER "/" GPUSPEC_FLEET_FILE, F_OK);
}

const char *membership_login(const char *set, const char *usual)
{
	return *set ? set : usual;
}

/* --- init --- */

/* The first policy: everything is as without one. */
static int put_first(struct request *request, struct fleet_etcd *fleet)
{
	struct gpuspec_policy open = { .unnamed = GPUSPEC_DEFAULT_OPEN };
	struct decided decided;
	int64_t revision;
	int error;

	error = decided_read(fleet, &decided, NULL);
	if (!error && !decided.policy_revision)
		error = decide_policy(request, fleet, &decided, &open, &revision);
	if (error == -EINVAL)
		error = fail(EXIT_FAILED, request->verb, "%s", decided.why);
	else if (!error && decided.policy_revision && !request->json)
		printf("The fleet has a policy already, of revision %lld; that stays.\n",
		       (long long)decided.revision);
	else if (!error && !request->json)
		puts("The fleet has its first policy: no spec is named, and the default is open.");
	decided_free(&decided);
	return error < 0 ? fleet_fail(fleet, error, request->verb) : error;
}

/* Who decides, and from now on nobody without a name. */
static int put_admin(struct request *request, struct fleet_etcd *fleet)
{
	const char *path = membership_login(fleet->conf.etcd_admin_login, FLEET_ADMIN_LOGIN);
	char all[GPUSPEC_FLEET_KEY_SIZE], admin[GPUSPEC_FLEET_USER_SIZE];
	const struct gpuspec_etcd_permission permission = { .under = all, .writes = true };
	int error, result;

	gpuspec_fleet_key(all, fleet->conf.etcd_prefix, GPUSPEC_FLEET_NONE, NULL, NULL);
	gpuspec_fleet_user(admin, fleet->conf.etcd_prefix, NULL);
	result = spare_login(request, path, admin);
	if (!result)
		result = add_user(request, fleet, admin, path, false, &permission, 1);
	if (result == -EEXIST && !request->json)
		printf("etcd's user %s is there already; its login is where it was made first. If that is lost, etcdctl user delete %s, and init makes another.\n",
		       admin, admin);
	if (result && result != -EEXIST)
		return result;
	/* Nobody has asked for it so far, so it need not be the right one. */
	error = gpuspec_etcd_set_password(fleet->etcd, fleet->user, fleet->password);
	if (!error)
		error = gpuspec_etcd_auth_turn_on(fleet->etcd);
	if (error)
		return fleet_fail(fleet, error, request->verb);
	if (!request->json && !result)
		printf("etcd's user %s decides for the fleet; its login is %s, for root on this host.\n",
		       admin, path);
	return EXIT_DONE;
}

int fleet_verb_init(struct request *request, struct fleet_etcd *fleet)
{
	json_t *answer;
	bool on = false;
	int error, result;

	error = gpuspec_etcd_auth_is_on(fleet->etcd, &on);
	if (error)
		return fleet_fail(fleet, error, request->verb);
	result = put_first(request, fleet);
	if (!result && request->login)
		result = put_admin(request, fleet);
	if (result)
		return result;
	on |= !!request->login;
	if (!on)
		fail(EXIT_DONE, request->verb, "etcd's authentication is off: whoever can reach it can decide for the fleet; gpuspec fleet init --login FILE, with the login of etcd's user root, turns it on");
	if (request->json) {
		answer = json_object();
		output_set(answer, "authentication", json_boolean(on));
		output_json(answer);
		json_decref(answer);
	} else {
		puts("Bring each host into it: gpuspec fleet join");
	}
	return EXIT_DONE;
}

/* --- join --- */

/* What a host may: read all that is the fleet's, and write of itself. */
static int put_host(struct request *request, struct fleet_etcd *fleet)
{
	const struct gpuspec_conf *conf = &fleet->conf;
	char all[GPUSPEC_FLEET_KEY_SIZE], own[GPUSPEC_FLEET_KEY_SIZE];
	char specs[GPUSPEC_FLEET_KEY_SIZE], devices[GPUSPEC_FLEET_KEY_SIZE];
	char user[GPUSPEC_FLEET_USER_SIZE];
	const struct gpuspec_etcd_permission permissions[] = {
		{ .under = all }, { .under = own, .writes = true },
		{ .under = specs, .writes = true }, { .under = devices, .writes = true },
	};

	gpuspec_fleet_key(all, conf->etcd_prefix, GPUSPEC_FLEET_NONE, NULL, NULL);
	gpuspec_fleet_key_hosts(own, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_key_specs(specs, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_key_devices(devices, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_user(user, conf->etcd_prefix, conf->host_name);
	return add_user(request, fleet, user, membership_login(conf->etcd_login, FLEET_LOGIN), true,
			permissions, sizeof(permissions) / sizeof(permissions[0]));
}

/* What is in force here is the host's own, before it becomes the fleet's, too. */
static int keep_own(struct request *request)
{
	struct policy_change change;
	int result;

	result = policy_change_begin(request, &change);
	if (!result && !change.file.text && !change.fleet.joined)
		result = policy_change_make(request, &change, NULL, 0);
	policy_change_end(&change);
	return result;
}

int membership_systemctl(const char *arguments)
{
	char command[256];

	if (access("/run/systemd/system", F_OK))
		return -1;
	snprintf(command, sizeof(command), "systemctl --quiet %s " AGENT, arguments);
	return system(command);
}

/* Hosts without systemd, or a machine that is set up before it is booted, start it themselves. */
static void start_agent(const struct request *request)
{
	/* One that runs has the login of before. */
	if (!membership_systemctl("enable") && !membership_systemctl("restart"))
		return;
	fail(EXIT_DONE, request->verb, "its agent was not started by systemd; see to it that gpuspec agent runs on this host");
}

int fleet_verb_join(struct request *request, struct fleet_etcd *fleet)
{
	struct follower follower = { .fleet = fleet };
	json_t *answer;
	int64_t seen;
	int error, result;

	result = connect_module(request);
	if (!result)
		result = keep_own(request);
	if (!result && request->login)
		result = put_host(request, fleet);
	if (result)
		return result;
	error = follow(&follower, request, &seen);
	rom_refusals_free(&follower.refusals);
	if (error)
		return fleet_fail(fleet, error, request->verb);
	/* What is not in force yet, the agent tries again. */
	if (membership_joined())
		start_agent(request);
	if (*follower.problem && membership_joined())
		return fail(EXIT_FAILED, request->verb, "%s; the host has joined all the same, and its agent tries again",
			    follower.problem);
	if (*follower.problem)
		return fail(EXIT_FAILED, request->verb, "%s", follower.problem);
	if (*follower.rom_problem)
		fail(EXIT_DONE, request->verb, "%s", follower.rom_problem);
	if (request->json) {
		answer = json_object();
		output_set(answer, "host", row_string(fleet->conf.host_name));
		output_set(answer, "revision", json_integer(follower.applied));
		output_json(answer);
		json_decref(answer);
	} else {
		printf("%s is of the fleet: its policy, revision %lld, and this host's own both hold.\n",
		       fleet->conf.host_name, (long long)follower.applied);
	}
	return EXIT_DONE;
}
