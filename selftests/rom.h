/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uploading ROMs over netlink, one thing said in one line. Where an error is
 * returned it is the kernel's answer: negative errno, or 0; @answer has the
 * rest of it.
 */
#ifndef SELFTESTS_ROM_H
#define SELFTESTS_ROM_H

#include "nlmsg.h"

#define ROM_HEAD	64	/* bytes of a ROM of rom_make() before its seed */

/* The smallest sound image, of nothing that could run, and for the rest @seed in every byte. */
void rom_make(uint8_t *rom, size_t size, uint8_t seed);
/* Its SHA-256, of GPUSPEC_ROM_SHA256_LEN bytes. */
void rom_hash(const void *bytes, size_t size, uint8_t *digest);

/* To be called after the module was loaded anew: its family has another number. */
void rom_forget_family(void);

/* @version may be NULL. */
int rom_begin(int sock, const char *id, uint32_t size, const uint8_t *digest,
	      const char *version, struct answer *answer);
int rom_data(int sock, uint32_t offset, const uint8_t *bytes, size_t count,
	     struct answer *answer);
/* All of it, in the largest chunks. */
int rom_send(int sock, const uint8_t *bytes, size_t size, struct answer *answer);
int rom_commit(int sock, struct answer *answer);
int rom_upload(int sock, const char *id, const uint8_t *bytes, size_t size,
	       const char *version, struct answer *answer);

#endif /* SELFTESTS_ROM_H */
