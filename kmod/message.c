// SPDX-License-Identifier: GPL-2.0
#include <net/netlink.h>

#include "message.h"

static int put_rom(struct sk_buff *skb, const struct gpuspec_rom_info *rom)
{
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_SPEC_ROM);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, GPUSPEC_A_ROM_SIZE, rom->size) ||
	    nla_put(skb, GPUSPEC_A_ROM_SHA256, sizeof(rom->sha256), rom->sha256) ||
	    nla_put_string(skb, GPUSPEC_A_ROM_VERSION, rom->version) ||
	    nla_put_u32(skb, GPUSPEC_A_ROM_APPLIED, rom->applied) ||
	    nla_put_u32(skb, GPUSPEC_A_ROM_PENDING, rom->pending))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int gpuspec_message_put_spec(struct sk_buff *skb,
			     const struct gpuspec_spec_info *spec)
{
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_SPEC);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, GPUSPEC_A_SPEC_ID, spec->id) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_KIND, gpuspec_id_kind(spec->id)) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_STATE, spec->state) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_SHARING, spec->sharing) ||
	    (spec->named && nla_put_flag(skb, GPUSPEC_A_SPEC_NAMED)) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_DEVICES, spec->devices) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_IN_USE, spec->in_use) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_SPEC_REFUSED, spec->refused,
			      GPUSPEC_A_SPEC_PAD) ||
	    (spec->rom.size && put_rom(skb, &spec->rom)) ||
	    nla_put_u32(skb, GPUSPEC_A_SPEC_SHARES, spec->shares)) {
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
