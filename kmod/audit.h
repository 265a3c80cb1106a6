/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records for the kernel's audit system, of the type KERNEL_OTHER, with the
 * calling process as their subject. Where nobody audits they cost nothing. One
 * that finds auditd's queue full is lost, and audit says so: no VM and no
 * change of policy waits for it.
 */
#ifndef GPUSPEC_AUDIT_H
#define GPUSPEC_AUDIT_H

#include <linux/gpuspec.h>

#include "message.h"

void gpuspec_audit_refused(const struct gpuspec_device_info *device,
			   const struct gpuspec_process *process,
			   enum gpuspec_gate gate, enum gpuspec_reason reason);

/* What policy now says of a spec, but for the accounts it is shared with: */
void gpuspec_audit_spec(const struct gpuspec_spec_info *spec);
/* It is shared with the account now, up to @maximum devices (0: any number); or not any more. */
void gpuspec_audit_share(const char *spec, const char *account, u32 maximum);
void gpuspec_audit_recall(const char *spec, const char *account);
/* An account was added or changed, or removed. */
void gpuspec_audit_account(const char *account, bool removed);
void gpuspec_audit_default(enum gpuspec_default unnamed);
/* The ROM that a spec now has, if it has one. */
void gpuspec_audit_rom(const struct gpuspec_spec_info *spec);

#endif /* GPUSPEC_AUDIT_H */
