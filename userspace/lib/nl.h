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

struct gpuspec_nl;

struct gpuspec_info {
	char version[32];
	enum gpuspec_default unnamed;
	uint32_t generation, specs, devices, in_use;
	uint64_t seq, refused;
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
	uint32_t devices, in_use;
	uint64_t refused;
	struct gpuspec_rom rom;
};

struct gpuspec_process {
	uint32_t pid;	/* 0: there is none, or it is not known */
	uint32_t uid;
	char comm[17];
	char cgroup[GPUSPEC_CGROUP_MAX + 1];
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

/* The module's tables as they were at one moment; freed by gpuspec_nl_free_tables(). */
struct gpuspec_tables {
	struct gpuspec_info info;
	struct gpuspec_spec *specs;	/* sorted by id */
	size_t spec_count;
	struct gpuspec_device *devices;
	size_t device_count;
};

/* A change of policy. Of a spec, or with @id NULL of the default. */
struct gpuspec_change {
	const char *id;
	bool has_state, has_sharing, if_unused;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	enum gpuspec_default unnamed;
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

/* The verdict on a spec, or on a device if @id is NULL. */
int gpuspec_nl_check(struct gpuspec_nl *nl, const char *id, const char *address,
		     enum gpuspec_reason *reason);

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
	struct gpuspec_spec spec;
	struct gpuspec_device device;
	struct gpuspec_process process;
	enum gpuspec_gate gate;
	enum gpuspec_reason reason;
	enum gpuspec_default unnamed;
	uint32_t changes;
};

typedef void gpuspec_event_handler(const struct gpuspec_event *event, void *data);

/* Hear events from now on, by gpuspec_nl_hear() on gpuspec_nl_fd(). */
int gpuspec_nl_subscribe(struct gpuspec_nl *nl);
int gpuspec_nl_fd(const struct gpuspec_nl *nl);
/* Hand over what has arrived, without waiting. -ENODEV: the module has gone. */
int gpuspec_nl_hear(struct gpuspec_nl *nl, gpuspec_event_handler *handler, void *data);

#endif /* GPUSPEC_NL_H */
