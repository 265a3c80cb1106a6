// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vgpu.h"

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
	else if (!strcmp(key, "weight"))
		vgpu->weight = count(value);
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

/* The samples speak in words: "16 MB video memory", "1024x768 framebuffer". */
static void take_words(const char *words, struct gpuspec_vgpu *vgpu)
{
	const char *unit = strstr(words, " MB "), *pixels = strstr(words, " framebuffer");
	char size[24];

	if (unit && !strcmp(unit, " MB video memory")) {
		vgpu->video_memory = memory(words);
	} else if (pixels && !strcmp(pixels, " framebuffer")) {
		snprintf(size, sizeof(size), "%.*s", (int)(pixels - words), words);
		resolution(size, vgpu->resolution, sizeof(vgpu->resolution));
	}
}

void gpuspec_vgpu_parse(const char *description, struct gpuspec_vgpu *vgpu)
{
	char text[1024], *rest = text, *part, *value;

	*vgpu = (struct gpuspec_vgpu){
		.video_memory = -1, .frame_rate = -1, .heads = -1, .max_instances = -1,
		.weight = -1,
	};
	snprintf(text, sizeof(text), "%s", description);
	while ((part = strsep(&rest, ",\n"))) {
		part = trim(part);
		value = strpbrk(part, "=:");
		if (value) {
			*value++ = '\0';
			take(trim(part), trim(value), vgpu);
		} else {
			take_words(part, vgpu);
		}
	}
	if (vgpu->video_memory >= 0)
		vgpu->memory_from = GPUSPEC_MEMORY_FROM_DRIVER;
}

/* What stands between the dash before @end and @end; NULL if there is none. */
static const char *last_part(const char *name, const char *end)
{
	while (end > name && end[-1] != '-')
		end--;
	return end > name ? end : NULL;
}

/* "A100-1-5C", where the part before the last is a number, too. */
static bool is_mig_slice(const char *name, const char *part)
{
	const char *before = last_part(name, part - 1);

	return before && strspn(before, "0123456789") == (size_t)(part - 1 - before);
}

void gpuspec_vgpu_add_name(struct gpuspec_vgpu *vgpu, const char *name)
{
	const char *part = last_part(name, name + strlen(name)), *end;
	long long amount;

	amount = part ? number(part, &end) : -1;
	if (amount < 0 || amount > 1024 || !*end || !strchr("ABCQ", *end))
		return;
	/* What may follow: heads ("2B4"), or engines of a MIG slice ("5CME"). */
	if (end[1 + strspn(end + 1, "0123456789")] && !is_mig_slice(name, part))
		return;
	vgpu->series[0] = *end;
	vgpu->series[1] = '\0';
	if (vgpu->memory_from >= GPUSPEC_MEMORY_FROM_NAME || is_mig_slice(name, part))
		return;
	/* In GiB; and that of the smallest, 512 MiB, is a 0. */
	vgpu->video_memory = amount ? amount * (MIB << 10) : 512 * MIB;
	vgpu->memory_from = GPUSPEC_MEMORY_FROM_NAME;
}

bool gpuspec_vgpu_next_type(const char **text, unsigned int *type, char *name, size_t size)
{
	const char *line, *end;
	long long value;
	size_t length;

	while (**text) {
		line = *text + strspn(*text, " \t");
		length = strcspn(line, "\n");
		*text = line + length + (line[length] == '\n');
		value = number(line, &end);
		end += strspn(end, " \t");
		if (value < 0 || value > UINT_MAX || *end != ':')
			continue;
		end++;
		end += strspn(end, " \t");
		length -= end - line;
		while (length && isspace((unsigned char)end[length - 1]))
			length--;
		*type = value;
		snprintf(name, size, "%.*s", (int)length, end);
		return true;
	}
	return false;
}
