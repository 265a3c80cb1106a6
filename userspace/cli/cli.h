/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: what main() makes of it, and the verbs it calls. */
#ifndef GPUSPEC_CLI_H
#define GPUSPEC_CLI_H

#include <stdbool.h>

#include "nl.h"

/* Exit statuses, part of the interface. */
enum exit_status {
	EXIT_DONE = 0,		/* or allowed */
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,	/* by policy */
	EXIT_NOT_FOUND = 4,	/* no such spec, device or account */
	EXIT_NO_MODULE = 5,
	EXIT_NOT_PERMITTED = 6,
};

struct place;

/* What the words after the verb came to. */
struct request {
	const char *verb;
	char **command;			/* all of it, from the program's name on */
	bool json, pgpu, vgpu, if_unused, dry_run, all, strip_nvgi, no_rom, with_slices;
	bool pack, persistent, wait;
	const char *account;		/* a valid name; NULL if not given */
	uint32_t maximum, pid;		/* 0 if not given */
	uint32_t timeout;		/* s; 0 if not given */
	const char *login;		/* a file; NULL if not given */
	const char *host;		/* of the fleet; NULL if not given */
	struct gpuspec_account marks;	/* what was given by --cgroup and --uid */
	const char *parent, *uuid;	/* NULL if not given */
	const char *version;		/* of a ROM; empty if not given */
	const char *from;		/* where a ROM comes from; NULL if not given */
	uint64_t waived;		/* checks of a ROM: 1 << enum gpuspec_rom_check */
	int argc;
	char **argv;
	struct gpuspec_nl *nl;		/* connected, but for verbs that do so if they need it */
	const struct place *place;	/* where it looks and decides; NULL: on this host */
	void *place_data;
};

/* Each returns an exit status, and has told of an error. */
int list(struct request *request);
int show(struct request *request);
int devices(struct request *request);
int enable(struct request *request);
int disable(struct request *request);
int share(struct request *request);
int recall(struct request *request);
int check(struct request *request);
int set_default(struct request *request);
int status(struct request *request);
int monitor(struct request *request);
int account_list(struct request *request);
int account_add(struct request *request);
int account_remove(struct request *request);
int apply(struct request *request);
int export_policy(struct request *request);
int log_events(struct request *request);
int metrics(struct request *request);
int vgpu_create(struct request *request);
int vgpu_remove(struct request *request);
int rom_check(struct request *request);
int rom_set(struct request *request);
int rom_show(struct request *request);
int rom_get(struct request *request);
int rom_clear(struct request *request);
int rom_history(struct request *request);
int rom_rollback(struct request *request);

/* Connect to the module, once: an exit status, and what is wrong was told. */
int connect_module(struct request *request);

/* Print "gpuspec: WHAT: WHY" on standard error, and return @status. */
int fail(enum exit_status status, const char *what, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

/* What fail() told last, from WHY on; empty if nothing. */
const char *last_failure(void);
void forget_failure(void);

/* The same for an error that the library returned. */
int fail_nl(const struct gpuspec_nl *nl, int error, const char *what);

#endif /* GPUSPEC_CLI_H */
