/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An option ROM in memory, as the devices of a spec show it: filled by an
 * upload, then sealed, and never changed after. Counted by its users.
 */
#ifndef GPUSPEC_ROM_H
#define GPUSPEC_ROM_H

#include <linux/gpuspec.h>
#include <linux/kref.h>
#include <linux/netlink.h>
#include <linux/types.h>

struct gpuspec_rom {
	struct kref users;
	u8 sha256[GPUSPEC_ROM_SHA256_LEN];
	char version[GPUSPEC_ROM_VERSION_MAX + 1];
	u32 size;
	u32 window;	/* a power of two: what a ROM BAR for it has, ff behind its size */
	u8 *bytes;
};

/* One of @size bytes, 1 to GPUSPEC_ROM_SIZE_MAX. NULL without memory. */
struct gpuspec_rom *gpuspec_rom_alloc(u32 size);
struct gpuspec_rom *gpuspec_rom_get(struct gpuspec_rom *rom);	/* NULL: NULL */
void gpuspec_rom_put(struct gpuspec_rom *rom);			/* NULL: nothing */

/*
 * Look at what was filled in. -EBADMSG: not what rom->sha256 announces;
 * -ENOEXEC: its images lead out of it, and firmware that follows them would
 * be led astray; -ENOMEM.
 */
int gpuspec_rom_check(const struct gpuspec_rom *rom, struct netlink_ext_ack *extack);

#endif /* GPUSPEC_ROM_H */
