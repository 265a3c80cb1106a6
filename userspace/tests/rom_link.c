// SPDX-License-Identifier: GPL-2.0
/* The path of a spec's ROM that its own history does not know: the fleet's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "rom_store.h"

#define SPEC	"pci:10de:2684:10de:167c"
#define OTHER	"pci:10de:2684:10de:167d"

static char folder[32] = "/tmp/gpuspec-link-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/by-spec/%s", folder, name);
	return path;
}

static bool is_there(const char *name)
{
	struct stat status;

	return !lstat(path_of(name), &status);
}

static void leads_to(const char *sha256)
{
	char target[128] = "", expected[128];

	check(readlink(path_of(SPEC ".rom"), target, sizeof(target) - 1) > 0);
	snprintf(expected, sizeof(expected), "../%s.rom", sha256);
	check_says(target, expected);
}

static bool is_wanted(const char *spec, void *data)
{
	(*(int *)data)++;
	return !strcmp(spec, SPEC);
}

static void put(struct gpuspec_rom_store *store, const char *text,
		char sha256[GPUSPEC_SHA256_HEX_SIZE])
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	bool added;

	gpuspec_sha256(text, strlen(text), digest);
	gpuspec_sha256_hex(digest, sha256);
	check(!gpuspec_rom_store_put(store, sha256, text, strlen(text), &added));
}

static void test_links(struct gpuspec_rom_store *store)
{
	char one[GPUSPEC_SHA256_HEX_SIZE], two[GPUSPEC_SHA256_HEX_SIZE], path[PATH_MAX];

	put(store, "one", one);
	put(store, "two", two);
	check(!gpuspec_rom_store_path(store, SPEC, one, path, sizeof(path)));
	check(!gpuspec_rom_store_link(store, SPEC, one));
	leads_to(one);
	check(gpuspec_rom_store_path(store, SPEC, one, path, sizeof(path)));
	check_says(path, path_of(SPEC ".rom"));
	check(!gpuspec_rom_store_path(store, SPEC, two, path, sizeof(path)));
	check(!gpuspec_rom_store_path(store, SPEC, "", path, sizeof(path)));
	check(!gpuspec_rom_store_link(store, SPEC, two));
	leads_to(two);
	check(!gpuspec_rom_store_link(store, SPEC, two));
	leads_to(two);
	check(gpuspec_rom_store_link(store, SPEC, "three") == -ENOENT);
	leads_to(two);
	check(!is_there(".new"));
}

/* What nobody else has put there. */
static void test_unwanted_links(struct gpuspec_rom_store *store)
{
	char one[GPUSPEC_SHA256_HEX_SIZE];
	int asked = 0;

	put(store, "one", one);
	check(!gpuspec_rom_store_link(store, OTHER, one));
	check(!symlink("x", path_of("mine.rom")) && !symlink("x", path_of("y")));
	check(!gpuspec_rom_store_unlink(store, is_wanted, &asked));
	check(asked == 2 && is_there(SPEC ".rom") && !is_there(OTHER ".rom"));
	check(is_there("mine.rom") && is_there("y"));
}

/* The bytes are to be had though by-spec is no folder. */
static void test_no_links(void)
{
	struct gpuspec_rom_store store = GPUSPEC_ROM_STORE_CLOSED;
	char command[128], one[GPUSPEC_SHA256_HEX_SIZE];
	void *bytes = NULL;
	size_t size;

	snprintf(command, sizeof(command), "rm -r %s/by-spec && touch %s/by-spec", folder, folder);
	check(!system(command));
	check(!gpuspec_rom_store_read(&store, folder) && !gpuspec_folder_lock(&store.folder, 0));
	check(gpuspec_rom_store_open_links(&store) && store.links < 0);
	put(&store, "one", one);
	check(!gpuspec_rom_store_get(&store, one, &bytes, &size));
	free(bytes);
	gpuspec_rom_store_close(&store);
}

int main(void)
{
	struct gpuspec_rom_store store = GPUSPEC_ROM_STORE_CLOSED;
	char command[64];

	if (!mkdtemp(folder))
		return 1;
	check(!gpuspec_rom_store_change(&store, folder, 0));
	test_links(&store);
	test_unwanted_links(&store);
	gpuspec_rom_store_close(&store);
	test_no_links();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : failed;
}
