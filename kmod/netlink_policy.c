// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "netlink_policy.h"
#include "policy.h"
#include "request.h"

/* Make or stage a change; if that is refused, the attribute @named is at fault. */
static int make_change(struct sk_buff *request, struct genl_info *info, int named,
		       struct gpuspec_change *change)
{
	int error;

	error = gpuspec_policy_change(NETLINK_CB(request).sk, change, info->extack);
	if (error && named)
		NL_SET_BAD_ATTR(info->extack, info->attrs[named]);
	return error;
}

int gpuspec_netlink_spec_set(struct sk_buff *request, struct genl_info *info)
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
	return make_change(request, info, GPUSPEC_A_ID, change);
}

int gpuspec_netlink_spec_del(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;
	const char *id;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_FORGET_SPEC, id);
	if (!change)
		return -ENOMEM;
	return make_change(request, info, GPUSPEC_A_ID, change);
}

/* A change about the spec and the account that the request names. */
static struct gpuspec_change *share_change(struct genl_info *info, enum gpuspec_change_what what,
					   int *error)
{
	struct gpuspec_change *change;
	const char *id, *account;

	*error = -EINVAL;
	id = gpuspec_request_spec(info);
	if (!id || gpuspec_request_misses(info, GPUSPEC_A_ACCOUNT))
		return NULL;
	account = gpuspec_request_account(info->attrs, info->extack);
	if (!account)
		return NULL;
	*error = -ENOMEM;
	change = gpuspec_change_alloc(what, id);
	if (change)
		strscpy(change->account_name, account, sizeof(change->account_name));
	return change;
}

int gpuspec_netlink_share_set(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *maximum = info->attrs[GPUSPEC_A_MAXIMUM];
	struct gpuspec_change *change;
	int error;

	change = share_change(info, GPUSPEC_SHARE_SPEC, &error);
	if (!change)
		return error;
	change->maximum = maximum ? nla_get_u32(maximum) : 0;
	return make_change(request, info, GPUSPEC_A_ID, change);
}

int gpuspec_netlink_share_del(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;
	int error;

	change = share_change(info, GPUSPEC_RECALL_SPEC, &error);
	if (!change)
		return error;
	change->if_unused = info->attrs[GPUSPEC_A_IF_UNUSED];
	return make_change(request, info, GPUSPEC_A_ACCOUNT, change);
}

int gpuspec_netlink_default_set(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;

	if (gpuspec_request_misses(info, GPUSPEC_A_DEFAULT))
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_SET_DEFAULT, NULL);
	if (!change)
		return -ENOMEM;
	change->unnamed = nla_get_u32(info->attrs[GPUSPEC_A_DEFAULT]);
	return make_change(request, info, 0, change);
}

/* The name of the account that the request needs to give, and that is not "host". */
static const char *own_account(struct genl_info *info)
{
	const char *name;

	if (gpuspec_request_misses(info, GPUSPEC_A_ACCOUNT))
		return NULL;
	name = gpuspec_request_account(info->attrs, info->extack);
	if (!name || strcmp(name, GPUSPEC_ACCOUNT_HOST))
		return name;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ACCOUNT],
			    "the account host is everybody who is of no other account; take another name");
	return NULL;
}

/* The cgroups and uids of the request, each as often as it is given. */
static int add_marks(struct genl_info *info, struct gpuspec_account *account)
{
	struct nlattr *attr;
	int rest, error = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) == GPUSPEC_A_CGROUP)
			error = gpuspec_account_add_cgroup(account, nla_data(attr), info->extack);
		else if (nla_type(attr) == GPUSPEC_A_UID)
			error = gpuspec_account_add_uid(account, nla_get_u32(attr), info->extack);
		if (error) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return error;
		}
	}
	return 0;
}

int gpuspec_netlink_account_set(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;
	const char *name;
	int error;

	name = own_account(info);
	if (!name)
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_SET_ACCOUNT, NULL);
	if (!change)
		return -ENOMEM;
	change->account = gpuspec_account_alloc(name);
	error = change->account ? add_marks(info, change->account) : -ENOMEM;
	if (error) {
		gpuspec_change_free(change);
		return error;
	}
	return make_change(request, info, GPUSPEC_A_ACCOUNT, change);
}

int gpuspec_netlink_account_del(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_change *change;
	const char *name;

	name = own_account(info);
	if (!name)
		return -EINVAL;
	change = gpuspec_change_alloc(GPUSPEC_REMOVE_ACCOUNT, NULL);
	if (!change)
		return -ENOMEM;
	strscpy(change->account_name, name, sizeof(change->account_name));
	return make_change(request, info, GPUSPEC_A_ACCOUNT, change);
}

int gpuspec_netlink_policy_begin(struct sk_buff *request, struct genl_info *info)
{
	return gpuspec_policy_begin(NETLINK_CB(request).sk,
				    info->attrs[GPUSPEC_A_REPLACE], info->extack);
}

int gpuspec_netlink_policy_commit(struct sk_buff *request, struct genl_info *info)
{
	if (gpuspec_request_misses(info, GPUSPEC_A_CHANGES))
		return -EINVAL;
	return gpuspec_policy_commit(NETLINK_CB(request).sk,
				     nla_get_u32(info->attrs[GPUSPEC_A_CHANGES]),
				     info->extack);
}
