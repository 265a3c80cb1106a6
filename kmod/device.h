/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices of this host that a spec is a model of: cards, virtual
 * functions and mediated devices, followed as they come and go, with the
 * process that holds each.
 *
 * A device that is no GPU is not in the table: asking about it is harmless
 * and always allowed. None of this is called under gpuspec_lock but where it
 * says so.
 */
#ifndef GPUSPEC_DEVICE_H
#define GPUSPEC_DEVICE_H

#include <linux/device.h>
#include <linux/gpuspec.h>
#include <linux/list.h>

#include "account.h"
#include "message.h"
#include "spec.h"

struct gpuspec_device {
	struct list_head node;
	struct hlist_node by_dev;
	struct device *dev;		/* referenced */
	struct gpuspec_spec *spec;	/* kept in the table by spec->devices */
	struct list_head of_spec;	/* among spec->members */
	bool type_untold;		/* a virtual function, of perhaps any type */
	bool in_use;
	struct gpuspec_process holder;	/* if in use; pid 0: it was so before us */
	enum gpuspec_rom_state rom_state;
	struct gpuspec_rom *shown;	/* in place of its own ROM; referenced, or NULL */
	int rom_error;			/* why its spec's ROM could not be shown */
};

int gpuspec_device_init(void);
/* Once bus.h adds none any more. */
void gpuspec_device_exit(void);

/* It has come onto its bus, or left it; under gpuspec_lock. */
void gpuspec_device_add(struct device *dev);
void gpuspec_device_remove(struct device *dev);

/* Is this device in the table? */
bool gpuspec_device_known(struct device *dev);

/*
 * Ask the verdict for the calling process: 0, or the errno of a refusal,
 * which is then counted, logged and told to listeners.
 */
int gpuspec_device_bind(struct device *dev);

/*
 * The same for an open. If it is allowed the device is in use by the calling
 * process, and gpuspec_device_opened() must follow with the result of the
 * open; a failed one is undone.
 */
int gpuspec_device_open(struct device *dev);
/*
 * Now that it is open: is it still of the spec that was judged? Between
 * verdict and open its type may have changed, which from here on it cannot.
 */
bool gpuspec_device_is_as_judged(struct device *dev);
void gpuspec_device_opened(struct device *dev, int error);
/* It was open already when it was first seen. */
void gpuspec_device_found_open(struct device *dev);
/* Its holder released it. */
void gpuspec_device_closed(struct device *dev);

/*
 * The driver of a virtual function can make it one of another type (vf_type.h),
 * and so of another spec, and does not tell. Look at all, or at the one of
 * this address, to know before they are shown: 0 or -ENOMEM.
 */
int gpuspec_device_look_again(const char *address);

/* Is it a device of the spec @id? @dev may be gone: it is only looked for. */
bool gpuspec_device_is_of(const struct device *dev, const char *id);
/* The ROM that it is to show in place of its own: referenced, or NULL. */
struct gpuspec_rom *gpuspec_device_wanted_rom(struct device *dev);
/*
 * It shows @rom now, or with NULL its own; with an @error that is not what was
 * wanted. -EOPNOTSUPP: it cannot show any.
 */
void gpuspec_device_shows_rom(struct device *dev, struct gpuspec_rom *rom, int error);
/* The ROM of the spec is another, or none; under gpuspec_lock. */
void gpuspec_device_rom_changed(struct gpuspec_spec *spec);

/* How many devices of the spec does the account hold? Under gpuspec_lock. */
u32 gpuspec_device_held(const struct gpuspec_spec *spec, const char *account);

/*
 * The verdict on a device of the spec (NULL: of one that policy does not name)
 * for the account @opener, with what that holds; NULL: it is bound. Under
 * gpuspec_lock, as the next.
 */
enum gpuspec_reason gpuspec_device_judge_spec(const struct gpuspec_spec *spec, const char *opener);
/*
 * The verdict on the device, and the spec @by which it was judged: its own. A
 * virtual function whose driver does not tell its type may be of any: it is
 * refused if one of its types that policy names is, or one that it does not.
 */
enum gpuspec_reason gpuspec_device_judge(const struct gpuspec_device *device, const char *opener,
					 struct gpuspec_spec **by);

/* The table, for reading; under gpuspec_lock. */
extern struct list_head gpuspec_devices;
/* Looks at one after another: for questions of userspace, not for the gates. */
struct gpuspec_device *gpuspec_device_by_address(const char *address);
void gpuspec_device_describe(const struct gpuspec_device *device,
			     struct gpuspec_device_info *info);

struct gpuspec_device_totals {
	u32 devices;
	u32 in_use;
	u64 refused;	/* since the module was loaded; and by reason: */
	u64 refused_for[GPUSPEC_REASONS];
};

void gpuspec_device_count(struct gpuspec_device_totals *totals);

#endif /* GPUSPEC_DEVICE_H */
