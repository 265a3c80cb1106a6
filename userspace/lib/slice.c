// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "mdevctl.h"
#include "slice.h"
#include "spec_id.h"
#include "sysfs.h"

static __attribute__((format(printf, 3, 4)))
int tell(struct gpuspec_slice *slice, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(slice->sentence, sizeof(slice->sentence), format, args);
	va_end(args);
	return error;
}

/* What is not as it was; the first is what the rest follows from. */
static __attribute__((format(printf, 2, 3)))
void leave(struct gpuspec_slice *slice, const char *format, ...)
{
	va_list args;

	if (*slice->left)
		return;
	va_start(args, format);
	vsnprintf(slice->left, sizeof(slice->left), format, args);
	va_end(args);
}

static void folder_of(const struct gpuspec_slice *slice, const char *address, char *folder)
{
	snprintf(folder, PATH_MAX / 2, "%s/bus/%s/devices/%s", slice->sysfs,
		 strchr(address, ':') ? "pci" : "mdev", address);
}

/* --- mdevs --- */

bool gpuspec_uuid_parse(const char *text, char *uuid)
{
	int i;

	for (i = 0; i < GPUSPEC_UUID_SIZE - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' :
		    !isxdigit((unsigned char)text[i]))
			return false;
		uuid[i] = tolower((unsigned char)text[i]);
	}
	uuid[i] = '\0';
	return !text[i];
}

bool gpuspec_uuid_make(char *uuid)
{
	char text[64];

	gpuspec_sysfs_text("/proc/sys/kernel/random", "uuid", text, sizeof(text));
	return gpuspec_uuid_parse(text, uuid);
}

static int run_mdevctl(struct gpuspec_slice *slice, const char *const *argv)
{
	char said[256] = "";
	int error = gpuspec_mdevctl_run((char *const *)argv, said, sizeof(said));

	if (error == -ENOENT)
		return tell(slice, error, "mdevctl is not installed, which makes mdevs that persist");
	return error ? tell(slice, error, "mdevctl %s failed: %s", argv[1],
			    *said ? said : strerror(-error)) : 0;
}

static int undefine(struct gpuspec_slice *slice)
{
	const char *const argv[] = {
		"mdevctl", "undefine", "--uuid", slice->address, "--parent", slice->parent, NULL,
	};

	return run_mdevctl(slice, argv);
}

/* It could not be started; the sentence that says so stays. */
static void drop_definition(struct gpuspec_slice *slice)
{
	char said[sizeof(slice->sentence)];

	memcpy(said, slice->sentence, sizeof(said));
	if (undefine(slice))
		leave(slice, "mdevctl still defines it, and will make it after the next boot; mdevctl undefine --uuid %s --parent %s ends that",
		      slice->address, slice->parent);
	memcpy(slice->sentence, said, sizeof(said));
}

/* It defines the mdev for the boots to come, and then makes it now. */
static int make_persistent(struct gpuspec_slice *slice, const char *type)
{
	const char *const define[] = {
		"mdevctl", "define", "--auto", "--uuid", slice->address, "--parent", slice->parent,
		"--type", type, NULL,
	};
	const char *const start[] = {
		"mdevctl", "start", "--uuid", slice->address, "--parent", slice->parent, NULL,
	};
	int error;

	error = run_mdevctl(slice, define);
	if (error)
		return error;
	error = run_mdevctl(slice, start);
	if (error)
		drop_definition(slice);
	return error;
}

static int make_mdev(struct gpuspec_slice *slice, const char *type)
{
	char folder[PATH_MAX];
	int error;

	if (slice->persistent)
		return make_persistent(slice, type);
	snprintf(folder, sizeof(folder), "%s/class/mdev_bus/%s/mdev_supported_types/%s",
		 slice->sysfs, slice->parent, type);
	error = gpuspec_sysfs_write(folder, "create", slice->address);
	if (!error)
		return 0;
	if (error == -EEXIST)
		return tell(slice, error, "there is an mdev %s already", slice->address);
	return tell(slice, error, "%s does not make it: %s", slice->parent, strerror(-error));
}

static int remove_mdev(struct gpuspec_slice *slice)
{
	char folder[PATH_MAX / 2], said[sizeof(slice->sentence)];
	int error;

	folder_of(slice, slice->address, folder);
	error = gpuspec_sysfs_write(folder, "remove", "1");
	if (error)
		return tell(slice, error, "%s does not remove it: %s", slice->parent,
			    strerror(-error));
	error = slice->persistent ? undefine(slice) : 0;
	if (!error)
		return 0;
	memcpy(said, slice->sentence, sizeof(said));
	leave(slice, "mdevctl undefine --uuid %s --parent %s ends the definition", slice->address,
	      slice->parent);
	return tell(slice, error, "it is removed, but mdevctl still defines it: %.300s", said);
}

/* --- VFs --- */

/* Have the PF make all of its VFs, without a driver. */
static int raise_vfs(struct gpuspec_slice *slice)
{
	char folder[PATH_MAX / 2], all[24], autoprobe[8];
	int error;

	folder_of(slice, slice->parent, folder);
	if (gpuspec_sysfs_number(folder, "sriov_numvfs") != 0)
		return 0;
	snprintf(all, sizeof(all), "%lld", gpuspec_sysfs_number(folder, "sriov_totalvfs"));
	gpuspec_sysfs_text(folder, "sriov_drivers_autoprobe", autoprobe, sizeof(autoprobe));
	gpuspec_sysfs_write(folder, "sriov_drivers_autoprobe", "0");
	error = gpuspec_sysfs_write(folder, "sriov_numvfs", all);
	if (*autoprobe && gpuspec_sysfs_write(folder, "sriov_drivers_autoprobe", autoprobe))
		leave(slice, "no driver gets VFs of %s that are made from now on; echo %s >%s/sriov_drivers_autoprobe ends that",
		      slice->parent, autoprobe, folder);
	slice->raised_vfs = !error;
	return error ? tell(slice, error, "%s does not make its VFs: %s; its driver may have a program for that, or it has none",
			    slice->parent, strerror(-error)) : 0;
}

static void lower_vfs(struct gpuspec_slice *slice)
{
	char folder[PATH_MAX / 2];

	if (!slice->raised_vfs)
		return;
	folder_of(slice, slice->parent, folder);
	if (gpuspec_sysfs_write(folder, "sriov_numvfs", "0"))
		leave(slice, "the VFs of %s that were made for it are left; echo 0 >%s/sriov_numvfs ends them",
		      slice->parent, folder);
	slice->raised_vfs = false;
}

/* "\n" for none, which is what ends one. */
static void read_override(const char *folder, char *override, size_t size)
{
	gpuspec_sysfs_text(folder, "driver_override", override, size);
	if (!*override || !strcmp(override, "(null)"))
		snprintf(override, size, "\n");
}

static int bind(const struct gpuspec_slice *slice, const char *address, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/bus/pci/drivers/%s", slice->sysfs, driver);
	return gpuspec_sysfs_write(path, "bind", address);
}

/* Undo what take_vf() did. */
static void give_back(struct gpuspec_slice *slice, const char *address, const char *override,
		      bool unbound)
{
	char folder[PATH_MAX / 2];

	folder_of(slice, address, folder);
	if (gpuspec_sysfs_write(folder, "driver_override", override))
		leave(slice, "%s is left for vfio-pci alone; echo %s%s>%s/driver_override ends that",
		      address, *override == '\n' ? "" : override, *override == '\n' ? "" : " ",
		      folder);
	if (unbound && bind(slice, address, slice->driver))
		leave(slice, "%s is left without a driver; echo %s >%s/bus/pci/drivers/%s/bind gives it back",
		      address, address, slice->sysfs, slice->driver);
}

/* Give a VF to vfio-pci; on an error its driver gets it back. */
static int take_vf(struct gpuspec_slice *slice, const char *address)
{
	char folder[PATH_MAX / 2], override[64];
	bool unbound = false;
	int error;

	folder_of(slice, address, folder);
	read_override(folder, override, sizeof(override));
	error = gpuspec_sysfs_write(folder, "driver_override", "vfio-pci");
	if (!error && *slice->driver) {
		error = gpuspec_sysfs_write(folder, "driver/unbind", address);
		unbound = !error;
	}
	if (!error)
		error = bind(slice, address, "vfio-pci");
	if (!error)
		return 0;
	give_back(slice, address, override, unbound);
	return tell(slice, error, "%s could not be given to vfio-pci: %s%s", address,
		    strerror(-error), error == -ENOENT ?
		    "; is it loaded? modprobe vfio-pci does that" : "");
}

/* A vendor's VF takes the number of a type, and says 0 where it did not. */
static int give_type(struct gpuspec_slice *slice, const char *address, const char *number)
{
	char folder[PATH_MAX / 2], text[16];
	int error;

	folder_of(slice, address, folder);
	error = gpuspec_sysfs_write(folder, "nvidia/current_vgpu_type", number);
	if (error)
		return tell(slice, error, "%s does not become %s: %s", address, slice->spec,
			    strerror(-error));
	gpuspec_sysfs_text(folder, "nvidia/current_vgpu_type", text, sizeof(text));
	if (!strcmp(text, number))
		return 0;
	if (gpuspec_sysfs_write(folder, "nvidia/current_vgpu_type", "0"))
		leave(slice, "%s is left with that type; gpuspec vgpu remove %s ends that",
		      address, address);
	return tell(slice, -EIO, "%s did not become %s: its driver says type %s", address,
		    slice->spec, text);
}

/* The number of the type in the spec of a vendor's VF; NULL: it is none. */
static const char *vendor_type(const struct gpuspec_slice *slice)
{
	const char *dash = NULL;
	struct gpuspec_id id;

	if (gpuspec_id_parse(slice->spec, &id) && id.vf_type)
		dash = strchr(id.vf_type, '-');
	return dash ? dash + 1 : NULL;
}

static bool offers_type(const struct gpuspec_slice *slice, const char *address, const char *number)
{
	char folder[PATH_MAX / 2], text[8192], name[160];
	const char *rest = text;
	unsigned int type;

	folder_of(slice, address, folder);
	gpuspec_sysfs_text(folder, "nvidia/creatable_vgpu_types", text, sizeof(text));
	while (gpuspec_vgpu_next_type(&rest, &type, name, sizeof(name)))
		if (type == strtoul(number, NULL, 10))
			return true;
	return false;
}

/* What is below it, or is yet to be, would be lost with its driver. */
static bool carries_mdevs(const char *folder, const struct gpuspec_card *card)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/mdev_supported_types", folder);
	return (card && card->carries_mdevs) || !access(path, F_OK);
}

/* As sysfs has it now: another may have taken one since the inventory was read. */
static bool is_free(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory,
		    const char *address)
{
	const struct gpuspec_card *card = gpuspec_inventory_card(inventory, address);
	char folder[PATH_MAX / 2];

	if (card && (card->device.in_use || *card->blocked))
		return false;
	folder_of(slice, address, folder);
	if (vendor_type(slice))
		return !gpuspec_sysfs_number(folder, "nvidia/current_vgpu_type") &&
		       offers_type(slice, address, vendor_type(slice));
	gpuspec_sysfs_link(folder, "driver", slice->driver, sizeof(slice->driver));
	return !strstr(slice->driver, "vfio") && !carries_mdevs(folder, card);
}

static bool is_lost(int error)
{
	return error == -EBUSY || error == -ENODEV;
}

/*
 * The first free VF that can be had, of those that a driver of the host has, or
 * of those without: one that was free can be lost to another who asks.
 */
static int make_of(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory,
		   bool driven)
{
	const char *type = vendor_type(slice);
	char folder[PATH_MAX / 2], file[32];
	int error, i;

	folder_of(slice, slice->parent, folder);
	error = tell(slice, -ENOSPC, "no VF of %s is free", slice->parent);
	for (i = 0; error; i++) {
		snprintf(file, sizeof(file), "virtfn%d", i);
		gpuspec_sysfs_link(folder, file, slice->address, sizeof(slice->address));
		if (!*slice->address)
			break;
		if (!is_free(slice, inventory, slice->address) || driven != !!*slice->driver)
			continue;
		error = type ? give_type(slice, slice->address, type) :
			       take_vf(slice, slice->address);
		if (!is_lost(error))
			break;
	}
	return error;
}

static int make_vf(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory)
{
	int error;

	/* Those that a type can be given to are there, and stay with their driver. */
	if (vendor_type(slice))
		return make_of(slice, inventory, false);
	error = raise_vfs(slice);
	if (error)
		return error;
	error = make_of(slice, inventory, false);
	if (error == -ENOSPC || is_lost(error))
		error = make_of(slice, inventory, true);
	if (error)
		lower_vfs(slice);
	return error;
}

static int remove_vf(struct gpuspec_slice *slice)
{
	char folder[PATH_MAX / 2], driver[64];
	int error;

	folder_of(slice, slice->address, folder);
	if (vendor_type(slice)) {
		error = gpuspec_sysfs_write(folder, "nvidia/current_vgpu_type", "0");
		return error ? tell(slice, error, "%s does not give up its type: %s",
				    slice->address, strerror(-error)) : 0;
	}
	gpuspec_sysfs_link(folder, "driver", driver, sizeof(driver));
	if (!strstr(driver, "vfio"))
		return tell(slice, -EINVAL, "%s was not given to VFIO", slice->address);
	error = gpuspec_sysfs_write(folder, "driver/unbind", slice->address);
	if (error)
		return tell(slice, error, "%s could not be taken from %s: %s", slice->address,
			    driver, strerror(-error));
	error = gpuspec_sysfs_write(folder, "driver_override", "\n");
	if (!error)
		return 0;
	leave(slice, "it has no driver, and is left for %s alone; echo >%s/driver_override ends that",
	      driver, folder);
	return tell(slice, error, "%s is taken from %s, but its driver_override is not: %s",
		    slice->address, driver, strerror(-error));
}

/* --- */

int gpuspec_slice_make(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory)
{
	struct gpuspec_id id;

	if (!gpuspec_id_parse(slice->spec, &id))
		return tell(slice, -EINVAL, "%s is no spec", slice->spec);
	if (id.form == GPUSPEC_ID_MDEV)
		return make_mdev(slice, id.mdev_type);
	return make_vf(slice, inventory);
}

int gpuspec_slice_remove(struct gpuspec_slice *slice)
{
	return strchr(slice->address, ':') ? remove_vf(slice) : remove_mdev(slice);
}
