// SPDX-License-Identifier: GPL-2.0
#include <net/netlink.h>

#include "message.h"

/* Numbers in one piece: one by one they would take as long as all the rest of a dump. */
struct number {
	struct nlattr header;
	u32 value;
};

#define NUMBER(_type, _value)	{						\
	.header = { .nla_len = sizeof(struct number), .nla_type = (_type) },	\
	.value = (_value),							\
}

static int put_numbers(struct sk_buff *skb, const struct number *numbers, size_t size)
{
	if (skb_tailroom(skb) < size)
		return -EMSGSIZE;
	skb_put_data(skb, numbers, size);
	return 0;
}

static int put_rom(struct sk_buff *skb, const struct gpuspec_spec_info *spec)
{
	const struct gpuspec_rom *rom = spec->rom;
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_SPEC_ROM);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, GPUSPEC_A_ROM_SIZE, rom->size) ||
	    nla_put(skb, GPUSPEC_A_ROM_SHA256, sizeof(rom->sha256), rom->sha256) ||
	    nla_put_string(skb, GPUSPEC_A_ROM_VERSION, rom->version) ||
	    nla_put_u32(skb, GPUSPEC_A_ROM_APPLIED, spec->rom_applied) ||
	    nla_put_u32(skb, GPUSPEC_A_ROM_PENDING, spec->rom_pending))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int gpuspec_message_put_spec(struct sk_buff *skb,
			     const struct gpuspec_spec_info *spec)
{
	const struct number numbers[] = {
		NUMBER(GPUSPEC_A_SPEC_KIND, gpuspec_id_kind(spec->id)),
		NUMBER(GPUSPEC_A_SPEC_STATE, spec->state),
		NUMBER(GPUSPEC_A_SPEC_SHARING, spec->sharing),
		NUMBER(GPUSPEC_A_SPEC_DEVICES, spec->devices),
		NUMBER(GPUSPEC_A_SPEC_IN_USE, spec->in_use),
		NUMBER(GPUSPEC_A_SPEC_SHARES, spec->shares),
	};
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_SPEC);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, GPUSPEC_A_SPEC_ID, spec->id) ||
	    put_numbers(skb, numbers, sizeof(numbers)) ||
	    (spec->named && nla_put_flag(skb, GPUSPEC_A_SPEC_NAMED)) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_SPEC_REFUSED, spec->refused,
			      GPUSPEC_A_SPEC_PAD) ||
	    (spec->rom && put_rom(skb, spec))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int gpuspec_message_put_process(struct sk_buff *skb, int attribute,
				const struct gpuspec_process *process)
{
	struct nlattr *nest = nla_nest_start(skb, attribute);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, GPUSPEC_A_PROCESS_PID, process->pid) ||
	    nla_put_u32(skb, GPUSPEC_A_PROCESS_UID, process->uid) ||
	    nla_put_string(skb, GPUSPEC_A_PROCESS_COMM, process->comm) ||
	    nla_put_string(skb, GPUSPEC_A_PROCESS_CGROUP, process->cgroup) ||
	    (*process->account &&
	     nla_put_string(skb, GPUSPEC_A_PROCESS_ACCOUNT, process->account)) ||
	    (process->login_uid != U32_MAX &&
	     nla_put_u32(skb, GPUSPEC_A_PROCESS_LOGIN_UID, process->login_uid))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int gpuspec_message_put_device(struct sk_buff *skb,
			       const struct gpuspec_device_info *device)
{
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_DEVICE);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, GPUSPEC_A_DEVICE_SPEC, device->spec) ||
	    nla_put_string(skb, GPUSPEC_A_DEVICE_ADDRESS, device->address) ||
	    (device->in_use && nla_put_flag(skb, GPUSPEC_A_DEVICE_IN_USE)) ||
	    (device->holder.pid &&
	     gpuspec_message_put_process(skb, GPUSPEC_A_DEVICE_HOLDER,
					 &device->holder)) ||
	    nla_put_u32(skb, GPUSPEC_A_DEVICE_ROM_STATE, device->rom_state) ||
	    (device->shows_rom &&
	     nla_put(skb, GPUSPEC_A_DEVICE_ROM_SHA256, sizeof(device->rom_sha256),
		     device->rom_sha256))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
