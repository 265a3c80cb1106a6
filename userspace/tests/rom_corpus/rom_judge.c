// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_walk.h"
#include "rom_findings.h"
#include "rom_judge.h"

/* Not assert(): the fuzzer may be built without it. */
#define MUST(condition)	must(condition, #condition, __LINE__)

static void must(bool holds, const char *condition, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, line, condition);
	abort();
}

static unsigned int read16(const __u8 *at)
{
	return at[0] | at[1] << 8;
}

static bool is_among(enum gpuspec_rom_check check, const char *names)
{
	return strstr(names, rom_finding_name(check));
}

static bool has_finding(const struct gpuspec_rom_contents *rom, const char *names, int variant)
{
	unsigned int i;

	for (i = 0; i < rom->finding_count; i++)
		if (is_among(rom->findings[i].check, names) &&
		    (variant < 0 || rom->findings[i].variant == variant))
			return true;
	return false;
}

static __u8 sum_of(const __u8 *bytes, size_t count)
{
	__u8 sum = 0;

	while (count--)
		sum += *bytes++;
	return sum;
}

static void judge_image(const __u8 *bytes, const struct gpuspec_rom_contents *rom,
			const struct gpuspec_rom_image *image)
{
	const __u8 *start = bytes + image->offset, *pcir = start + image->pcir;
	const __u32 left = rom->size - image->offset;

	MUST(image->offset % 512 == 0 && image->offset < rom->size && left >= 26);
	MUST(start[0] == 0x55 && start[1] == 0xaa);
	MUST(image->pcir >= 26 && image->pcir % 4 == 0 && image->pcir + 24u <= left);
	MUST(!memcmp(pcir, "PCIR", 4));
	MUST(image->pcir == read16(start + 0x18));
	MUST(image->vendor == read16(pcir + 4) && image->device == read16(pcir + 6));
	MUST(image->class == (read16(pcir + 14) << 8 | pcir[13]));
	MUST(image->length == read16(pcir + 16) * 512 && image->length);
	MUST(image->code_revision == read16(pcir + 18));
	MUST(image->type == pcir[20] && image->last == pcir[21] >> 7);
	MUST(image->pcir_revision == pcir[12]);
	MUST(!image->max_runtime || image->max_runtime == read16(pcir + 22));
	MUST(image->npde_length % 512 == 0);
	if (image->device_count) {
		MUST(image->device_list == image->pcir + read16(pcir + 8));
		MUST(image->device_list + 2 * image->device_count + 2 <= left);
		MUST(!read16(start + image->device_list + 2 * image->device_count));
	}
	if (image->type != GPUSPEC_ROM_X86)
		MUST(!image->sum);
	else if (image->init_size <= left && image->init_size <= image->length &&
		 (!image->npde_length || image->init_size <= image->npde_length))
		MUST(image->sum == sum_of(start, image->init_size));
	if (image->type != GPUSPEC_ROM_X86 && image->type != GPUSPEC_ROM_EFI)
		MUST(!image->init_size);
	if (image->type != GPUSPEC_ROM_EFI)
		MUST(!image->efi_machine && !image->efi_signed);
}

/* The two chains: one after the other, and neither leaves the file. */
static void judge_chains(const struct gpuspec_rom_contents *rom)
{
	const struct gpuspec_rom_image *image, *last = NULL;
	__u32 end = 0;
	unsigned int i;

	for (i = 0; i < rom->image_count; i++) {
		image = &rom->images[i];
		if (image->tail) {
			MUST(image->offset >= rom->pcir_size && image->offset >= end);
			MUST(image->offset < rom->npde_size);
			end = image->offset + 512;
			continue;
		}
		MUST(image->offset == end && (!last || !last->tail));
		MUST(!last || !last->last);
		end = image->offset + image->length;
		last = image;
	}
	MUST(rom->pcir_size <= rom->size && rom->npde_size <= rom->size);
	MUST(rom->ended == (last && last->last));
	if (last)
		MUST(rom->pcir_size == last->offset + last->length ||
		     (rom->pcir_size == rom->size && has_finding(rom, "E09", -1)));
	else
		MUST(!rom->pcir_size && !rom->npde_size);
}

static void judge_findings(const struct gpuspec_rom_contents *rom)
{
	const struct gpuspec_rom_finding *finding, *unsafe = NULL;
	static bool seen[GPUSPEC_ROM_W18 + 1][256];
	char text[ROM_FINDING_MAX];
	unsigned int i;
	int length;

	for (i = 0; i < rom->finding_count; i++) {
		finding = &rom->findings[i];
		MUST(finding->check >= GPUSPEC_ROM_E01 && finding->check < GPUSPEC_ROM_W17);
		MUST(finding->check != GPUSPEC_ROM_E25);
		MUST(finding->warning == (finding->check >= GPUSPEC_ROM_W01) ||
		     finding->check == GPUSPEC_ROM_E10);
		MUST(finding->image >= -1 && finding->image <= (int)rom->image_count &&
		     finding->image < GPUSPEC_ROM_IMAGES_MAX);
		if (finding->image >= 0)
			MUST(finding->offset == rom->images[finding->image].offset);
		else
			MUST(!finding->offset);
		/* Once for each is enough, and takes less time. */
		if (!seen[finding->check][finding->variant]) {
			seen[finding->check][finding->variant] = true;
			length = rom_finding_text(finding, text, sizeof(text));
			MUST(length > 1 && length < ROM_FINDING_MAX &&
			     strcmp(text + length - 2, " ?"));
		}
		if (!unsafe && !finding->warning &&
		    (is_among(finding->check, "E01 E02 E03 E04 E05 E06 E07 E08 E09 E10") ||
		     is_among(finding->check, "E20 E21 E22 E23")))
			unsafe = finding;
	}
	MUST(gpuspec_rom_unsafe(rom) == unsafe);
}

/* Without an unsafe finding, the kernel walks the same images; all of them are there. */
static void judge_walk(__u8 *bytes, const struct gpuspec_rom_contents *rom)
{
	bool is_safe = !gpuspec_rom_unsafe(rom);
	unsigned int i;

	/* A PCIR in the header is all right for the kernel, so is any number of images. */
	if (is_safe || !(has_finding(rom, "E03 E21", -1) || has_finding(rom, "E05", 1)))
		MUST(rom->pcir_size == kernel_walk(bytes, rom->size));
	if (!is_safe)
		return;
	MUST(rom->image_count && rom->pcir_size);
	for (i = 0; i < rom->image_count && !rom->images[i].tail; i++) {
		MUST(rom->images[i].length <= rom->size - rom->images[i].offset);
		MUST(!rom->images[i].device_list || rom->images[i].device_list +
		     2 * rom->images[i].device_count + 2 <= rom->images[i].length);
	}
}

void rom_judge(__u8 *bytes, size_t size, const struct gpuspec_rom_target *target,
	       struct gpuspec_rom_contents *rom)
{
	__u32 nvgi = gpuspec_rom_nvgi_offset(bytes, size);
	unsigned int i;

	MUST(!nvgi || (nvgi + 2 <= size && read16(bytes + nvgi) == 0xaa55));
	/* What was there before must not matter. */
	memset(rom, 0xa5, sizeof(*rom));
	gpuspec_rom_parse(bytes, size, target, rom);
	MUST(rom->size == size);
	MUST(rom->image_count <= GPUSPEC_ROM_IMAGES_MAX);
	MUST(rom->finding_count <= GPUSPEC_ROM_FINDINGS_MAX);
	for (i = 0; i < rom->image_count; i++)
		judge_image(bytes, rom, &rom->images[i]);
	judge_chains(rom);
	judge_findings(rom);
	judge_walk(bytes, rom);
	if (!target)
		MUST(!has_finding(rom, "E11 E12 W08 W12", -1));
}

void rom_lines(const struct gpuspec_rom_contents *rom, char *lines)
{
	const struct gpuspec_rom_finding *finding;
	bool waived;

	*lines = 0;
	for (finding = rom->findings; finding < rom->findings + rom->finding_count; finding++) {
		waived = finding->warning && finding->check < GPUSPEC_ROM_W01;
		lines += sprintf(lines, waived ? "(%s) " : "%s ",
				 rom_finding_name(finding->check));
		lines += rom_finding_text(finding, lines, ROM_FINDING_MAX);
		lines += sprintf(lines, "\n");
	}
}
