// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "mdev_description.h"

#define MIB	(1LL << 20)

static int failed;

static void expect(const char *text, long long memory, long long rate, long long heads,
		   long long instances, const char *resolution)
{
	struct gpuspec_vgpu vgpu;

	gpuspec_vgpu_parse(text, &vgpu);
	if (vgpu.video_memory == memory && vgpu.frame_rate == rate && vgpu.heads == heads &&
	    vgpu.max_instances == instances && !strcmp(vgpu.resolution, resolution))
		return;
	printf("not as expected: '%.60s': memory %lld rate %lld heads %lld instances %lld resolution '%s'\n",
	       text, vgpu.video_memory, vgpu.frame_rate, vgpu.heads, vgpu.max_instances,
	       vgpu.resolution);
	failed = 1;
}

int main(void)
{
	char long_text[5000];

	/* NVIDIA, i915 GVT-g, mbochs, mtty */
	expect("num_heads=2, frl_config=60, framebuffer=2048M, max_resolution=5120x2880, max_instance=8",
	       2048 * MIB, 60, 2, 8, "5120x2880");
	expect("num_heads=4, frl_config=45, framebuffer=512M, max_resolution=2560x1600, max_instance=16\n",
	       512 * MIB, 45, 4, 16, "2560x1600");
	expect("low_gm_size: 128MB\nhigh_gm_size: 512MB\nfence: 4\nresolution: 1920x1200\nweight: 4\n",
	       640 * MIB, -1, -1, -1, "1920x1200");
	expect("virtual display, 16 MB video memory", 16 * MIB, -1, -1, -1, "");
	expect("Dual port serial (tty)", -1, -1, -1, -1, "");

	/* hostile */
	expect("", -1, -1, -1, -1, "");
	expect("num_heads=", -1, -1, -1, -1, "");
	expect("num_heads=-3, frl_config=+4", -1, -1, -1, -1, "");
	expect("num_heads=99999999999999999999999", -1, -1, -1, -1, "");
	expect("framebuffer=9223372036854775807G", -1, -1, -1, -1, "");
	expect("low_gm_size: 8796093022207MB\nhigh_gm_size: 8796093022207MB", -1, -1, -1, -1, "");
	expect("max_resolution=1x99999999999999999999, max_resolution=x, max_resolution=5120",
	       -1, -1, -1, -1, "");
	expect("=,:,==,::\n\n,,,", -1, -1, -1, -1, "");
	expect("framebuffer=4G", 4096 * MIB, -1, -1, -1, "");
	memset(long_text, ',', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	expect(long_text, -1, -1, -1, -1, "");
	return failed;
}
