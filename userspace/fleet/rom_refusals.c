// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/gpuspec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "rom_refusals.h"

/* In s. */
#define LEAST	60
#define MOST	3600

struct rom_refusal {
	char spec[GPUSPEC_ID_MAX + 1];
	int64_t revision;
	char why[512];
	struct backoff backoff;
	uint64_t until;
};

static struct rom_refusal *find(const struct rom_refusals *refusals, const char *spec)
{
	size_t i;

	for (i = 0; i < refusals->count; i++)
		if (!strcmp(refusals->all[i].spec, spec))
			return &refusals->all[i];
	return NULL;
}

const char *rom_refusals_find(const struct rom_refusals *refusals, const char *spec,
			      int64_t revision, uint64_t now)
{
	const struct rom_refusal *refusal = find(refusals, spec);

	return refusal && refusal->revision == revision && now < refusal->until ?
	       refusal->why : NULL;
}

int rom_refusals_add(struct rom_refusals *refusals, const char *spec, int64_t revision,
		     const char *why, uint64_t now)
{
	struct rom_refusal *refusal = find(refusals, spec), *more;

	if (!refusal) {
		more = reallocarray(refusals->all, refusals->count + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		refusals->all = more;
		refusal = &more[refusals->count++];
		memset(refusal, 0, sizeof(*refusal));
		snprintf(refusal->spec, sizeof(refusal->spec), "%s", spec);
	}
	if (refusal->revision != revision)
		refusal->backoff = (struct backoff){ .least = LEAST, .most = MOST };
	refusal->revision = revision;
	snprintf(refusal->why, sizeof(refusal->why), "%s", why);
	refusal->until = now + backoff_next(&refusal->backoff);
	return 0;
}

void rom_refusals_drop(struct rom_refusals *refusals, const char *spec)
{
	struct rom_refusal *refusal = find(refusals, spec);

	if (refusal)
		*refusal = refusals->all[--refusals->count];
}

void rom_refusals_free(struct rom_refusals *refusals)
{
	free(refusals->all);
	*refusals = (struct rom_refusals){};
}
