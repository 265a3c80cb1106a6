// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's target for what reads the texts that drivers have for their
 * slices: whatever they say, amounts are none or not negative, and strings
 * have the form that others rely on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu.h"

static void demand(bool is_so)
{
	if (!is_so)
		abort();
}

static void judge(const struct gpuspec_vgpu *vgpu)
{
	demand(vgpu->video_memory >= -1 && vgpu->frame_rate >= -1 && vgpu->heads >= -1 &&
	       vgpu->max_instances >= -1 && vgpu->weight >= -1);
	demand((vgpu->video_memory < 0) == (vgpu->memory_from == GPUSPEC_MEMORY_UNKNOWN));
	demand(strspn(vgpu->resolution, "0123456789x") == strlen(vgpu->resolution));
	demand(strspn(vgpu->series, "ABCQ") == strlen(vgpu->series));
}

int fuzz_vgpu(const unsigned char *data, size_t size);
int fuzz_vgpu(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1), name[32];
	struct gpuspec_vgpu vgpu;
	const char *rest = text;
	unsigned int number;

	memcpy(text, data, size);
	text[size] = '\0';
	gpuspec_vgpu_parse(text, &vgpu);
	judge(&vgpu);
	gpuspec_vgpu_add_name(&vgpu, text);
	judge(&vgpu);
	while (gpuspec_vgpu_next_type(&rest, &number, name, sizeof(name))) {
		demand(!strchr(name, '\n') && rest > text);
		gpuspec_vgpu_parse("", &vgpu);
		gpuspec_vgpu_add_name(&vgpu, name);
		judge(&vgpu);
	}
	demand(!*rest && rest == text + strlen(text));
	free(text);
	return 0;
}
