// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include "output.h"
#include "rom_findings.h"
#include "rom_report.h"
#include "row.h"
#include "row_device.h"

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

json_t *row_finding(const struct gpuspec_rom_finding *finding)
{
	json_t *row = json_object();
	char text[ROM_FINDING_MAX];

	rom_finding_text(finding, text, sizeof(text));
	output_set(row, "check", row_string(rom_finding_name(finding->check)));
	output_set(row, "severity",
		   row_string(finding->warning ? "warning" : "error"));
	output_set(row, "image", finding->image < 0 ? NULL :
			       json_integer(finding->image));
	output_set(row, "sentence", row_string(text));
	return row;
}

json_t *row_findings(const struct gpuspec_rom_contents *rom)
{
	json_t *rows = json_array();
	unsigned int i, warnings;

	for (warnings = 0; warnings < 2; warnings++)
		for (i = 0; i < rom->finding_count; i++)
			if (rom->findings[i].warning == warnings)
				json_array_append_new(rows, row_finding(&rom->findings[i]));
	return rows;
}

void print_findings(FILE *out, json_t *rows)
{
	json_t *row;
	size_t i;

	for (i = 0; i < json_array_size(rows); i++) {
		row = json_array_get(rows, i);
		fprintf(out, "%-8s%s %s\n", output_text(row, "severity"),
			output_text(row, "check"), output_text(row, "sentence"));
	}
}

/* --- images --- */

static json_t *hex(unsigned int digits, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%0*x", digits, value);
	return json_string(text);
}

static json_t *type_name(unsigned int type)
{
	switch (type) {
	case GPUSPEC_ROM_X86:
		return json_string("x86");
	case GPUSPEC_ROM_FCODE:
		return json_string("FCode");
	case GPUSPEC_ROM_HPPA:
		return json_string("HP PA-RISC");
	case GPUSPEC_ROM_EFI:
		return json_string("EFI");
	case GPUSPEC_ROM_NBSI:
		return json_string("NVIDIA NBSI");
	case GPUSPEC_ROM_FWSEC:
		return json_string("NVIDIA FwSec");
	default:
		return hex(2, type);
	}
}

static json_t *machine_name(unsigned int machine)
{
	switch (machine) {
	case EFI_X64:
		return json_string("x64");
	case EFI_EBC:
		return json_string("EBC");
	case 0x014c:
		return json_string("IA32");
	case 0x0200:
		return json_string("Itanium");
	case 0x01c2:
		return json_string("ARM");
	case 0xaa64:
		return json_string("AArch64");
	default:
		return hex(4, machine);
	}
}

static json_t *row_devices_of(const struct gpuspec_rom_image *image,
			      const uint8_t *bytes)
{
	const uint8_t *list = bytes + image->offset + image->device_list;
	json_t *rows = json_array();
	unsigned int i;

	json_array_append_new(rows, hex(4, image->device));
	for (i = 0; i < image->device_count; i++)
		json_array_append_new(rows, hex(4, list[2 * i] | list[2 * i + 1] << 8));
	return rows;
}

json_t *row_image(const struct gpuspec_rom_image *image, unsigned int number,
		  const uint8_t *bytes)
{
	bool x86 = image->type == GPUSPEC_ROM_X86, efi = image->type == GPUSPEC_ROM_EFI;
	json_t *row = json_object();

	output_set(row, "image", json_integer(number));
	output_set(row, "offset", json_integer(image->offset));
	output_set(row, "length", json_integer(image->length));
	output_set(row, "type", type_name(image->type));
	output_set(row, "vendor", hex(4, image->vendor));
	output_set(row, "devices", row_devices_of(image, bytes));
	output_set(row, "class", hex(6, image->class));
	output_set(row, "revision", json_integer(image->code_revision));
	output_set(row, "machine", efi ? machine_name(image->efi_machine) : NULL);
	output_set(row, "signed", efi && !image->efi_compression ?
			       json_boolean(image->efi_signed) : NULL);
	output_set(row, "sum", x86 ? row_string(image->sum ? "bad" : "ok") : NULL);
	output_set(row, "last",
		   json_boolean(image->last || image->npde_last));
	return row;
}

json_t *row_images(const struct gpuspec_rom_contents *rom, const uint8_t *bytes)
{
	json_t *rows = json_array();
	unsigned int i;

	for (i = 0; i < rom->image_count; i++)
		json_array_append_new(rows, row_image(&rom->images[i], i, bytes));
	return rows;
}

static void cell_offset(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "0x%llx",
		 (long long)json_integer_value(output_get(row, "offset")));
}

static void cell_length(json_t *row, char *text, size_t size)
{
	output_bytes(row, "length", text, size);
}

static void cell_devices(json_t *row, char *text, size_t size)
{
	json_t *devices = output_get(row, "devices");
	size_t count = json_array_size(devices);
	int length;

	length = snprintf(text, size, "%s:%s", output_text(row, "vendor"),
			  json_string_value(json_array_get(devices, 0)));
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

int print_images(json_t *rows)
{
	return output_table(rows, columns, sizeof(columns) / sizeof(columns[0]));
}

/* --- for whom --- */

void row_add_guests(json_t *row, const struct gpuspec_rom_contents *rom)
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
	output_set(row, "bios", json_boolean(bios));
	output_set(row, "uefi", json_boolean(uefi));
}

const char *guests_text(json_t *row)
{
	bool bios = json_is_true(output_get(row, "bios"));
	bool uefi = json_is_true(output_get(row, "uefi"));

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
	json_t *devices;
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
		for (at = 0; at < json_array_size(devices) && at < DEVICES_TOLD; at++)
			fprintf(out, " %s",
				json_string_value(json_array_get(devices, at)));
		fputs(at < json_array_size(devices) ? " ...\n" : "\n", out);
		json_decref(devices);
	}
	if (any)
		fprintf(out, "        %-10s %04x    %04x\n", "the spec", target->vendor,
			target->device);
}
