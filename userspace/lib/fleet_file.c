// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_file.h"
#include "spec_id.h"
#include "utf8.h"

#define MEMBER_FLEET	"fleet"
#define MEMBER_ROMS	"roms"

/* --- memory --- */

void gpuspec_fleet_free(struct gpuspec_fleet *fleet)
{
	gpuspec_policy_free(&fleet->policy);
	free(fleet->roms);
	memset(fleet, 0, sizeof(*fleet));
}

const struct gpuspec_fleet_rom *gpuspec_fleet_rom(const struct gpuspec_fleet *fleet,
						  const char *spec)
{
	size_t i;

	for (i = 0; i < fleet->rom_count; i++)
		if (!strcmp(fleet->roms[i].spec, spec))
			return &fleet->roms[i];
	return NULL;
}

int gpuspec_fleet_add_rom(struct gpuspec_fleet *fleet, const struct gpuspec_fleet_rom *rom)
{
	struct gpuspec_fleet_rom *more;

	more = reallocarray(fleet->roms, fleet->rom_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	fleet->roms = more;
	fleet->roms[fleet->rom_count++] = *rom;
	return 0;
}

/* --- as text --- */

static int __attribute__((format(printf, 3, 4)))
wrong(char *why, size_t why_size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, why_size, format, args);
	va_end(args);
	return -EINVAL;
}

static int read_revision(struct gpuspec_fleet *fleet, char *why, size_t why_size)
{
	const json_t *object = json_object_get(fleet->policy.document, MEMBER_FLEET);
	const json_t *revision = json_object_get(object, "revision");
	const char *when = json_string_value(json_object_get(object, "when"));

	if (!json_is_integer(revision) || json_integer_value(revision) < 1)
		return wrong(why, why_size, "\"fleet\" is an object with \"revision\", a number from 1");
	if (!when || !gpuspec_utc_time_is_valid(when))
		return wrong(why, why_size, "\"fleet\" is an object with \"when\", a time such as \"2026-11-26T03:25:00Z\"");
	fleet->revision = json_integer_value(revision);
	snprintf(fleet->when, sizeof(fleet->when), "%s", when);
	return 0;
}

static int read_rom(struct gpuspec_fleet *fleet, const char *spec, const json_t *object,
		    char *why, size_t why_size)
{
	const char *sha256 = json_string_value(json_object_get(object, "sha256"));
	const json_t *version = json_object_get(object, "version");
	json_int_t size = json_integer_value(json_object_get(object, "size"));
	struct gpuspec_fleet_rom rom = {};
	struct gpuspec_id id;

	/* An id of this form is no path. */
	if (!gpuspec_id_parse(spec, &id) || id.form != GPUSPEC_ID_PCI)
		return wrong(why, why_size, "in \"roms\", \"%.80s\" is no pGPU spec",
			     gpuspec_utf8_is_printable(spec) ? spec : "?");
	if (!sha256 || !gpuspec_sha256_parse(sha256, NULL))
		return wrong(why, why_size, "in \"roms\", spec %s: \"sha256\" is 64 hexadecimal digits, in lower case",
			     spec);
	if (version && !json_is_null(version) &&
	    (!json_is_string(version) || json_string_length(version) > GPUSPEC_ROM_VERSION_MAX ||
	     !gpuspec_utf8_is_printable(json_string_value(version))))
		return wrong(why, why_size, "in \"roms\", spec %s: \"version\" is null, or at most %d bytes of printable text",
			     spec, GPUSPEC_ROM_VERSION_MAX);
	if (size < 1 || size > GPUSPEC_ROM_SIZE_MAX)
		return wrong(why, why_size, "in \"roms\", spec %s: \"size\" is a number from 1 to %d",
			     spec, GPUSPEC_ROM_SIZE_MAX);
	snprintf(rom.spec, sizeof(rom.spec), "%s", spec);
	snprintf(rom.sha256, sizeof(rom.sha256), "%s", sha256);
	snprintf(rom.version, sizeof(rom.version), "%s",
		 json_is_string(version) ? json_string_value(version) : "");
	rom.size = size;
	if (gpuspec_fleet_add_rom(fleet, &rom)) {
		wrong(why, why_size, "out of memory");
		return -ENOMEM;
	}
	return 0;
}

static int read_roms(struct gpuspec_fleet *fleet, char *why, size_t why_size)
{
	json_t *roms = json_object_get(fleet->policy.document, MEMBER_ROMS);
	const char *spec;
	json_t *object;
	int error = 0;

	if (roms && !json_is_object(roms))
		return wrong(why, why_size, "\"roms\" is an object with a member for each spec");
	json_object_foreach(roms, spec, object) {
		error = read_rom(fleet, spec, object, why, why_size);
		if (error)
			break;
	}
	return error;
}

/* What its document has beside the policy, which was read; on an error it is empty again. */
static int read_members(struct gpuspec_fleet *fleet, char *why, size_t why_size)
{
	int error;

	error = read_revision(fleet, why, why_size);
	if (!error)
		error = read_roms(fleet, why, why_size);
	if (error)
		gpuspec_fleet_free(fleet);
	fleet->joined = !error;
	return error;
}

int gpuspec_fleet_parse(struct gpuspec_fleet *fleet, const char *text, size_t length,
			char *why, size_t why_size)
{
	int error;

	memset(fleet, 0, sizeof(*fleet));
	error = gpuspec_policy_parse(&fleet->policy, text, length, why, why_size);
	return error ? error : read_members(fleet, why, why_size);
}

static json_t *write_roms(const struct gpuspec_fleet *fleet)
{
	json_t *roms = json_object();
	size_t i;

	for (i = 0; i < fleet->rom_count; i++)
		if (json_object_set_new(roms, fleet->roms[i].spec,
					json_pack("{s:s, s:s?, s:i}",
						  "sha256", fleet->roms[i].sha256,
						  "version", *fleet->roms[i].version ?
						  fleet->roms[i].version : NULL,
						  "size", (int)fleet->roms[i].size))) {
			json_decref(roms);
			return NULL;
		}
	return roms;
}

/* The document with what the fleet has beside its policy; NULL: no memory. */
static json_t *write_members(const struct gpuspec_fleet *fleet)
{
	const json_t *old = fleet->policy.document;
	json_t *document = old ? json_copy((json_t *)old) : json_object();

	if (json_object_set_new(document, MEMBER_FLEET,
				json_pack("{s:I, s:s}", "revision", (json_int_t)fleet->revision,
					  "when", fleet->when)) ||
	    json_object_set_new(document, MEMBER_ROMS, write_roms(fleet))) {
		json_decref(document);
		return NULL;
	}
	return document;
}

/* --- the file --- */

int gpuspec_fleet_file_open(struct gpuspec_policy_file *file, const char *path,
			    unsigned int seconds, struct gpuspec_fleet *fleet)
{
	char why[640];
	int error;

	memset(fleet, 0, sizeof(*fleet));
	error = gpuspec_policy_file_open(file, path, GPUSPEC_FLEET_FILE, seconds, &fleet->policy);
	if (error || !file->text)
		return error;
	error = read_members(fleet, why, sizeof(why));
	return error ? gpuspec_folder_fail(&file->folder, error, file->name, "%s", why) : 0;
}

int gpuspec_fleet_file_write(struct gpuspec_policy_file *file,
			     const struct gpuspec_fleet *fleet, bool *differs)
{
	struct gpuspec_policy policy = fleet->policy;
	int error;

	*differs = false;
	policy.document = write_members(fleet);
	if (!policy.document)
		return gpuspec_folder_fail(&file->folder, -ENOMEM, file->name, "out of memory");
	error = gpuspec_policy_file_write(file, &policy, differs);
	json_decref(policy.document);
	return error;
}
