// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "rom_input.h"
#include "rom_report.h"
#include "rom_target.h"
#include "row.h"

/* One ROM, and what it is held against. */
struct subject {
	struct gpuspec_rom_file file;
	struct gpuspec_rom_target target;
	char spec[GPUSPEC_ID_MAX + 1];	/* empty: no target */
	struct gpuspec_rom_contents rom;
};

static void verdict(const struct subject *subject, char *text, size_t size)
{
	unsigned int hard, errors = rom_report_errors(&subject->rom, &hard);
	unsigned int warnings = subject->rom.finding_count - errors;
	int length;

	length = snprintf(text, size, "%s%s%s: %u error%s, %u warning%s",
			  errors ? "bad" : "good", *subject->spec ? " for " : "", subject->spec,
			  errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
	if (hard)
		snprintf(text + length, size - length, "; rom set refuses it");
	else if (errors)
		snprintf(text + length, size - length, "; rom set refuses it, unless told otherwise by --force");
	else if (subject->file.size > GPUSPEC_ROM_SIZE_MAX)
		snprintf(text + length, size - length, "; but rom set takes 4 MiB at most");
}

static json_t *row_subject(const struct subject *subject, const char *path)
{
	unsigned int hard, errors = rom_report_errors(&subject->rom, &hard);
	const struct gpuspec_rom_file *file = &subject->file;
	json_t *row = json_object();
	char text[2 * GPUSPEC_ID_MAX];

	output_set(row, "file", row_string(path));
	output_set(row, "size", json_integer(file->size));
	output_set(row, "stripped", json_integer(file->stripped));
	output_set(row, "sha256", row_sha256(file->sha256));
	output_set(row, "spec", row_string_or_null(subject->spec));
	output_set(row, "rom_bar", subject->target.window ?
			       json_integer(subject->target.window) : NULL);
	row_add_guests(row, &subject->rom);
	output_set(row, "images", row_images(&subject->rom, file->bytes));
	output_set(row, "findings", row_findings(&subject->rom));
	output_set(row, "verdict", row_string(errors ? "bad" : "good"));
	verdict(subject, text, sizeof(text));
	output_set(row, "sentence", row_string(text));
	return row;
}

static int print_subject(json_t *row, const struct subject *subject)
{
	json_t *images = output_get(row, "images");
	json_t *findings = output_get(row, "findings");
	char size[64];

	output_bytes(row, "size", size, sizeof(size));
	printf("%-8s %s\n%-8s %s\n", "File", output_text(row, "file"), "Size", size);
	output_bytes(row, "stripped", size, sizeof(size));
	if (subject->file.stripped)
		printf("%-8s %s in front of it\n", "Stripped", size);
	printf("%-8s %s\n", "SHA-256", output_text(row, "sha256"));
	output_bytes(row, "rom_bar", size, sizeof(size));
	if (*subject->spec)
		printf("%-8s %s%s%s\n", "Spec", output_text(row, "spec"),
		       subject->target.window ? ", cards here have a ROM BAR of " : "",
		       subject->target.window ? size : "");
	printf("%-8s %s\n", "Suits", guests_text(row));
	if (json_array_size(images)) {
		puts("");
		if (print_images(images))
			return fail(EXIT_FAILED, "rom check", "out of memory");
	}
	puts("");
	print_findings(stdout, findings);
	print_ids(stdout, &subject->rom, subject->file.bytes, &subject->target);
	if (json_array_size(findings))
		puts("");
	printf("%s\n", output_text(row, "sentence"));
	return EXIT_DONE;
}

static int tell(const struct request *request, const struct subject *subject)
{
	json_t *row = row_subject(subject, request->argv[0]);
	unsigned int hard;
	int result = EXIT_DONE;

	if (request->json)
		output_json(row);
	else
		result = print_subject(row, subject);
	json_decref(row);
	return result || !rom_report_errors(&subject->rom, &hard) ? result : EXIT_FAILED;
}

int rom_check(struct request *request)
{
	struct subject subject = {};
	bool targeted = false;
	int result = EXIT_DONE;

	if (request->argc > 1) {
		result = rom_input_spec_alone(request, request->argv[1], subject.spec);
		if (result)
			return result;
		targeted = gpuspec_rom_target("/sys", subject.spec, &subject.target);
	}
	result = rom_input_file(request, request->argv[0], &subject.file);
	if (result)
		return result;
	gpuspec_rom_parse(subject.file.bytes, subject.file.size,
			  targeted ? &subject.target : NULL, &subject.rom);
	result = tell(request, &subject);
	gpuspec_rom_file_free(&subject.file);
	return result;
}
