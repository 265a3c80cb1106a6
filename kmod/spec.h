/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of specs: every spec that policy names, that has a ROM or that a
 * device of this host belongs to, and not listed what a plan is about; and the
 * default for those that policy does not name.
 */
#ifndef GPUSPEC_SPEC_H
#define GPUSPEC_SPEC_H

#include <linux/gpuspec.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "message.h"
#include "rom.h"
#include "shares.h"
#include "verdict.h"

/*
 * Guards specs, devices, staged policy and the order of events. Gates take it
 * inside VFIO's and the driver core's locks, so none of those may be taken
 * under it; and they wait for it, so it is held for moments only.
 */
extern struct mutex gpuspec_lock;

struct gpuspec_spec {
	struct rb_node node;
	struct kref users;	/* the table, and who looks at the id */
	bool listed;	/* it is in force, has a ROM or devices; else it is but planned */
	/* What policy says: changed by plan.c alone, under its own lock, too. */
	struct gpuspec_rule rule;
	struct gpuspec_shares *shares;	/* of sharing by list; else NULL */
	struct list_head members;	/* its devices, by their member of_spec; of device.c */
	u32 devices;
	u32 in_use;
	u64 refused;
	struct gpuspec_rom *rom;	/* referenced, or NULL */
	u32 rom_applied;		/* devices in that rom state; device.c counts them */
	u32 rom_pending;
	struct ratelimit_state log_limit;	/* of refusals, one spec apart from another */
	/*
	 * For plan.c, while it makes a change, under its own lock. That the spec
	 * is touched, which keeps it in the table, is under gpuspec_lock as well.
	 */
	struct list_head touched;
	struct gpuspec_rule next;
	struct gpuspec_shares *next_shares;
	char id[];
};

/*
 * Make a spec by the well-formed @id, which is not in the table yet. NULL
 * without memory, unless @gfp has __GFP_NOFAIL. The reference is the caller's,
 * and once it was inserted that of the table.
 */
struct gpuspec_spec *gpuspec_spec_alloc(const char *id, gfp_t gfp);
struct gpuspec_spec *gpuspec_spec_get(struct gpuspec_spec *spec);
void gpuspec_spec_put(struct gpuspec_spec *spec);	/* NULL: nothing */

/* Free what policy named or gave a ROM, when no device and no client is left. */
void gpuspec_spec_exit(void);

/* The rest runs under gpuspec_lock. */

/* Listed or not. */
struct gpuspec_spec *gpuspec_spec_find(const char *id);
/* The table must not have one by the same id. It is not listed until it is updated. */
void gpuspec_spec_insert(struct gpuspec_spec *spec);
/*
 * Its rule, its ROM or its devices are others now: list the spec, or not any
 * more; and drop and free it if nothing needs it, a plan included. That a spec
 * comes or goes is a change for whoever brings it about to count.
 */
void gpuspec_spec_update(struct gpuspec_spec *spec);
/* Those that are only planned included. */
bool gpuspec_spec_table_is_full(void);

/* All that are listed, sorted by id. */
struct gpuspec_spec *gpuspec_spec_first(void);
struct gpuspec_spec *gpuspec_spec_next(struct gpuspec_spec *spec);
u32 gpuspec_spec_count(void);

/* What holds for specs that policy does not name. */
enum gpuspec_default gpuspec_spec_default(void);
void gpuspec_spec_set_default(enum gpuspec_default unnamed);

/*
 * The verdict; @spec is NULL for one that the table does not have. @account,
 * which holds @held devices of the spec, is to open one; NULL: one is bound.
 */
enum gpuspec_reason gpuspec_spec_judge(const struct gpuspec_spec *spec, const char *account,
				       u32 held);

/* Put @shares in place of those that the spec has, which are the caller's to free. */
struct gpuspec_shares *gpuspec_spec_replace_shares(struct gpuspec_spec *spec,
						   struct gpuspec_shares *shares);
/* Shares of all specs. */
u32 gpuspec_spec_share_count(void);

void gpuspec_spec_describe(const struct gpuspec_spec *spec,
			   struct gpuspec_spec_info *info);

/* Count a change of what userspace can see in the tables. */
void gpuspec_spec_changed(void);
u32 gpuspec_spec_generation(void);

#endif /* GPUSPEC_SPEC_H */
