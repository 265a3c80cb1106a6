// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "output.h"
#include "row.h"
#include "sha256.h"
#include "verdict.h"

static const char *event_name(uint8_t command)
{
	static const char *const names[] = {
		[GPUSPEC_CMD_SPEC_CHANGED] = "spec-changed",
		[GPUSPEC_CMD_DEVICE_ADDED] = "device-added",
		[GPUSPEC_CMD_DEVICE_REMOVED] = "device-removed",
		[GPUSPEC_CMD_OPENED] = "opened",
		[GPUSPEC_CMD_CLOSED] = "closed",
		[GPUSPEC_CMD_REFUSED] = "refused",
		[GPUSPEC_CMD_POLICY_APPLIED] = "policy-applied",
		[GPUSPEC_CMD_ROM_CHANGED] = "rom-changed",
		[GPUSPEC_CMD_DEVICE_ROM] = "device-rom",
	};

	return names[command];
}

static void describe_rom(const struct gpuspec_spec *spec, char *text, size_t size)
{
	const struct gpuspec_rom *rom = &spec->rom;
	char sha256[GPUSPEC_SHA256_HEX_SIZE];

	gpuspec_sha256_hex(rom->sha256, sha256);
	if (rom->size)
		snprintf(text, size, "%s: ROM set: %s%s%u bytes, %.8s", spec->id, rom->version,
			 *rom->version ? ", " : "", rom->size, sha256);
	else
		snprintf(text, size, "%s: ROM cleared", spec->id);
}

/* What happened, for people. */
static void describe(const struct gpuspec_event *event, char *text, size_t size)
{
	const struct gpuspec_process *who = &event->device.holder;
	const struct gpuspec_device *device = &event->device;

	switch (event->command) {
	case GPUSPEC_CMD_SPEC_CHANGED:
		snprintf(text, size, "%s: policy %s: %s, shared with %s", event->spec.id,
			 event->spec.named ? "changed" : "forgotten", row_state(event->spec.state),
			 row_sharing(event->spec.sharing));
		break;
	case GPUSPEC_CMD_DEVICE_ADDED:
		snprintf(text, size, "%s: added, of %s", device->address, device->spec);
		break;
	case GPUSPEC_CMD_DEVICE_REMOVED:
		snprintf(text, size, "%s: removed, of %s", device->address, device->spec);
		break;
	case GPUSPEC_CMD_OPENED:
	case GPUSPEC_CMD_CLOSED:
		if (who->pid)
			snprintf(text, size, "%s: %s by %s[%u]", device->address,
				 event_name(event->command), who->comm, who->pid);
		else
			snprintf(text, size, "%s: %s", device->address, event_name(event->command));
		break;
	case GPUSPEC_CMD_REFUSED:
		snprintf(text, size, "%s: %s by %s[%u] refused: %s %s", device->address,
			 event->gate == GPUSPEC_GATE_BIND ? "bind" : "open", event->process.comm,
			 event->process.pid, device->spec, gpuspec_reason_phrase(event->reason));
		break;
	case GPUSPEC_CMD_POLICY_APPLIED:
		snprintf(text, size, "policy applied: default %s, %u specs changed",
			 row_default(event->unnamed), event->changes);
		break;
	case GPUSPEC_CMD_ROM_CHANGED:
		describe_rom(&event->spec, text, size);
		break;
	case GPUSPEC_CMD_DEVICE_ROM:
		snprintf(text, size, "%s: ROM %s", device->address,
			 device->rom_state == GPUSPEC_ROM_STATE_NONE ? "is its own" :
			 row_rom_state(device->rom_state));
		break;
	}
}

static struct json_object *row_event_device(const struct gpuspec_device *device)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "address", row_string(device->address));
	json_object_object_add(row, "spec", row_string(device->spec));
	json_object_object_add(row, "in_use", json_object_new_boolean(device->in_use));
	json_object_object_add(row, "holder", row_process(&device->holder));
	json_object_object_add(row, "rom", row_string(row_rom_state(device->rom_state)));
	return row;
}

static struct json_object *row_event_spec(const struct gpuspec_spec *spec)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "id", row_string(spec->id));
	json_object_object_add(row, "state", row_string(row_state(spec->state)));
	json_object_object_add(row, "shared", row_string(row_sharing(spec->sharing)));
	json_object_object_add(row, "named", json_object_new_boolean(spec->named));
	json_object_object_add(row, "rom", row_rom(&spec->rom));
	return row;
}

/* The local time as RFC 3339 has it. */
static struct json_object *row_now(void)
{
	char stamp[32], zone[16];
	time_t now = time(NULL);
	struct tm local;
	long minutes;

	localtime_r(&now, &local);
	minutes = labs(local.tm_gmtoff) / 60;
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &local);
	snprintf(zone, sizeof(zone), "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
	strncat(stamp, zone, sizeof(stamp) - strlen(stamp) - 1);
	return row_string(stamp);
}

static struct json_object *row_event(const struct gpuspec_event *event)
{
	struct json_object *row = json_object_new_object();
	char text[1400];

	json_object_object_add(row, "time", row_now());
	json_object_object_add(row, "seq", json_object_new_uint64(event->seq));
	json_object_object_add(row, "missed", json_object_new_uint64(event->missed));
	json_object_object_add(row, "event", row_string(event_name(event->command)));
	if (*event->spec.id)
		json_object_object_add(row, "spec", row_event_spec(&event->spec));
	if (*event->device.address)
		json_object_object_add(row, "device", row_event_device(&event->device));
	if (event->command == GPUSPEC_CMD_REFUSED) {
		json_object_object_add(row, "process", row_process(&event->process));
		json_object_object_add(row, "gate", row_string(event->gate == GPUSPEC_GATE_BIND ?
							       "bind" : "open"));
		json_object_object_add(row, "reason",
				       row_string(gpuspec_reason_name(event->reason)));
	}
	if (event->command == GPUSPEC_CMD_POLICY_APPLIED) {
		json_object_object_add(row, "default", row_string(row_default(event->unnamed)));
		json_object_object_add(row, "changes", json_object_new_int64(event->changes));
	}
	describe(event, text, sizeof(text));
	json_object_object_add(row, "sentence", row_string(text));
	return row;
}

static void print_event(const struct gpuspec_event *event, void *data)
{
	const struct request *request = data;
	struct json_object *row = row_event(event);

	if (request->json) {
		output_json_line(row);
	} else {
		if (event->missed)
			printf("(missed %llu events)\n", (unsigned long long)event->missed);
		/* The time of the day is enough in text. */
		printf("%.8s %s\n", output_text(row, "time") + 11, output_text(row, "sentence"));
		fflush(stdout);
	}
	json_object_put(row);
}

int monitor(struct request *request)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	sigset_t signals;
	int error;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	error = gpuspec_nl_subscribe(request->nl);
	if (error)
		return fail_nl(request->nl, error, "monitor");
	fds[0].fd = gpuspec_nl_fd(request->nl);
	fds[1].fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fds[1].fd < 0)
		return fail(EXIT_FAILED, "monitor", "%s", strerror(errno));
	while (!error && !ferror(stdout)) {
		if (poll(fds, 2, -1) < 0)
			error = fail(EXIT_FAILED, "monitor", "%s", strerror(errno));
		if (error || fds[1].revents)
			break;
		error = gpuspec_nl_hear(request->nl, print_event, request);
	}
	close(fds[1].fd);
	return error < 0 ? fail_nl(request->nl, error, "monitor") : error;
}
