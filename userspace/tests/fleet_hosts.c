// SPDX-License-Identifier: GPL-2.0
/* What hosts publish, put together: as they meant it, and where it is anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "hosts.h"
#include "row.h"
#include "row_device.h"
#include "row_read.h"

#define PREFIX	"/gpuspec"
#define CARD	"pci:10de:2235:10de:145a"
#define SLICE	"vf:10de:2235:2235/nvidia-559"

static struct fleet_hosts hosts;

static void take(const char *rest, const char *text)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];

	snprintf(key, sizeof(key), PREFIX "/%s", rest);
	check(!fleet_hosts_take(&hosts, PREFIX, key, text, strlen(text)));
}

static void take_row(const char *rest, json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);

	take(rest, text);
	free(text);
	json_decref(row);
}

static const struct fleet_host *host(const char *name)
{
	static const struct fleet_host none;
	size_t i;

	for (i = 0; i < hosts.count; i++)
		if (!strcmp(hosts.hosts[i]->name, name))
			return hosts.hosts[i];
	check(false);
	return &none;
}

static const struct gpuspec_model *model(const char *id)
{
	static const struct gpuspec_model none;
	const struct gpuspec_model *found = gpuspec_inventory_model(&hosts.inventory, id);

	check(found);
	return found ? found : &none;
}

/* --- as they meant it --- */

static struct gpuspec_model a_model(const char *id)
{
	struct gpuspec_model model = {
		.spec = { .kind = GPUSPEC_KIND_PGPU, .devices = 2, .in_use = 1, .refused = 3 },
		.name = "GA102GL [A40]", .vendor = "NVIDIA Corporation", .available = -1,
		.cards = 2, .blocked_cards = 1, .blocked = "1 of 2 cards: it is \xe2\x80\x9cwhole\xe2\x80\x9d",
	};

	snprintf(model.spec.id, sizeof(model.spec.id), "%s", id);
	gpuspec_vgpu_parse("", &model.vgpu);
	model.vgpu.video_memory = 48LL << 30;
	model.vgpu.memory_from = GPUSPEC_MEMORY_FROM_NVML;
	model.spec.rom = (struct gpuspec_rom){
		.size = 4096, .sha256 = { 1, 2 }, .version = "v1", .applied = 1, .pending = 1,
	};
	return model;
}

static struct gpuspec_card a_card(const char *address)
{
	struct gpuspec_card card = {
		.device = {
			.spec = CARD, .in_use = true, .rom_state = GPUSPEC_ROM_STATE_APPLIED,
			.shows_rom = true, .rom_sha256 = { 1, 2 },
			.holder = {
				.pid = 4711, .uid = 64055, .comm = "qemu", .account = "blue",
				.cgroup = "/machine.slice/a\\x2db.scope", .has_login = true,
				.login_uid = 1000,
			},
		},
		.driver = "vfio-pci", .iommu_group = 17, .numa_node = 1, .mdev_types = -1,
	};

	snprintf(card.device.address, sizeof(card.device.address), "%s", address);
	gpuspec_pci_function_clear(&card.pci);
	return card;
}

/* What is read of a row makes the same row again. */
static void test_there_and_back(void)
{
	static const struct gpuspec_inventory nothing;
	struct gpuspec_model model = a_model(CARD), model_again;
	struct gpuspec_card card = a_card("0000:01:00.0"), card_again;
	json_t *row, *again;
	const char *wrong;

	row = row_spec(&nothing, &model);
	check(!row_read_model(&model_again, row, CARD, &wrong));
	again = row_spec(&nothing, &model_again);
	check(json_equal(row, again));
	json_decref(row);
	json_decref(again);

	row = row_device(&card);
	check(!row_read_card(&card_again, row, "0000:01:00.0", &wrong));
	again = row_device(&card_again);
	check(json_equal(row, again));
	json_decref(row);
	json_decref(again);
}

static json_t *slice_row(long long available)
{
	static const struct gpuspec_inventory nothing;
	struct gpuspec_model model = a_model(SLICE);
	json_t *row;

	model.available = available;
	row = row_spec(&nothing, &model);
	json_object_set_new(row, "parents", json_pack("[s]", CARD));
	return row;
}

static void test_sums(void)
{
	static const struct gpuspec_inventory nothing;
	struct gpuspec_model unnamed = a_model(CARD), named = a_model(CARD);
	struct gpuspec_card card = a_card("0000:01:00.0");

	*unnamed.name = '\0';
	unnamed.vgpu.memory_from = GPUSPEC_MEMORY_UNKNOWN;
	unnamed.vgpu.video_memory = -1;
	take("hosts/a/alive", "{\"machine_id\":\"1\"}");
	take_row("devices/a/0000:01:00.0", row_device(&card));
	take_row("specs/a/" CARD, row_spec(&nothing, &unnamed));
	take_row("specs/a/" SLICE, slice_row(-1));
	take("hosts/a/status", "{\"revision\":12,\"problem\":null,\"seen\":1,\"module_version\":\"1.0\"}");
	take_row("devices/b.example/0000:01:00.0", row_device(&card));
	take_row("specs/b.example/" CARD, row_spec(&nothing, &named));
	take_row("specs/b.example/" SLICE, slice_row(5));
	take("hosts/b.example/status", "{\"problem\":\"it is not well\"}");
	take_row("specs/c/" SLICE, slice_row(7));
	check(!fleet_hosts_finish(&hosts));

	check(hosts.count == 3);
	check(host("a")->alive && !host("b.example")->alive);
	check(host("a")->status.revision == 12 && !*host("a")->status.problem);
	check(!strcmp(host("a")->status.module, "1.0"));
	check(!strcmp(host("b.example")->status.problem, "it is not well"));
	check(hosts.inventory.model_count == 2);
	check(model(CARD)->spec.devices == 4 && model(CARD)->spec.in_use == 2);
	check(model(CARD)->spec.refused == 6 && model(CARD)->cards == 4);
	check(model(CARD)->spec.rom.applied == 2 && model(CARD)->spec.rom.pending == 2);
	check(!strcmp(model(CARD)->name, "GA102GL [A40]"));
	check(model(CARD)->vgpu.video_memory == 48LL << 30);
	check(model(SLICE)->available == 12);
	check(hosts.inventory.kin_count == 1);
	check(hosts.inventory.kin[0].slice == model(SLICE));
	check(hosts.inventory.kin[0].parent == model(CARD));
	check(hosts.inventory.card_count == 2);
	check(!strcmp(hosts.inventory.cards[1].host, "b.example"));
	fleet_hosts_free(&hosts);
}

/* Of one host what it has, and of all that they are there. */
static void test_only(void)
{
	hosts.only = "b";
	take("hosts/a/alive", "");
	take("hosts/b/alive", "");
	take("specs/a/" CARD, "{\"id\":\"" CARD "\",\"devices\":2}");
	take("specs/b/" CARD, "{\"id\":\"" CARD "\",\"devices\":1}");
	take("specs/a/" SLICE, "{\"id\":\"" SLICE "\"}");
	check(!fleet_hosts_finish(&hosts));
	check(hosts.count == 2);
	check(hosts.inventory.model_count == 1);
	check(hosts.inventory.models[0].spec.devices == 1);
	fleet_hosts_free(&hosts);
}

/* Those that were not decided do not count, unless what was decided cannot be read. */
static void test_roms(void)
{
	static const struct gpuspec_inventory nothing;
	struct gpuspec_model a40 = a_model(CARD);
	json_t *roms[] = { json_object(), json_pack("{sn}", CARD), json_pack("{ss}", CARD, "x") };
	size_t i;

	for (i = 0; i < sizeof(roms) / sizeof(roms[0]); i++) {
		hosts.roms = roms[i];
		take_row("specs/a/" CARD, row_spec(&nothing, &a40));
		check(!fleet_hosts_finish(&hosts));
		check(model(CARD)->spec.rom.size == (i == 1 ? 4096 : 0));
		fleet_hosts_free(&hosts);
	}
}

static void test_many(void)
{
	static const struct gpuspec_inventory nothing;
	struct gpuspec_model model = a_model(CARD);
	char rest[64];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(rest, sizeof(rest), "specs/node%04d/" CARD, i);
		take_row(rest, row_spec(&nothing, &model));
	}
	check(!fleet_hosts_finish(&hosts));
	check(hosts.count == 1000 && hosts.inventory.model_count == 1);
	check(hosts.inventory.models[0].spec.devices == 2000);
	fleet_hosts_free(&hosts);
	check(!fleet_hosts_finish(&hosts));
	fleet_hosts_free(&hosts);
}

/* --- as it may be --- */

/* It is not taken, and the host is blamed for it. */
static void wrong(const char *rest, const char *text, const char *member)
{
	take(rest, text);
	check(hosts.count == 1 && !hosts.inventory.model_count && !hosts.inventory.card_count);
	if (hosts.count && !strstr(hosts.hosts[0]->complaint, member)) {
		printf("%s: '%s' lacks '%s'\n", text, hosts.hosts[0]->complaint, member);
		check(false);
	}
	fleet_hosts_free(&hosts);
}

static void test_wrong(void)
{
	wrong("specs/a/" CARD, "", "its form");
	wrong("specs/a/" CARD, "[]", "its form");
	wrong("specs/a/" CARD, "{", "its form");
	wrong("specs/a/" CARD, "{}", "(id)");
	wrong("specs/a/" CARD, "{\"id\":\"" SLICE "\"}", "(id)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"devices\":-1}", "(devices)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"devices\":\"2\"}", "(devices)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"devices\":1e9}", "(devices)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"state\":\"on\"}", "(state)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"state\":\"unknown\"}", "(state)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"name\":\"\\u001b[2J\"}", "(name)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"rom\":{\"size\":1}}", "(rom)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"rom\":7}", "(rom)");
	wrong("specs/a/" CARD, "{\"id\":\"" CARD "\",\"available_at_most\":0}", "(available_at_most)");
	wrong("devices/a/0000:01:00.0", "{\"address\":\"0000:02:00.0\",\"spec\":\"" CARD "\"}",
	      "(address)");
	wrong("devices/a/0000:01:00.0", "{\"address\":\"0000:01:00.0\",\"spec\":\"x\"}", "(spec)");
	wrong("devices/a/0000:01:00.0", "{\"address\":\"0000:01:00.0\",\"spec\":\"" CARD
	      "\",\"holder\":{\"pid\":1,\"account\":\"/\"}}", "(holder)");
	wrong("devices/a/0000:01:00.0", "{\"address\":\"0000:01:00.0\",\"spec\":\"" CARD
	      "\",\"rom\":\"shown\"}", "(rom)");
	wrong("devices/a/\x1b[2J\xff\nx", "{}", "of ?[2J??x is not");
	wrong("hosts/a/status", "{\"revision\":\"12\"}", "of itself");
}

static void test_other_keys(void)
{
	static const char *const keys[] = {
		"/gpuspec", "/gpuspec/hosts/", "/gpuspec/hosts/a", "/gpuspec/hosts/a/", "/other/hosts/a/alive",
		"/gpuspec/hosts/a/alive/", "/gpuspec/specs/a/", "/gpuspec/specs/a/x",
		"/gpuspec/devices/a/", "/gpuspec/hosts/a/spec/" CARD,
		"/gpuspec/inventory/a/alive", "/gpuspec/hosts//alive", "/gpuspec/hosts/-a/alive",
		"/gpuspec/hosts/a b/alive", "/gpuspec/decided/policy", "/gpuspec/rom/x", "",
	};
	char name[GPUSPEC_FLEET_KEY_SIZE] = PREFIX "/hosts/";
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		check(!fleet_hosts_take(&hosts, PREFIX, keys[i], "{}", 2));
	memset(name + strlen(name), 'a', GPUSPEC_FLEET_HOST_MAX + 1);
	strcat(name, "/alive");
	check(!fleet_hosts_take(&hosts, PREFIX, name, "{}", 2));
	check(!hosts.count);
	fleet_hosts_free(&hosts);
}

/* No two fleets have a user together. */
static void test_users(void)
{
	static const struct {
		const char *prefix, *host, *user;
	} tests[] = {
		{ "/gpuspec", NULL, "gpuspec-admin" },
		{ "/gpuspec", "alpha", "gpuspec-host-alpha" },
		{ "/other", NULL, "gpuspec-admin@/other" },
		{ "/a/b", "alpha", "gpuspec-host-alpha@/a/b" },
		{ "/gpuspec/a", "b", "gpuspec-host-b@/gpuspec/a" },
	};
	char user[GPUSPEC_FLEET_USER_SIZE], prefix[GPUSPEC_FLEET_PREFIX_MAX + 1];
	char name[GPUSPEC_FLEET_HOST_MAX + 1];
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		gpuspec_fleet_user(user, tests[i].prefix, tests[i].host);
		check_says(user, tests[i].user);
	}
	memset(prefix, '/', sizeof(prefix));
	memset(name, 'a', sizeof(name));
	prefix[sizeof(prefix) - 1] = '\0';
	name[sizeof(name) - 1] = '\0';
	gpuspec_fleet_user(user, prefix, name);
	check(strlen(user) == strlen("gpuspec-host-@") + strlen(prefix) + strlen(name));
	/* A sign that neither can have is in between. */
	check(!gpuspec_fleet_prefix_is_valid("/a@b") && !gpuspec_fleet_host_is_valid("a@b"));
}

/* A ROM in trouble leaves the policy in force. */
static void test_host_has(void)
{
	take("hosts/a/alive", "{}");
	take("hosts/a/status", "{\"revision\":12,\"rom_problem\":\"it is broken\"}");
	check(fleet_host_has(host("a"), 12) && !fleet_host_has(host("a"), 13));
	check_says(fleet_host_problem(host("a")), "it is broken");
	take("hosts/a/status", "{\"revision\":12,\"problem\":\"it has no module\",\"rom_problem\":\"it is broken\"}");
	check(!fleet_host_has(host("a"), 12));
	check_says(fleet_host_problem(host("a")), "it has no module");
	fleet_hosts_free(&hosts);
}

static void test_status_text(void)
{
	struct fleet_status status = {
		.machine_id = "0123456789abcdef0123456789abcdef", .kernel = "6.12", .module = "1.0",
		.helper = "1.1", .revision = 1LL << 40, .problem = "it is \"not\" well",
		.rom_problem = "nor is its ROM", .seen = 1795000000,
	};
	char *text = fleet_status_text(&status);

	take("hosts/a/status", text);
	check(!memcmp(&host("a")->status, &status, sizeof(status)));
	free(text);
	fleet_hosts_free(&hosts);
}

int main(void)
{
	test_there_and_back();
	test_sums();
	test_only();
	test_roms();
	test_many();
	test_wrong();
	test_other_keys();
	test_users();
	test_host_has();
	test_status_text();
	return failed;
}
