/* SPDX-License-Identifier: GPL-2.0 */
/* NVIDIA's management library, where it is installed. */
#ifndef GPUSPEC_NVML_H
#define GPUSPEC_NVML_H

#include <stddef.h>

struct gpuspec_nvml;

/* NULL if there is none, or it finds no driver. */
struct gpuspec_nvml *gpuspec_nvml_open(void);
void gpuspec_nvml_close(struct gpuspec_nvml *nvml);

/*
 * The name of a vGPU type and the bytes that one has, or an empty name and -1
 * for what is not known.
 */
void gpuspec_nvml_vgpu_type(struct gpuspec_nvml *nvml, unsigned int type, char *name, size_t size,
			    long long *memory);

/*
 * The vGPU types that the card at a PCI address supports, whether or not it
 * has room for one now: @room of them at most, to @types. Their number, or -1.
 */
int gpuspec_nvml_vgpu_types(struct gpuspec_nvml *nvml, const char *address, unsigned int *types,
			    unsigned int room);

/* Bytes of the card at a PCI address, or -1; of no library, too. */
long long gpuspec_nvml_memory(struct gpuspec_nvml *nvml, const char *address);

#endif /* GPUSPEC_NVML_H */
