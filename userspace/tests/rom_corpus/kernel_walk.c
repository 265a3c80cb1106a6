// SPDX-License-Identifier: GPL-2.0
/*
 * The text of the functions comes from the kernel's source, drivers/pci/rom.c;
 * userspace/Makefile cuts it out. Here is what it needs around it.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernel_walk.h"

#define u16			uint16_t
#define u32			uint32_t
#define __iomem
#define SZ_512			512
#define U16_MAX			UINT16_MAX
#define BIT(n)			(1ul << (n))
#define IS_ALIGNED(x, a)	(!((x) & ((a) - 1)))
#define check_add_overflow	__builtin_add_overflow
#define pci_info(pdev, ...)	((void)(pdev))

struct pci_dev;

/* By memcpy(): the sanitizers see what is read, and alignment is not asked for here. */
static u32 readl(const void *at)
{
	u32 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static u16 readw(const void *at)
{
	u16 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t readb(const void *at)
{
	return *(const uint8_t *)at;
}

#include "kernel_rom.inc"

size_t kernel_walk(void *rom, size_t size)
{
	return pci_get_rom_size(NULL, rom, size);
}
