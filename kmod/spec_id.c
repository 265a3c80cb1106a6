// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "spec_id.h"

static const char mdev_prefix[] = "mdev:";

/* A type of an mdev is a file name in sysfs; ids are also printed, one to a line. */
static bool is_type_char(char c)
{
	return c > ' ' && c <= '~' && c != '/';
}

void gpuspec_id_pci(char *id, unsigned int vendor, unsigned int device,
		    unsigned int subvendor, unsigned int subdevice)
{
	snprintf(id, GPUSPEC_ID_SIZE, "pci:%04x:%04x:%04x:%04x", vendor & 0xffff,
		 device & 0xffff, subvendor & 0xffff, subdevice & 0xffff);
}

void gpuspec_id_vf(char *id, unsigned int vendor, unsigned int pf_device,
		   unsigned int vf_device)
{
	snprintf(id, GPUSPEC_ID_SIZE, "vf:%04x:%04x:%04x", vendor & 0xffff,
		 pf_device & 0xffff, vf_device & 0xffff);
}

static void append_type(char *id, const char *type)
{
	size_t length = strlen(id);
	char *c;

	snprintf(id + length, GPUSPEC_ID_SIZE - length, "%s", type);
	for (c = id + length; *c; c++)
		if (!is_type_char(*c))
			*c = '?';
}

void gpuspec_id_vf_typed(char *id, unsigned int vendor, unsigned int pf_device,
			 unsigned int vf_device, const char *type)
{
	snprintf(id, GPUSPEC_ID_SIZE, "vf:%04x:%04x:%04x/", vendor & 0xffff,
		 pf_device & 0xffff, vf_device & 0xffff);
	append_type(id, type);
}

void gpuspec_id_mdev(char *id, const char *type)
{
	snprintf(id, GPUSPEC_ID_SIZE, "%s", mdev_prefix);
	append_type(id, type);
}

/* Read @n numbers of the form ":VVVV": what comes after them in @text, or NULL. */
static const char *parse_numbers(const char *text, unsigned int *numbers, int n)
{
	int i, digit;

	for (i = 0; i < n; i++) {
		if (*text++ != ':')
			return NULL;
		numbers[i] = 0;
		for (digit = 0; digit < 4; digit++, text++) {
			numbers[i] <<= 4;
			if (*text >= '0' && *text <= '9')
				numbers[i] |= *text - '0';
			else if (*text >= 'a' && *text <= 'f')
				numbers[i] |= *text - 'a' + 10;
			else
				return NULL;
		}
	}
	return text;
}

/* Is @type a type, and all of the rest of @id? */
static bool is_type(const char *id, const char *type)
{
	const char *c;

	for (c = type; is_type_char(*c); c++)
		;
	return c != type && !*c && c - id <= GPUSPEC_ID_MAX;
}

bool gpuspec_id_parse(const char *id, struct gpuspec_id *out)
{
	struct gpuspec_id parsed = {};
	unsigned int n[4] = {};
	const char *rest;

	if (!strncmp(id, "pci", 3)) {
		rest = parse_numbers(id + 3, n, 4);
		if (!rest || *rest)
			return false;
		parsed.form = GPUSPEC_ID_PCI;
		parsed.subvendor = n[2];
		parsed.subdevice = n[3];
	} else if (!strncmp(id, "vf", 2)) {
		rest = parse_numbers(id + 2, n, 3);
		if (!rest || (*rest && (*rest != '/' || !is_type(id, rest + 1))))
			return false;
		parsed.form = GPUSPEC_ID_VF;
		parsed.vf_device = n[2];
		parsed.vf_type = *rest ? rest + 1 : NULL;
	} else if (!strncmp(id, mdev_prefix, strlen(mdev_prefix)) &&
		   is_type(id, id + strlen(mdev_prefix))) {
		parsed.form = GPUSPEC_ID_MDEV;
		parsed.mdev_type = id + strlen(mdev_prefix);
	} else {
		return false;
	}
	parsed.vendor = n[0];
	parsed.device = n[1];
	if (out)
		*out = parsed;
	return true;
}

enum gpuspec_kind gpuspec_id_kind(const char *id)
{
	return !strncmp(id, "pci", 3) ? GPUSPEC_KIND_PGPU : GPUSPEC_KIND_VGPU;
}
