// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "device.h"
#include "rom.h"
#include "spec.h"
#include "stage.h"
#include "upload.h"

struct upload {
	struct gpuspec_stage stage;
	struct gpuspec_rom *rom;
	u32 received;
	/* Goes into the table if that has none of the name. */
	struct gpuspec_spec *spec;
};

static void free_upload(struct gpuspec_stage *stage)
{
	struct upload *upload = container_of(stage, struct upload, stage);

	gpuspec_rom_put(upload->rom);
	gpuspec_spec_put(upload->spec);
	kfree(upload);
}

static struct upload *find_upload(const struct sock *sk, struct netlink_ext_ack *extack)
{
	struct gpuspec_stage *stage = gpuspec_stage_find(sk, free_upload);

	if (stage)
		return container_of(stage, struct upload, stage);
	NL_SET_ERR_MSG(extack, "this socket has no upload open; begin one first");
	return NULL;
}

int gpuspec_upload_begin(struct sock *sk, const char *id, struct gpuspec_rom *rom,
			 struct netlink_ext_ack *extack)
{
	struct upload *upload = kzalloc(sizeof(*upload), GFP_KERNEL_ACCOUNT);
	int error = 0;

	if (!upload) {
		gpuspec_rom_put(rom);
		return -ENOMEM;
	}
	upload->rom = rom;
	upload->spec = gpuspec_spec_alloc(id, GFP_KERNEL_ACCOUNT);
	if (!upload->spec) {
		error = -ENOMEM;
	} else if (gpuspec_id_kind(id) != GPUSPEC_KIND_PGPU) {
		NL_SET_ERR_MSG(extack,
			       "only a pGPU spec (pci:...) can have a ROM: vGPUs have no option ROM");
		error = -EOPNOTSUPP;
	}
	mutex_lock(&gpuspec_lock);
	if (!error && gpuspec_stage_find(sk, free_upload)) {
		NL_SET_ERR_MSG(extack, "this socket has an upload open; commit it first");
		error = -EBUSY;
	} else if (!error) {
		gpuspec_stage_begin(&upload->stage, sk, free_upload);
	}
	mutex_unlock(&gpuspec_lock);
	if (error)
		free_upload(&upload->stage);
	return error;
}

int gpuspec_upload_data(struct sock *sk, u32 offset, const void *bytes, u32 count,
			struct netlink_ext_ack *extack)
{
	struct upload *upload;
	int error = 0;

	mutex_lock(&gpuspec_lock);
	upload = find_upload(sk, extack);
	if (!upload) {
		error = -EINVAL;
	} else if (offset != upload->received) {
		NL_SET_ERR_MSG(extack,
			       "a gap or an overlap: the offset is not where the last bytes ended");
		error = -EINVAL;
	} else if (count > upload->rom->size - offset) {
		NL_SET_ERR_MSG(extack, "more bytes than were announced");
		error = -ENOSPC;
	} else {
		memcpy(upload->rom->bytes + offset, bytes, count);
		upload->received += count;
	}
	mutex_unlock(&gpuspec_lock);
	return error;
}

/* The spec of the upload, in the table. */
static struct gpuspec_spec *find_spec(struct upload *upload, struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(upload->spec->id);

	if (spec)
		return spec;
	/* Those that are only planned may never come. */
	if (gpuspec_spec_count() >= GPUSPEC_CHANGES_MAX) {
		NL_SET_ERR_MSG(extack, "the table of specs is full");
		return NULL;
	}
	spec = upload->spec;
	upload->spec = NULL;
	gpuspec_spec_insert(spec);
	return spec;
}

/* Exchange the spec's ROM for @rom, which gets the old one. */
static void set_rom(struct gpuspec_spec *spec, struct gpuspec_rom **rom)
{
	swap(spec->rom, *rom);
	gpuspec_device_rom_changed(spec);
	gpuspec_spec_update(spec);
}

int gpuspec_upload_commit(struct sock *sk, char *id, struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec;
	struct upload *upload;
	int error = 0;

	mutex_lock(&gpuspec_lock);
	upload = find_upload(sk, extack);
	if (upload)
		gpuspec_stage_end(&upload->stage);
	mutex_unlock(&gpuspec_lock);
	if (!upload)
		return -EINVAL;
	if (upload->received != upload->rom->size) {
		NL_SET_ERR_MSG(extack, "bytes are missing at the end; upload it again");
		error = -EINVAL;
	} else {
		error = gpuspec_rom_check(upload->rom, extack);
	}
	strscpy(id, upload->spec->id, GPUSPEC_ID_SIZE);
	if (!error) {
		mutex_lock(&gpuspec_lock);
		spec = find_spec(upload, extack);
		if (spec)
			set_rom(spec, &upload->rom);
		else
			error = -ENOSPC;
		mutex_unlock(&gpuspec_lock);
	}
	free_upload(&upload->stage);
	return error;
}

int gpuspec_upload_clear(const char *id, struct netlink_ext_ack *extack)
{
	struct gpuspec_rom *old = NULL;
	struct gpuspec_spec *spec;

	mutex_lock(&gpuspec_lock);
	spec = gpuspec_spec_find(id);
	if (spec && spec->rom)
		set_rom(spec, &old);
	mutex_unlock(&gpuspec_lock);
	if (!old) {
		NL_SET_ERR_MSG(extack, "no ROM was set for this spec");
		return -ENOENT;
	}
	gpuspec_rom_put(old);
	return 0;
}
