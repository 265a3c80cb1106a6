/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the description of an mdev type says, as its driver words it: NVIDIA's
 * "num_heads=2, frl_config=60, framebuffer=2048M, ...", i915 GVT-g's
 * "low_gm_size: 128MB" lines, the kernel samples' "virtual display, 16 MB
 * video memory".
 */
#ifndef GPUSPEC_MDEV_DESCRIPTION_H
#define GPUSPEC_MDEV_DESCRIPTION_H

/* A number that the text does not give is -1, a string empty. */
struct gpuspec_vgpu {
	long long video_memory;		/* bytes */
	long long frame_rate;		/* frames per second at most */
	long long heads;
	long long max_instances;	/* on one parent */
	char resolution[24];		/* at most: "5120x2880" */
};

/* Any text is taken; what is not understood in it is passed over. */
void gpuspec_vgpu_parse(const char *description, struct gpuspec_vgpu *vgpu);

#endif /* GPUSPEC_MDEV_DESCRIPTION_H */
