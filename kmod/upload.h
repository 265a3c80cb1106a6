/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ROMs on their way to a spec: in pieces, staged on the client's socket until
 * they are whole, then in force at once. None of this is called under
 * gpuspec_lock. The devices learn of it by device.h; to make them show it is
 * for the caller.
 */
#ifndef GPUSPEC_UPLOAD_H
#define GPUSPEC_UPLOAD_H

#include <linux/netlink.h>
#include <linux/types.h>

struct gpuspec_rom;
struct sock;

/*
 * Begin an upload of @rom, of which size, sha256 and version are given, for
 * the spec by the well-formed @id. Takes @rom over. -EBUSY: the socket has an
 * upload open; -EOPNOTSUPP: not a pGPU spec. -ENOMEM.
 */
int gpuspec_upload_begin(struct sock *sk, const char *id, struct gpuspec_rom *rom,
			 struct netlink_ext_ack *extack);
/*
 * -EINVAL: there is no upload, or @offset is not where the last bytes ended;
 * -ENOSPC: past the end.
 */
int gpuspec_upload_data(struct sock *sk, u32 offset, const void *bytes, u32 count,
			struct netlink_ext_ack *extack);
/*
 * The spec has the ROM in place of its old one, or the old one stays; the
 * upload is over either way. @id, of GPUSPEC_ID_SIZE bytes, gets the spec's.
 * -EINVAL: there is no upload, or bytes are
 * missing; -ENOSPC: the table of specs is full; or as gpuspec_rom_check().
 */
int gpuspec_upload_commit(struct sock *sk, char *id, struct netlink_ext_ack *extack);

/* Forget the spec's ROM. -ENOENT: it has none. */
int gpuspec_upload_clear(const char *id, struct netlink_ext_ack *extack);

#endif /* GPUSPEC_UPLOAD_H */
