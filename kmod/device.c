// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) "gpuspec " fmt

#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "device.h"
#include "events.h"
#include "identity.h"
#include "verdict.h"
#include "vf_type.h"

LIST_HEAD(gpuspec_devices);
static DEFINE_HASHTABLE(devices_by_dev, 10);	/* what the gates look for is in it */
static struct gpuspec_device_totals totals;

static struct gpuspec_device *find(const struct device *dev)
{
	struct gpuspec_device *device;

	lockdep_assert_held(&gpuspec_lock);
	hash_for_each_possible(devices_by_dev, device, by_dev, (unsigned long)dev)
		if (device->dev == dev)
			return device;
	return NULL;
}

struct gpuspec_device *gpuspec_device_by_address(const char *address)
{
	struct gpuspec_device *device;

	lockdep_assert_held(&gpuspec_lock);
	list_for_each_entry(device, &gpuspec_devices, node)
		if (!strcmp(dev_name(device->dev), address))
			return device;
	return NULL;
}

bool gpuspec_device_known(struct device *dev)
{
	bool known;

	mutex_lock(&gpuspec_lock);
	known = find(dev);
	mutex_unlock(&gpuspec_lock);
	return known;
}

void gpuspec_device_describe(const struct gpuspec_device *device,
			     struct gpuspec_device_info *info)
{
	lockdep_assert_held(&gpuspec_lock);
	strscpy(info->spec, device->spec->id, sizeof(info->spec));
	strscpy(info->address, dev_name(device->dev), sizeof(info->address));
	info->in_use = device->in_use;
	info->holder = device->holder;
	info->rom_state = device->rom_state;
	info->shows_rom = device->shown;
	if (device->shown)
		memcpy(info->rom_sha256, device->shown->sha256, sizeof(info->rom_sha256));
}

void gpuspec_device_count(struct gpuspec_device_totals *counted)
{
	lockdep_assert_held(&gpuspec_lock);
	*counted = totals;
}

static void tell(u8 command, const struct gpuspec_device *device)
{
	struct gpuspec_device_info info;

	gpuspec_spec_changed();
	if (gpuspec_event_unheard(command))
		return;
	gpuspec_device_describe(device, &info);
	gpuspec_event_device(command, &info);
}

static enum gpuspec_rom_state work_out_rom_state(const struct gpuspec_device *device)
{
	const struct gpuspec_rom *wanted = device->spec->rom;

	if (device->shown == wanted)
		return wanted ? GPUSPEC_ROM_STATE_APPLIED : GPUSPEC_ROM_STATE_NONE;
	if (device->rom_error == -EOPNOTSUPP)
		return GPUSPEC_ROM_STATE_UNSUPPORTED;
	if (device->in_use)
		return GPUSPEC_ROM_STATE_PENDING;
	return device->rom_error ? GPUSPEC_ROM_STATE_FAILED : GPUSPEC_ROM_STATE_WAITING;
}

static void set_rom_state(struct gpuspec_device *device, enum gpuspec_rom_state state)
{
	lockdep_assert_held(&gpuspec_lock);
	device->spec->rom_applied += (state == GPUSPEC_ROM_STATE_APPLIED) -
				     (device->rom_state == GPUSPEC_ROM_STATE_APPLIED);
	device->spec->rom_pending += (state == GPUSPEC_ROM_STATE_PENDING) -
				     (device->rom_state == GPUSPEC_ROM_STATE_PENDING);
	device->rom_state = state;
}

static void update_rom_state(struct gpuspec_device *device)
{
	enum gpuspec_rom_state state = work_out_rom_state(device);

	if (state == device->rom_state)
		return;
	set_rom_state(device, state);
	tell(GPUSPEC_CMD_DEVICE_ROM, device);
}

/*
 * No error here could stop the device from coming, and a device left out
 * would be one that no gate watches: hence allocations that do not fail.
 */
static void join_spec(struct gpuspec_device *device, const char *id)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(id);

	if (!spec) {
		spec = gpuspec_spec_alloc(id, GFP_KERNEL | __GFP_NOFAIL);
		gpuspec_spec_insert(spec);
	}
	device->spec = spec;
	list_add_tail(&device->of_spec, &spec->members);
	spec->devices++;
	gpuspec_spec_update(spec);
	spec->in_use += device->in_use;
	set_rom_state(device, work_out_rom_state(device));
	tell(GPUSPEC_CMD_DEVICE_ADDED, device);
}

static void leave_spec(struct gpuspec_device *device)
{
	set_rom_state(device, GPUSPEC_ROM_STATE_NONE);
	list_del(&device->of_spec);
	device->spec->devices--;
	device->spec->in_use -= device->in_use;
	tell(GPUSPEC_CMD_DEVICE_REMOVED, device);
	gpuspec_spec_update(device->spec);
}

/* A virtual function is taken in without its type, which settle() adds. */
void gpuspec_device_add(struct device *dev)
{
	struct gpuspec_device *device;
	char id[GPUSPEC_ID_SIZE];

	lockdep_assert_held(&gpuspec_lock);
	if (find(dev) || !gpuspec_identify(dev, NULL, id))
		return;
	device = kzalloc(sizeof(*device), GFP_KERNEL | __GFP_NOFAIL);
	totals.devices++;
	device->dev = get_device(dev);
	list_add_tail(&device->node, &gpuspec_devices);
	hash_add(devices_by_dev, &device->by_dev, (unsigned long)dev);
	join_spec(device, id);
}

/* Can it come to be of another spec? */
static bool can_change(const struct device *dev)
{
	return dev_is_pci(dev) && to_pci_dev(dev)->is_virtfn;
}

/*
 * Put the device with the spec that it is of by now: by the type that was
 * @told of it (gpuspec_vf_type()). In use it stays what it was judged as, and
 * its driver does not change its type; unless nobody judged it.
 */
static void settle(struct gpuspec_device *device, int told, const char *type)
{
	char id[GPUSPEC_ID_SIZE];

	lockdep_assert_held(&gpuspec_lock);
	if (!can_change(device->dev) || (device->in_use && device->holder.pid))
		return;
	if (told < 0 && !device->type_untold)
		pr_warn("%s: its driver does not tell its vGPU type%s: it may be of any (error %d)\n",
			dev_name(device->dev), told == -ETIMEDOUT ? " in time" :
			told == -EPROTO ? " as a number" : "", told);
	device->type_untold = told < 0;
	if (!gpuspec_identify(device->dev, told > 0 ? type : NULL, id) ||
	    !strcmp(id, device->spec->id))
		return;
	leave_spec(device);
	join_spec(device, id);
}

/* A device that is looked at again. */
struct look {
	struct device *dev;
	struct gpuspec_vf_inquiry *inquiry;
};

/* For want of memory; then it stays what it is, for those who only wanted to know. */
static bool was_not_asked(const struct look *look)
{
	return look->inquiry == ERR_PTR(-ENOMEM);
}

static void end_look(struct look *look, unsigned long deadline)
{
	char type[GPUSPEC_VF_TYPE_SIZE];
	struct gpuspec_device *device;
	int told;

	if (!was_not_asked(look)) {
		told = gpuspec_vf_type_answer(look->inquiry, deadline, type);
		mutex_lock(&gpuspec_lock);
		device = find(look->dev);
		if (device)
			settle(device, told, type);
		mutex_unlock(&gpuspec_lock);
	}
	put_device(look->dev);
}

int gpuspec_device_look_again(const char *address)
{
	struct gpuspec_device *device;
	unsigned long deadline;
	struct look *looks;
	u32 count = 0, i;
	int error = 0;

	mutex_lock(&gpuspec_lock);
	looks = kvmalloc_array(totals.devices, sizeof(*looks), GFP_KERNEL_ACCOUNT);
	if (looks)
		list_for_each_entry(device, &gpuspec_devices, node)
			if (can_change(device->dev) &&
			    (!address || !strcmp(dev_name(device->dev), address)))
				looks[count++].dev = get_device(device->dev);
	mutex_unlock(&gpuspec_lock);
	if (!looks)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		looks[i].inquiry = gpuspec_vf_type_ask(looks[i].dev);
		if (was_not_asked(&looks[i]))
			error = -ENOMEM;
	}
	deadline = gpuspec_vf_type_deadline();
	for (i = 0; i < count; i++)
		end_look(&looks[i], deadline);
	kvfree(looks);
	return error;
}

static void set_in_use(struct gpuspec_device *device, bool in_use)
{
	lockdep_assert_held(&gpuspec_lock);
	device->spec->in_use += in_use - device->in_use;
	totals.in_use += in_use - device->in_use;
	device->in_use = in_use;
	gpuspec_spec_changed();
}

static void set_shown(struct gpuspec_device *device, struct gpuspec_rom *rom)
{
	gpuspec_rom_get(rom);
	gpuspec_rom_put(device->shown);
	device->shown = rom;
}

static void drop(struct gpuspec_device *device)
{
	lockdep_assert_held(&gpuspec_lock);
	set_in_use(device, false);
	set_shown(device, NULL);
	totals.devices--;
	list_del(&device->node);
	hash_del(&device->by_dev);
	leave_spec(device);
	put_device(device->dev);
	kfree(device);
}

void gpuspec_device_remove(struct device *dev)
{
	struct gpuspec_device *device = find(dev);

	if (device)
		drop(device);
}

u32 gpuspec_device_held(const struct gpuspec_spec *spec, const char *account)
{
	const struct gpuspec_device *device;
	u32 held = 0;

	lockdep_assert_held(&gpuspec_lock);
	if (!spec->in_use)
		return 0;
	list_for_each_entry(device, &spec->members, of_spec)
		held += device->in_use && !strcmp(device->holder.account, account);
	return held;
}

enum gpuspec_reason gpuspec_device_judge_spec(const struct gpuspec_spec *spec, const char *opener)
{
	lockdep_assert_held(&gpuspec_lock);
	return gpuspec_spec_judge(spec, opener,
				  spec && opener ? gpuspec_device_held(spec, opener) : 0);
}

enum gpuspec_reason gpuspec_device_judge(const struct gpuspec_device *device, const char *opener,
					 struct gpuspec_spec **by)
{
	enum gpuspec_reason reason = gpuspec_device_judge_spec(device->spec, opener);
	size_t length = strlen(device->spec->id);
	struct gpuspec_spec *spec;

	*by = device->spec;
	if (reason != GPUSPEC_REASON_ALLOWED || !device->type_untold)
		return reason;
	for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec)) {
		if (strncmp(spec->id, device->spec->id, length) || spec->id[length] != '/')
			continue;
		reason = gpuspec_device_judge_spec(spec, opener);
		if (reason != GPUSPEC_REASON_ALLOWED) {
			*by = spec;
			return reason;
		}
	}
	return gpuspec_device_judge_spec(NULL, opener);
}

/* Fills in the account of @process. */
static int ask(struct gpuspec_device *device, enum gpuspec_gate gate,
	       struct gpuspec_process *process)
{
	struct gpuspec_device_info info;
	enum gpuspec_reason reason;
	struct gpuspec_spec *by;

	gpuspec_accounts_recognise(gpuspec_accounts_in_force(), process);
	reason = gpuspec_device_judge(device, gate == GPUSPEC_GATE_OPEN ? process->account : NULL,
				      &by);
	if (reason == GPUSPEC_REASON_ALLOWED)
		return 0;
	totals.refused++;
	totals.refused_for[reason]++;
	by->refused++;
	gpuspec_device_describe(device, &info);
	strscpy(info.spec, by->id, sizeof(info.spec));
	gpuspec_event_refused(&info, process, gate, reason, &by->log_limit);
	return gpuspec_reason_errno(reason);
}

static void hold(struct gpuspec_device *device, const struct gpuspec_process *process)
{
	device->holder = *process;
	set_in_use(device, true);
	update_rom_state(device);
}

static int pass(struct device *dev, enum gpuspec_gate gate)
{
	char type[GPUSPEC_VF_TYPE_SIZE];
	struct gpuspec_process process;
	struct gpuspec_device *device;
	int told, error = 0;

	told = gpuspec_vf_type(dev, type);
	gpuspec_process_current(&process);
	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device) {
		settle(device, told, type);
		error = ask(device, gate, &process);
		if (!error && gate == GPUSPEC_GATE_OPEN)
			hold(device, &process);
	}
	mutex_unlock(&gpuspec_lock);
	return error;
}

int gpuspec_device_bind(struct device *dev)
{
	return pass(dev, GPUSPEC_GATE_BIND);
}

int gpuspec_device_open(struct device *dev)
{
	return pass(dev, GPUSPEC_GATE_OPEN);
}

bool gpuspec_device_is_as_judged(struct device *dev)
{
	char type[GPUSPEC_VF_TYPE_SIZE], id[GPUSPEC_ID_SIZE];
	struct gpuspec_device *device;
	bool is = true;
	int told;

	if (!can_change(dev))
		return true;
	told = gpuspec_vf_type(dev, type);
	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device && gpuspec_identify(dev, told > 0 ? type : NULL, id))
		is = !strcmp(id, device->spec->id);
	mutex_unlock(&gpuspec_lock);
	return is;
}

static void release(struct gpuspec_device *device)
{
	memset(&device->holder, 0, sizeof(device->holder));
	set_in_use(device, false);
	update_rom_state(device);
}

void gpuspec_device_opened(struct device *dev, int error)
{
	struct gpuspec_device *device;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device && error)
		release(device);
	else if (device)
		tell(GPUSPEC_CMD_OPENED, device);
	mutex_unlock(&gpuspec_lock);
}

void gpuspec_device_found_open(struct device *dev)
{
	struct gpuspec_device *device;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device) {
		set_in_use(device, true);
		tell(GPUSPEC_CMD_OPENED, device);
		update_rom_state(device);
	}
	mutex_unlock(&gpuspec_lock);
}

void gpuspec_device_closed(struct device *dev)
{
	struct gpuspec_device_info info;
	struct gpuspec_process holder;
	struct gpuspec_device *device;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device) {
		holder = device->holder;
		release(device);
	}
	if (device && !gpuspec_event_unheard(GPUSPEC_CMD_CLOSED)) {
		gpuspec_device_describe(device, &info);
		info.holder = holder;
		gpuspec_event_device(GPUSPEC_CMD_CLOSED, &info);
	}
	mutex_unlock(&gpuspec_lock);
}

bool gpuspec_device_is_of(const struct device *dev, const char *id)
{
	struct gpuspec_device *device;
	bool is_of;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	is_of = device && !strcmp(device->spec->id, id);
	mutex_unlock(&gpuspec_lock);
	return is_of;
}

struct gpuspec_rom *gpuspec_device_wanted_rom(struct device *dev)
{
	struct gpuspec_rom *rom = NULL;
	struct gpuspec_device *device;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device)
		rom = gpuspec_rom_get(device->spec->rom);
	mutex_unlock(&gpuspec_lock);
	return rom;
}

void gpuspec_device_shows_rom(struct device *dev, struct gpuspec_rom *rom, int error)
{
	struct gpuspec_device *device;

	mutex_lock(&gpuspec_lock);
	device = find(dev);
	if (device) {
		set_shown(device, rom);
		device->rom_error = error;
		update_rom_state(device);
	}
	mutex_unlock(&gpuspec_lock);
}

void gpuspec_device_rom_changed(struct gpuspec_spec *spec)
{
	struct gpuspec_device *device;
	struct gpuspec_spec_info info;
	struct gpuspec_process by;

	lockdep_assert_held(&gpuspec_lock);
	list_for_each_entry(device, &spec->members, of_spec) {
		/* What its driver cannot do it cannot with another ROM. */
		if (device->rom_error != -EOPNOTSUPP)
			device->rom_error = 0;
		set_rom_state(device, work_out_rom_state(device));
	}
	gpuspec_spec_changed();
	gpuspec_spec_describe(spec, &info);
	gpuspec_process_current(&by);
	gpuspec_accounts_recognise(gpuspec_accounts_in_force(), &by);
	gpuspec_event_spec(GPUSPEC_CMD_ROM_CHANGED, &info, &by);
	list_for_each_entry(device, &spec->members, of_spec)
		tell(GPUSPEC_CMD_DEVICE_ROM, device);
}

int gpuspec_device_init(void)
{
	int error = gpuspec_identity_init();

	return error ?: gpuspec_vf_type_init();
}

void gpuspec_device_exit(void)
{
	struct gpuspec_device *device, *next;

	mutex_lock(&gpuspec_lock);
	list_for_each_entry_safe(device, next, &gpuspec_devices, node)
		drop(device);
	mutex_unlock(&gpuspec_lock);
	gpuspec_vf_type_exit();
}
