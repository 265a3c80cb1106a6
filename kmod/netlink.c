// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/gpuspec.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/stringify.h>
#include <net/genetlink.h>

#include "compat.h"
#include "device.h"
#include "events.h"
#include "netlink.h"
#include "netlink_rom.h"
#include "policy.h"
#include "request.h"
#include "spec.h"
#include "stage.h"

static struct genl_family family;

/*
 * Not GENL_ADMIN_PERM: that asks for CAP_NET_ADMIN, and says nothing. Policy
 * is the host's, so the capability counts in the initial user namespace only.
 */
static int admit(struct sk_buff *skb, const struct genlmsghdr *header,
		 struct netlink_ext_ack *extack)
{
	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack, "this needs CAP_SYS_ADMIN in the initial user namespace");
		return -EPERM;
	}
	if (header->version != GPUSPEC_FAMILY_VERSION) {
		NL_SET_ERR_MSG(extack, "this module speaks version "
			       __stringify(GPUSPEC_FAMILY_VERSION) " of the family");
		return -EPROTONOSUPPORT;
	}
	return 0;
}

static int pre_doit(const struct gpuspec_genl_ops *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	return admit(skb, info->genlhdr, info->extack);
}

static int put_info(struct sk_buff *skb)
{
	struct gpuspec_device_totals totals;

	gpuspec_device_count(&totals);
	if (nla_put_string(skb, GPUSPEC_A_INFO_VERSION, GPUSPEC_VERSION) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_DEFAULT, gpuspec_spec_default()) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_GENERATION, gpuspec_spec_generation()) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_INFO_SEQ, gpuspec_events_seq(),
			      GPUSPEC_A_INFO_PAD) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_SPECS, gpuspec_spec_count()) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_DEVICES, totals.devices) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_IN_USE, totals.in_use) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_INFO_REFUSED, totals.refused,
			      GPUSPEC_A_INFO_PAD))
		return -EMSGSIZE;
	return 0;
}

static int info_get(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *header;
	int error;

	skb = gpuspec_reply_begin(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&gpuspec_lock);
	error = put_info(skb);
	mutex_unlock(&gpuspec_lock);
	return gpuspec_reply_end(skb, header, info, error);
}

static int put_spec_row(struct sk_buff *skb, u32 generation, const void *row)
{
	if (nla_put_u32(skb, GPUSPEC_A_GENERATION, generation))
		return -EMSGSIZE;
	return gpuspec_message_put_spec(skb, row);
}

static int put_device_row(struct sk_buff *skb, u32 generation, const void *row)
{
	if (nla_put_u32(skb, GPUSPEC_A_GENERATION, generation))
		return -EMSGSIZE;
	return gpuspec_message_put_device(skb, row);
}

static int spec_get(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_spec_info row;
	struct gpuspec_spec *spec;
	struct sk_buff *skb;
	u32 generation;
	const char *id;
	void *header;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	mutex_lock(&gpuspec_lock);
	generation = gpuspec_spec_generation();
	spec = gpuspec_spec_find(id);
	if (spec)
		gpuspec_spec_describe(spec, &row);
	mutex_unlock(&gpuspec_lock);
	if (!spec) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ID],
				    "no device of this host has this spec, policy does not name it, and no ROM was set for it");
		return -ENOENT;
	}
	skb = gpuspec_reply_begin(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return -ENOMEM;
	return gpuspec_reply_end(skb, header, info, put_spec_row(skb, generation, &row));
}

/* Make or stage the change of a spec; if that is refused, its id is at fault. */
static int change_spec(struct sk_buff *request, struct genl_info *info,
		       struct gpuspec_change *change)
{
	int error;

	error = gpuspec_policy_change(NETLINK_CB(request).sk, change, info->extack);
	if (error)
		NL_SET_BAD_ATTR(info->extack, info->attrs[GPUSPEC_A_ID]);
	return error;
}

static int spec_set(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gpuspec_change *change;
	const char *id;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	if (!attrs[GPUSPEC_A_STATE] && !attrs[GPUSPEC_A_SHARING]) {
		NL_SET_ERR_MSG(info->extack, "nothing to set: give a state, a sharing, or both");
		return -EINVAL;
	}
	change = gpuspec_change_alloc(GPUSPEC_SET_SPEC, id);
	if (!change)
		return -ENOMEM;
	change->has_state = attrs[GPUSPEC_A_STATE];
	if (change->has_state)
		change->state = nla_get_u32(attrs[GPUSPEC_A_STATE]);
	change->has_sharing = attrs[GPUSPEC_A_SHARING];
	if (change->has_sharing)
		change->sharing = nla_get_u32(attrs[GPUSPEC_A_SHARING]);
	change->if_unused = attrs[GPUSPEC_A_IF_UNUSED];
	return change_spec(request, info, change);
}

static int spec_del(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;
	const char *id;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_FORGET_SPEC, id);
	if (!change)
		return -ENOMEM;
	return change_spec(request, info, change);
}

static int default_set(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;

	if (gpuspec_request_misses(info, GPUSPEC_A_DEFAULT))
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_SET_DEFAULT, NULL);
	if (!change)
		return -ENOMEM;
	change->unnamed = nla_get_u32(info->attrs[GPUSPEC_A_DEFAULT]);
	return gpuspec_policy_change(NETLINK_CB(request).sk, change, info->extack);
}

static int policy_begin(struct sk_buff *request, struct genl_info *info)
{
	return gpuspec_policy_begin(NETLINK_CB(request).sk,
				    info->attrs[GPUSPEC_A_REPLACE], info->extack);
}

static int policy_commit(struct sk_buff *request, struct genl_info *info)
{
	if (gpuspec_request_misses(info, GPUSPEC_A_CHANGES))
		return -EINVAL;
	return gpuspec_policy_commit(NETLINK_CB(request).sk,
				     nla_get_u32(info->attrs[GPUSPEC_A_CHANGES]),
				     info->extack);
}

/* Judge what the request names, and write the id of its spec. */
static int judge(struct genl_info *info, char *id, enum gpuspec_reason *reason)
{
	struct gpuspec_device *device;

	lockdep_assert_held(&gpuspec_lock);
	if (info->attrs[GPUSPEC_A_ID]) {
		const char *given = gpuspec_request_id(info->attrs, info->extack);

		if (!given)
			return -EINVAL;
		strscpy(id, given, GPUSPEC_ID_SIZE);
		*reason = gpuspec_spec_judge(gpuspec_spec_find(given));
		return 0;
	}
	device = gpuspec_device_by_address(nla_data(info->attrs[GPUSPEC_A_ADDRESS]));
	if (!device) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ADDRESS],
				    "no GPU of this host has this address");
		return -ENOENT;
	}
	strscpy(id, device->spec->id, GPUSPEC_ID_SIZE);
	*reason = gpuspec_spec_judge(device->spec);
	return 0;
}

static int check(struct sk_buff *request, struct genl_info *info)
{
	enum gpuspec_reason reason;
	char id[GPUSPEC_ID_SIZE];
	struct sk_buff *skb;
	void *header;
	int error;

	if (!info->attrs[GPUSPEC_A_ID] == !info->attrs[GPUSPEC_A_ADDRESS]) {
		NL_SET_ERR_MSG(info->extack, "give either a spec id or a device address");
		return -EINVAL;
	}
	mutex_lock(&gpuspec_lock);
	error = judge(info, id, &reason);
	mutex_unlock(&gpuspec_lock);
	if (error)
		return error;
	skb = gpuspec_reply_begin(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return -ENOMEM;
	if (nla_put_string(skb, GPUSPEC_A_ID, id) ||
	    nla_put_u32(skb, GPUSPEC_A_REASON, reason))
		error = -EMSGSIZE;
	return gpuspec_reply_end(skb, header, info, error);
}

/* A table as it was at one moment, on its way to a client. */
struct snapshot {
	int (*put)(struct sk_buff *skb, u32 generation, const void *row);
	size_t row_size;
	u32 generation;
	u32 count;
	u32 next;
	u8 rows[] __aligned(8);
};

static struct snapshot *get_snapshot(struct netlink_callback *cb)
{
	return *(struct snapshot **)cb->ctx;
}

/* Room for @count rows, to be freed by end_dump(). */
static struct snapshot *take_snapshot(struct netlink_callback *cb, u32 count,
				      size_t row_size)
{
	struct snapshot *snapshot;

	lockdep_assert_held(&gpuspec_lock);
	snapshot = kvzalloc(struct_size(snapshot, rows, size_mul(count, row_size)),
			    GFP_KERNEL_ACCOUNT);
	if (!snapshot)
		return NULL;
	snapshot->row_size = row_size;
	snapshot->generation = gpuspec_spec_generation();
	*(struct snapshot **)cb->ctx = snapshot;
	return snapshot;
}

static void *new_row(struct snapshot *snapshot)
{
	return snapshot->rows + snapshot->row_size * snapshot->count++;
}

static int start_specs(struct netlink_callback *cb)
{
	struct snapshot *snapshot;
	struct gpuspec_spec *spec;
	int error;

	error = admit(cb->skb, nlmsg_data(cb->nlh), cb->extack);
	if (error)
		return error;
	if (gpuspec_dump_attrs(cb)[GPUSPEC_A_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, gpuspec_dump_attrs(cb)[GPUSPEC_A_ID],
				    "a dump is of all specs; ask for one without the dump flag");
		return -EINVAL;
	}
	mutex_lock(&gpuspec_lock);
	snapshot = take_snapshot(cb, gpuspec_spec_count(),
				 sizeof(struct gpuspec_spec_info));
	if (snapshot) {
		snapshot->put = put_spec_row;
		for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec))
			gpuspec_spec_describe(spec, new_row(snapshot));
	}
	mutex_unlock(&gpuspec_lock);
	return snapshot ? 0 : -ENOMEM;
}

static int start_devices(struct netlink_callback *cb)
{
	struct nlattr **attrs = gpuspec_dump_attrs(cb);
	struct gpuspec_device *device;
	struct snapshot *snapshot;
	struct gpuspec_device_totals totals;
	const char *id = NULL;
	int error;

	error = admit(cb->skb, nlmsg_data(cb->nlh), cb->extack);
	if (error)
		return error;
	if (attrs[GPUSPEC_A_ID]) {
		id = gpuspec_request_id(attrs, cb->extack);
		if (!id)
			return -EINVAL;
	}
	mutex_lock(&gpuspec_lock);
	gpuspec_device_count(&totals);
	snapshot = take_snapshot(cb, totals.devices, sizeof(struct gpuspec_device_info));
	if (snapshot) {
		snapshot->put = put_device_row;
		list_for_each_entry(device, &gpuspec_devices, node)
			if (!id || !strcmp(id, device->spec->id))
				gpuspec_device_describe(device, new_row(snapshot));
	}
	mutex_unlock(&gpuspec_lock);
	return snapshot ? 0 : -ENOMEM;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct snapshot *snapshot = get_snapshot(cb);
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);

	for (; snapshot->next < snapshot->count; snapshot->next++) {
		const void *row = snapshot->rows + snapshot->row_size * snapshot->next;
		void *header;

		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				     &family, NLM_F_MULTI, request->cmd);
		if (!header)
			break;
		if (snapshot->put(skb, snapshot->generation, row)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

static int end_dump(struct netlink_callback *cb)
{
	kvfree(get_snapshot(cb));
	return 0;
}

#define ID_POLICY	{ .type = NLA_NUL_STRING, .len = GPUSPEC_ID_MAX }

static const struct nla_policy id_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
};

static const struct nla_policy spec_set_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_STATE] = NLA_POLICY_MAX(NLA_U32, GPUSPEC_STATE_DISABLED),
	[GPUSPEC_A_SHARING] = NLA_POLICY_MAX(NLA_U32, GPUSPEC_SHARING_NONE),
	[GPUSPEC_A_IF_UNUSED] = { .type = NLA_FLAG },
};

static const struct nla_policy check_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_ADDRESS] = { .type = NLA_NUL_STRING, .len = GPUSPEC_ADDRESS_MAX },
};

static const struct nla_policy default_set_policy[] = {
	[GPUSPEC_A_DEFAULT] = NLA_POLICY_MAX(NLA_U32, GPUSPEC_DEFAULT_CLOSED),
};

static const struct nla_policy policy_begin_policy[] = {
	[GPUSPEC_A_REPLACE] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_commit_policy[] = {
	[GPUSPEC_A_CHANGES] = { .type = NLA_U32 },
};

/* Not const before 6.7. */
static struct netlink_range_validation rom_size_range = {
	.min = 1,
	.max = GPUSPEC_ROM_SIZE_MAX,
};

static const struct nla_policy rom_begin_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rom_size_range),
	[GPUSPEC_A_SHA256] = NLA_POLICY_EXACT_LEN(GPUSPEC_ROM_SHA256_LEN),
	[GPUSPEC_A_VERSION] = { .type = NLA_NUL_STRING, .len = GPUSPEC_ROM_VERSION_MAX },
};

static const struct nla_policy rom_data_policy[] = {
	[GPUSPEC_A_OFFSET] = { .type = NLA_U32 },
	[GPUSPEC_A_BYTES] = { .type = NLA_BINARY, .len = GPUSPEC_ROM_CHUNK_MAX },
};

static const struct nla_policy rom_get_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_OFFSET] = { .type = NLA_U32 },
};

static const struct genl_ops ops[] = {
	{
		.cmd = GPUSPEC_CMD_INFO_GET,
		.doit = info_get,
	}, {
		.cmd = GPUSPEC_CMD_SPEC_GET,
		.doit = spec_get,
		.start = start_specs,
		.dumpit = dump,
		.done = end_dump,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SPEC_SET,
		.doit = spec_set,
		.policy = spec_set_policy,
		.maxattr = ARRAY_SIZE(spec_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SPEC_DEL,
		.doit = spec_del,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_DEVICE_GET,
		.start = start_devices,
		.dumpit = dump,
		.done = end_dump,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_CHECK,
		.doit = check,
		.policy = check_policy,
		.maxattr = ARRAY_SIZE(check_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_DEFAULT_SET,
		.doit = default_set,
		.policy = default_set_policy,
		.maxattr = ARRAY_SIZE(default_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_POLICY_BEGIN,
		.doit = policy_begin,
		.policy = policy_begin_policy,
		.maxattr = ARRAY_SIZE(policy_begin_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_POLICY_COMMIT,
		.doit = policy_commit,
		.policy = policy_commit_policy,
		.maxattr = ARRAY_SIZE(policy_commit_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ROM_BEGIN,
		.doit = gpuspec_netlink_rom_begin,
		.policy = rom_begin_policy,
		.maxattr = ARRAY_SIZE(rom_begin_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ROM_DATA,
		.doit = gpuspec_netlink_rom_data,
		.policy = rom_data_policy,
		.maxattr = ARRAY_SIZE(rom_data_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ROM_COMMIT,
		.doit = gpuspec_netlink_rom_commit,
	}, {
		.cmd = GPUSPEC_CMD_ROM_GET,
		.doit = gpuspec_netlink_rom_get,
		.policy = rom_get_policy,
		.maxattr = ARRAY_SIZE(rom_get_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ROM_CLEAR,
		.doit = gpuspec_netlink_rom_clear,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	},
};

static struct genl_family family __ro_after_init = {
	.name = GPUSPEC_FAMILY_NAME,
	.version = GPUSPEC_FAMILY_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.pre_doit = pre_doit,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = &gpuspec_events_group,
	.n_mcgrps = 1,
};

/* Transactions and uploads die with their sockets. */
static int on_socket_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
	    net_eq(notify->net, &init_net))
		gpuspec_stage_drop_closed();
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = { .notifier_call = on_socket_event };

int gpuspec_netlink_init(void)
{
	int error;

	error = netlink_register_notifier(&socket_notifier);
	if (error)
		return error;
	error = genl_register_family(&family);
	if (error) {
		netlink_unregister_notifier(&socket_notifier);
		return error;
	}
	mutex_lock(&gpuspec_lock);
	gpuspec_events_set_family(&family);
	mutex_unlock(&gpuspec_lock);
	return 0;
}

void gpuspec_netlink_exit(void)
{
	mutex_lock(&gpuspec_lock);
	gpuspec_events_set_family(NULL);
	mutex_unlock(&gpuspec_lock);
	genl_unregister_family(&family);
	netlink_unregister_notifier(&socket_notifier);
	gpuspec_stage_exit();
}
