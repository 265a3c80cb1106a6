// SPDX-License-Identifier: GPL-2.0
#include <crypto/sha2.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rom.h"
#include "rom_image.h"

/* PCI Local Bus Specification 3.0, 6.2.5.2: the address of a ROM BAR begins with bit 11. */
#define WINDOW_MIN	2048

static_assert(sizeof_field(struct gpuspec_rom, sha256) == SHA256_DIGEST_SIZE);

struct gpuspec_rom *gpuspec_rom_alloc(u32 size)
{
	struct gpuspec_rom *rom = kzalloc(sizeof(*rom), GFP_KERNEL_ACCOUNT);

	if (!rom)
		return NULL;
	rom->bytes = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!rom->bytes) {
		kfree(rom);
		return NULL;
	}
	kref_init(&rom->users);
	rom->size = size;
	rom->window = roundup_pow_of_two(max_t(u32, size, WINDOW_MIN));
	return rom;
}

struct gpuspec_rom *gpuspec_rom_get(struct gpuspec_rom *rom)
{
	if (rom)
		kref_get(&rom->users);
	return rom;
}

static void free_rom(struct kref *users)
{
	struct gpuspec_rom *rom = container_of(users, struct gpuspec_rom, users);

	kvfree(rom->bytes);
	kfree(rom);
}

void gpuspec_rom_put(struct gpuspec_rom *rom)
{
	if (rom)
		kref_put(&rom->users, free_rom);
}

int gpuspec_rom_check(const struct gpuspec_rom *rom, struct netlink_ext_ack *extack)
{
	struct gpuspec_rom_contents *contents;
	u8 digest[SHA256_DIGEST_SIZE];
	bool is_sound;

	sha256(rom->bytes, rom->size, digest);
	if (memcmp(digest, rom->sha256, sizeof(digest))) {
		NL_SET_ERR_MSG(extack,
			       "the SHA-256 of the bytes is not the announced one; upload it again");
		return -EBADMSG;
	}
	contents = kvmalloc(sizeof(*contents), GFP_KERNEL);
	if (!contents)
		return -ENOMEM;
	gpuspec_rom_parse(rom->bytes, rom->size, NULL, contents);
	is_sound = !gpuspec_rom_unsafe(contents);
	kvfree(contents);
	if (is_sound)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "not a sound option ROM; gpuspec rom check says what is wrong with it");
	return -ENOEXEC;
}
