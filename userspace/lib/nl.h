/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only door to the kernel module: its generic netlink family, as plain
 * C. kmod/gpuspec.yaml says what each command does.
 *
 * Functions return 0 or a negative errno; gpuspec_nl_sentence() then says
 * why. Nothing is printed.
 */
#ifndef GPUSPEC_NL_H
#define GPUSPEC_NL_H

#include <linux/gpuspec.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account_name.h"
#include "verdict.h"

struct gpuspec_nl;

struct gpuspec_info {
	char version[32];
	enum gpuspec_default unnamed;
	uint32_t generation, specs, devices, in_use, accounts, shares;
	uint64_t seq, refused;
	uint64_t refused_for[GPUSPEC_REASONS];
};

/* The uploaded ROM of a spec. */
struct gpuspec_rom {
	uint32_t size;		/* in bytes; 0: there is none */
	uint8_t sha256[GPUSPEC_ROM_SHA256_LEN];
	char version[GPUSPEC_ROM_VERSION_MAX + 1];	/* may be empty */
	uint32_t applied, pending;	/* devices */
};

struct gpuspec_spec {
	char id[GPUSPEC_ID_MAX + 1];
	enum gpuspec_kind kind;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	bool named;
	uint32_t shares;	/* accounts that it is shared with by name */
	uint32_t devices, in_use;
	uint64_t refused;
	struct gpuspec_rom rom;
};

struct gpuspec_process {
	uint32_t pid;	/* 0: there is none, or it is not known */
	uint32_t uid;
	bool has_login;
	uint32_t login_uid;
	char comm[17];
	char cgroup[GPUSPEC_CGROUP_MAX + 1];
	char account[GPUSPEC_ACCOUNT_SIZE];
};

struct gpuspec_device {
	char spec[GPUSPEC_ID_MAX + 1];
	char address[GPUSPEC_ADDRESS_MAX + 1];
	bool in_use;
	struct gpuspec_process holder;
	enum gpuspec_rom_state rom_state;
	bool shows_rom;		/* an uploaded one, of this sha256: */
	uint8_t rom_sha256[GPUSPEC_ROM_SHA256_LEN];
};

/* An account that a spec is shared with by name. */
struct gpuspec_share {
	char spec[GPUSPEC_ID_MAX + 1];
	char account[GPUSPEC_ACCOUNT_SIZE];
	uint32_t maximum;	/* devices that it may hold at once; 0: any number */
	uint32_t held;
};

struct gpuspec_account {
	char name[GPUSPEC_ACCOUNT_SIZE];
	size_t cgroup_count, uid_count;
	char (*cgroups)[GPUSPEC_CGROUP_MAX];	/* allocated */
	uint32_t uids[GPUSPEC_MARKS_MAX];
};

/* The module's tables as they were at one moment; freed by gpuspec_nl_free_tables(). */
struct gpuspec_tables {
	struct gpuspec_info info;
	struct gpuspec_spec *specs;	/* sorted by id */
	size_t spec_count;
	struct gpuspec_device *devices;
	size_t device_count;
	struct gpuspec_share *shares;	/* sorted by spec and account */
	size_t share_count;
	struct gpuspec_account *accounts;	/* sorted by name */
	size_t account_count;
};

/* A change of policy; what it points to is the caller's. */
struct gpuspec_change {
	enum gpuspec_change_what {
		GPUSPEC_SET_SPEC,	/* id, state and sharing, or one of them */
		GPUSPEC_FORGET_SPEC,	/* id */
		GPUSPEC_SHARE_SPEC,	/* id, account, maximum */
		GPUSPEC_RECALL_SPEC,	/* id, account */
		GPUSPEC_SET_DEFAULT,	/* unnamed */
		GPUSPEC_SET_ACCOUNT,	/* marks */
		GPUSPEC_REMOVE_ACCOUNT,	/* account */
	} what;
	const char *id, *account;
	bool has_state, has_sharing, if_unused;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	uint32_t maximum;
	enum gpuspec_default unnamed;
	const struct gpuspec_account *marks;
};

/*
 * Connect; the kernel loads the module if it is installed. -ENOENT: there is
 * no module, or not in this network namespace. *@nl is to be closed in any
 * case but -ENOMEM, when it is NULL.
 */
int gpuspec_nl_open(struct gpuspec_nl **nl);
void gpuspec_nl_close(struct gpuspec_nl *nl);

/* Why the last function failed: the kernel's own sentence where it gave one. */
const char *gpuspec_nl_sentence(const struct gpuspec_nl *nl);

int gpuspec_nl_tables(struct gpuspec_nl *nl, struct gpuspec_tables *tables);
void gpuspec_nl_free_tables(struct gpuspec_tables *tables);
/* Free accounts and the array of them. */
void gpuspec_accounts_free(struct gpuspec_account *accounts, size_t count);

/* What the verdict is asked about. */
struct gpuspec_question {
	const char *id;		/* of a spec; or NULL, and then: */
	const char *address;	/* of a device */
	const char *account;	/* or NULL, and then that of this process: */
	uint32_t pid;		/* 0: the caller */
};

struct gpuspec_answer {
	char id[GPUSPEC_ID_MAX + 1];	/* of the spec that was judged */
	enum gpuspec_reason reason;
	char account[GPUSPEC_ACCOUNT_SIZE];
};

/* The verdict. -ENOENT: there is no such device; -ESRCH: no such process. */
int gpuspec_nl_check(struct gpuspec_nl *nl, const struct gpuspec_question *question,
		     struct gpuspec_answer *answer);

/* Make all changes at once, or none: one transaction. */
int gpuspec_nl_change(struct gpuspec_nl *nl, const struct gpuspec_change *changes,
		      size_t count);

/*
 * Put a ROM in the place of the spec's old one. @go_on is asked before each
 * piece, with the number of bytes sent so far; on a false, or any error, the
 * old one stays (-ECANCELED).
 */
int gpuspec_nl_rom_set(struct gpuspec_nl *nl, const char *id, const struct gpuspec_rom *rom,
		       const void *bytes, bool (*go_on)(size_t sent, void *data), void *data);
/*
 * The ROM in force, as it was at one moment, but for the numbers of devices;
 * *@bytes is to be freed. -ENOENT: there is none.
 */
int gpuspec_nl_rom_get(struct gpuspec_nl *nl, const char *id, struct gpuspec_rom *rom,
		       void **bytes);
/* -ENOENT: there is none. */
int gpuspec_nl_rom_clear(struct gpuspec_nl *nl, const char *id);

/* What happened; which parts are set, the command says (see the YAML). */
struct gpuspec_event {
	uint8_t command;	/* GPUSPEC_CMD_SPEC_CHANGED and the like */
	uint64_t seq;
	uint64_t missed;	/* events lost just before this one */
	uint64_t time;		/* in ns since 1970 */
	struct gpuspec_spec spec;
	struct gpuspec_device device;
	struct gpuspec_process process;
	char account[GPUSPEC_ACCOUNT_SIZE];	/* empty: it is about none */
	enum gpuspec_account_change account_change;
	uint32_t maximum;	/* 0: any number */
	enum gpuspec_gate gate;
	enum gpuspec_reason reason;
	bool has_default;	/* that is another now: */
	enum gpuspec_default unnamed;
	uint32_t changes;
};

typedef void gpuspec_event_handler(const struct gpuspec_event *event, void *data);

/* The newest refusals and changes, the oldest first. */
int gpuspec_nl_log(struct gpuspec_nl *nl, gpuspec_event_handler *handler, void *data);

/* Hear events from now on, by gpuspec_nl_hear() on gpuspec_nl_fd(). */
int gpuspec_nl_subscribe(struct gpuspec_nl *nl);
int gpuspec_nl_fd(const struct gpuspec_nl *nl);
/* Hand over what has arrived, without waiting. -ENODEV: the module has gone. */
int gpuspec_nl_hear(struct gpuspec_nl *nl, gpuspec_event_handler *handler, void *data);

#endif /* GPUSPEC_NL_H */
