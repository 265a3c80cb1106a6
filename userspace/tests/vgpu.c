// SPDX-License-Identifier: GPL-2.0
/* The texts are those of real drivers, as their sources and their users' reports have them. */
#include <stdio.h>
#include <string.h>

#include "vgpu.h"

#define MIB	(1LL << 20)
#define GIB	(1LL << 30)

static int failed;

struct expected {
	long long memory, rate, heads, instances, weight;
	const char *resolution;
};

static void expect(const char *text, struct expected expected)
{
	struct gpuspec_vgpu vgpu;

	gpuspec_vgpu_parse(text, &vgpu);
	if (vgpu.video_memory == expected.memory && vgpu.frame_rate == expected.rate &&
	    vgpu.heads == expected.heads && vgpu.max_instances == expected.instances &&
	    vgpu.weight == expected.weight && !strcmp(vgpu.resolution, expected.resolution) &&
	    vgpu.memory_from == (expected.memory < 0 ? GPUSPEC_MEMORY_UNKNOWN :
						       GPUSPEC_MEMORY_FROM_DRIVER))
		return;
	printf("not as expected: '%.60s': memory %lld rate %lld heads %lld instances %lld weight %lld resolution '%s'\n",
	       text, vgpu.video_memory, vgpu.frame_rate, vgpu.heads, vgpu.max_instances,
	       vgpu.weight, vgpu.resolution);
	failed = 1;
}

#define NOTHING	((struct expected){ -1, -1, -1, -1, -1, "" })

static void test_nvidia(void)
{
	expect("num_heads=2, frl_config=60, framebuffer=2048M, max_resolution=5120x2880, max_instance=8",
	       (struct expected){ 2 * GIB, 60, 2, 8, -1, "5120x2880" });
	expect("num_heads=4, frl_config=45, framebuffer=512M, max_resolution=2560x1600, max_instance=16\n",
	       (struct expected){ 512 * MIB, 45, 4, 16, -1, "2560x1600" });
	/* RTXA6000-1B, P40-4C, A40-48Q, A100-1-5C */
	expect("num_heads=4, frl_config=45, framebuffer=1024M, max_resolution=5120x2880, max_instance=32\n",
	       (struct expected){ GIB, 45, 4, 32, -1, "5120x2880" });
	expect("num_heads=1, frl_config=60, framebuffer=4096M, max_resolution=4096x2160, max_instance=6\n",
	       (struct expected){ 4 * GIB, 60, 1, 6, -1, "4096x2160" });
	expect("num_heads=4, frl_config=60, framebuffer=49152M, max_resolution=7680x4320, max_instance=1\n",
	       (struct expected){ 48 * GIB, 60, 4, 1, -1, "7680x4320" });
	expect("num_heads=1, frl_config=60, framebuffer=4864M, max_resolution=4096x2400, max_instance=7\n",
	       (struct expected){ 4864 * MIB, 60, 1, 7, -1, "4096x2400" });
	/* The words of another driver release, with something new among them. */
	expect("num_heads=4, frl_config=60, framebuffer=2048M, max_resolution=7680x4320, max_instance=4, new=1",
	       (struct expected){ 2 * GIB, 60, 4, 4, -1, "7680x4320" });
}

static void test_gvt_g(void)
{
	expect("low_gm_size: 128MB\nhigh_gm_size: 512MB\nfence: 4\nresolution: 1920x1200\nweight: 4\n",
	       (struct expected){ 640 * MIB, -1, -1, -1, 4, "1920x1200" });
	expect("low_gm_size: 64MB\nhigh_gm_size: 384MB\nfence: 4\nresolution: 1024x768\nweight: 2\n",
	       (struct expected){ 448 * MIB, -1, -1, -1, 2, "1024x768" });
	expect("low_gm_size: 512MB\nhigh_gm_size: 2048MB\nfence: 4\nresolution: 1920x1200\nweight: 16\n",
	       (struct expected){ 2560 * MIB, -1, -1, -1, 16, "1920x1200" });
	/* On one line, as mdevctl prints it. */
	expect("low_gm_size: 128MB, high_gm_size: 512MB, fence: 4, resolution: 1920x1200, weight: 4",
	       (struct expected){ 640 * MIB, -1, -1, -1, 4, "1920x1200" });
}

static void test_samples(void)
{
	expect("virtual display, 16 MB video memory\n",
	       (struct expected){ 16 * MIB, -1, -1, -1, -1, "" });
	expect("virtual display, 1024x768 framebuffer\n",
	       (struct expected){ -1, -1, -1, -1, -1, "1024x768" });
	/* mtty has no description. */
	expect("", NOTHING);
}

static void test_hostile(void)
{
	char long_text[5000];

	expect("num_heads=", NOTHING);
	expect("num_heads=-3, frl_config=+4", NOTHING);
	expect("num_heads=99999999999999999999999", NOTHING);
	expect("framebuffer=9223372036854775807G", NOTHING);
	expect("low_gm_size: 8796093022207MB\nhigh_gm_size: 8796093022207MB", NOTHING);
	expect("max_resolution=1x99999999999999999999, max_resolution=x, max_resolution=5120",
	       NOTHING);
	expect("=,:,==,::\n\n,,,", NOTHING);
	expect(" framebuffer", NOTHING);
	expect("x framebuffer, 1x framebuffer, x1 framebuffer", NOTHING);
	expect(" MB video memory", NOTHING);
	expect("weight: -1", NOTHING);
	expect("framebuffer=4G", (struct expected){ 4 * GIB, -1, -1, -1, -1, "" });
	memset(long_text, ',', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	expect(long_text, NOTHING);
}

static void name(const char *text, long long memory, const char *series)
{
	struct gpuspec_vgpu vgpu;

	gpuspec_vgpu_parse("", &vgpu);
	gpuspec_vgpu_add_name(&vgpu, text);
	if (vgpu.video_memory == memory && !strcmp(vgpu.series, series) &&
	    vgpu.memory_from == (memory < 0 ? GPUSPEC_MEMORY_UNKNOWN : GPUSPEC_MEMORY_FROM_NAME))
		return;
	printf("not as expected: name '%s': memory %lld series '%s'\n", text, vgpu.video_memory,
	       vgpu.series);
	failed = 1;
}

static void test_names(void)
{
	struct gpuspec_vgpu vgpu;

	name("NVIDIA A40-48Q", 48 * GIB, "Q");
	name("NVIDIA L40S-1B", GIB, "B");
	name("NVIDIA A16-2Q", 2 * GIB, "Q");
	name("NVIDIA RTX6000-Ada-48Q", 48 * GIB, "Q");
	name("NVIDIA H200X-141C", 141 * GIB, "C");
	name("GRID T4-2B4", 2 * GIB, "B");
	name("GRID M10-0B", 512 * MIB, "B");
	name("GRID P40-1A", GIB, "A");
	/* MIG: 4.75 GiB, and not 5 */
	name("GRID A100-1-5C", -1, "C");
	name("GRID A100-1-5CME", -1, "C");
	name("NVIDIA H200X-1-18C", -1, "C");
	name("NVIDIA DC-1-24CGFX", -1, "C");
	/* others */
	name("", -1, "");
	name("-", -1, "");
	name("-2Q", 2 * GIB, "Q");
	name("A--2Q", -1, "Q");
	name("GVTg_V5_4", -1, "");
	name("i915-GVTg_V5_4", -1, "");
	name("mbochs-small", -1, "");
	name("NVIDIA A40-48", -1, "");
	name("NVIDIA A40-48X", -1, "");
	name("NVIDIA A40-48QX", -1, "");
	name("NVIDIA A40-999999999999999999999Q", -1, "");
	name("NVIDIA A40-1025Q", -1, "");
	name("NVIDIA A40--1Q", -1, "Q");

	/* What the driver says is better than a name. */
	gpuspec_vgpu_parse("framebuffer=4864M", &vgpu);
	gpuspec_vgpu_add_name(&vgpu, "GRID A100-5C");
	if (vgpu.video_memory != 4864 * MIB || vgpu.memory_from != GPUSPEC_MEMORY_FROM_DRIVER ||
	    strcmp(vgpu.series, "C")) {
		puts("a name overrules the driver");
		failed = 1;
	}
}

/* Types as "559=NVIDIA A40-48Q;..." */
static void types(const char *text, const char *expected)
{
	char found[1024] = "", called[24];
	unsigned int number;
	const char *rest = text;
	size_t length = 0;

	while (gpuspec_vgpu_next_type(&rest, &number, called, sizeof(called)))
		length += snprintf(found + length, sizeof(found) - length, "%u=%s;", number,
				   called);
	if (!strcmp(found, expected) && !*rest)
		return;
	printf("not as expected: types '%s'\n", found);
	failed = 1;
}

static void test_types(void)
{
	types("ID    : vGPU Name\n"
	      "1145  : NVIDIA L40S-1B\n"
	      "1146  : NVIDIA L40S-2B\n"
	      "1156  : NVIDIA L40S-48Q\n",
	      "1145=NVIDIA L40S-1B;1146=NVIDIA L40S-2B;1156=NVIDIA L40S-48Q;");
	types("1428 : NVIDIA H200X-141C\n1414 : NVIDIA H200X-1-18C\n",
	      "1428=NVIDIA H200X-141C;1414=NVIDIA H200X-1-18C;");
	types("ID    : vGPU Name\n559   : NVIDIA A40-48Q", "559=NVIDIA A40-48Q;");
	types("ID    : vGPU Name\n", "");
	types("", "");
	/* hostile */
	types("\n\n:\n :\x20\n5\n5 x\n6:\n 7 : a \r\n-1 : b\n4294967296 : c\n99999999999999999999 : d\n",
	      "6=;7=a;");
	types("1 : a name that is longer than there is room for", "1=a name that is longer t;");
}

int main(void)
{
	test_nvidia();
	test_gvt_g();
	test_samples();
	test_hostile();
	test_names();
	test_types();
	return failed;
}
