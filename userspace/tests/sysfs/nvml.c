// SPDX-License-Identifier: GPL-2.0
/* Stands for NVIDIA's library: it knows the card of tests/inventory.c, an A40. */
#include <stdio.h>
#include <string.h>

#include "nvml_double.h"

int nvmlInit_v2(void)
{
	return 0;
}

int nvmlShutdown(void)
{
	return 0;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *address, void **device)
{
	static int card;

	*device = &card;
	return strcmp(address, "0000:41:00.0") ? 6 : 0;
}

int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory)
{
	(void)device;
	memory[0] = 46068ULL << 20;
	memory[1] = memory[0];
	memory[2] = 0;
	return 0;
}

/* It knows two types. */
int nvmlDeviceGetSupportedVgpus(void *device, unsigned int *count, unsigned int *types)
{
	(void)device;
	if (*count < 2)
		return 7;
	*count = 2;
	types[0] = 563;
	types[1] = 564;
	return 0;
}

int nvmlVgpuTypeGetName(unsigned int type, char *name, unsigned int *size)
{
	if (type != 563 && type != 564)
		return 2;
	snprintf(name, *size, "NVIDIA A40-%dQ", type == 564 ? 48 : 24);
	return 0;
}

int nvmlVgpuTypeGetFramebufferSize(unsigned int type, unsigned long long *bytes)
{
	*bytes = (type == 564 ? 48ULL : 24ULL) << 30;
	return type != 563 && type != 564 ? 2 : 0;
}
