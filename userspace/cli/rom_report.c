// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include "output.h"
#include "rom_findings.h"
#include "rom_report.h"
#include "row.h"

#define EFI_X64	0x8664
#define EFI_EBC	0x0ebc	/* byte code, which runs on every machine */
#define DEVICES_TOLD	16	/* of a device list, which may be long */

/* --- findings --- */

void rom_report_waive(struct gpuspec_rom_contents *rom, uint64_t waived)
{
	unsigned int i;

	for (i = 0; i < rom->finding_count; i++)
		if (waived & 1ULL << rom->findings[i].check)
			rom->findings[i].warning = true;
}

unsigned int rom_report_errors(const struct gpuspec_rom_contents *rom, unsigned int *hard)
{
	unsigned int i, errors = 0;

	*hard = 0;
	for (i = 0; i < rom->finding_count; i++) {
		errors += !rom->findings[i].warning;
		*hard += !rom->findings[i].warning &&
			 !gpuspec_rom_can_waive(rom->findings[i].check);
	}
	return errors;
}

struct json_object *row_finding(const struct gpuspec_rom_finding *finding)
{
	struct json_object *row = json_object_new_object();
	char text[ROM_FINDING_MAX];

	rom_finding_text(finding, text, sizeof(text));
	json_object_object_add(row, "check", row_string(rom_finding_name(finding->check)));
	json_object_object_add(row, "severity",
			       row_string(finding->warning ? "warning" : "error"));
	json_object_object_add(row, "image", finding->image < 0 ? NULL :
			       json_object_new_int(finding->image));
	json_object_object_add(row, "sentence", row_string(text));
	return row;
}

struct json_object *row_findings(const struct gpuspec_rom_contents *rom)
{
	struct json_object *rows = json_object_new_array();
	unsigned int i, warnings;

	for (warnings = 0; warnings < 2; warnings++)
		for (i = 0; i < rom->finding_count; i++)
			if (rom->findings[i].warning == warnings)
				json_object_array_add(rows, row_finding(&rom->findings[i]));
	return rows;
}

void print_findings(FILE *out, struct json_object *rows)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		fprintf(out, "%-8s%s %s\n", output_text(row, "severity"),
			output_text(row, "check"), output_text(row, "sentence"));
	}
}

/* --- images --- */

static struct json_object *hex(unsigned int digits, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%0*x", digits, value);
	return json_object_new_string(text);
}

static struct json_object *type_name(unsigned int type)
{
	switch (type) {
	case GPUSPEC_ROM_X86:
		return json_object_new_string("x86");
	case GPUSPEC_ROM_FCODE:
		return json_object_new_string("FCode");
	case GPUSPEC_ROM_HPPA:
		return json_object_new_string("HP PA-RISC");
	case GPUSPEC_ROM_EFI:
		return json_object_new_string("EFI");
	case GPUSPEC_ROM_NBSI:
		return json_object_new_string("NVIDIA NBSI");
	case GPUSPEC_ROM_FWSEC:
		return json_object_new_string("NVIDIA FwSec");
	default:
		return hex(2, type);
	}
}

static struct json_object *machine_name(unsigned int machine)
{
	switch (machine) {
	case EFI_X64:
		return json_object_new_string("x64");
	case EFI_EBC:
		return json_object_new_string("EBC");
	case 0x014c:
		return json_object_new_string("IA32");
	case 0x0200:
		return json_object_new_string("Itanium");
	case 0x01c2:
		return json_object_new_string("ARM");
	case 0xaa64:
		return json_object_new_string("AArch64");
	default:
		return hex(4, machine);
	}
}

static struct json_object *row_devices_of(const struct gpuspec_rom_image *image,
					  const uint8_t *bytes)
{
	const uint8_t *list = bytes + image->offset + image->device_list;
	struct json_object *rows = json_object_new_array();
	unsigned int i;

	json_object_array_add(rows, hex(4, image->device));
	for (i = 0; i < image->device_count; i++)
		json_object_array_add(rows, hex(4, list[2 * i] | list[2 * i + 1] << 8));
	return rows;
}

struct json_object *row_image(const struct gpuspec_rom_image *image, unsigned int number,
			      const uint8_t *bytes)
{
	bool x86 = image->type == GPUSPEC_ROM_X86, efi = image->type == GPUSPEC_ROM_EFI;
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "image", json_object_new_int64(number));
	json_object_object_add(row, "offset", json_object_new_int64(image->offset));
	json_object_object_add(row, "length", json_object_new_int64(image->length));
	json_object_object_add(row, "type", type_name(image->type));
	json_object_object_add(row, "vendor", hex(4, image->vendor));
	json_object_object_add(row, "devices", row_devices_of(image, bytes));
	json_object_object_add(row, "class", hex(6, image->class));
	json_object_object_add(row, "revision", json_object_new_int64(image->code_revision));
	json_object_object_add(row, "machine", efi ? machine_name(image->efi_machine) : NULL);
	json_object_object_add(row, "signed", efi && !image->efi_compression ?
			       json_object_new_boolean(image->efi_signed) : NULL);
	json_object_object_add(row, "sum", x86 ? row_string(image->sum ? "bad" : "ok") : NULL);
	json_object_object_add(row, "last",
			       json_object_new_boolean(image->last || image->npde_last));
	return row;
}

struct json_object *row_images(const struct gpuspec_rom_contents *rom, const uint8_t *bytes)
{
	struct json_object *rows = json_object_new_array();
	unsigned int i;

	for (i = 0; i < rom->image_count; i++)
		json_object_array_add(rows, row_image(&rom->images[i], i, bytes));
	return rows;
}

static void cell_offset(struct json_object *row, char *text, size_t size)
{
	snprintf(text, size, "0x%llx",
		 (long long)json_object_get_int64(json_object_object_get(row, "offset")));
}

static void cell_length(struct json_object *row, char *text, size_t size)
{
	output_bytes(row, "length", text, size);
}

static void cell_devices(struct json_object *row, char *text, size_t size)
{
	struct json_object *devices = json_object_object_get(row, "devices");
	size_t count = json_object_array_length(devices);
	int length;

	length = snprintf(text, size, "%s:%s", output_text(row, "vendor"),
			  json_object_get_string(json_object_array_get_idx(devices, 0)));
	if (count > 1)
		snprintf(text + length, size - length, " +%zu", count - 1);
}

static const struct column columns[] = {
	{ .title = "IMAGE", .member = "image", .right = true },
	{ .title = "OFFSET", .cell = cell_offset, .right = true },
	{ .title = "LENGTH", .cell = cell_length, .right = true },
	{ .title = "TYPE", .member = "type" },
	{ .title = "DEVICE", .cell = cell_devices },
	{ .title = "CLASS", .member = "class" },
	{ .title = "REVISION", .member = "revision", .right = true },
	{ .title = "MACHINE", .member = "machine" },
	{ .title = "SUM", .member = "sum" },
};

int print_images(struct json_object *rows)
{
	return output_table(rows, columns, sizeof(columns) / sizeof(columns[0]));
}

/* --- for whom --- */

void row_add_guests(struct json_object *row, const struct gpuspec_rom_contents *rom)
{
	const struct gpuspec_rom_image *image;
	bool bios = false, uefi = false;
	unsigned int i;

	for (i = 0; i < rom->image_count; i++) {
		image = &rom->images[i];
		bios |= image->type == GPUSPEC_ROM_X86 && !image->sum;
		uefi |= image->type == GPUSPEC_ROM_EFI &&
			(image->efi_machine == EFI_X64 || image->efi_machine == EFI_EBC);
	}
	json_object_object_add(row, "bios", json_object_new_boolean(bios));
	json_object_object_add(row, "uefi", json_object_new_boolean(uefi));
}

const char *guests_text(struct json_object *row)
{
	bool bios = json_object_get_boolean(json_object_object_get(row, "bios"));
	bool uefi = json_object_get_boolean(json_object_object_get(row, "uefi"));

	if (bios && uefi)
		return "BIOS and UEFI guests";
	if (bios)
		return "BIOS guests";
	return uefi ? "UEFI guests" : "no guest";
}

static bool differs(const struct gpuspec_rom_contents *rom, unsigned int image)
{
	unsigned int i;

	for (i = 0; i < rom->finding_count; i++)
		if (rom->findings[i].image == (int)image &&
		    (rom->findings[i].check == GPUSPEC_ROM_E11 ||
		     rom->findings[i].check == GPUSPEC_ROM_E12))
			return true;
	return false;
}

void print_ids(FILE *out, const struct gpuspec_rom_contents *rom, const uint8_t *bytes,
	       const struct gpuspec_rom_target *target)
{
	bool any = false;
	struct json_object *devices;
	unsigned int i;
	size_t at;

	for (i = 0; i < rom->image_count; i++) {
		if (!differs(rom, i))
			continue;
		if (!any)
			fprintf(out, "        %-10s vendor  devices\n", "");
		any = true;
		devices = row_devices_of(&rom->images[i], bytes);
		fprintf(out, "        image %-4u %04x   ", i, rom->images[i].vendor);
		for (at = 0; at < json_object_array_length(devices) && at < DEVICES_TOLD; at++)
			fprintf(out, " %s",
				json_object_get_string(json_object_array_get_idx(devices, at)));
		fputs(at < json_object_array_length(devices) ? " ...\n" : "\n", out);
		json_object_put(devices);
	}
	if (any)
		fprintf(out, "        %-10s %04x    %04x\n", "the spec", target->vendor,
			target->device);
}
