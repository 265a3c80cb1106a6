/* SPDX-License-Identifier: GPL-2.0 */
/* NVIDIA's management library, where it is installed. */
#ifndef GPUSPEC_NVML_H
#define GPUSPEC_NVML_H

struct gpuspec_nvml;

/* NULL if there is none, or it finds no driver. */
struct gpuspec_nvml *gpuspec_nvml_open(void);
void gpuspec_nvml_close(struct gpuspec_nvml *nvml);

/* Bytes of the card at a PCI address, or -1; of no library, too. */
long long gpuspec_nvml_memory(struct gpuspec_nvml *nvml, const char *address);

#endif /* GPUSPEC_NVML_H */
