// SPDX-License-Identifier: GPL-2.0
/* What was decided, taken from etcd, where it may be anything. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decided.h"
/* After it: a verb is called so, too. */
#include "check.h"

#define PREFIX	"/gpuspec"
#define SPEC	"pci:1234:1111:1af4:1100"
#define SHA	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POLICY	"{\"version\": 1, \"default\": \"closed\"}"
#define HISTORY(version, current) \
	"{\"spec\": \"" SPEC "\", \"current\": \"" current "\", \"history\": [" \
	"{\"action\": \"set\", \"sha256\": \"" SHA "\", \"version\": \"" version "\", \"size\": 4096," \
	" \"file\": null, \"forced\": [], \"who\": \"root\", \"when\": \"2026-11-24T03:25:00Z\"}]}"

static struct decided decided;
static int64_t revision;

static int take(const char *rest, const char *text)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_kv kv = {
		.key = key, .value = (void *)text, .size = strlen(text),
		.mod_revision = ++revision,
	};

	snprintf(key, sizeof(key), PREFIX "/decided/%s", rest);
	return decided_take(&decided, PREFIX, &kv);
}

static bool says(const char *words)
{
	if (strstr(decided.why, words))
		return true;
	printf("'%s' has not '%s'\n", decided.why, words);
	return false;
}

static void test_policy(void)
{
	check(!take("policy", POLICY));
	check(decided.policy.unnamed == GPUSPEC_DEFAULT_CLOSED);
	check(decided.revision == revision && decided.policy_revision == revision);
	check(!*decided.why);
	decided_free(&decided);
	check(take("policy", "{") == -EINVAL);
	check(decided.bad_policy && says("the fleet's policy (/gpuspec/decided/policy in etcd): "));
	decided_free(&decided);
}

static void test_rom(void)
{
	struct gpuspec_fleet_rom kept;

	check(!take("rom/" SPEC, HISTORY("v1", SHA)));
	check(decided_rom(&decided, SPEC) && !decided_rom(&decided, SPEC)->broken);
	check(decided_rom_in_force(decided_rom(&decided, SPEC), &kept));
	check(!strcmp(kept.spec, SPEC) && !strcmp(kept.sha256, SHA) && kept.size == 4096);
	check(!strcmp(kept.version, "v1"));
	decided_free(&decided);
	/* A host writes that down, and has to be able to read it. */
	check(!take("rom/" SPEC, HISTORY("v\\u000a1", SHA)));
	check(decided_rom_in_force(decided_rom(&decided, SPEC), &kept));
	check(!strcmp(kept.version, "v?1"));
	decided_free(&decided);
}

/* All else is taken, and it can be replaced: its revision is known. */
static void test_broken_rom(void)
{
	static const char *const texts[] = {
		"", "{", "[]", "{}", HISTORY("v1", "x"), "\xff", "{\"spec\": \"" SPEC "\"}",
	};
	struct gpuspec_fleet_rom kept;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check(!take("policy", POLICY));
		check(!take("rom/" SPEC, texts[i]));
		check(decided_rom(&decided, SPEC) && decided_rom(&decided, SPEC)->broken);
		check(decided_rom(&decided, SPEC)->revision == revision);
		check(!decided_rom_in_force(decided_rom(&decided, SPEC), &kept));
		check(says("gpuspec rom set --fleet"));
		check(decided.policy.unnamed == GPUSPEC_DEFAULT_CLOSED && !decided.bad_policy);
		decided_free(&decided);
	}
	/* What matters more goes before. */
	check(!take("rom/" SPEC, "{"));
	check(take("policy", "{") == -EINVAL);
	check(says("the fleet's policy"));
	decided_free(&decided);
}

static void test_other_keys(void)
{
	check(take("rom/mdev:nvidia-35", HISTORY("v1", SHA)) == -EINVAL);
	check(says("is nothing that gpuspec decides"));
	check(take("rom/../../etc", "{}") == -EINVAL);
	check(take("policy2", POLICY) == -EINVAL);
	check(take("x\x1b[2J", POLICY) == -EINVAL);
	check(says("/gpuspec/decided/x?[2J in etcd"));
	check(!decided.rom_count && !decided.policy_revision && decided.revision == revision);
	decided_free(&decided);
}

int main(void)
{
	test_policy();
	test_rom();
	test_broken_rom();
	test_other_keys();
	return failed;
}
