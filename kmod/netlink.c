// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "compat.h"
#include "device.h"
#include "event_log.h"
#include "events.h"
#include "netlink.h"
#include "netlink_policy.h"
#include "netlink_rom.h"
#include "netlink_tables.h"
#include "policy.h"
#include "request.h"
#include "spec.h"
#include "stage.h"

static struct genl_family family;

static int pre_doit(const struct gpuspec_genl_ops *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	return gpuspec_request_admit(skb, info->genlhdr, info->extack);
}

static int put_refusals(struct sk_buff *skb, enum gpuspec_reason reason, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, GPUSPEC_A_INFO_REFUSALS);

	if (!nest || nla_put_u32(skb, GPUSPEC_A_REFUSALS_REASON, reason) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_REFUSALS_COUNT, count, GPUSPEC_A_REFUSALS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_info(struct sk_buff *skb)
{
	const struct gpuspec_accounts *accounts = gpuspec_accounts_in_force();
	struct gpuspec_device_totals totals;
	enum gpuspec_reason reason;

	gpuspec_device_count(&totals);
	for (reason = GPUSPEC_REASON_ALLOWED + 1; reason < GPUSPEC_REASONS; reason++)
		if (put_refusals(skb, reason, totals.refused_for[reason]))
			return -EMSGSIZE;
	if (nla_put_string(skb, GPUSPEC_A_INFO_VERSION, GPUSPEC_VERSION) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_DEFAULT, gpuspec_spec_default()) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_GENERATION, gpuspec_spec_generation()) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_INFO_SEQ, gpuspec_events_seq(),
			      GPUSPEC_A_INFO_PAD) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_SPECS, gpuspec_spec_count()) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_DEVICES, totals.devices) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_IN_USE, totals.in_use) ||
	    nla_put_u64_64bit(skb, GPUSPEC_A_INFO_REFUSED, totals.refused,
			      GPUSPEC_A_INFO_PAD) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_ACCOUNTS, accounts ? accounts->count : 0) ||
	    nla_put_u32(skb, GPUSPEC_A_INFO_SHARES, gpuspec_spec_share_count()))
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

/* The account that the verdict is asked for: 0 or a negative errno, told. */
static int find_opener(struct genl_info *info, struct gpuspec_process *opener)
{
	struct nlattr *account = info->attrs[GPUSPEC_A_ACCOUNT], *pid = info->attrs[GPUSPEC_A_PID];

	gpuspec_process_current(opener);
	if (account) {
		if (!gpuspec_request_account(info->attrs, info->extack))
			return -EINVAL;
		nla_strscpy(opener->account, account, sizeof(opener->account));
	} else if (pid && gpuspec_process_by_pid(nla_get_u32(pid), opener)) {
		NL_SET_ERR_MSG_ATTR(info->extack, pid, "there is no process of this id");
		return -ESRCH;
	}
	return 0;
}

/* Judge what the request names, and write the id of its spec. */
static int judge(struct genl_info *info, struct gpuspec_process *opener, char *id,
		 enum gpuspec_reason *reason)
{
	const struct gpuspec_device *device;
	struct gpuspec_spec *spec;
	const char *given;

	lockdep_assert_held(&gpuspec_lock);
	if (!*opener->account)
		gpuspec_accounts_recognise(gpuspec_accounts_in_force(), opener);
	if (info->attrs[GPUSPEC_A_ID]) {
		given = gpuspec_request_id(info->attrs, info->extack);
		if (!given)
			return -EINVAL;
		*reason = gpuspec_device_judge_spec(gpuspec_spec_find(given), opener->account);
	} else {
		device = gpuspec_device_by_address(nla_data(info->attrs[GPUSPEC_A_ADDRESS]));
		if (!device) {
			NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ADDRESS],
					    "no GPU of this host has this address");
			return -ENOENT;
		}
		*reason = gpuspec_device_judge(device, opener->account, &spec);
		given = spec->id;
	}
	strscpy(id, given, GPUSPEC_ID_SIZE);
	return 0;
}

static int check(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_process opener;
	enum gpuspec_reason reason;
	char id[GPUSPEC_ID_SIZE];
	struct sk_buff *skb;
	void *header;
	int error;

	if (!info->attrs[GPUSPEC_A_ID] == !info->attrs[GPUSPEC_A_ADDRESS]) {
		NL_SET_ERR_MSG(info->extack, "give either a spec id or a device address");
		return -EINVAL;
	}
	if (info->attrs[GPUSPEC_A_ACCOUNT] && info->attrs[GPUSPEC_A_PID]) {
		NL_SET_ERR_MSG(info->extack, "give either an account or a process, or neither");
		return -EINVAL;
	}
	error = find_opener(info, &opener);
	if (!error && info->attrs[GPUSPEC_A_ADDRESS])
		error = gpuspec_device_look_again(nla_data(info->attrs[GPUSPEC_A_ADDRESS]));
	if (error)
		return error;
	mutex_lock(&gpuspec_lock);
	error = judge(info, &opener, id, &reason);
	mutex_unlock(&gpuspec_lock);
	if (error)
		return error;
	skb = gpuspec_reply_begin(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return -ENOMEM;
	if (nla_put_string(skb, GPUSPEC_A_ID, id) ||
	    nla_put_u32(skb, GPUSPEC_A_REASON, reason) ||
	    nla_put_string(skb, GPUSPEC_A_ACCOUNT, opener.account))
		error = -EMSGSIZE;
	return gpuspec_reply_end(skb, header, info, error);
}

static int start_log(struct netlink_callback *cb)
{
	return gpuspec_request_admit(cb->skb, nlmsg_data(cb->nlh), cb->extack);
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

#define ACCOUNT_POLICY	{ .type = NLA_NUL_STRING, .len = GPUSPEC_ACCOUNT_MAX }

static const struct nla_policy check_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_ADDRESS] = { .type = NLA_NUL_STRING, .len = GPUSPEC_ADDRESS_MAX },
	[GPUSPEC_A_ACCOUNT] = ACCOUNT_POLICY,
	[GPUSPEC_A_PID] = { .type = NLA_U32 },
};

static const struct nla_policy share_set_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_ACCOUNT] = ACCOUNT_POLICY,
	[GPUSPEC_A_MAXIMUM] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy share_del_policy[] = {
	[GPUSPEC_A_ID] = ID_POLICY,
	[GPUSPEC_A_IF_UNUSED] = { .type = NLA_FLAG },
	[GPUSPEC_A_ACCOUNT] = ACCOUNT_POLICY,
};

static const struct nla_policy account_set_policy[] = {
	[GPUSPEC_A_ACCOUNT] = ACCOUNT_POLICY,
	[GPUSPEC_A_CGROUP] = { .type = NLA_NUL_STRING, .len = GPUSPEC_CGROUP_MAX },
	[GPUSPEC_A_UID] = { .type = NLA_U32 },
};

static const struct nla_policy account_policy[] = {
	[GPUSPEC_A_ACCOUNT] = ACCOUNT_POLICY,
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
		.doit = gpuspec_netlink_spec_get,
		.start = gpuspec_netlink_start_specs,
		.dumpit = gpuspec_netlink_dump,
		.done = gpuspec_netlink_end_dump,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SPEC_SET,
		.doit = gpuspec_netlink_spec_set,
		.policy = spec_set_policy,
		.maxattr = ARRAY_SIZE(spec_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SPEC_DEL,
		.doit = gpuspec_netlink_spec_del,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_DEVICE_GET,
		.start = gpuspec_netlink_start_devices,
		.dumpit = gpuspec_netlink_dump,
		.done = gpuspec_netlink_end_dump,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_CHECK,
		.doit = check,
		.policy = check_policy,
		.maxattr = ARRAY_SIZE(check_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_DEFAULT_SET,
		.doit = gpuspec_netlink_default_set,
		.policy = default_set_policy,
		.maxattr = ARRAY_SIZE(default_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_POLICY_BEGIN,
		.doit = gpuspec_netlink_policy_begin,
		.policy = policy_begin_policy,
		.maxattr = ARRAY_SIZE(policy_begin_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_POLICY_COMMIT,
		.doit = gpuspec_netlink_policy_commit,
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
	}, {
		.cmd = GPUSPEC_CMD_SHARE_SET,
		.doit = gpuspec_netlink_share_set,
		.policy = share_set_policy,
		.maxattr = ARRAY_SIZE(share_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SHARE_DEL,
		.doit = gpuspec_netlink_share_del,
		.policy = share_del_policy,
		.maxattr = ARRAY_SIZE(share_del_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_SHARE_GET,
		.start = gpuspec_netlink_start_shares,
		.dumpit = gpuspec_netlink_dump,
		.done = gpuspec_netlink_end_dump,
		.policy = id_policy,
		.maxattr = ARRAY_SIZE(id_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ACCOUNT_SET,
		.doit = gpuspec_netlink_account_set,
		.policy = account_set_policy,
		.maxattr = ARRAY_SIZE(account_set_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ACCOUNT_DEL,
		.doit = gpuspec_netlink_account_del,
		.policy = account_policy,
		.maxattr = ARRAY_SIZE(account_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_ACCOUNT_GET,
		.doit = gpuspec_netlink_account_get,
		.start = gpuspec_netlink_start_accounts,
		.dumpit = gpuspec_netlink_dump,
		.done = gpuspec_netlink_end_dump,
		.policy = account_policy,
		.maxattr = ARRAY_SIZE(account_policy) - 1,
	}, {
		.cmd = GPUSPEC_CMD_LOG_GET,
		.start = start_log,
		.dumpit = gpuspec_event_log_dump,
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
