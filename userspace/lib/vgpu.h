/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a slice type, from the texts that its driver has for
 * people: the description of an mdev type, as NVIDIA's "num_heads=2,
 * frl_config=60, framebuffer=2048M, ...", i915 GVT-g's "low_gm_size: 128MB"
 * lines and the kernel samples' "virtual display, 16 MB video memory"; and the
 * list of types that NVIDIA's driver has for a virtual function.
 */
#ifndef GPUSPEC_VGPU_H
#define GPUSPEC_VGPU_H

#include <stdbool.h>
#include <stddef.h>

/* Where an amount of video memory is from; what comes later is better. */
enum gpuspec_memory_from {
	GPUSPEC_MEMORY_UNKNOWN,
	GPUSPEC_MEMORY_FROM_BAR,	/* the largest prefetchable one: it may differ */
	GPUSPEC_MEMORY_FROM_NAME,	/* of an NVIDIA type: a guess */
	GPUSPEC_MEMORY_FROM_NVML,
	GPUSPEC_MEMORY_FROM_DRIVER,
};

/* A number that the text does not give is -1, a string empty. */
struct gpuspec_vgpu {
	long long video_memory;		/* bytes */
	enum gpuspec_memory_from memory_from;
	long long frame_rate;		/* frames per second at most */
	long long heads;
	long long max_instances;	/* on one parent */
	long long weight;		/* share of the GPU's time, against those of others */
	char resolution[24];		/* at most: "5120x2880" */
	char series[2];			/* NVIDIA's "A", "B", "C" or "Q", by the name */
};

/* Any text is taken; what is not understood in it is passed over. */
void gpuspec_vgpu_parse(const char *description, struct gpuspec_vgpu *vgpu);

/*
 * Add what the name of an NVIDIA type says, "NVIDIA A40-48Q", and nothing said
 * better. The memory of one that is a MIG slice ("A100-1-5C") is not as its
 * name says, and stays unknown.
 */
void gpuspec_vgpu_add_name(struct gpuspec_vgpu *vgpu, const char *name);

/*
 * The next type in the text of creatable_vgpu_types, from *@text on, which
 * moves behind it: a number, and a name of @size bytes at most. False at the
 * end.
 */
bool gpuspec_vgpu_next_type(const char **text, unsigned int *number, char *name, size_t size);

#endif /* GPUSPEC_VGPU_H */
