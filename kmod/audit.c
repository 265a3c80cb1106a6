// SPDX-License-Identifier: GPL-2.0
#include <linux/audit.h>
#include <linux/gfp.h>

#include "audit.h"
#include "verdict.h"

/*
 * Ids of specs, addresses and names of accounts have no blanks and no control
 * characters in them, which would end a value; other text is not put in.
 */
static struct audit_buffer *begin(void)
{
	if (!audit_enabled)
		return NULL;
	/* Mostly under gpuspec_lock, which opens wait for: not to wait for auditd. */
	return audit_log_start(audit_context(), GFP_NOWAIT | __GFP_NOWARN, AUDIT_KERNEL_OTHER);
}

static void end(struct audit_buffer *record, bool success)
{
	audit_log_task_info(record);
	audit_log_format(record, " res=%d", success);
	audit_log_end(record);
}

static const char *none_if_empty(const char *text)
{
	return *text ? text : "?";
}

void gpuspec_audit_refused(const struct gpuspec_device_info *device,
			   const struct gpuspec_process *process,
			   enum gpuspec_gate gate, enum gpuspec_reason reason)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-%s device=%s spec=%s account=%s reason=%s",
			 gate == GPUSPEC_GATE_BIND ? "bind" : "open", device->address,
			 device->spec, none_if_empty(process->account),
			 gpuspec_reason_name(reason));
	end(record, false);
}

void gpuspec_audit_spec(const struct gpuspec_spec_info *spec)
{
	static const char *const sharing[] = {
		[GPUSPEC_SHARING_ALL] = "all",
		[GPUSPEC_SHARING_NONE] = "none",
		[GPUSPEC_SHARING_LIST] = "list",
	};
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-policy spec=%s named=%d state=%s shared=%s",
			 spec->id, spec->named,
			 spec->state == GPUSPEC_STATE_ENABLED ? "enabled" : "disabled",
			 sharing[spec->sharing]);
	end(record, true);
}

void gpuspec_audit_share(const char *spec, const char *account, u32 maximum)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-share spec=%s account=%s", spec, account);
	if (maximum)
		audit_log_format(record, " max=%u", maximum);
	end(record, true);
}

void gpuspec_audit_recall(const char *spec, const char *account)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-recall spec=%s account=%s", spec, account);
	end(record, true);
}

void gpuspec_audit_account(const char *account, bool removed)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-account-%s account=%s",
			 removed ? "remove" : "set", account);
	end(record, true);
}

void gpuspec_audit_default(enum gpuspec_default unnamed)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-default default=%s",
			 unnamed == GPUSPEC_DEFAULT_OPEN ? "open" : "closed");
	end(record, true);
}

void gpuspec_audit_rom(const struct gpuspec_spec_info *spec)
{
	struct audit_buffer *record = begin();

	if (!record)
		return;
	audit_log_format(record, "op=gpuspec-rom spec=%s sha256=", spec->id);
	if (spec->rom)
		audit_log_format(record, "%*phN", GPUSPEC_ROM_SHA256_LEN, spec->rom->sha256);
	else
		audit_log_format(record, "none");
	end(record, true);
}
