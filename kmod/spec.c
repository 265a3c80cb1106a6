// SPDX-License-Identifier: GPL-2.0
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "spec.h"

static bool closed;
module_param(closed, bool, 0444);
MODULE_PARM_DESC(closed, "refuse specs that policy does not name (default: allow them); shows what default-set made of it");

DEFINE_MUTEX(gpuspec_lock);	/* see spec.h */

static struct rb_root specs = RB_ROOT;
static u32 rows;	/* of the table; and those of them that are listed: */
static u32 count;
static u32 share_count;
static u32 generation;

struct gpuspec_spec *gpuspec_spec_alloc(const char *id, gfp_t gfp)
{
	struct gpuspec_spec *spec;
	size_t size = strlen(id) + 1;

	spec = kzalloc(struct_size(spec, id, size), gfp);
	if (!spec)
		return NULL;
	memcpy(spec->id, id, size);
	kref_init(&spec->users);
	INIT_LIST_HEAD(&spec->members);
	INIT_LIST_HEAD(&spec->touched);
	ratelimit_state_init(&spec->log_limit, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	return spec;
}

struct gpuspec_spec *gpuspec_spec_get(struct gpuspec_spec *spec)
{
	kref_get(&spec->users);
	return spec;
}

static void free_spec(struct kref *users)
{
	kfree(container_of(users, struct gpuspec_spec, users));
}

void gpuspec_spec_put(struct gpuspec_spec *spec)
{
	if (spec)
		kref_put(&spec->users, free_spec);
}

static int compare_id(const void *id, const struct rb_node *node)
{
	return strcmp(id, rb_entry(node, struct gpuspec_spec, node)->id);
}

struct gpuspec_spec *gpuspec_spec_find(const char *id)
{
	lockdep_assert_held(&gpuspec_lock);
	return rb_entry_safe(rb_find(id, &specs, compare_id),
			     struct gpuspec_spec, node);
}

static bool is_before(struct rb_node *node, const struct rb_node *other)
{
	return compare_id(rb_entry(node, struct gpuspec_spec, node)->id, other) < 0;
}

void gpuspec_spec_insert(struct gpuspec_spec *spec)
{
	lockdep_assert_held(&gpuspec_lock);
	rb_add(&spec->node, &specs, is_before);
	rows++;
}

void gpuspec_spec_update(struct gpuspec_spec *spec)
{
	bool is_listed = spec->rule.named || spec->devices || spec->rom;

	lockdep_assert_held(&gpuspec_lock);
	count += is_listed - spec->listed;
	spec->listed = is_listed;
	if (is_listed || !list_empty(&spec->touched))
		return;
	rb_erase(&spec->node, &specs);
	rows--;
	gpuspec_spec_put(spec);
}

bool gpuspec_spec_table_is_full(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return rows >= GPUSPEC_CHANGES_MAX;
}

void gpuspec_spec_exit(void)
{
	struct gpuspec_spec *spec, *next;

	rbtree_postorder_for_each_entry_safe(spec, next, &specs, node) {
		gpuspec_rom_put(spec->rom);
		kvfree(spec->shares);
		gpuspec_spec_put(spec);
	}
}

/* The first that is listed, from @node on. */
static struct gpuspec_spec *listed_from(struct rb_node *node)
{
	struct gpuspec_spec *spec;

	for (; node; node = rb_next(node)) {
		spec = rb_entry(node, struct gpuspec_spec, node);
		if (spec->listed)
			return spec;
	}
	return NULL;
}

struct gpuspec_spec *gpuspec_spec_first(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return listed_from(rb_first(&specs));
}

struct gpuspec_spec *gpuspec_spec_next(struct gpuspec_spec *spec)
{
	lockdep_assert_held(&gpuspec_lock);
	return listed_from(rb_next(&spec->node));
}

u32 gpuspec_spec_count(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return count;
}

enum gpuspec_default gpuspec_spec_default(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return closed ? GPUSPEC_DEFAULT_CLOSED : GPUSPEC_DEFAULT_OPEN;
}

void gpuspec_spec_set_default(enum gpuspec_default unnamed)
{
	lockdep_assert_held(&gpuspec_lock);
	if (unnamed == gpuspec_spec_default())
		return;
	closed = unnamed == GPUSPEC_DEFAULT_CLOSED;
	gpuspec_spec_changed();
}

enum gpuspec_reason gpuspec_spec_judge(const struct gpuspec_spec *spec, const char *account,
				       u32 held)
{
	static const struct gpuspec_rule unnamed_rule;
	struct gpuspec_claim claim = { .held = held };
	const struct gpuspec_share *share;

	lockdep_assert_held(&gpuspec_lock);
	share = spec && account ? gpuspec_shares_find(spec->shares, account) : NULL;
	if (share) {
		claim.listed = true;
		claim.maximum = share->maximum;
	}
	return gpuspec_verdict(spec ? &spec->rule : &unnamed_rule, gpuspec_spec_default(),
			       account ? &claim : NULL);
}

struct gpuspec_shares *gpuspec_spec_replace_shares(struct gpuspec_spec *spec,
						   struct gpuspec_shares *shares)
{
	struct gpuspec_shares *old = spec->shares;

	lockdep_assert_held(&gpuspec_lock);
	share_count += gpuspec_shares_count(shares) - gpuspec_shares_count(old);
	spec->shares = shares;
	return old;
}

u32 gpuspec_spec_share_count(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return share_count;
}

void gpuspec_spec_describe(const struct gpuspec_spec *spec,
			   struct gpuspec_spec_info *info)
{
	struct gpuspec_rule rule = gpuspec_rule_in_force(&spec->rule,
							 gpuspec_spec_default());

	*info = (struct gpuspec_spec_info){
		.id = spec->id,
		.state = rule.state,
		.sharing = rule.sharing,
		.named = rule.named,
		.shares = gpuspec_shares_count(spec->shares),
		.devices = spec->devices,
		.in_use = spec->in_use,
		.refused = spec->refused,
		.rom = spec->rom,
		.rom_applied = spec->rom_applied,
		.rom_pending = spec->rom_pending,
	};
}

void gpuspec_spec_changed(void)
{
	lockdep_assert_held(&gpuspec_lock);
	generation++;
}

u32 gpuspec_spec_generation(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return generation;
}
