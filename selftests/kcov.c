// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kcov.h"

#define WORDS		(1 << 20)
#define SECTIONS_MAX	16
#define SECTION_SIZE	(1 << 18)

/* The number of places, and the places; the kernel writes it. */
static unsigned long *trace;

enum state { NO_PLACE, NOT_SEEN, SEEN };

/* A part of the module's code. */
static struct section {
	const char *name;
	unsigned long start;	/* 0: not there any more, or not known */
	size_t places, seen;
	unsigned char state[SECTION_SIZE];
} sections[SECTIONS_MAX];
static unsigned int section_count;
/* All of them are in here: most of what the kernel traces is its own. */
static unsigned long lowest = -1ul, highest;

static const char *read_module(void)
{
	FILE *pipe = popen("modinfo -n gpuspec", "r");
	char path[256] = "";
	struct stat stat;
	int file;
	void *elf;

	if (fscanf(pipe, "%255s", path) != 1)
		path[0] = '\0';
	pclose(pipe);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &stat))
		return NULL;
	elf = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	return elf == MAP_FAILED || memcmp(elf, ELFMAG, SELFMAG) ? NULL : elf;
}

static unsigned long start_of(const char *name)
{
	unsigned long start = 0;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/gpuspec/sections/%s", name);
	file = fopen(path, "r");
	if (file && fscanf(file, "%lx", &start) != 1)
		start = 0;
	if (file)
		fclose(file);
	return start;
}

/*
 * The places are where the module calls the kernel's KCOV: each such call has a relocation.
 * What the kernel tells is the address behind the call, four bytes on.
 */
static void find_places(const char *elf)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)elf;
	const Elf64_Shdr *table = (const Elf64_Shdr *)(elf + header->e_shoff), *rela;
	const char *names = elf + table[header->e_shstrndx].sh_offset;

	for (rela = table; rela < table + header->e_shnum; rela++) {
		const Elf64_Rela *at = (const Elf64_Rela *)(elf + rela->sh_offset), *end;
		const Elf64_Shdr *symbols = &table[rela->sh_link], *code = &table[rela->sh_info];
		struct section *section = &sections[section_count];

		if (rela->sh_type != SHT_RELA || !(code->sh_flags & SHF_EXECINSTR) ||
		    section_count == SECTIONS_MAX)
			continue;
		section->name = names + code->sh_name;
		section->start = start_of(section->name);
		for (end = at + rela->sh_size / sizeof(*at); at < end; at++) {
			const Elf64_Sym *symbol = (const Elf64_Sym *)(elf + symbols->sh_offset);
			const char *strings = elf + table[symbols->sh_link].sh_offset;

			symbol += ELF64_R_SYM(at->r_info);
			if (strcmp(strings + symbol->st_name, "__sanitizer_cov_trace_pc") ||
			    at->r_offset + 4 >= SECTION_SIZE)
				continue;
			section->state[at->r_offset + 4] = NOT_SEEN;
			section->places++;
		}
		section_count += section->places > 0;
		if (section->places && section->start) {
			lowest = section->start < lowest ? section->start : lowest;
			highest = section->start > highest ? section->start : highest;
		}
	}
}

bool kcov_open(void)
{
	int file = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	const char *elf = read_module();

	if (file < 0 || !elf || ioctl(file, KCOV_INIT_TRACE, WORDS))
		return false;
	find_places(elf);
	trace = mmap(NULL, WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	return trace != MAP_FAILED && !ioctl(file, KCOV_ENABLE, KCOV_TRACE_PC);
}

void kcov_start(void)
{
	__atomic_store_n(trace, 0, __ATOMIC_RELAXED);
}

size_t kcov_take(void)
{
	size_t count = __atomic_load_n(trace, __ATOMIC_RELAXED), fresh = 0, i;
	struct section *section;

	for (i = 1; i <= count; i++) {
		if (trace[i] - lowest >= highest - lowest + SECTION_SIZE)
			continue;
		for (section = sections; section < sections + section_count; section++) {
			unsigned long offset = trace[i] - section->start;

			if (offset >= SECTION_SIZE || section->state[offset] != NOT_SEEN)
				continue;
			section->state[offset] = SEEN;
			section->seen++;
			fresh++;
		}
	}
	return fresh;
}

void kcov_tell(void)
{
	size_t places = 0, seen = 0, i, on_line;
	const struct section *section;

	for (section = sections; section < sections + section_count; section++) {
		places += section->places;
		seen += section->seen;
		for (i = 0, on_line = 0; i < SECTION_SIZE; i++) {
			if (section->state[i] != SEEN)
				continue;
			if (on_line++ % 16 == 0)
				printf("%s# places %s", on_line > 1 ? "\n" : "", section->name);
			printf(" %zx", i);
		}
		if (on_line)
			printf("\n");
	}
	printf("# %zu of %zu places of the module's code, %.1f %%\n", seen, places,
	       places ? 100.0 * seen / places : 0);
}
