// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event.h"
#include "output.h"
#include "row.h"
#include "row_device.h"
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
		[GPUSPEC_CMD_ACCOUNT_CHANGED] = "account-changed",
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

static const char *change_name(enum gpuspec_account_change change)
{
	static const char *const names[] = {
		[GPUSPEC_ACCOUNT_CHANGE_ADDED] = "added",
		[GPUSPEC_ACCOUNT_CHANGE_CHANGED] = "changed",
		[GPUSPEC_ACCOUNT_CHANGE_REMOVED] = "removed",
	};

	return change < sizeof(names) / sizeof(names[0]) ? names[change] : "unknown";
}

static void describe_rule(const struct gpuspec_spec *spec, char *text, size_t size)
{
	int length = snprintf(text, size, "%s: policy %s: %s, shared with ", spec->id,
			      spec->named ? "changed" : "forgotten", row_state(spec->state));

	if (spec->sharing == GPUSPEC_SHARING_LIST)
		snprintf(text + length, size - length, "%u account%s", spec->shares,
			 spec->shares == 1 ? "" : "s");
	else
		snprintf(text + length, size - length, "%s", row_sharing(spec->sharing));
}

static void describe_share(const struct gpuspec_event *event, char *text, size_t size)
{
	const char *now = event->account_change == GPUSPEC_ACCOUNT_CHANGE_CHANGED ? "now " : "";
	const char *id = event->spec.id, *account = event->account;

	if (event->account_change == GPUSPEC_ACCOUNT_CHANGE_REMOVED) {
		/* Who lost a share of what all have now lost no access. */
		if (event->spec.sharing == GPUSPEC_SHARING_ALL)
			snprintf(text, size, "%s: shared with %s as with all", id, account);
		else
			snprintf(text, size, "%s: recalled from %s", id, account);
	} else if (event->maximum) {
		snprintf(text, size, "%s: shared with %s (%sat most %u)", id, account, now,
			 event->maximum);
	} else {
		snprintf(text, size, "%s: shared with %s%s", id, account,
			 *now ? " (now any number)" : "");
	}
}

static void describe_applied(const struct gpuspec_event *event, char *text, size_t size)
{
	const char *s = event->changes == 1 ? "" : "s";

	if (!event->has_default)
		snprintf(text, size, "policy applied: %u change%s", event->changes, s);
	else if (event->changes)
		snprintf(text, size, "policy applied: default now %s, %u other change%s",
			 row_default(event->unnamed), event->changes, s);
	else
		snprintf(text, size, "policy applied: default now %s",
			 row_default(event->unnamed));
}

/* What happened, for people. */
static void describe(const struct gpuspec_event *event, char *text, size_t size)
{
	const struct gpuspec_process *who = &event->device.holder;
	const struct gpuspec_device *device = &event->device;
	char phrase[GPUSPEC_PHRASE_SIZE];

	switch (event->command) {
	case GPUSPEC_CMD_SPEC_CHANGED:
		if (*event->account)
			describe_share(event, text, size);
		else
			describe_rule(&event->spec, text, size);
		break;
	case GPUSPEC_CMD_ACCOUNT_CHANGED:
		snprintf(text, size, "account %s %s", event->account,
			 change_name(event->account_change));
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
		gpuspec_reason_phrase(event->reason, event->process.account, phrase);
		snprintf(text, size, "%s: %s by %s[%u] refused: %s %s", device->address,
			 event->gate == GPUSPEC_GATE_BIND ? "bind" : "open", event->process.comm,
			 event->process.pid, device->spec, phrase);
		break;
	case GPUSPEC_CMD_POLICY_APPLIED:
		describe_applied(event, text, size);
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

static json_t *row_event_device(const struct gpuspec_device *device)
{
	json_t *row = json_object();

	output_set(row, "address", row_string(device->address));
	output_set(row, "spec", row_string(device->spec));
	output_set(row, "in_use", json_boolean(device->in_use));
	output_set(row, "holder", row_process(&device->holder));
	output_set(row, "rom", row_string(row_rom_state(device->rom_state)));
	return row;
}

static json_t *row_event_spec(const struct gpuspec_spec *spec)
{
	json_t *row = json_object();

	output_set(row, "id", row_string(spec->id));
	output_set(row, "state", row_string(row_state(spec->state)));
	output_set(row, "shared", row_string(row_sharing(spec->sharing)));
	output_set(row, "named", json_boolean(spec->named));
	output_set(row, "rom", row_rom(&spec->rom));
	return row;
}

json_t *row_time(time_t seconds)
{
	char stamp[32], zone[16];
	struct tm local;
	long minutes;

	localtime_r(&seconds, &local);
	minutes = labs(local.tm_gmtoff) / 60;
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &local);
	snprintf(zone, sizeof(zone), "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
	strncat(stamp, zone, sizeof(stamp) - strlen(stamp) - 1);
	return row_string(stamp);
}

json_t *row_event(const struct gpuspec_event *event)
{
	json_t *row = json_object();
	char text[1400];

	output_set(row, "time", row_time(event->time / 1000000000));
	output_set(row, "seq", json_integer(event->seq));
	output_set(row, "missed", json_integer(event->missed));
	output_set(row, "event", row_string(event_name(event->command)));
	if (*event->spec.id)
		output_set(row, "spec", row_event_spec(&event->spec));
	if (*event->device.address)
		output_set(row, "device", row_event_device(&event->device));
	if (*event->account) {
		output_set(row, "account", row_string(event->account));
		output_set(row, "change", row_string(change_name(event->account_change)));
	}
	if (*event->account && *event->spec.id)
		output_set(row, "max", event->maximum ? json_integer(event->maximum) : NULL);
	if (event->process.pid)
		output_set(row, "process", row_process(&event->process));
	if (event->command == GPUSPEC_CMD_REFUSED) {
		output_set(row, "gate", row_string(event->gate == GPUSPEC_GATE_BIND ?
							       "bind" : "open"));
		output_set(row, "reason",
			   row_string(gpuspec_reason_name(event->reason)));
	}
	if (event->command == GPUSPEC_CMD_POLICY_APPLIED) {
		output_set(row, "default", event->has_default ?
			   row_string(row_default(event->unnamed)) : NULL);
		output_set(row, "changes", json_integer(event->changes));
	}
	describe(event, text, sizeof(text));
	output_set(row, "sentence", row_string(text));
	return row;
}
