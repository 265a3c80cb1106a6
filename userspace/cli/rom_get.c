// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "output.h"
#include "place.h"
#include "rom_input.h"
#include "row.h"

static int fail_file(const struct request *request, const char *path)
{
	return fail(EXIT_FAILED, request->verb, "%s: %s", path, strerror(errno));
}

/* The file itself where @path is a link; false if a file cannot take its place. */
static bool find_place(const char *path, char place[PATH_MAX], mode_t *mode)
{
	struct stat stat;

	*mode = 0644;
	snprintf(place, PATH_MAX, "%s", path);
	if (lstat(path, &stat))
		return true;
	if (S_ISLNK(stat.st_mode) && (!realpath(path, place) || lstat(place, &stat)))
		return false;
	*mode = stat.st_mode & 07777;
	return S_ISREG(stat.st_mode);
}

static bool write_all(int fd, const char *bytes, size_t size)
{
	ssize_t count = 0;

	for (; size && count >= 0; size -= count, bytes += count)
		count = write(fd, bytes, size);
	return count >= 0;
}

/* Whole, or not at all. */
static int save(const struct request *request, const char *path, const void *bytes, size_t size)
{
	char place[PATH_MAX], fresh[PATH_MAX + 8];
	mode_t mode;
	int fd, result = EXIT_DONE;

	if (!find_place(path, place, &mode))
		return fail(EXIT_FAILED, request->verb, "%s is not a regular file; - writes to standard output",
			    path);
	snprintf(fresh, sizeof(fresh), "%s.XXXXXX", place);
	fd = mkstemp(fresh);
	if (fd < 0)
		return fail_file(request, path);
	if (!write_all(fd, bytes, size) || fchmod(fd, mode) || fsync(fd))
		result = fail_file(request, path);
	if (close(fd) && !result)
		result = fail_file(request, path);
	if (!result && rename(fresh, place))
		result = fail_file(request, path);
	if (result)
		unlink(fresh);
	return result;
}

static int tell(const struct request *request, const char *spec, const char *path,
		const struct gpuspec_rom *rom)
{
	json_t *answer = json_object();
	char size[64];

	output_set(answer, "spec", row_string(spec));
	output_set(answer, "sha256", row_sha256(rom->sha256));
	output_set(answer, "version", row_string_or_null(rom->version));
	output_set(answer, "size", json_integer(rom->size));
	output_set(answer, "file", row_string(path));
	output_bytes(answer, "size", size, sizeof(size));
	if (request->json)
		output_json(answer);
	else
		printf("%s: %s, SHA-256 %s\n", output_text(answer, "file"), size,
		       output_text(answer, "sha256"));
	json_decref(answer);
	return EXIT_DONE;
}

static int get(struct request *request, const char *spec, struct gpuspec_rom *rom, void **bytes)
{
	int error;

	if (request->place)
		return place_rom(request, spec, rom, bytes);
	error = gpuspec_nl_rom_get(request->nl, spec, rom, bytes);
	if (error == -ENOENT)
		return fail(EXIT_FAILED, request->verb, "%s has no ROM; its devices show their own",
			    spec);
	return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

int rom_get(struct request *request)
{
	const char *path = request->argc > 1 ? request->argv[1] : "-";
	bool standard = !strcmp(path, "-");
	char spec[GPUSPEC_ID_MAX + 1];
	struct gpuspec_rom rom;
	void *bytes = NULL;
	int result;

	if (standard && request->json)
		return fail(EXIT_USAGE, request->verb, "standard output cannot take both the ROM and JSON; name a file");
	if (standard && isatty(STDOUT_FILENO))
		return fail(EXIT_USAGE, request->verb, "a ROM is nothing for a terminal; name a file");
	result = rom_input_spec_alone(request, request->argv[0], spec);
	if (result)
		return result;
	result = get(request, spec, &rom, &bytes);
	if (result)
		return result;
	if (!standard)
		result = save(request, path, bytes, rom.size);
	else if (!write_all(STDOUT_FILENO, bytes, rom.size))
		result = fail_file(request, "standard output");
	free(bytes);
	return standard || result ? result : tell(request, spec, path, &rom);
}
