// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl_message.h"

static struct nla_policy top_policy[GPUSPEC_A_MAX + 1] = {
	[GPUSPEC_A_ID] = { .type = NLA_STRING },
	[GPUSPEC_A_DEFAULT] = { .type = NLA_U32 },
	[GPUSPEC_A_CHANGES] = { .type = NLA_U32 },
	[GPUSPEC_A_GENERATION] = { .type = NLA_U32 },
	[GPUSPEC_A_SEQ] = { .type = NLA_U64 },
	[GPUSPEC_A_GATE] = { .type = NLA_U32 },
	[GPUSPEC_A_REASON] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC] = { .type = NLA_NESTED },
	[GPUSPEC_A_DEVICE] = { .type = NLA_NESTED },
	[GPUSPEC_A_PROCESS] = { .type = NLA_NESTED },
	[GPUSPEC_A_SIZE] = { .type = NLA_U32 },
	[GPUSPEC_A_SHA256] = { .minlen = GPUSPEC_ROM_SHA256_LEN },
	[GPUSPEC_A_VERSION] = { .type = NLA_STRING },
	[GPUSPEC_A_OFFSET] = { .type = NLA_U32 },
	[GPUSPEC_A_ACCOUNT] = { .type = NLA_STRING },
	[GPUSPEC_A_MAXIMUM] = { .type = NLA_U32 },
	[GPUSPEC_A_HELD] = { .type = NLA_U32 },
	[GPUSPEC_A_CGROUP] = { .type = NLA_STRING },
	[GPUSPEC_A_UID] = { .type = NLA_U32 },
	[GPUSPEC_A_TIME] = { .type = NLA_U64 },
	[GPUSPEC_A_EVENT] = { .type = NLA_U32 },
	[GPUSPEC_A_ACCOUNT_CHANGE] = { .type = NLA_U32 },
};

static struct nla_policy info_policy[GPUSPEC_A_INFO_MAX + 1] = {
	[GPUSPEC_A_INFO_VERSION] = { .type = NLA_STRING },
	[GPUSPEC_A_INFO_DEFAULT] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_GENERATION] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_SEQ] = { .type = NLA_U64 },
	[GPUSPEC_A_INFO_SPECS] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_DEVICES] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_IN_USE] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_REFUSED] = { .type = NLA_U64 },
	[GPUSPEC_A_INFO_ACCOUNTS] = { .type = NLA_U32 },
	[GPUSPEC_A_INFO_SHARES] = { .type = NLA_U32 },
};

static struct nla_policy refusals_policy[GPUSPEC_A_REFUSALS_MAX + 1] = {
	[GPUSPEC_A_REFUSALS_REASON] = { .type = NLA_U32 },
	[GPUSPEC_A_REFUSALS_COUNT] = { .type = NLA_U64 },
};

static struct nla_policy spec_policy[GPUSPEC_A_SPEC_MAX + 1] = {
	[GPUSPEC_A_SPEC_ID] = { .type = NLA_STRING },
	[GPUSPEC_A_SPEC_KIND] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC_STATE] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC_SHARING] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC_NAMED] = { .type = NLA_FLAG },
	[GPUSPEC_A_SPEC_DEVICES] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC_IN_USE] = { .type = NLA_U32 },
	[GPUSPEC_A_SPEC_REFUSED] = { .type = NLA_U64 },
	[GPUSPEC_A_SPEC_ROM] = { .type = NLA_NESTED },
	[GPUSPEC_A_SPEC_SHARES] = { .type = NLA_U32 },
};

static struct nla_policy rom_policy[GPUSPEC_A_ROM_MAX + 1] = {
	[GPUSPEC_A_ROM_SIZE] = { .type = NLA_U32 },
	[GPUSPEC_A_ROM_SHA256] = { .minlen = GPUSPEC_ROM_SHA256_LEN },
	[GPUSPEC_A_ROM_VERSION] = { .type = NLA_STRING },
	[GPUSPEC_A_ROM_APPLIED] = { .type = NLA_U32 },
	[GPUSPEC_A_ROM_PENDING] = { .type = NLA_U32 },
};

static struct nla_policy device_policy[GPUSPEC_A_DEVICE_MAX + 1] = {
	[GPUSPEC_A_DEVICE_SPEC] = { .type = NLA_STRING },
	[GPUSPEC_A_DEVICE_ADDRESS] = { .type = NLA_STRING },
	[GPUSPEC_A_DEVICE_IN_USE] = { .type = NLA_FLAG },
	[GPUSPEC_A_DEVICE_HOLDER] = { .type = NLA_NESTED },
	[GPUSPEC_A_DEVICE_ROM_STATE] = { .type = NLA_U32 },
	[GPUSPEC_A_DEVICE_ROM_SHA256] = { .minlen = GPUSPEC_ROM_SHA256_LEN },
};

static struct nla_policy process_policy[GPUSPEC_A_PROCESS_MAX + 1] = {
	[GPUSPEC_A_PROCESS_PID] = { .type = NLA_U32 },
	[GPUSPEC_A_PROCESS_UID] = { .type = NLA_U32 },
	[GPUSPEC_A_PROCESS_COMM] = { .type = NLA_STRING },
	[GPUSPEC_A_PROCESS_CGROUP] = { .type = NLA_STRING },
	[GPUSPEC_A_PROCESS_ACCOUNT] = { .type = NLA_STRING },
	[GPUSPEC_A_PROCESS_LOGIN_UID] = { .type = NLA_U32 },
};

static int parse(const struct genlmsghdr *header, struct nlattr **attrs, int max,
		 struct nla_policy *policy)
{
	return nla_parse(attrs, max, genlmsg_attrdata(header, 0), genlmsg_attrlen(header, 0),
			 policy) ? -EPROTO : 0;
}

/* A string need not be terminated in the message, nor fit. */
static void copy_string(char *out, size_t size, const struct nlattr *attr)
{
	snprintf(out, size, "%.*s", nla_len(attr), (const char *)nla_data(attr));
}

static int get_process(struct nlattr *nest, struct gpuspec_process *process)
{
	struct nlattr *attrs[GPUSPEC_A_PROCESS_MAX + 1];

	if (nla_parse_nested(attrs, GPUSPEC_A_PROCESS_MAX, nest, process_policy) ||
	    !attrs[GPUSPEC_A_PROCESS_PID] || !attrs[GPUSPEC_A_PROCESS_UID] ||
	    !attrs[GPUSPEC_A_PROCESS_COMM] || !attrs[GPUSPEC_A_PROCESS_CGROUP])
		return -EPROTO;
	process->pid = nla_get_u32(attrs[GPUSPEC_A_PROCESS_PID]);
	process->uid = nla_get_u32(attrs[GPUSPEC_A_PROCESS_UID]);
	copy_string(process->comm, sizeof(process->comm), attrs[GPUSPEC_A_PROCESS_COMM]);
	copy_string(process->cgroup, sizeof(process->cgroup), attrs[GPUSPEC_A_PROCESS_CGROUP]);
	process->account[0] = '\0';
	if (attrs[GPUSPEC_A_PROCESS_ACCOUNT])
		copy_string(process->account, sizeof(process->account),
			    attrs[GPUSPEC_A_PROCESS_ACCOUNT]);
	process->has_login = attrs[GPUSPEC_A_PROCESS_LOGIN_UID];
	process->login_uid = process->has_login ?
		nla_get_u32(attrs[GPUSPEC_A_PROCESS_LOGIN_UID]) : 0;
	return 0;
}

static int get_rom(struct nlattr *nest, struct gpuspec_rom *rom)
{
	struct nlattr *attrs[GPUSPEC_A_ROM_MAX + 1];

	if (nla_parse_nested(attrs, GPUSPEC_A_ROM_MAX, nest, rom_policy) ||
	    !attrs[GPUSPEC_A_ROM_SIZE] || !attrs[GPUSPEC_A_ROM_SHA256] ||
	    !attrs[GPUSPEC_A_ROM_VERSION] || !attrs[GPUSPEC_A_ROM_APPLIED] ||
	    !attrs[GPUSPEC_A_ROM_PENDING])
		return -EPROTO;
	rom->size = nla_get_u32(attrs[GPUSPEC_A_ROM_SIZE]);
	memcpy(rom->sha256, nla_data(attrs[GPUSPEC_A_ROM_SHA256]), sizeof(rom->sha256));
	copy_string(rom->version, sizeof(rom->version), attrs[GPUSPEC_A_ROM_VERSION]);
	rom->applied = nla_get_u32(attrs[GPUSPEC_A_ROM_APPLIED]);
	rom->pending = nla_get_u32(attrs[GPUSPEC_A_ROM_PENDING]);
	return 0;
}

static int get_spec(struct nlattr *nest, struct gpuspec_spec *spec)
{
	struct nlattr *attrs[GPUSPEC_A_SPEC_MAX + 1];

	if (!nest || nla_parse_nested(attrs, GPUSPEC_A_SPEC_MAX, nest, spec_policy) ||
	    !attrs[GPUSPEC_A_SPEC_ID] || !attrs[GPUSPEC_A_SPEC_KIND] ||
	    !attrs[GPUSPEC_A_SPEC_STATE] || !attrs[GPUSPEC_A_SPEC_SHARING] ||
	    !attrs[GPUSPEC_A_SPEC_DEVICES] || !attrs[GPUSPEC_A_SPEC_IN_USE] ||
	    !attrs[GPUSPEC_A_SPEC_REFUSED] || !attrs[GPUSPEC_A_SPEC_SHARES])
		return -EPROTO;
	copy_string(spec->id, sizeof(spec->id), attrs[GPUSPEC_A_SPEC_ID]);
	spec->kind = nla_get_u32(attrs[GPUSPEC_A_SPEC_KIND]);
	spec->state = nla_get_u32(attrs[GPUSPEC_A_SPEC_STATE]);
	spec->sharing = nla_get_u32(attrs[GPUSPEC_A_SPEC_SHARING]);
	spec->named = attrs[GPUSPEC_A_SPEC_NAMED];
	spec->shares = nla_get_u32(attrs[GPUSPEC_A_SPEC_SHARES]);
	spec->devices = nla_get_u32(attrs[GPUSPEC_A_SPEC_DEVICES]);
	spec->in_use = nla_get_u32(attrs[GPUSPEC_A_SPEC_IN_USE]);
	spec->refused = nla_get_u64(attrs[GPUSPEC_A_SPEC_REFUSED]);
	memset(&spec->rom, 0, sizeof(spec->rom));
	if (!attrs[GPUSPEC_A_SPEC_ROM])
		return 0;
	return get_rom(attrs[GPUSPEC_A_SPEC_ROM], &spec->rom);
}

static int get_device(struct nlattr *nest, struct gpuspec_device *device)
{
	struct nlattr *attrs[GPUSPEC_A_DEVICE_MAX + 1];

	if (!nest || nla_parse_nested(attrs, GPUSPEC_A_DEVICE_MAX, nest, device_policy) ||
	    !attrs[GPUSPEC_A_DEVICE_SPEC] || !attrs[GPUSPEC_A_DEVICE_ADDRESS] ||
	    !attrs[GPUSPEC_A_DEVICE_ROM_STATE])
		return -EPROTO;
	copy_string(device->spec, sizeof(device->spec), attrs[GPUSPEC_A_DEVICE_SPEC]);
	copy_string(device->address, sizeof(device->address), attrs[GPUSPEC_A_DEVICE_ADDRESS]);
	device->in_use = attrs[GPUSPEC_A_DEVICE_IN_USE];
	device->rom_state = nla_get_u32(attrs[GPUSPEC_A_DEVICE_ROM_STATE]);
	device->shows_rom = attrs[GPUSPEC_A_DEVICE_ROM_SHA256];
	if (device->shows_rom)
		memcpy(device->rom_sha256, nla_data(attrs[GPUSPEC_A_DEVICE_ROM_SHA256]),
		       sizeof(device->rom_sha256));
	memset(&device->holder, 0, sizeof(device->holder));
	if (!attrs[GPUSPEC_A_DEVICE_HOLDER])
		return 0;
	return get_process(attrs[GPUSPEC_A_DEVICE_HOLDER], &device->holder);
}

/* One for each reason: nla_parse() keeps the last only. */
static void get_refusals(const struct genlmsghdr *header, struct gpuspec_info *info)
{
	struct nlattr *attrs[GPUSPEC_A_REFUSALS_MAX + 1], *attr;
	uint32_t reason;
	int rest;

	memset(info->refused_for, 0, sizeof(info->refused_for));
	nla_for_each_attr(attr, genlmsg_attrdata(header, 0), genlmsg_attrlen(header, 0), rest) {
		if (nla_type(attr) != GPUSPEC_A_INFO_REFUSALS ||
		    nla_parse_nested(attrs, GPUSPEC_A_REFUSALS_MAX, attr, refusals_policy) ||
		    !attrs[GPUSPEC_A_REFUSALS_REASON] || !attrs[GPUSPEC_A_REFUSALS_COUNT])
			continue;
		reason = nla_get_u32(attrs[GPUSPEC_A_REFUSALS_REASON]);
		/* A later module may have more. */
		if (reason < GPUSPEC_REASONS)
			info->refused_for[reason] = nla_get_u64(attrs[GPUSPEC_A_REFUSALS_COUNT]);
	}
}

int gpuspec_message_info(const struct genlmsghdr *header, struct gpuspec_info *info)
{
	struct nlattr *attrs[GPUSPEC_A_INFO_MAX + 1];

	if (parse(header, attrs, GPUSPEC_A_INFO_MAX, info_policy) ||
	    !attrs[GPUSPEC_A_INFO_VERSION] || !attrs[GPUSPEC_A_INFO_DEFAULT] ||
	    !attrs[GPUSPEC_A_INFO_GENERATION] || !attrs[GPUSPEC_A_INFO_SEQ] ||
	    !attrs[GPUSPEC_A_INFO_SPECS] || !attrs[GPUSPEC_A_INFO_DEVICES] ||
	    !attrs[GPUSPEC_A_INFO_IN_USE] || !attrs[GPUSPEC_A_INFO_REFUSED] ||
	    !attrs[GPUSPEC_A_INFO_ACCOUNTS] || !attrs[GPUSPEC_A_INFO_SHARES])
		return -EPROTO;
	copy_string(info->version, sizeof(info->version), attrs[GPUSPEC_A_INFO_VERSION]);
	info->unnamed = nla_get_u32(attrs[GPUSPEC_A_INFO_DEFAULT]);
	info->generation = nla_get_u32(attrs[GPUSPEC_A_INFO_GENERATION]);
	info->seq = nla_get_u64(attrs[GPUSPEC_A_INFO_SEQ]);
	info->specs = nla_get_u32(attrs[GPUSPEC_A_INFO_SPECS]);
	info->devices = nla_get_u32(attrs[GPUSPEC_A_INFO_DEVICES]);
	info->in_use = nla_get_u32(attrs[GPUSPEC_A_INFO_IN_USE]);
	info->refused = nla_get_u64(attrs[GPUSPEC_A_INFO_REFUSED]);
	info->accounts = nla_get_u32(attrs[GPUSPEC_A_INFO_ACCOUNTS]);
	info->shares = nla_get_u32(attrs[GPUSPEC_A_INFO_SHARES]);
	get_refusals(header, info);
	return 0;
}

int gpuspec_message_spec(const struct genlmsghdr *header, struct gpuspec_spec *spec,
			 uint32_t *generation)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];

	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_GENERATION])
		return -EPROTO;
	*generation = nla_get_u32(attrs[GPUSPEC_A_GENERATION]);
	return get_spec(attrs[GPUSPEC_A_SPEC], spec);
}

int gpuspec_message_device(const struct genlmsghdr *header, struct gpuspec_device *device,
			   uint32_t *generation)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];

	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_GENERATION])
		return -EPROTO;
	*generation = nla_get_u32(attrs[GPUSPEC_A_GENERATION]);
	return get_device(attrs[GPUSPEC_A_DEVICE], device);
}

int gpuspec_message_share(const struct genlmsghdr *header, struct gpuspec_share *share,
			  uint32_t *generation)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1], *maximum;

	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_GENERATION] ||
	    !attrs[GPUSPEC_A_ID] || !attrs[GPUSPEC_A_ACCOUNT] || !attrs[GPUSPEC_A_HELD])
		return -EPROTO;
	*generation = nla_get_u32(attrs[GPUSPEC_A_GENERATION]);
	copy_string(share->spec, sizeof(share->spec), attrs[GPUSPEC_A_ID]);
	copy_string(share->account, sizeof(share->account), attrs[GPUSPEC_A_ACCOUNT]);
	maximum = attrs[GPUSPEC_A_MAXIMUM];
	share->maximum = maximum ? nla_get_u32(maximum) : 0;
	share->held = nla_get_u32(attrs[GPUSPEC_A_HELD]);
	return 0;
}

/* Each cgroup and uid is an attribute of its own; nla_parse() keeps the last only. */
static int get_marks(const struct genlmsghdr *header, struct gpuspec_account *account)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, genlmsg_attrdata(header, 0), genlmsg_attrlen(header, 0), rest) {
		if (nla_type(attr) == GPUSPEC_A_CGROUP) {
			if (account->cgroup_count == GPUSPEC_MARKS_MAX)
				return -EPROTO;
			copy_string(account->cgroups[account->cgroup_count++],
				    sizeof(account->cgroups[0]), attr);
		} else if (nla_type(attr) == GPUSPEC_A_UID) {
			if (account->uid_count == GPUSPEC_MARKS_MAX ||
			    nla_len(attr) != sizeof(uint32_t))
				return -EPROTO;
			account->uids[account->uid_count++] = nla_get_u32(attr);
		}
	}
	return 0;
}

int gpuspec_message_account(const struct genlmsghdr *header, struct gpuspec_account *account,
			    uint32_t *generation)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];
	int error;

	memset(account, 0, sizeof(*account));
	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_GENERATION] ||
	    !attrs[GPUSPEC_A_ACCOUNT])
		return -EPROTO;
	*generation = nla_get_u32(attrs[GPUSPEC_A_GENERATION]);
	copy_string(account->name, sizeof(account->name), attrs[GPUSPEC_A_ACCOUNT]);
	account->cgroups = calloc(GPUSPEC_MARKS_MAX, sizeof(account->cgroups[0]));
	if (!account->cgroups)
		return -ENOMEM;
	error = get_marks(header, account);
	if (error)
		free(account->cgroups);
	return error;
}

int gpuspec_message_check(const struct genlmsghdr *header, struct gpuspec_answer *answer)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];

	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_ID] ||
	    !attrs[GPUSPEC_A_REASON] || !attrs[GPUSPEC_A_ACCOUNT])
		return -EPROTO;
	copy_string(answer->id, sizeof(answer->id), attrs[GPUSPEC_A_ID]);
	answer->reason = nla_get_u32(attrs[GPUSPEC_A_REASON]);
	copy_string(answer->account, sizeof(answer->account), attrs[GPUSPEC_A_ACCOUNT]);
	return 0;
}

int gpuspec_message_rom(const struct genlmsghdr *header, struct gpuspec_rom *rom,
			uint32_t *offset, const void **bytes, uint32_t *count)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];

	memset(rom, 0, sizeof(*rom));
	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_SIZE] ||
	    !attrs[GPUSPEC_A_SHA256] || !attrs[GPUSPEC_A_VERSION] ||
	    !attrs[GPUSPEC_A_OFFSET] || !attrs[GPUSPEC_A_BYTES])
		return -EPROTO;
	rom->size = nla_get_u32(attrs[GPUSPEC_A_SIZE]);
	memcpy(rom->sha256, nla_data(attrs[GPUSPEC_A_SHA256]), sizeof(rom->sha256));
	copy_string(rom->version, sizeof(rom->version), attrs[GPUSPEC_A_VERSION]);
	*offset = nla_get_u32(attrs[GPUSPEC_A_OFFSET]);
	*bytes = nla_data(attrs[GPUSPEC_A_BYTES]);
	*count = nla_len(attrs[GPUSPEC_A_BYTES]);
	return 0;
}

/* The account that the event is about. */
static int get_event_account(struct nlattr **attrs, struct gpuspec_event *event)
{
	if (!attrs[GPUSPEC_A_ACCOUNT] || !attrs[GPUSPEC_A_ACCOUNT_CHANGE])
		return -EPROTO;
	copy_string(event->account, sizeof(event->account), attrs[GPUSPEC_A_ACCOUNT]);
	event->account_change = nla_get_u32(attrs[GPUSPEC_A_ACCOUNT_CHANGE]);
	if (attrs[GPUSPEC_A_MAXIMUM])
		event->maximum = nla_get_u32(attrs[GPUSPEC_A_MAXIMUM]);
	return 0;
}

int gpuspec_message_event(const struct genlmsghdr *header, struct gpuspec_event *event)
{
	struct nlattr *attrs[GPUSPEC_A_MAX + 1];

	memset(event, 0, sizeof(*event));
	if (parse(header, attrs, GPUSPEC_A_MAX, top_policy) || !attrs[GPUSPEC_A_SEQ] ||
	    !attrs[GPUSPEC_A_TIME] ||
	    (header->cmd == GPUSPEC_CMD_LOG_GET && !attrs[GPUSPEC_A_EVENT]))
		return -EPROTO;
	event->command = header->cmd == GPUSPEC_CMD_LOG_GET ?
		nla_get_u32(attrs[GPUSPEC_A_EVENT]) : header->cmd;
	event->seq = nla_get_u64(attrs[GPUSPEC_A_SEQ]);
	event->time = nla_get_u64(attrs[GPUSPEC_A_TIME]);
	if (attrs[GPUSPEC_A_PROCESS] && get_process(attrs[GPUSPEC_A_PROCESS], &event->process))
		return -EPROTO;
	switch (event->command) {
	case GPUSPEC_CMD_ACCOUNT_CHANGED:
		return get_event_account(attrs, event);
	case GPUSPEC_CMD_SPEC_CHANGED:
		if (attrs[GPUSPEC_A_ACCOUNT] && get_event_account(attrs, event))
			return -EPROTO;
		return get_spec(attrs[GPUSPEC_A_SPEC], &event->spec);
	case GPUSPEC_CMD_ROM_CHANGED:
		return get_spec(attrs[GPUSPEC_A_SPEC], &event->spec);
	case GPUSPEC_CMD_DEVICE_ADDED:
	case GPUSPEC_CMD_DEVICE_REMOVED:
	case GPUSPEC_CMD_OPENED:
	case GPUSPEC_CMD_CLOSED:
	case GPUSPEC_CMD_DEVICE_ROM:
		return get_device(attrs[GPUSPEC_A_DEVICE], &event->device);
	case GPUSPEC_CMD_REFUSED:
		if (!attrs[GPUSPEC_A_GATE] || !attrs[GPUSPEC_A_REASON] ||
		    !attrs[GPUSPEC_A_PROCESS])
			return -EPROTO;
		event->gate = nla_get_u32(attrs[GPUSPEC_A_GATE]);
		event->reason = nla_get_u32(attrs[GPUSPEC_A_REASON]);
		return get_device(attrs[GPUSPEC_A_DEVICE], &event->device);
	case GPUSPEC_CMD_POLICY_APPLIED:
		if (!attrs[GPUSPEC_A_CHANGES])
			return -EPROTO;
		event->has_default = attrs[GPUSPEC_A_DEFAULT];
		if (event->has_default)
			event->unnamed = nla_get_u32(attrs[GPUSPEC_A_DEFAULT]);
		event->changes = nla_get_u32(attrs[GPUSPEC_A_CHANGES]);
		return 0;
	default:
		return -EPROTO;
	}
}
