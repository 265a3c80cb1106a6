// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mdev_description.h"

#define MIB	(1LL << 20)

/* The number that @text begins with, or -1; *@end is what follows it. */
static long long number(const char *text, const char **end)
{
	char *after;
	long long value;

	*end = text;
	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	value = strtoll(text, &after, 10);
	*end = after;
	return errno ? -1 : value;
}

static long long count(const char *text)
{
	const char *end;

	return number(text, &end);
}

/* An amount of memory in bytes, "2048M", "128MB", "16 MB" or "1G"; MiB without a unit. */
static long long memory(const char *text)
{
	const char *end;
	long long value = number(text, &end), unit = MIB;

	end += strspn(end, " ");
	if (*end == 'G' || *end == 'g')
		unit = MIB << 10;
	else if (*end == 'K' || *end == 'k')
		unit = MIB >> 10;
	if (value < 0 || __builtin_mul_overflow(value, unit, &value))
		return -1;
	return value;
}

/* "5120x2880" and nothing else. */
static void resolution(const char *text, char *out, size_t size)
{
	const char *end;
	long long width = number(text, &end), height;

	if (width < 0 || *end != 'x')
		return;
	height = number(end + 1, &end);
	if (height >= 0 && width < 1000000 && height < 1000000)
		snprintf(out, size, "%lldx%lld", width, height);
}

static void add(long long *sum, long long value)
{
	if (value >= 0 && __builtin_add_overflow(*sum < 0 ? 0 : *sum, value, sum))
		*sum = -1;
}

static void take(const char *key, const char *value, struct gpuspec_vgpu *vgpu)
{
	if (!strcmp(key, "num_heads"))
		vgpu->heads = count(value);
	else if (!strcmp(key, "frl_config"))
		vgpu->frame_rate = count(value);
	else if (!strcmp(key, "framebuffer"))
		vgpu->video_memory = memory(value);
	else if (!strcmp(key, "max_resolution") || !strcmp(key, "resolution"))
		resolution(value, vgpu->resolution, sizeof(vgpu->resolution));
	else if (!strcmp(key, "max_instance"))
		vgpu->max_instances = count(value);
	/* GVT-g gives the two parts of a slice's graphics memory. */
	else if (!strcmp(key, "low_gm_size") || !strcmp(key, "high_gm_size"))
		add(&vgpu->video_memory, memory(value));
}

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	for (end = text + strlen(text); end > text && isspace((unsigned char)end[-1]);)
		*--end = '\0';
	return text;
}

void gpuspec_vgpu_parse(const char *description, struct gpuspec_vgpu *vgpu)
{
	char text[1024], *rest = text, *part, *value, *words;

	*vgpu = (struct gpuspec_vgpu){
		.video_memory = -1, .frame_rate = -1, .heads = -1, .max_instances = -1,
	};
	snprintf(text, sizeof(text), "%s", description);
	while ((part = strsep(&rest, ",\n"))) {
		part = trim(part);
		value = strpbrk(part, "=:");
		if (value) {
			*value++ = '\0';
			take(trim(part), trim(value), vgpu);
			continue;
		}
		words = strstr(part, " MB ");
		if (words && !strcmp(words, " MB video memory"))
			vgpu->video_memory = memory(part);
	}
}
