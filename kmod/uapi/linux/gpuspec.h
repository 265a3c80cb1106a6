/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink family "gpuspec". gpuspec.yaml beside this header is
 * the specification, and says what each message carries; the names and
 * numbers here are those that the kernel's YNL generator derives from it.
 */
#ifndef _UAPI_LINUX_GPUSPEC_H
#define _UAPI_LINUX_GPUSPEC_H

#define GPUSPEC_FAMILY_NAME	"gpuspec"
#define GPUSPEC_FAMILY_VERSION	1

/**
 * enum gpuspec_kind - what a spec is a model of
 * @GPUSPEC_KIND_PGPU: a physical card
 * @GPUSPEC_KIND_VGPU: a slice of one: an mdev type or an SR-IOV VF model
 */
enum gpuspec_kind {
	GPUSPEC_KIND_PGPU,
	GPUSPEC_KIND_VGPU,
};

/**
 * enum gpuspec_state - may devices of a spec be allocated at all?
 * @GPUSPEC_STATE_ENABLED: yes, as far as sharing allows
 * @GPUSPEC_STATE_DISABLED: no
 */
enum gpuspec_state {
	GPUSPEC_STATE_ENABLED,
	GPUSPEC_STATE_DISABLED,
};

/**
 * enum gpuspec_sharing - whom devices of a spec may be allocated to
 * @GPUSPEC_SHARING_ALL: every account
 * @GPUSPEC_SHARING_NONE: nobody (recalled)
 * @GPUSPEC_SHARING_LIST: the accounts of a list, which is never empty
 */
enum gpuspec_sharing {
	GPUSPEC_SHARING_ALL,
	GPUSPEC_SHARING_NONE,
	GPUSPEC_SHARING_LIST,
};

/**
 * enum gpuspec_default - what holds for a spec that policy does not name
 * @GPUSPEC_DEFAULT_OPEN: it is enabled and shared with all
 * @GPUSPEC_DEFAULT_CLOSED: it is refused as unknown
 */
enum gpuspec_default {
	GPUSPEC_DEFAULT_OPEN,
	GPUSPEC_DEFAULT_CLOSED,
};

/**
 * enum gpuspec_gate - where the kernel asks for a verdict
 * @GPUSPEC_GATE_BIND: a VFIO driver is about to bind, an mdev to be created
 * @GPUSPEC_GATE_OPEN: a process opens the device through VFIO
 */
enum gpuspec_gate {
	GPUSPEC_GATE_BIND,
	GPUSPEC_GATE_OPEN,
};

/**
 * enum gpuspec_reason - a verdict
 * @GPUSPEC_REASON_ALLOWED: the only one that is not a refusal
 * @GPUSPEC_REASON_UNKNOWN_SPEC: policy does not name the spec, its default is closed
 * @GPUSPEC_REASON_DISABLED: the spec is disabled
 * @GPUSPEC_REASON_RECALLED: the spec is shared with nobody
 * @GPUSPEC_REASON_NOT_SHARED: the spec is shared with a list of accounts, without the opener's
 * @GPUSPEC_REASON_QUOTA: the opener's account holds as many devices of the spec as it may
 */
enum gpuspec_reason {
	GPUSPEC_REASON_ALLOWED,
	GPUSPEC_REASON_UNKNOWN_SPEC,
	GPUSPEC_REASON_DISABLED,
	GPUSPEC_REASON_RECALLED,
	GPUSPEC_REASON_NOT_SHARED,
	GPUSPEC_REASON_QUOTA,
};

/**
 * enum gpuspec_rom_state - what became of its spec's ROM on a device
 * @GPUSPEC_ROM_STATE_NONE: the spec has no ROM, the device shows its own
 * @GPUSPEC_ROM_STATE_WAITING: applies once the device is given to a VFIO driver
 * @GPUSPEC_ROM_STATE_APPLIED: the device shows it
 * @GPUSPEC_ROM_STATE_PENDING: the device is in use; what it shows changes at its release
 * @GPUSPEC_ROM_STATE_FAILED: there was no memory for its file in sysfs
 * @GPUSPEC_ROM_STATE_UNSUPPORTED: its VFIO driver has no place for a ROM
 */
enum gpuspec_rom_state {
	GPUSPEC_ROM_STATE_NONE,
	GPUSPEC_ROM_STATE_WAITING,
	GPUSPEC_ROM_STATE_APPLIED,
	GPUSPEC_ROM_STATE_PENDING,
	GPUSPEC_ROM_STATE_FAILED,
	GPUSPEC_ROM_STATE_UNSUPPORTED,
};

/**
 * enum gpuspec_account_change - what became of an account, or of its share of a spec
 * @GPUSPEC_ACCOUNT_CHANGE_ADDED: it is there now, and was not
 * @GPUSPEC_ACCOUNT_CHANGE_CHANGED: it has other cgroups or uids, or another maximum
 * @GPUSPEC_ACCOUNT_CHANGE_REMOVED: it is not there any more
 */
enum gpuspec_account_change {
	GPUSPEC_ACCOUNT_CHANGE_ADDED,
	GPUSPEC_ACCOUNT_CHANGE_CHANGED,
	GPUSPEC_ACCOUNT_CHANGE_REMOVED,
};

/** GPUSPEC_ID_MAX - longest spec id in bytes, without its NUL */
#define GPUSPEC_ID_MAX		260
/** GPUSPEC_ADDRESS_MAX - longest device address in bytes, without its NUL */
#define GPUSPEC_ADDRESS_MAX	63
/** GPUSPEC_CGROUP_MAX - longest cgroup path told, without its NUL; a longer one is cut */
#define GPUSPEC_CGROUP_MAX	511
/** GPUSPEC_ACCOUNT_MAX - longest name of an account in bytes, without its NUL */
#define GPUSPEC_ACCOUNT_MAX	63
/** GPUSPEC_ACCOUNTS_MAX - most accounts */
#define GPUSPEC_ACCOUNTS_MAX	65536
/** GPUSPEC_MARKS_MAX - most cgroups, and most uids, of one account */
#define GPUSPEC_MARKS_MAX	32
/** GPUSPEC_SHARES_MAX - most accounts that one spec is shared with by name */
#define GPUSPEC_SHARES_MAX	4096
/** GPUSPEC_LOG_MAX - most refusals, and most changes, that log-get tells of */
#define GPUSPEC_LOG_MAX		256
/** GPUSPEC_CHANGES_MAX - most changes in one transaction, and most specs in the table */
#define GPUSPEC_CHANGES_MAX	65536
/** GPUSPEC_ROM_SIZE_MAX - largest ROM in bytes */
#define GPUSPEC_ROM_SIZE_MAX	4194304
/** GPUSPEC_ROM_CHUNK_MAX - most bytes of a ROM in one message */
#define GPUSPEC_ROM_CHUNK_MAX	32768
/** GPUSPEC_ROM_VERSION_MAX - longest version of a ROM in bytes, without its NUL */
#define GPUSPEC_ROM_VERSION_MAX	63
/** GPUSPEC_ROM_SHA256_LEN - bytes of a SHA-256 */
#define GPUSPEC_ROM_SHA256_LEN	32

enum {
	GPUSPEC_A_ID = 1,
	GPUSPEC_A_ADDRESS,
	GPUSPEC_A_STATE,
	GPUSPEC_A_SHARING,
	GPUSPEC_A_IF_UNUSED,
	GPUSPEC_A_DEFAULT,
	GPUSPEC_A_REPLACE,
	GPUSPEC_A_CHANGES,
	GPUSPEC_A_GENERATION,
	GPUSPEC_A_SEQ,
	GPUSPEC_A_GATE,
	GPUSPEC_A_REASON,
	GPUSPEC_A_SPEC,
	GPUSPEC_A_DEVICE,
	GPUSPEC_A_PROCESS,
	GPUSPEC_A_PAD,
	GPUSPEC_A_SIZE,
	GPUSPEC_A_SHA256,
	GPUSPEC_A_VERSION,
	GPUSPEC_A_OFFSET,
	GPUSPEC_A_BYTES,
	GPUSPEC_A_ACCOUNT,
	GPUSPEC_A_MAXIMUM,
	GPUSPEC_A_HELD,
	GPUSPEC_A_CGROUP,
	GPUSPEC_A_UID,
	GPUSPEC_A_PID,
	GPUSPEC_A_TIME,
	GPUSPEC_A_EVENT,
	GPUSPEC_A_ACCOUNT_CHANGE,

	__GPUSPEC_A_MAX,
	GPUSPEC_A_MAX = (__GPUSPEC_A_MAX - 1)
};

enum {
	GPUSPEC_A_INFO_VERSION = 1,
	GPUSPEC_A_INFO_DEFAULT,
	GPUSPEC_A_INFO_GENERATION,
	GPUSPEC_A_INFO_SEQ,
	GPUSPEC_A_INFO_SPECS,
	GPUSPEC_A_INFO_DEVICES,
	GPUSPEC_A_INFO_IN_USE,
	GPUSPEC_A_INFO_REFUSED,
	GPUSPEC_A_INFO_PAD,
	GPUSPEC_A_INFO_ACCOUNTS,
	GPUSPEC_A_INFO_SHARES,
	GPUSPEC_A_INFO_REFUSALS,

	__GPUSPEC_A_INFO_MAX,
	GPUSPEC_A_INFO_MAX = (__GPUSPEC_A_INFO_MAX - 1)
};

enum {
	GPUSPEC_A_REFUSALS_REASON = 1,
	GPUSPEC_A_REFUSALS_COUNT,
	GPUSPEC_A_REFUSALS_PAD,

	__GPUSPEC_A_REFUSALS_MAX,
	GPUSPEC_A_REFUSALS_MAX = (__GPUSPEC_A_REFUSALS_MAX - 1)
};

enum {
	GPUSPEC_A_SPEC_ID = 1,
	GPUSPEC_A_SPEC_KIND,
	GPUSPEC_A_SPEC_STATE,
	GPUSPEC_A_SPEC_SHARING,
	GPUSPEC_A_SPEC_NAMED,
	GPUSPEC_A_SPEC_DEVICES,
	GPUSPEC_A_SPEC_IN_USE,
	GPUSPEC_A_SPEC_REFUSED,
	GPUSPEC_A_SPEC_PAD,
	GPUSPEC_A_SPEC_ROM,
	GPUSPEC_A_SPEC_SHARES,

	__GPUSPEC_A_SPEC_MAX,
	GPUSPEC_A_SPEC_MAX = (__GPUSPEC_A_SPEC_MAX - 1)
};

enum {
	GPUSPEC_A_ROM_SIZE = 1,
	GPUSPEC_A_ROM_SHA256,
	GPUSPEC_A_ROM_VERSION,
	GPUSPEC_A_ROM_APPLIED,
	GPUSPEC_A_ROM_PENDING,

	__GPUSPEC_A_ROM_MAX,
	GPUSPEC_A_ROM_MAX = (__GPUSPEC_A_ROM_MAX - 1)
};

enum {
	GPUSPEC_A_DEVICE_SPEC = 1,
	GPUSPEC_A_DEVICE_ADDRESS,
	GPUSPEC_A_DEVICE_IN_USE,
	GPUSPEC_A_DEVICE_HOLDER,
	GPUSPEC_A_DEVICE_ROM_STATE,
	GPUSPEC_A_DEVICE_ROM_SHA256,

	__GPUSPEC_A_DEVICE_MAX,
	GPUSPEC_A_DEVICE_MAX = (__GPUSPEC_A_DEVICE_MAX - 1)
};

enum {
	GPUSPEC_A_PROCESS_PID = 1,
	GPUSPEC_A_PROCESS_UID,
	GPUSPEC_A_PROCESS_COMM,
	GPUSPEC_A_PROCESS_CGROUP,
	GPUSPEC_A_PROCESS_ACCOUNT,
	GPUSPEC_A_PROCESS_LOGIN_UID,

	__GPUSPEC_A_PROCESS_MAX,
	GPUSPEC_A_PROCESS_MAX = (__GPUSPEC_A_PROCESS_MAX - 1)
};

enum {
	GPUSPEC_CMD_INFO_GET = 1,
	GPUSPEC_CMD_SPEC_GET,
	GPUSPEC_CMD_SPEC_SET,
	GPUSPEC_CMD_SPEC_DEL,
	GPUSPEC_CMD_DEVICE_GET,
	GPUSPEC_CMD_CHECK,
	GPUSPEC_CMD_DEFAULT_SET,
	GPUSPEC_CMD_POLICY_BEGIN,
	GPUSPEC_CMD_POLICY_COMMIT,
	GPUSPEC_CMD_SPEC_CHANGED,
	GPUSPEC_CMD_DEVICE_ADDED,
	GPUSPEC_CMD_DEVICE_REMOVED,
	GPUSPEC_CMD_OPENED,
	GPUSPEC_CMD_CLOSED,
	GPUSPEC_CMD_REFUSED,
	GPUSPEC_CMD_POLICY_APPLIED,
	GPUSPEC_CMD_ROM_BEGIN,
	GPUSPEC_CMD_ROM_DATA,
	GPUSPEC_CMD_ROM_COMMIT,
	GPUSPEC_CMD_ROM_GET,
	GPUSPEC_CMD_ROM_CLEAR,
	GPUSPEC_CMD_ROM_CHANGED,
	GPUSPEC_CMD_DEVICE_ROM,
	GPUSPEC_CMD_SHARE_SET,
	GPUSPEC_CMD_SHARE_DEL,
	GPUSPEC_CMD_SHARE_GET,
	GPUSPEC_CMD_ACCOUNT_SET,
	GPUSPEC_CMD_ACCOUNT_DEL,
	GPUSPEC_CMD_ACCOUNT_GET,
	GPUSPEC_CMD_LOG_GET,
	GPUSPEC_CMD_ACCOUNT_CHANGED,

	__GPUSPEC_CMD_MAX,
	GPUSPEC_CMD_MAX = (__GPUSPEC_CMD_MAX - 1)
};

#define GPUSPEC_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_GPUSPEC_H */
