/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What userspace is told of a spec and of a device: taken under gpuspec_lock, to
 * be put into replies without it.
 */
#ifndef GPUSPEC_MESSAGE_H
#define GPUSPEC_MESSAGE_H

#include <linux/gpuspec.h>
#include <linux/skbuff.h>

#include "process.h"
#include "rom.h"
#include "spec_id.h"

/* Outside gpuspec_lock with a reference to the spec, which has the id, and one to the ROM. */
struct gpuspec_spec_info {
	const char *id;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	bool named;
	u32 shares;		/* accounts it is shared with by name */
	u32 devices;
	u32 in_use;
	u64 refused;
	struct gpuspec_rom *rom;	/* NULL: it has none */
	u32 rom_applied;
	u32 rom_pending;
};

struct gpuspec_device_info {
	char spec[GPUSPEC_ID_SIZE];
	char address[GPUSPEC_ADDRESS_MAX + 1];
	bool in_use;
	struct gpuspec_process holder;	/* pid 0: none, or not known */
	enum gpuspec_rom_state rom_state;
	bool shows_rom;
	u8 rom_sha256[GPUSPEC_ROM_SHA256_LEN];	/* of what it shows */
};

/* Each puts one nest of the top level: 0, or -EMSGSIZE with @skb unchanged. */
int gpuspec_message_put_spec(struct sk_buff *skb,
			     const struct gpuspec_spec_info *spec);
int gpuspec_message_put_device(struct sk_buff *skb,
			       const struct gpuspec_device_info *device);
int gpuspec_message_put_process(struct sk_buff *skb, int attribute,
				const struct gpuspec_process *process);

#endif /* GPUSPEC_MESSAGE_H */
