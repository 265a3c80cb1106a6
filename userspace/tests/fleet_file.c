// SPDX-License-Identifier: GPL-2.0
/* What a host has of its fleet: as text, good and hostile; and its file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet_file.h"

#define A	"pci:10de:2684:10de:167c"
#define SHA	"5dc0b2f85dc0b2f85dc0b2f85dc0b2f85dc0b2f85dc0b2f85dc0b2f85dc0b2f8"
#define WHEN	"2026-11-26T03:25:00Z"

static int failed;
static char folder[32] = "/tmp/gpuspec-fleet-file-XXXXXX";

#define wrong(...)	(printf("%s:%d: ", __func__, __LINE__), printf(__VA_ARGS__), \
			 puts(""), failed = 1)

#define POLICY(more)	"{\"version\": 1, \"default\": \"open\", \"specs\": {\"" A "\": " \
			"{\"state\": \"disabled\", \"shared\": \"all\", \"why\": \"slow\"}}, " more "}"
#define REVISION(n)	POLICY("\"fleet\": {\"revision\": " n ", \"when\": \"" WHEN "\"}")
#define FLEET(more)	POLICY("\"fleet\": {\"revision\": 7, \"when\": \"" WHEN "\"}" more)
#define SIZED(more)	ROM("\"sha256\": \"" SHA "\", \"size\": 7, " more)
#define ROM(body)	FLEET(", \"roms\": {\"" A "\": {" body "}}")
#define GOOD_ROM	"\"sha256\": \"" SHA "\", \"version\": \"2\", \"size\": 65536"

/* --- text --- */

static void check_good(const struct gpuspec_fleet *fleet)
{
	const struct gpuspec_fleet_rom *rom = gpuspec_fleet_rom(fleet, A);

	if (!fleet->joined || fleet->revision != 7 || strcmp(fleet->when, WHEN))
		wrong("revision %lld of %s", fleet->revision, fleet->when);
	if (!gpuspec_policy_spec(&fleet->policy, A) ||
	    gpuspec_policy_spec(&fleet->policy, A)->state != GPUSPEC_STATE_DISABLED)
		wrong("the policy is not there");
	if (!rom || strcmp(rom->sha256, SHA) || strcmp(rom->version, "2") || rom->size != 65536)
		wrong("the ROM is not there");
	if (gpuspec_fleet_rom(fleet, "pci:10de:2684:10de:167d"))
		wrong("a ROM for another");
}

static void hostile(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "line 1, column 0" },
		{ "{\"version\": 2}", "take a newer one" },
		{ POLICY("\"note\": 1"), "\"revision\"" },
		{ POLICY("\"fleet\": 7"), "\"revision\"" },
		{ POLICY("\"fleet\": null"), "\"revision\"" },
		{ POLICY("\"fleet\": {}"), "\"revision\"" },
		{ REVISION("\"7\""), "\"revision\"" },
		{ REVISION("0"), "\"revision\"" },
		{ REVISION("1.5"), "\"revision\"" },
		{ POLICY("\"fleet\": {\"revision\": 7}"), "\"when\"" },
		{ POLICY("\"fleet\": {\"revision\": 7, \"when\": 8}"), "\"when\"" },
		{ POLICY("\"fleet\": {\"revision\": 7, \"when\": \"\\u001b[2J\"}"), "\"when\"" },
		{ POLICY("\"fleet\": {\"revision\": 7, \"when\": \"" WHEN WHEN "\"}"), "\"when\"" },
		{ FLEET(", \"roms\": []"), "\"roms\" is an object" },
		{ FLEET(", \"roms\": {\"mdev:a\": {" GOOD_ROM "}}"), "\"mdev:a\" is no pGPU spec" },
		{ FLEET(", \"roms\": {\"../etc\": {" GOOD_ROM "}}"), "is no pGPU spec" },
		{ FLEET(", \"roms\": {\"\\u001b[2J\": {" GOOD_ROM "}}"), "\"?\" is no pGPU spec" },
		{ FLEET(", \"roms\": {\"" A "\": 7}"), "\"sha256\"" },
		{ ROM("\"size\": 7"), "\"sha256\"" },
		{ ROM("\"sha256\": \"../" SHA "\", \"size\": 7"), "\"sha256\"" },
		{ ROM("\"sha256\": \"5dc0\", \"size\": 7"), "\"sha256\"" },
		{ ROM("\"sha256\": \"" SHA "\""), "\"size\"" },
		{ ROM("\"sha256\": \"" SHA "\", \"size\": 0"), "\"size\"" },
		{ ROM("\"sha256\": \"" SHA "\", \"size\": 4194305"), "\"size\"" },
		{ SIZED("\"version\": 2"), "\"version\"" },
		{ SIZED("\"version\": \"" SHA "\""), "\"version\"" },
		{ SIZED("\"version\": \"\\n\""), "\"version\"" },
	};
	struct gpuspec_fleet fleet;
	char why[640];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		why[0] = '\0';
		if (gpuspec_fleet_parse(&fleet, cases[i].text, strlen(cases[i].text), why,
					sizeof(why)) != -EINVAL)
			wrong("taken: %s", cases[i].text);
		else if (!strstr(why, cases[i].words))
			wrong("'%s', and not '%s', for %s", why, cases[i].words, cases[i].text);
		if (fleet.joined || fleet.policy.specs || fleet.roms)
			wrong("something is left of %s", cases[i].text);
	}
}

/* --- the file --- */

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *text)
{
	FILE *file = fopen(path_of(GPUSPEC_FLEET_FILE), "w");

	if (!file || fputs(text, file) < 0 || fclose(file) ||
	    chmod(path_of(GPUSPEC_FLEET_FILE), 0644))
		wrong("cannot write");
}

/* Opened, it is good, or it fails with these words. */
static void expect_open(int wanted, const char *words)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_fleet fleet;
	int error;

	error = gpuspec_fleet_file_open(&file, folder, 0, &fleet);
	if (error != wanted)
		wrong("%d, and not %d: %s", error, wanted, file.folder.sentence);
	else if (error && (!strstr(file.folder.sentence, "/fleet.json: ") ||
			   !strstr(file.folder.sentence, words)))
		wrong("'%s', and not '%s'", file.folder.sentence, words);
	if (!error)
		check_good(&fleet);
	else if (fleet.joined)
		wrong("joined all the same");
	gpuspec_policy_file_close(&file);
	gpuspec_fleet_free(&fleet);
}

static void only_the_admins(void)
{
	char elsewhere[] = "/tmp/gpuspec-fleet-file-link";

	put(ROM(GOOD_ROM));
	expect_open(0, "");
	if (chmod(path_of(GPUSPEC_FLEET_FILE), 0666))
		wrong("chmod");
	expect_open(-EPERM, "others than its owner could change it");
	put("{");
	expect_open(-EINVAL, "line 1");
	put(POLICY("\"note\": 1"));
	expect_open(-EINVAL, "\"revision\"");
	unlink(path_of(GPUSPEC_FLEET_FILE));
	if (symlink(elsewhere, path_of(GPUSPEC_FLEET_FILE)))
		wrong("symlink");
	expect_open(-ELOOP, "symbolic link");
	unlink(path_of(GPUSPEC_FLEET_FILE));
}

static void write_fleet(const struct gpuspec_fleet *fleet, bool wanted)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_fleet old;
	bool differs;

	if (gpuspec_fleet_file_open(&file, folder, 1, &old) ||
	    gpuspec_fleet_file_write(&file, fleet, &differs))
		wrong("%s", file.folder.sentence);
	if (differs != wanted)
		wrong("it %s", differs ? "differs" : "does not differ");
	if (differs && gpuspec_policy_file_put_in_place(&file))
		wrong("%s", file.folder.sentence);
	gpuspec_policy_file_close(&file);
	gpuspec_fleet_free(&old);
}

static void is_there(const char *name, bool wanted)
{
	if (!access(path_of(name), F_OK) != wanted)
		wrong("%s %s there", name, wanted ? "is not" : "is");
}

/* It is written as it was read, with what is not known of it; and goes as a whole. */
static void write_and_remove(void)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_fleet fleet, again;
	char why[640];

	if (gpuspec_fleet_parse(&fleet, ROM(GOOD_ROM), strlen(ROM(GOOD_ROM)), why, sizeof(why)))
		wrong("%s", why);
	write_fleet(&fleet, true);
	expect_open(0, "");
	write_fleet(&fleet, false);
	is_there("fleet.json.previous", false);
	fleet.revision = 8;
	write_fleet(&fleet, true);
	is_there("fleet.json.previous", true);
	is_there("policy.json", false);
	is_there(".new", false);
	if (gpuspec_fleet_file_open(&file, folder, 1, &again))
		wrong("%s", file.folder.sentence);
	if (again.revision != 8 || !strstr(file.text, "\"why\""))
		wrong("%s", file.text);
	gpuspec_fleet_free(&again);
	if (gpuspec_policy_file_remove(&file) || gpuspec_policy_file_remove(&file))
		wrong("%s", file.folder.sentence);
	gpuspec_policy_file_close(&file);
	is_there("fleet.json", false);
	is_there("fleet.json.previous", false);
	/* None is no error. */
	if (gpuspec_fleet_file_open(&file, folder, 0, &again) || again.joined)
		wrong("%s", file.folder.sentence);
	gpuspec_policy_file_close(&file);
	gpuspec_fleet_free(&again);
	gpuspec_fleet_free(&fleet);
}

int main(void)
{
	hostile();
	if (!mkdtemp(folder))
		return 1;
	only_the_admins();
	write_and_remove();
	unlink(path_of(".lock"));
	if (rmdir(folder))
		wrong("something is left in %s", folder);
	return failed;
}
