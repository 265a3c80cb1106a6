// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "netlink_rom.h"
#include "open_gate.h"
#include "request.h"
#include "rom.h"
#include "spec.h"
#include "upload.h"

int gpuspec_netlink_rom_begin(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gpuspec_rom *rom;
	const char *id;
	int error;

	id = gpuspec_request_spec(info);
	if (!id || gpuspec_request_misses(info, GPUSPEC_A_SIZE) ||
	    gpuspec_request_misses(info, GPUSPEC_A_SHA256))
		return -EINVAL;
	rom = gpuspec_rom_alloc(nla_get_u32(attrs[GPUSPEC_A_SIZE]));
	if (!rom)
		return -ENOMEM;
	memcpy(rom->sha256, nla_data(attrs[GPUSPEC_A_SHA256]), sizeof(rom->sha256));
	if (attrs[GPUSPEC_A_VERSION])
		nla_strscpy(rom->version, attrs[GPUSPEC_A_VERSION], sizeof(rom->version));
	error = gpuspec_upload_begin(NETLINK_CB(request).sk, id, rom, info->extack);
	if (error == -EOPNOTSUPP)
		NL_SET_BAD_ATTR(info->extack, attrs[GPUSPEC_A_ID]);
	return error;
}

int gpuspec_netlink_rom_data(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *bytes = info->attrs[GPUSPEC_A_BYTES];

	if (gpuspec_request_misses(info, GPUSPEC_A_OFFSET) ||
	    gpuspec_request_misses(info, GPUSPEC_A_BYTES))
		return -EINVAL;
	return gpuspec_upload_data(NETLINK_CB(request).sk,
				   nla_get_u32(info->attrs[GPUSPEC_A_OFFSET]),
				   nla_data(bytes), nla_len(bytes), info->extack);
}

int gpuspec_netlink_rom_commit(struct sk_buff *request, struct genl_info *info)
{
	char id[GPUSPEC_ID_SIZE];
	int error;

	error = gpuspec_upload_commit(NETLINK_CB(request).sk, id, info->extack);
	if (!error)
		gpuspec_open_gate_show_rom(id);
	return error;
}

int gpuspec_netlink_rom_clear(struct sk_buff *request, struct genl_info *info)
{
	const char *id;
	int error;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	error = gpuspec_upload_clear(id, info->extack);
	if (!error)
		gpuspec_open_gate_show_rom(id);
	else
		NL_SET_BAD_ATTR(info->extack, info->attrs[GPUSPEC_A_ID]);
	return error;
}

/*
 * Bytes in a reply: with it, and the acknowledgment after it, a socket's buffer
 * of the default size is not yet full.
 */
#define REPLY_CHUNK	(15 << 10)

static int put_chunk(struct sk_buff *skb, const struct gpuspec_rom *rom, u32 offset)
{
	u32 count = min_t(u32, rom->size - offset, REPLY_CHUNK);

	if (nla_put_u32(skb, GPUSPEC_A_SIZE, rom->size) ||
	    nla_put(skb, GPUSPEC_A_SHA256, sizeof(rom->sha256), rom->sha256) ||
	    nla_put_string(skb, GPUSPEC_A_VERSION, rom->version) ||
	    nla_put_u32(skb, GPUSPEC_A_OFFSET, offset) ||
	    nla_put(skb, GPUSPEC_A_BYTES, count, rom->bytes + offset))
		return -EMSGSIZE;
	return 0;
}

static struct gpuspec_rom *find_rom(const char *id)
{
	struct gpuspec_rom *rom = NULL;
	struct gpuspec_spec *spec;

	mutex_lock(&gpuspec_lock);
	spec = gpuspec_spec_find(id);
	if (spec)
		rom = gpuspec_rom_get(spec->rom);
	mutex_unlock(&gpuspec_lock);
	return rom;
}

int gpuspec_netlink_rom_get(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *at = info->attrs[GPUSPEC_A_OFFSET];
	u32 offset = at ? nla_get_u32(at) : 0;
	struct gpuspec_rom *rom;
	struct sk_buff *skb;
	const char *id;
	void *header;
	int error;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	rom = find_rom(id);
	if (!rom) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ID],
				    "no ROM was set for this spec");
		return -ENOENT;
	}
	if (offset >= rom->size) {
		NL_SET_ERR_MSG_ATTR(info->extack, at, "the ROM ends before this offset");
		error = -ERANGE;
	} else {
		skb = gpuspec_reply_begin(info, REPLY_CHUNK + 512, &header);
		error = skb ? gpuspec_reply_end(skb, header, info, put_chunk(skb, rom, offset)) :
			      -ENOMEM;
	}
	gpuspec_rom_put(rom);
	return error;
}
