// SPDX-License-Identifier: GPL-2.0
/*
 * The agent of a host: tells the fleet what the host has, and has in force
 * what the fleet has decided. One loop, which waits for its timers, the
 * module's events and etcd's; requests to etcd are short, and waited for.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include <time.h>
#include <unistd.h>

#include "agent_word.h"
#include "backoff.h"
#include "etcd_watch.h"
#include "follow.h"
#include "interruption.h"
#include "membership.h"
#include "module_ear.h"
#include "publish.h"
#include "timer.h"
#include "utf8.h"
#include "fleet_verbs.h"

#define MS	1000ULL
#define S	(1000 * MS)

/* A lease lasts three of these. */
#define KEEP_ALIVE	(PUBLISH_LEASE / 3 * S)
/* What happens in one go is told in one go; and not more often than this. */
#define SETTLE		(200 * MS)
#define PACE		(1 * S)
/* However little happens, so often the host says that it is there, and looks at what it has. */
#define FLOOR		(60 * S)
/* And so often it says that, if it says nothing else: each time takes room in etcd. */
#define WORD		900
/* So often it looks whether the module has come: one that does has no policy yet. */
#define LOOK		(1 * S)
/* And so soon it asks again if the module could not say what there is. */
#define SOON		(2 * S)
/* And so soon it tries again what it could not bring into the module, with no etcd to wake it. */
#define AGAIN		(5 * S)
#define BACKOFF_LEAST	(1 * S)
#define BACKOFF_MOST	(60 * S)
/* Who starts VMs waits for the fleet's newest word, but not for ever. */
#define PATIENCE	(20 * S)

struct agent {
	struct request *request;
	struct fleet_etcd *fleet;
	struct publisher publisher;
	struct follower follower;
	char machine_id[SD_ID128_STRING_MAX], kernel[65];
	int signals;			/* that end it */
	struct module_ear module;
	struct gpuspec_etcd_watch *watch;	/* NULL: etcd is not there */
	bool decided;			/* there is something new */
	bool logs_in;			/* the way to etcd is to be found anew */
	bool ready;			/* that was told */
	bool lacks_kept;		/* the module has not got what this host has kept */
	struct backoff backoff;		/* in us */
	uint64_t published_at;
	struct fleet_status status;	/* as it was published last */
	char told[1024];		/* what the log has last */

	sd_event *loop;
	sd_event_source *connect, *keep_alive, *floor, *publish, *patience, *look;	/* timers */
	sd_event_source *news;		/* what is heard of etcd */
};

/* --- the log --- */

/* A line, unless it is the same again. */
static void __attribute__((format(printf, 3, 4)))
tell(struct agent *agent, const char *level, const char *format, ...)
{
	char text[sizeof(agent->told)], line[sizeof(agent->told)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* An end of line in it would be the begin of another notification. */
	memset(line, 0, sizeof(line));
	gpuspec_utf8_clean_line(line, sizeof(line), text);
	if (!strcmp(line, agent->told))
		return;
	memcpy(agent->told, line, sizeof(line));
	fprintf(stderr, "%sgpuspec: agent: %s\n", level, line);
	sd_notifyf(0, "STATUS=%s", line);
}

/* For others on this host, with when etcd was heard: the agent does not need it. */
static void leave_word(const struct agent *agent, long long heard)
{
	struct gpuspec_agent_word word = { .heard = heard };

	snprintf(word.problem, sizeof(word.problem), "%s", follow_problem(&agent->follower));
	gpuspec_agent_word_write(&word, GPUSPEC_AGENT_FOLDER);
}

/* The problem is another, and etcd was not heard again. */
static void correct_word(const struct agent *agent)
{
	struct gpuspec_agent_word word;

	gpuspec_agent_word_read(&word, GPUSPEC_AGENT_FOLDER);
	leave_word(agent, word.heard);
}

static void be_ready(struct agent *agent)
{
	if (!agent->ready)
		sd_notify(0, "READY=1");
	agent->ready = true;
}

/* --- with etcd, and without --- */

static void go_down(struct agent *agent)
{
	if (agent->lacks_kept && agent->watch)
		timer_set(agent->look, AGAIN);
	agent->news = sd_event_source_disable_unref(agent->news);
	gpuspec_etcd_watch_close(agent->watch);
	agent->watch = NULL;
	timer_stop(agent->keep_alive);
	timer_stop(agent->publish);
	timer_stop(agent->floor);
	timer_set(agent->connect, backoff_next(&agent->backoff));
}

/* Something could not be done with etcd: tell of it, and begin anew later. */
static int lose(struct agent *agent, int error)
{
	if (error == -ECANCELED) {
		tell(agent, SD_INFO, "this host is not, or no more, of the fleet; gpuspec fleet join brings it in");
		return sd_event_exit(agent->loop, EXIT_DONE);
	}
	/* The login may be another by now: it is read anew. */
	agent->logs_in = error == -EACCES;
	if (error == -EEXIST)
		tell(agent, SD_ERR, "another machine is there by the name %s; set host_name in %s on one of them",
		     agent->fleet->conf.host_name, GPUSPEC_CONF_PATH);
	else if (error == -ENOENT)
		tell(agent, SD_WARNING, "the fleet has not heard of this host in time, and takes it for gone; telling it anew");
	else if (error == -ENOMEM)
		tell(agent, SD_ERR, "out of memory");
	else
		tell(agent, SD_WARNING, "%s; the last policy stays in force",
		     gpuspec_etcd_sentence(agent->fleet->etcd));
	go_down(agent);
	return 0;
}

/* --- what this host has --- */

static void describe(struct agent *agent, struct fleet_status *status,
		     const struct gpuspec_inventory *inventory, const char *trouble)
{
	memset(status, 0, sizeof(*status));
	snprintf(status->machine_id, sizeof(status->machine_id), "%s", agent->machine_id);
	snprintf(status->kernel, sizeof(status->kernel), "%s", agent->kernel);
	snprintf(status->module, sizeof(status->module), "%s",
		 inventory->info.version);
	snprintf(status->helper, sizeof(status->helper), "%s", GPUSPEC_VERSION);
	snprintf(status->problem, sizeof(status->problem), "%s",
		 *trouble ? trouble : agent->follower.problem);
	snprintf(status->rom_problem, sizeof(status->rom_problem), "%s",
		 agent->follower.rom_problem);
	status->revision = agent->follower.applied;
	status->seen = time(NULL);
	status->specs = inventory->model_count;
	status->devices = inventory->card_count;
}

/* Only the time differs. */
static bool is_told(const struct agent *agent, const struct fleet_status *status)
{
	struct fleet_status last = agent->status;

	last.seen = status->seen;
	return !memcmp(&last, status, sizeof(last));
}

/* A module that cannot be asked for a moment has the devices that it had. */
static void describe_unknown(struct agent *agent, struct fleet_status *status)
{
	static const struct gpuspec_inventory nothing;

	describe(agent, status, &nothing, gpuspec_nl_sentence(agent->request->nl));
	snprintf(status->module, sizeof(status->module), "%s", agent->status.module);
	status->specs = agent->status.specs;
	status->devices = agent->status.devices;
	timer_set(agent->publish, SOON);
}

static int publish_all(struct agent *agent, bool fresh)
{
	struct gpuspec_inventory inventory = {};
	struct fleet_status status;
	size_t changes = 0;
	int error = 0;

	if (agent->module.nl && (gpuspec_inventory_read(agent->request->nl, "/sys", &inventory) ||
				 gpuspec_inventory_hardware(&inventory))) {
		describe_unknown(agent, &status);
	} else {
		gpuspec_inventory_name(&inventory);
		describe(agent, &status, &inventory,
			 agent->module.nl ? "" : *agent->module.trouble ? agent->module.trouble :
			 "the kernel module gpuspec is not loaded");
		error = publish_inventory(&agent->publisher, &inventory, &changes);
	}
	gpuspec_inventory_free(&inventory);
	if (!error && (fresh || !is_told(agent, &status) ||
		       status.seen - agent->status.seen >= WORD)) {
		error = publish_status(&agent->publisher, &status);
		agent->status = status;
	}
	agent->published_at = timer_now();
	return error;
}

static int on_publish(sd_event_source *source, uint64_t usec, void *data)
{
	struct agent *agent = data;
	int error = publish_all(agent, false);

	(void)source;
	(void)usec;
	return error ? lose(agent, error) : 0;
}

/* There may be something new to publish. */
static void publish_soon(struct agent *agent)
{
	uint64_t since = timer_now() - agent->published_at;

	if (agent->watch)
		timer_set(agent->publish, since < PACE ? PACE - since : SETTLE);
}

/* --- the module --- */

static void on_module(bool gone, void *data)
{
	struct agent *agent = data;

	if (gone)
		timer_set(agent->look, 0);
	publish_soon(agent);
}

/* What is the matter with it is told once, and to the others. */
static int listen_to_module(struct agent *agent)
{
	char before[sizeof(agent->module.trouble)];
	int error;

	memcpy(before, agent->module.trouble, sizeof(before));
	error = module_ear_open(&agent->module, agent->loop);
	if (!strcmp(agent->module.trouble, before))
		return error;
	if (*agent->module.trouble)
		tell(agent, SD_ERR, "%s", agent->module.trouble);
	publish_soon(agent);
	return error;
}

/* --- what the fleet decides --- */

static void on_event(const struct gpuspec_etcd_event *event, void *data)
{
	struct agent *agent = data;

	(void)event;
	agent->decided = true;
}

/* Have the newest in force. A follower that could not says so to the others, too. */
static int follow_now(struct agent *agent, int64_t *seen)
{
	int64_t before = agent->follower.applied;
	int error;

	/* What the host has of its own is written down as it joins, and not here. */
	if (!membership_joined())
		return -ECANCELED;
	error = follow(&agent->follower, agent->request, seen);
	if (error)
		return error;
	agent->decided = false;
	agent->lacks_kept &= !!*follow_problem(&agent->follower);
	if (*follow_problem(&agent->follower))
		tell(agent, SD_ERR, "%s", follow_problem(&agent->follower));
	else if (agent->follower.applied != before)
		tell(agent, SD_INFO, "the fleet's policy of revision %lld is in force",
		     (long long)agent->follower.applied);
	return 0;
}

/* Without etcd nothing else would try it again, and the module lets all pass. */
static void bring_kept(struct agent *agent)
{
	bool lacked = agent->lacks_kept;

	agent->lacks_kept = follow_kept(&agent->follower, agent->request);
	if (agent->lacks_kept)
		tell(agent, SD_ERR, "%s", follow_problem(&agent->follower));
	else if (lacked)
		tell(agent, SD_INFO, "the policy that this host has kept is in force");
	if (agent->lacks_kept && !agent->watch)
		timer_set(agent->look, *agent->follower.problem ? AGAIN : FLOOR);
	if (agent->lacks_kept || lacked)
		correct_word(agent);
}

/* A module that has come has what was kept at once, and the newest once etcd has told it. */
static int on_look(sd_event_source *source, uint64_t usec, void *data)
{
	struct agent *agent = data;
	int64_t seen;
	int error = 0;

	(void)usec;
	if (!agent->module.nl && listen_to_module(agent)) {
		timer_set(source, LOOK);
		return 0;
	}
	if (membership_joined())
		bring_kept(agent);
	if (agent->watch)
		error = follow_now(agent, &seen);
	if (error)
		return lose(agent, error);
	publish_soon(agent);
	return 0;
}

static int on_news(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct agent *agent = data;
	int64_t seen;
	int error;

	(void)source;
	(void)fd;
	(void)events;
	error = gpuspec_etcd_watch_hear(agent->watch, on_event, agent);
	if (!error && agent->decided)
		error = follow_now(agent, &seen);
	if (error)
		return lose(agent, error);
	leave_word(agent, time(NULL));
	publish_soon(agent);
	return 0;
}

static int watch(struct agent *agent, int64_t seen)
{
	char prefix[GPUSPEC_FLEET_KEY_SIZE];
	int error;

	gpuspec_fleet_key_decided(prefix, agent->fleet->conf.etcd_prefix);
	error = gpuspec_etcd_watch_open(agent->fleet->etcd, prefix, seen + 1, &agent->watch);
	if (error)
		return error;
	error = sd_event_add_io(agent->loop, &agent->news, gpuspec_etcd_watch_fd(agent->watch),
				EPOLLIN, on_news, agent);
	/* What came with the confirmation is not waited for again. */
	return error < 0 ? error : on_news(agent->news, -1, 0, agent);
}

/* --- the loop --- */

static int come_up(struct agent *agent)
{
	int64_t seen;
	int error;

	error = follow_now(agent, &seen);
	if (!error)
		error = publish_begin(&agent->publisher);
	if (!error)
		error = publish_all(agent, true);
	return error ? error : watch(agent, seen);
}

/* As the conf and the login are now; an error was told. */
static int find_way(struct agent *agent)
{
	int result;

	fleet_close(agent->fleet);
	result = fleet_open(agent->fleet, agent->request);
	agent->publisher.etcd = agent->fleet->etcd;
	agent->logs_in = false;
	return result;
}

static int on_connect(sd_event_source *source, uint64_t usec, void *data)
{
	struct agent *agent = data;
	int error;

	(void)source;
	(void)usec;
	if (agent->logs_in && find_way(agent))
		return sd_event_exit(agent->loop, EXIT_FAILED);
	error = come_up(agent);
	if (error)
		return lose(agent, error);
	if (!agent->watch)
		return 0;
	agent->backoff.wait = 0;
	timer_set(agent->keep_alive, KEEP_ALIVE);
	timer_set(agent->floor, backoff_jitter(FLOOR));
	if (!*follow_problem(&agent->follower))
		tell(agent, SD_INFO, "of the fleet at %s, at revision %lld",
		     gpuspec_etcd_endpoint(agent->fleet->etcd), (long long)agent->follower.applied);
	be_ready(agent);
	return 0;
}

static int on_keep_alive(sd_event_source *source, uint64_t usec, void *data)
{
	struct agent *agent = data;
	int error = publish_keep_alive(&agent->publisher);

	(void)usec;
	if (error)
		return lose(agent, error);
	leave_word(agent, time(NULL));
	timer_set(source, KEEP_ALIVE);
	return 0;
}

static int on_floor(sd_event_source *source, uint64_t usec, void *data)
{
	struct agent *agent = data;
	int64_t seen;
	int error = 0;

	(void)usec;
	/* It may have gone away by itself. */
	if (*follow_problem(&agent->follower))
		error = follow_now(agent, &seen);
	if (!error)
		error = publish_all(agent, false);
	if (error)
		return lose(agent, error);
	timer_set(source, FLOOR);
	return 0;
}

static int on_patience(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	be_ready(data);
	return 0;
}

static int on_signal(sd_event_source *source, int fd, uint32_t events, void *data)
{
	(void)fd;
	(void)events;
	(void)data;
	return sd_event_exit(sd_event_source_get_event(source), EXIT_DONE);
}

static int begin(struct agent *agent)
{
	int error;

	error = sd_event_new(&agent->loop);
	if (error < 0)
		return error;
	agent->signals = interruption_fd();
	error = agent->signals < 0 ? -errno :
		sd_event_add_io(agent->loop, NULL, agent->signals, EPOLLIN, on_signal, NULL);
	if (error >= 0)
		error = sd_event_set_watchdog(agent->loop, true);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->connect, on_connect, agent);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->keep_alive, on_keep_alive, agent);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->floor, on_floor, agent);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->publish, on_publish, agent);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->look, on_look, agent);
	if (error >= 0)
		error = timer_add(agent->loop, &agent->patience, on_patience, agent);
	if (error < 0)
		return error;
	/* Who waits is told in time, whatever else is due. */
	sd_event_source_set_priority(agent->patience, SD_EVENT_PRIORITY_IMPORTANT);
	/* Before anything is asked of etcd. */
	sd_event_source_set_priority(agent->look, SD_EVENT_PRIORITY_IMPORTANT);
	timer_set(agent->look, 0);
	timer_set(agent->connect, 0);
	timer_set(agent->patience, PATIENCE);
	return 0;
}

static void end(struct agent *agent)
{
	sd_notify(0, "STOPPING=1");
	/* The others are to know at once. */
	if (agent->watch)
		publish_end(&agent->publisher);
	gpuspec_etcd_watch_close(agent->watch);
	publish_free(&agent->publisher);
	rom_refusals_free(&agent->follower.refusals);
	module_ear_close(&agent->module);
	sd_event_source_disable_unref(agent->news);
	sd_event_source_disable_unref(agent->connect);
	sd_event_source_disable_unref(agent->keep_alive);
	sd_event_source_disable_unref(agent->floor);
	sd_event_source_disable_unref(agent->publish);
	sd_event_source_disable_unref(agent->patience);
	sd_event_source_disable_unref(agent->look);
	sd_event_unref(agent->loop);
	if (agent->signals >= 0)
		close(agent->signals);
}

static int identify(struct agent *agent)
{
	struct utsname names;
	sd_id128_t id;
	int error = sd_id128_get_machine(&id);

	if (error < 0)
		return fail(EXIT_FAILED, "agent", "/etc/machine-id: %s; systemd-machine-id-setup makes it",
			    strerror(-error));
	sd_id128_to_string(id, agent->machine_id);
	uname(&names);
	snprintf(agent->kernel, sizeof(agent->kernel), "%s", names.release);
	return EXIT_DONE;
}

int fleet_verb_agent(struct request *request, struct fleet_etcd *fleet)
{
	struct agent agent = {
		.request = request, .fleet = fleet, .signals = -1,
		.publisher = {
			.etcd = fleet->etcd, .prefix = fleet->conf.etcd_prefix,
			.host = fleet->conf.host_name,
		},
		.follower = { .fleet = fleet },
		.module = { .requests = &request->nl, .heard = on_module },
		.backoff = { .least = BACKOFF_LEAST, .most = BACKOFF_MOST },
	};
	int error;

	agent.module.data = &agent;
	error = identify(&agent);
	if (error)
		return error;
	agent.publisher.machine_id = agent.machine_id;
	error = begin(&agent);
	if (error >= 0)
		error = sd_event_loop(agent.loop);
	end(&agent);
	if (error > 0)
		return error;
	return error < 0 ? fail(EXIT_FAILED, "agent", "%s", strerror(-error)) : EXIT_DONE;
}
