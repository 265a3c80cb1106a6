// SPDX-License-Identifier: GPL-2.0
/* Whose a VM is, and what libvirt's hook says of its devices, by tables like the kernel's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "owner.h"
#include "partition.h"
#include "verdict.h"

static int failed;

static void expect(const char *what, const char *said, const char *wanted)
{
	if (!strcmp(said, wanted))
		return;
	printf("%s: '%s', and not '%s'\n", what, said, wanted);
	failed = 1;
}

/* --- partitions --- */

static void test_partition(const char *partition, const char *slice, const char *folder)
{
	char cgroup[PARTITION_CGROUP_SIZE];

	expect(partition, partition_slice(partition, cgroup) ? cgroup : "none", slice);
	expect(partition, partition_folder(partition, cgroup) ? cgroup : "none", folder);
}

static void test_partitions(void)
{
	char most[600] = "/", slice[620], folder[620];

	test_partition("/machine", "/machine.slice", "/machine");
	test_partition("/machine/blue", "/machine.slice/machine-blue.slice", "/machine/blue.partition");
	test_partition("/a/b/c", "/a.slice/a-b.slice/a-b-c.slice",
		       "/a.partition/b.partition/c.partition");
	test_partition("/user/machine", "/user.slice/user-machine.slice", "/user/machine.partition");
	test_partition("/machines", "/machines.slice", "/machines.partition");
	test_partition("/machine/web-1", "/machine.slice/machine-web\\x2d1.slice",
		       "/machine/web-1.partition");
	test_partition("/machine/a b\\\xc3\xa4", "/machine.slice/machine-a\\x20b\\x5c\\xc3\\xa4.slice",
		       "/machine/a b\\\xc3\xa4.partition");
	test_partition("/.a/.b", "/\\x2ea.slice/\\x2ea-.b.slice", "/_.a/_.b");
	test_partition("/_a/b.c", "/_a.slice/_a-b.c.slice", "/__a.partition/b.c");
	test_partition("", "none", "none");
	test_partition("/", "none", "none");
	test_partition("machine", "none", "none");
	test_partition("/machine/", "none", "none");
	test_partition("/machine/../blue", "none", "none");
	test_partition("/machine\n", "none", "none");
	memset(most + 1, '_', 126);
	snprintf(slice, sizeof(slice), "%s.slice", most);
	snprintf(folder, sizeof(folder), "/_%s.partition", most + 1);
	test_partition(most, slice, folder);
	/* Too long in one way, and then in both. */
	memset(most + 1, '-', 126);
	snprintf(folder, sizeof(folder), "%s.partition", most);
	test_partition(most, "none", folder);
	memset(most + 1, 'a', 504);
	test_partition(most, "none", "none");
}

/* --- tables like the kernel's --- */

static char blue_cgroups[][GPUSPEC_CGROUP_MAX] = {
	"/machine.slice/machine-blue.slice", "/machine/blue.partition",
};

static char deep_cgroups[][GPUSPEC_CGROUP_MAX] = {
	"/machine.slice/machine-blue.slice/machine-blue-deep.slice",
};

static char all_cgroups[][GPUSPEC_CGROUP_MAX] = { "/machine.slice" };

static struct gpuspec_account accounts[] = {
	{ .name = "3f1c9a0e5d6b4c7f8a9b0c1d2e3f4a5b", .uid_count = 0 },
	{ .name = "all", .cgroup_count = 1, .cgroups = all_cgroups },
	{ .name = "blue", .cgroup_count = 2, .cgroups = blue_cgroups },
	{ .name = "deep", .cgroup_count = 1, .cgroups = deep_cgroups },
	{ .name = "red" },
};

static struct gpuspec_spec specs[] = {
	{ .id = "pci:10de:2684:10de:167c", .named = true },
	{ .id = "pci:1002:73bf:1da2:e438", .named = true, .state = GPUSPEC_STATE_DISABLED },
	{ .id = "mdev:nvidia-35", .named = true, .sharing = GPUSPEC_SHARING_NONE },
	{ .id = "vf:8086:4680:4680", .named = true, .sharing = GPUSPEC_SHARING_LIST },
	{ .id = "pci:1234:1111:1af4:1100" },
};

#define UUID	"11111111-2222-3333-4444-000000000001"

static struct gpuspec_device devices[] = {
	{ .spec = "pci:10de:2684:10de:167c", .address = "0000:01:00.0" },
	{ .spec = "pci:1002:73bf:1da2:e438", .address = "0000:02:00.0" },
	{ .spec = "mdev:nvidia-35", .address = UUID },
	{ .spec = "vf:8086:4680:4680", .address = "0000:03:00.1" },
	{ .spec = "vf:8086:4680:4680", .address = "0000:03:00.2" },
	{ .spec = "vf:8086:4680:4680", .address = "0000:03:00.3" },
	{ .spec = "pci:1234:1111:1af4:1100", .address = "0000:04:00.0" },
};

static struct gpuspec_share shares[] = {
	{ .spec = "vf:8086:4680:4680", .account = "blue", .maximum = 3, .held = 1 },
	{ .spec = "vf:8086:4680:4680", .account = "deep" },
	{ .spec = "vf:8086:4680:4680", .account = "red", .maximum = 1, .held = 1 },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct gpuspec_tables tables = {
	.info.unnamed = GPUSPEC_DEFAULT_CLOSED,
	.accounts = accounts, .account_count = COUNT(accounts),
	.specs = specs, .spec_count = COUNT(specs),
	.devices = devices, .device_count = COUNT(devices),
	.shares = shares, .share_count = COUNT(shares),
};

/* --- owners --- */

static void test_owner(const char *partition, const char *id, const char *name,
		       const char *wanted)
{
	struct domain domain = { .device_count = 0 };
	char said[GPUSPEC_ACCOUNT_SIZE + 2];
	struct owner owner;

	snprintf(domain.partition, sizeof(domain.partition), "%s", partition);
	snprintf(domain.project_id, sizeof(domain.project_id), "%s", id);
	snprintf(domain.project_name, sizeof(domain.project_name), "%s", name);
	owner_of(&domain, &tables, &owner);
	snprintf(said, sizeof(said), "%s%s", owner.account, owner.certain ? "" : "?");
	expect(partition, said, wanted);
}

static void set_cgroup(char *cgroup, const char *path)
{
	snprintf(cgroup, GPUSPEC_CGROUP_MAX, "%s", path);
}

static void test_owners(void)
{
	test_owner("/machine/blue", "", "", "blue");
	test_owner("/machine/blue/x", "", "", "blue");
	test_owner("/machine/blue/deep", "", "", "deep");
	test_owner("/machine/blue/deeper", "", "", "blue");
	test_owner("/machine/bluer", "", "", "all");
	test_owner("/machine/blue", "red", "red", "blue");
	test_owner("/elsewhere", "red", "", "red");
	test_owner("/elsewhere", "", "", "host");
	test_owner("", "", "", "all");
	test_owner("/machine", "", "", "all");
	test_owner("", "3f1c9a0e5d6b4c7f8a9b0c1d2e3f4a5b", "red",
		   "3f1c9a0e5d6b4c7f8a9b0c1d2e3f4a5b");
	test_owner("", "ffffffffffffffffffffffffffffffff", "red", "red");
	test_owner("/machine", "", "red", "red");
	test_owner("", "nobody", "nobody", "all");
	accounts[4].uid_count = 1;
	test_owner("/elsewhere", "", "", "host?");
	test_owner("/machine/blue", "", "", "blue");
	accounts[4].uid_count = 0;
	/* Where libvirt makes cgroups by itself. */
	tables.accounts++;
	set_cgroup(all_cgroups[0], "/machine");
	set_cgroup(deep_cgroups[0], "/machine/blue.partition/deep.partition");
	tables.account_count = 0;
	test_owner("/machine/blue", "", "", "host");
	tables.account_count = 4;
	test_owner("", "", "", "all");
	test_owner("/machine/red", "", "", "all");
	test_owner("/machine/blue/deep", "", "", "blue");
	set_cgroup(blue_cgroups[0], "/other");
	test_owner("/machine/blue/deep", "", "", "deep");
	tables.accounts--;
	tables.account_count = COUNT(accounts);
}

/* --- verdicts --- */

/* As the kernel judges, by the same tables. */
static int check(const char *address, const char *account, struct gpuspec_answer *answer,
		 void *data)
{
	struct gpuspec_claim claim = { .listed = false };
	struct gpuspec_rule rule;
	const char *spec = NULL;
	size_t i;

	if (data)
		return *(int *)data;
	for (i = 0; i < COUNT(devices); i++)
		if (!strcmp(devices[i].address, address))
			spec = devices[i].spec;
	for (i = 0; i < COUNT(shares); i++)
		if (!strcmp(shares[i].spec, spec) && !strcmp(shares[i].account, account))
			claim = (struct gpuspec_claim){ true, shares[i].maximum, shares[i].held };
	for (i = 0; strcmp(specs[i].id, spec); i++)
		;
	rule = (struct gpuspec_rule){ specs[i].named, specs[i].state, specs[i].sharing };
	snprintf(answer->id, sizeof(answer->id), "%s", spec);
	snprintf(answer->account, sizeof(answer->account), "%s", account);
	answer->reason = gpuspec_verdict(&rule, tables.info.unnamed, &claim);
	return 0;
}

static struct gpuspec_fleet_view fleet_view;

static const struct gpuspec_fleet_view *view(void *data)
{
	(void)data;
	return &fleet_view;
}

static FILE *notes;

static void note(const char *address, const struct gpuspec_answer *answer, const char *sentence,
		 void *data)
{
	(void)data;
	expect(address, strstr(sentence, answer->id) ? "named" : sentence, "named");
	fprintf(notes, "gpuspec: %s\n", sentence);
}

/* @addresses are apart by a blank; @wanted is what is said, line by line. */
static void test_judge(const char *account, bool certain, const char *addresses,
		       const char *wanted)
{
	char list[512], *rest = list, *address, *said = NULL;
	struct owner owner = { .certain = certain };
	struct judge judge = { .tables = &tables, .check = check, .view = view,
			       .refuse = note };
	char rows[8][HOST_DEVICE_SIZE];
	struct domain domain = { .devices = rows };
	int refused, lines = 0;
	size_t size, i;

	snprintf(owner.account, sizeof(owner.account), "%s", account);
	snprintf(list, sizeof(list), "%s", addresses);
	while ((address = strtok_r(rest, " ", &rest)))
		snprintf(rows[domain.device_count++], HOST_DEVICE_SIZE, "%s", address);
	notes = open_memstream(&said, &size);
	refused = judge_domain(&judge, &domain, &owner);
	fclose(notes);
	expect(addresses, said, wanted);
	for (i = 0; i < size; i++)
		lines += said[i] == '\n';
	if (refused != lines) {
		printf("%s: %d refused, but %d lines\n", addresses, refused, lines);
		failed = 1;
	}
	free(said);
}

static void test_judgements(void)
{
	test_judge("host", true, "", "");
	test_judge("host", true, "0000:01:00.0 0000:7f:00.0 99999999-2222-3333-4444-000000000001", "");
	test_judge("host", true, "0000:02:00.0",
		   "gpuspec: GPU 0000:02:00.0 (pci:1002:73bf:1da2:e438) is disabled; gpuspec enable allows it\n");
	test_judge("host", true, "0000:01:00.0 " UUID " 0000:02:00.0 0000:04:00.0",
		   "gpuspec: GPU " UUID " (mdev:nvidia-35) is recalled from all accounts; gpuspec share allows it\n"
		   "gpuspec: GPU 0000:02:00.0 (pci:1002:73bf:1da2:e438) is disabled; gpuspec enable allows it\n"
		   "gpuspec: GPU 0000:04:00.0 (pci:1234:1111:1af4:1100) is not named by the policy, whose default is closed; gpuspec enable and gpuspec share --all name it\n");
	test_judge("green", true, "0000:03:00.1",
		   "gpuspec: GPU 0000:03:00.1 (vf:8086:4680:4680) is not shared with account green; gpuspec share --account allows it\n");
	test_judge("red", true, "0000:03:00.1",
		   "gpuspec: GPU 0000:03:00.1 (vf:8086:4680:4680) is held by account red up to its maximum; it gets another when it lets go of one, or by a larger --max\n");
	/* One is held, three may be: two more, and not a third. */
	test_judge("blue", true, "0000:03:00.1 0000:01:00.0 0000:03:00.2", "");
	test_judge("blue", true, "0000:03:00.1 0000:01:00.0 0000:03:00.2 0000:03:00.3",
		   "gpuspec: GPU 0000:03:00.3 (vf:8086:4680:4680) is more than the maximum of account blue, which may hold 3, holds 1, and gets 2 with this VM before; a larger --max allows it\n");
	test_judge("deep", true, "0000:03:00.1 0000:03:00.2 0000:03:00.3", "");
	/* A list that is not in force has no maximum. */
	specs[3].sharing = GPUSPEC_SHARING_ALL;
	test_judge("blue", true, "0000:03:00.1 0000:03:00.2 0000:03:00.3", "");
	specs[3].sharing = GPUSPEC_SHARING_LIST;
	/* What only the account decides is left to the kernel. */
	test_judge("host", false, "0000:03:00.1 0000:03:00.2", "");
	test_judge("host", false, "0000:03:00.1 0000:02:00.0",
		   "gpuspec: GPU 0000:02:00.0 (pci:1002:73bf:1da2:e438) is disabled; gpuspec enable allows it\n");
}

#define RULE(id, state, shared) \
	"\"" id "\": {\"state\": \"" state "\", \"shared\": " shared "}"
#define LIST(max)	"[{\"account\": \"blue\"" max "}]"
#define POLICY(unnamed, specs) "{\"version\": 1, \"default\": \"" unnamed "\", " \
	"\"accounts\": {\"blue\": {}}, \"specs\": {" specs "}}"

/* Where the tables are what comes of a fleet's policy and the host's, it is told whose it is. */
static void test_fleet(void)
{
	static const char fleet[] =
		POLICY("open", RULE("pci:1002:73bf:1da2:e438", "disabled", "\"all\"") ", "
		       RULE("vf:8086:4680:4680", "enabled", LIST(", \"max\": 3")));
	static const char host[] =
		POLICY("closed", RULE("mdev:nvidia-35", "enabled", "\"none\"") ", "
		       RULE("vf:8086:4680:4680", "enabled", LIST("")));
	char why[256];

	fleet_view.fleet.joined = true;
	if (gpuspec_policy_parse(&fleet_view.fleet.policy, fleet, strlen(fleet), why,
				 sizeof(why)) ||
	    gpuspec_policy_parse(&fleet_view.host, host, strlen(host), why, sizeof(why))) {
		printf("%s\n", why);
		failed = 1;
	}
	test_judge("host", true, "0000:02:00.0 " UUID " 0000:04:00.0",
		   "gpuspec: GPU 0000:02:00.0 (pci:1002:73bf:1da2:e438) is disabled, by the fleet's policy; gpuspec enable --fleet allows it\n"
		   "gpuspec: GPU " UUID " (mdev:nvidia-35) is recalled from all accounts, by this host's policy; gpuspec share allows it\n"
		   "gpuspec: GPU 0000:04:00.0 (pci:1234:1111:1af4:1100) is not named by this host's policy, whose default is closed; gpuspec enable and gpuspec share --all name it\n");
	test_judge("red", true, "0000:03:00.1",
		   "gpuspec: GPU 0000:03:00.1 (vf:8086:4680:4680) is not shared with account red, by the fleet's policy; gpuspec share --fleet --account allows it; and is not shared with account red, by this host's policy; gpuspec share --account allows it\n");
	test_judge("blue", true, "0000:03:00.1 0000:03:00.2 0000:03:00.3",
		   "gpuspec: GPU 0000:03:00.3 (vf:8086:4680:4680) is more than the maximum of account blue, which may hold 3, holds 1, and gets 2 with this VM before; a larger --max --fleet allows it\n");
	/* Both have the same maximum. */
	gpuspec_policy_free(&fleet_view.host);
	if (gpuspec_policy_parse(&fleet_view.host, fleet, strlen(fleet), why, sizeof(why))) {
		printf("%s\n", why);
		failed = 1;
	}
	test_judge("blue", true, "0000:03:00.1 0000:03:00.2 0000:03:00.3",
		   "gpuspec: GPU 0000:03:00.3 (vf:8086:4680:4680) is more than the maximum of account blue, which may hold 3, holds 1, and gets 2 with this VM before; a larger --max for this host, and with --fleet, allows it\n");
	gpuspec_fleet_view_free(&fleet_view);
}

static void test_errors(void)
{
	char rows[][HOST_DEVICE_SIZE] = { "0000:02:00.0" };
	const struct domain domain = { .devices = rows, .device_count = 1 };
	const struct owner owner = { .account = "host", .certain = true };
	const int wanted[][2] = { { -ENOENT, 0 }, { -EPERM, -EPERM }, { -ENOMEM, -ENOMEM } };
	struct judge judge = { .tables = &tables, .check = check, .view = view, .refuse = note };
	int error;
	size_t i;

	for (i = 0; i < COUNT(wanted); i++) {
		error = wanted[i][0];
		judge.data = &error;
		if (judge_domain(&judge, &domain, &owner) != wanted[i][1]) {
			printf("error %d is not told as %d\n", error, wanted[i][1]);
			failed = 1;
		}
	}
}

int main(void)
{
	test_partitions();
	test_owners();
	test_judgements();
	test_fleet();
	test_errors();
	return failed;
}
