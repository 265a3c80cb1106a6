/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands whose allocations fail_nth.c has fail: a part of it, of which it has the
 * fixtures and the harness.
 */
#ifndef SELFTESTS_FAIL_NTH_COMMANDS_H
#define SELFTESTS_FAIL_NTH_COMMANDS_H

#define ID(id)		{ GPUSPEC_A_ID, STRING, id }
#define STATE(state)	{ GPUSPEC_A_STATE, NUMBER, .number = GPUSPEC_STATE_##state }
#define SHARING(with)	{ GPUSPEC_A_SHARING, NUMBER, .number = GPUSPEC_SHARING_##with }
#define ACCOUNT(name)	{ GPUSPEC_A_ACCOUNT, STRING, name }
#define MAXIMUM(count)	{ GPUSPEC_A_MAXIMUM, NUMBER, .number = count }
#define CGROUP(path)	{ GPUSPEC_A_CGROUP, STRING, path }
#define USER(uid)	{ GPUSPEC_A_UID, NUMBER, .number = uid }

#define SET(id, state, with)							\
	{ GPUSPEC_CMD_SPEC_SET, .takes = { ID(id), STATE(state), SHARING(with) } }
#define FORGET(id)	{ GPUSPEC_CMD_SPEC_DEL, .takes = { ID(id) } }
#define SHARE(id, ...)	{ GPUSPEC_CMD_SHARE_SET, .takes = { ID(id), __VA_ARGS__ } }
#define RECALL(id, name)							\
	{ GPUSPEC_CMD_SHARE_DEL, .takes = { ID(id), ACCOUNT(name) } }
#define SET_ACCOUNT(...)	{ GPUSPEC_CMD_ACCOUNT_SET, .takes = { __VA_ARGS__ } }
#define REMOVE_ACCOUNT(name)	{ GPUSPEC_CMD_ACCOUNT_DEL, .takes = { ACCOUNT(name) } }
#define DEFAULT(unnamed)							\
	{ GPUSPEC_CMD_DEFAULT_SET,						\
	  .takes = { { GPUSPEC_A_DEFAULT, NUMBER, .number = GPUSPEC_DEFAULT_##unnamed } } }
#define BEGIN		{ .command = GPUSPEC_CMD_POLICY_BEGIN }
#define BEGIN_ANEW	{ GPUSPEC_CMD_POLICY_BEGIN, .takes = { { GPUSPEC_A_REPLACE, FLAG } } }
#define COMMIT(count)								\
	{ GPUSPEC_CMD_POLICY_COMMIT,						\
	  .takes = { { GPUSPEC_A_CHANGES, NUMBER, .number = count } } }
#define BEGIN_ROM(id, digest)							\
	{ GPUSPEC_CMD_ROM_BEGIN, .takes = {					\
		ID(id),								\
		{ GPUSPEC_A_SIZE, NUMBER, .number = ROM_SIZE },			\
		{ GPUSPEC_A_SHA256, BYTES, digest, GPUSPEC_ROM_SHA256_LEN },	\
		{ GPUSPEC_A_VERSION, STRING, "1" } } }
#define ROM_BYTES(bytes)							\
	{ GPUSPEC_CMD_ROM_DATA, .takes = {					\
		{ GPUSPEC_A_OFFSET, NUMBER, .number = 0 },			\
		{ GPUSPEC_A_BYTES, BYTES, bytes, ROM_SIZE } } }
#define COMMIT_ROM	{ .command = GPUSPEC_CMD_ROM_COMMIT }

FIXTURE_VARIANT(change) {
	const char *name;
	struct step before[9];		/* what is done first, on the same socket */
	struct step step;
	struct step after[3];		/* and then, for it to be seen */
	bool ends;			/* what was begun before is over when it fails */
};

FIXTURE_VARIANT_ADD(change, spec_set) {
	.name = "spec-set", .step = SET(SPEC, ENABLED, NONE),
};

FIXTURE_VARIANT_ADD(change, spec_set_half) {
	.name = "spec-set (state)",
	.step = { GPUSPEC_CMD_SPEC_SET, .takes = { ID(SPEC), STATE(ENABLED) } },
};

FIXTURE_VARIANT_ADD(change, spec_set_new) {
	.name = "spec-set (new)", .step = SET(NEW_SPEC, DISABLED, ALL),
};

FIXTURE_VARIANT_ADD(change, spec_del) {
	.name = "spec-del", .step = FORGET("mdev:test-00000"),
};

FIXTURE_VARIANT_ADD(change, spec_del_shared) {
	.name = "spec-del (shared)", .step = FORGET(SPEC),
};

FIXTURE_VARIANT_ADD(change, share_set) {
	.name = "share-set", .step = SHARE(SPEC, ACCOUNT("green"), MAXIMUM(1)),
};

FIXTURE_VARIANT_ADD(change, share_set_other_maximum) {
	.name = "share-set (maximum)", .step = SHARE(SPEC, ACCOUNT("blue"), MAXIMUM(1)),
};

FIXTURE_VARIANT_ADD(change, share_set_first) {
	.name = "share-set (first)",
	.before = { SET(CARD_SPEC, ENABLED, NONE) },
	.step = SHARE(CARD_SPEC, ACCOUNT("green")),
};

FIXTURE_VARIANT_ADD(change, share_del) {
	.name = "share-del", .step = RECALL(SPEC, "blue"),
};

FIXTURE_VARIANT_ADD(change, share_del_last) {
	.name = "share-del (last)",
	.before = { RECALL(SPEC, "blue") },
	.step = RECALL(SPEC, "red"),
};

FIXTURE_VARIANT_ADD(change, account_set) {
	.name = "account-set",
	.step = SET_ACCOUNT(ACCOUNT("green"), CGROUP("/green"), CGROUP("/more"), USER(1003)),
};

FIXTURE_VARIANT_ADD(change, account_set_anew) {
	.name = "account-set (again)",
	.step = SET_ACCOUNT(ACCOUNT("blue"), CGROUP("/else"), USER(1003)),
};

FIXTURE_VARIANT_ADD(change, account_del) {
	.name = "account-del", .step = REMOVE_ACCOUNT("blue"),
};

FIXTURE_VARIANT_ADD(change, default_set) {
	.name = "default-set", .step = DEFAULT(CLOSED),
};

FIXTURE_VARIANT_ADD(change, policy_begin) {
	.name = "policy-begin",
	.step = BEGIN,
	.after = { SET(SPEC, ENABLED, ALL), COMMIT(1) },
};

FIXTURE_VARIANT_ADD(change, spec_set_staged) {
	.name = "spec-set (staged)",
	.before = { BEGIN, SET(SPEC, ENABLED, NONE) },
	.step = SET(NEW_SPEC, DISABLED, ALL),
	.after = { COMMIT(2) },
};

FIXTURE_VARIANT_ADD(change, share_set_staged) {
	.name = "share-set (staged)",
	.before = { BEGIN },
	.step = SHARE(SPEC, ACCOUNT("green")),
	.after = { COMMIT(1) },
};

FIXTURE_VARIANT_ADD(change, account_set_staged) {
	.name = "account-set (staged)",
	.before = { BEGIN },
	.step = SET_ACCOUNT(ACCOUNT("green"), CGROUP("/green"), USER(1003)),
	.after = { COMMIT(1) },
};

FIXTURE_VARIANT_ADD(change, policy_commit) {
	.name = "policy-commit",
	.before = {
		BEGIN,
		SET(SPEC, ENABLED, NONE),
		SHARE(SPEC, ACCOUNT("green"), MAXIMUM(1)),
		SET(NEW_SPEC, DISABLED, NONE),
		SHARE(NEW_SPEC, ACCOUNT("blue")),
		FORGET("mdev:test-00000"),
		SET_ACCOUNT(ACCOUNT("green"), CGROUP("/green"), USER(1003)),
		DEFAULT(CLOSED),
	},
	.step = COMMIT(7),
	.ends = true,
};

FIXTURE_VARIANT_ADD(change, policy_commit_whole) {
	.name = "policy-commit (whole)",
	.before = {
		BEGIN_ANEW,
		SET(NEW_SPEC, DISABLED, NONE),
		SHARE(NEW_SPEC, ACCOUNT("red")),
		SHARE(NEW_SPEC, ACCOUNT("blue")),
		SET(CARD_SPEC, ENABLED, ALL),
		SET_ACCOUNT(ACCOUNT("red"), USER(1002)),
		SET_ACCOUNT(ACCOUNT("green"), CGROUP("/green")),
	},
	.step = COMMIT(6),
	.ends = true,
};

FIXTURE_VARIANT_ADD(change, rom_begin) {
	.name = "rom-begin",
	.step = BEGIN_ROM(SPEC, new_digest),
	.after = { ROM_BYTES(new_rom), COMMIT_ROM },
};

FIXTURE_VARIANT_ADD(change, rom_data) {
	.name = "rom-data",
	.before = { BEGIN_ROM(SPEC, new_digest) },
	.step = ROM_BYTES(new_rom),
	.after = { COMMIT_ROM },
};

FIXTURE_VARIANT_ADD(change, rom_commit) {
	.name = "rom-commit",
	.before = { BEGIN_ROM(SPEC, new_digest), ROM_BYTES(new_rom) },
	.step = COMMIT_ROM,
	.ends = true,
};

FIXTURE_VARIANT_ADD(change, rom_commit_new) {
	.name = "rom-commit (new spec)",
	.before = { BEGIN_ROM(NEW_SPEC, new_digest), ROM_BYTES(new_rom) },
	.step = COMMIT_ROM,
	.ends = true,
};

FIXTURE_VARIANT_ADD(change, rom_clear) {
	.name = "rom-clear",
	.step = { GPUSPEC_CMD_ROM_CLEAR, .takes = { ID(SPEC) } },
};

FIXTURE_VARIANT(question) {
	const char *name;
	struct step step;
};

FIXTURE_VARIANT_ADD(question, info_get) {
	.name = "info-get", .step = { GPUSPEC_CMD_INFO_GET },
};

FIXTURE_VARIANT_ADD(question, spec_get) {
	.name = "spec-get", .step = { GPUSPEC_CMD_SPEC_GET, .takes = { ID(SPEC) } },
};

FIXTURE_VARIANT_ADD(question, spec_dump) {
	.name = "spec-get (dump)", .step = { GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP },
};

FIXTURE_VARIANT_ADD(question, device_dump) {
	.name = "device-get (dump)", .step = { GPUSPEC_CMD_DEVICE_GET, NLM_F_DUMP },
};

FIXTURE_VARIANT_ADD(question, device_dump_of_spec) {
	.name = "device-get (dump of a spec)",
	.step = { GPUSPEC_CMD_DEVICE_GET, NLM_F_DUMP, { ID(CARD_SPEC) } },
};

FIXTURE_VARIANT_ADD(question, share_dump) {
	.name = "share-get (dump)", .step = { GPUSPEC_CMD_SHARE_GET, NLM_F_DUMP },
};

FIXTURE_VARIANT_ADD(question, share_dump_of_spec) {
	.name = "share-get (dump of a spec)",
	.step = { GPUSPEC_CMD_SHARE_GET, NLM_F_DUMP, { ID(SPEC) } },
};

FIXTURE_VARIANT_ADD(question, account_get) {
	.name = "account-get",
	.step = { GPUSPEC_CMD_ACCOUNT_GET, .takes = { ACCOUNT("red") } },
};

FIXTURE_VARIANT_ADD(question, account_dump) {
	.name = "account-get (dump)", .step = { GPUSPEC_CMD_ACCOUNT_GET, NLM_F_DUMP },
};

FIXTURE_VARIANT_ADD(question, log_dump) {
	.name = "log-get (dump)", .step = { GPUSPEC_CMD_LOG_GET, NLM_F_DUMP },
};

FIXTURE_VARIANT_ADD(question, check_spec) {
	.name = "check (account)",
	.step = { GPUSPEC_CMD_CHECK, .takes = { ID(SPEC), ACCOUNT("blue") } },
};

FIXTURE_VARIANT_ADD(question, check_device) {
	.name = "check (device, process)",
	.step = { GPUSPEC_CMD_CHECK, .takes = {
		{ GPUSPEC_A_ADDRESS, STRING, CARD },
		{ GPUSPEC_A_PID, NUMBER, .number = 1 } } },
};

FIXTURE_VARIANT_ADD(question, rom_get) {
	.name = "rom-get", .step = { GPUSPEC_CMD_ROM_GET, .takes = { ID(SPEC) } },
};

#endif /* SELFTESTS_FAIL_NTH_COMMANDS_H */
