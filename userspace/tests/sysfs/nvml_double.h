/* SPDX-License-Identifier: GPL-2.0 */
/* What userspace/lib asks of NVIDIA's library, as the double of it has it. */
#ifndef GPUSPEC_TESTS_NVML_H
#define GPUSPEC_TESTS_NVML_H

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByPciBusId_v2(const char *address, void **device);
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory);
int nvmlDeviceGetSupportedVgpus(void *device, unsigned int *count, unsigned int *types);
int nvmlVgpuTypeGetName(unsigned int type, char *name, unsigned int *size);
int nvmlVgpuTypeGetFramebufferSize(unsigned int type, unsigned long long *bytes);

#endif /* GPUSPEC_TESTS_NVML_H */
