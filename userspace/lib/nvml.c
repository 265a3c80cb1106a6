// SPDX-License-Identifier: GPL-2.0
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nvml.h"

/* Of nvml.h, which few have: what is called here. 0 is success. */
struct memory {
	unsigned long long total, free, used;
};

struct gpuspec_nvml {
	void *library;
	int (*init)(void);
	int (*shutdown)(void);
	int (*get_device)(const char *address, void **device);
	int (*get_memory)(void *device, struct memory *memory);
	/* NULL in a library that is older than vGPUs. */
	int (*get_types)(void *device, unsigned int *count, unsigned int *types);
	int (*get_type_name)(unsigned int type, char *name, unsigned int *size);
	int (*get_type_memory)(unsigned int type, unsigned long long *bytes);
};

/* NVML_DEVICE_NAME_V2_BUFFER_SIZE */
#define NAME_SIZE	96

static int find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, sizeof(found));
	return found ? 0 : -1;
}

static void find_vgpus(struct gpuspec_nvml *nvml)
{
	find(nvml->library, "nvmlDeviceGetSupportedVgpus", &nvml->get_types);
	find(nvml->library, "nvmlVgpuTypeGetName", &nvml->get_type_name);
	find(nvml->library, "nvmlVgpuTypeGetFramebufferSize", &nvml->get_type_memory);
}

struct gpuspec_nvml *gpuspec_nvml_open(void)
{
	struct gpuspec_nvml *nvml = calloc(1, sizeof(*nvml));

	if (!nvml)
		return NULL;
	nvml->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (nvml->library && !find(nvml->library, "nvmlInit_v2", &nvml->init) &&
	    !find(nvml->library, "nvmlShutdown", &nvml->shutdown) &&
	    !find(nvml->library, "nvmlDeviceGetHandleByPciBusId_v2", &nvml->get_device) &&
	    !find(nvml->library, "nvmlDeviceGetMemoryInfo", &nvml->get_memory) &&
	    !nvml->init()) {
		find_vgpus(nvml);
		return nvml;
	}
	if (nvml->library)
		dlclose(nvml->library);
	free(nvml);
	return NULL;
}

void gpuspec_nvml_close(struct gpuspec_nvml *nvml)
{
	if (!nvml)
		return;
	nvml->shutdown();
	dlclose(nvml->library);
	free(nvml);
}

long long gpuspec_nvml_memory(struct gpuspec_nvml *nvml, const char *address)
{
	struct memory memory = {};
	void *device;

	if (!nvml || nvml->get_device(address, &device) || nvml->get_memory(device, &memory) ||
	    !memory.total || memory.total > LLONG_MAX)
		return -1;
	return memory.total;
}

void gpuspec_nvml_vgpu_type(struct gpuspec_nvml *nvml, unsigned int type, char *name, size_t size,
			    long long *memory)
{
	unsigned int length = NAME_SIZE;
	char text[NAME_SIZE + 1] = "";
	unsigned long long bytes = 0;

	if (!nvml || !nvml->get_type_name || nvml->get_type_name(type, text, &length))
		*text = '\0';
	snprintf(name, size, "%s", text);
	*memory = -1;
	if (nvml && nvml->get_type_memory && !nvml->get_type_memory(type, &bytes) && bytes &&
	    bytes <= LLONG_MAX)
		*memory = bytes;
}

int gpuspec_nvml_vgpu_types(struct gpuspec_nvml *nvml, const char *address, unsigned int *types,
			    unsigned int room)
{
	unsigned int count = room;
	void *device;

	if (!nvml || !nvml->get_types || nvml->get_device(address, &device) ||
	    nvml->get_types(device, &count, types) || count > room)
		return -1;
	return count;
}
