/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands that malformed.c sends wrong: a part of it, of which it has
 * the fixture and the harness.
 */
#ifndef SELFTESTS_MALFORMED_COMMANDS_H
#define SELFTESTS_MALFORMED_COMMANDS_H

/* A good message: what is given with the command, of what it takes. */
FIXTURE_VARIANT(malformed) {
	uint8_t command;
	int flags;
	int good;		/* the answer to a good message: errno, or 0 */
	struct attribute takes[4];
};

#define TAKES_ID	{ GPUSPEC_A_ID, STRING, SPEC }
#define TAKES_ACCOUNT	{ GPUSPEC_A_ACCOUNT, STRING, "blue" }

FIXTURE_VARIANT_ADD(malformed, info_get) {
	.command = GPUSPEC_CMD_INFO_GET,
};

FIXTURE_VARIANT_ADD(malformed, spec_get) {
	.command = GPUSPEC_CMD_SPEC_GET,
	.takes = { TAKES_ID },
};

FIXTURE_VARIANT_ADD(malformed, spec_dump) {
	.command = GPUSPEC_CMD_SPEC_GET,
	.flags = NLM_F_DUMP,
};

FIXTURE_VARIANT_ADD(malformed, spec_set) {
	.command = GPUSPEC_CMD_SPEC_SET,
	.takes = {
		TAKES_ID,
		{ GPUSPEC_A_STATE, ENUM, .number = GPUSPEC_STATE_ENABLED },
		{ GPUSPEC_A_SHARING, ENUM, .number = GPUSPEC_SHARING_NONE },
		{ GPUSPEC_A_IF_UNUSED, FLAG },
	},
};

FIXTURE_VARIANT_ADD(malformed, spec_del) {
	.command = GPUSPEC_CMD_SPEC_DEL,
	.takes = { TAKES_ID },
};

FIXTURE_VARIANT_ADD(malformed, device_dump) {
	.command = GPUSPEC_CMD_DEVICE_GET,
	.flags = NLM_F_DUMP,
	.takes = { TAKES_ID },
};

FIXTURE_VARIANT_ADD(malformed, check_spec) {
	.command = GPUSPEC_CMD_CHECK,
	.takes = { TAKES_ID, TAKES_ACCOUNT },
};

FIXTURE_VARIANT_ADD(malformed, check_device) {
	.command = GPUSPEC_CMD_CHECK,
	.good = ENOENT,
	.takes = {
		{ GPUSPEC_A_ADDRESS, STRING, "ffff:ff:1f.7" },
		{ GPUSPEC_A_PID, NUMBER, .number = 1 },
	},
};

FIXTURE_VARIANT_ADD(malformed, share_set) {
	.command = GPUSPEC_CMD_SHARE_SET,
	.good = EINVAL,		/* it is shared with all */
	.takes = {
		TAKES_ID,
		TAKES_ACCOUNT,
		{ GPUSPEC_A_MAXIMUM, NUMBER, .number = 1 },
	},
};

FIXTURE_VARIANT_ADD(malformed, share_del) {
	.command = GPUSPEC_CMD_SHARE_DEL,
	.good = ENOENT,
	.takes = {
		TAKES_ID,
		TAKES_ACCOUNT,
		{ GPUSPEC_A_IF_UNUSED, FLAG },
	},
};

FIXTURE_VARIANT_ADD(malformed, share_dump) {
	.command = GPUSPEC_CMD_SHARE_GET,
	.flags = NLM_F_DUMP,
	.takes = { TAKES_ID },
};

FIXTURE_VARIANT_ADD(malformed, account_set) {
	.command = GPUSPEC_CMD_ACCOUNT_SET,
	.takes = {
		TAKES_ACCOUNT,
		{ GPUSPEC_A_CGROUP, STRING, "/blue" },
		{ GPUSPEC_A_UID, NUMBER, .number = 7 },
	},
};

FIXTURE_VARIANT_ADD(malformed, account_del) {
	.command = GPUSPEC_CMD_ACCOUNT_DEL,
	.good = ENOENT,
	.takes = { TAKES_ACCOUNT },
};

FIXTURE_VARIANT_ADD(malformed, account_get) {
	.command = GPUSPEC_CMD_ACCOUNT_GET,
	.good = ENOENT,
	.takes = { TAKES_ACCOUNT },
};

FIXTURE_VARIANT_ADD(malformed, account_dump) {
	.command = GPUSPEC_CMD_ACCOUNT_GET,
	.flags = NLM_F_DUMP,
};

FIXTURE_VARIANT_ADD(malformed, log_dump) {
	.command = GPUSPEC_CMD_LOG_GET,
	.flags = NLM_F_DUMP,
};

FIXTURE_VARIANT_ADD(malformed, default_set) {
	.command = GPUSPEC_CMD_DEFAULT_SET,
	.takes = { { GPUSPEC_A_DEFAULT, ENUM, .number = GPUSPEC_DEFAULT_CLOSED } },
};

FIXTURE_VARIANT_ADD(malformed, policy_begin) {
	.command = GPUSPEC_CMD_POLICY_BEGIN,
	.takes = { { GPUSPEC_A_REPLACE, FLAG } },
};

FIXTURE_VARIANT_ADD(malformed, policy_commit) {
	.command = GPUSPEC_CMD_POLICY_COMMIT,
	.good = EINVAL,		/* there is no transaction */
	.takes = { { GPUSPEC_A_CHANGES, NUMBER, .number = 0 } },
};

#endif /* SELFTESTS_MALFORMED_COMMANDS_H */
