// SPDX-License-Identifier: GPL-2.0
/* How long a host lets a bad ROM of its fleet be. */
#include <string.h>

#include "backoff.h"
#include "check.h"
#include "rom_refusals.h"

#define SPEC	"pci:1234:1111:1af4:1100"
#define OTHER	"pci:1234:1112:1af4:1100"

/* Each is at least half of what it is before the jitter, and not always the same. */
static void test_backoff(void)
{
	static const uint64_t waits[] = { 3, 6, 12, 24, 40, 40, 40 };
	struct backoff backoff = { .least = 3, .most = 40 };
	bool differs = false;
	uint64_t wait;
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		wait = backoff_next(&backoff);
		check(backoff.wait == waits[i]);
		check(wait >= waits[i] / 2 && wait <= waits[i]);
	}
	wait = backoff_jitter(1ULL << 30);
	for (i = 0; i < 100; i++)
		differs |= backoff_jitter(1ULL << 30) != wait;
	check(differs);
	check(!backoff_jitter(0));
}

/* For how long is it left alone, from @now? */
static uint64_t left_alone(const struct rom_refusals *refusals, int64_t revision, uint64_t now)
{
	uint64_t seconds = 0;

	while (rom_refusals_find(refusals, SPEC, revision, now + seconds))
		seconds++;
	return seconds;
}

static void test_refusals(void)
{
	struct rom_refusals refusals = {};
	uint64_t now = 1000, seconds = 0;
	int i;

	check(!rom_refusals_find(&refusals, SPEC, 7, now));
	for (i = 0; i < 10; i++) {
		check(!rom_refusals_add(&refusals, SPEC, 7, "no good", now));
		check(!strcmp(rom_refusals_find(&refusals, SPEC, 7, now), "no good"));
		seconds = left_alone(&refusals, 7, now);
		check(seconds >= (i ? 60 : 30) && seconds <= 3600);
		now += seconds;
	}
	check(seconds >= 1800 && refusals.count == 1);
	/* Of another decision, or another spec, that says nothing. */
	check(!rom_refusals_add(&refusals, SPEC, 7, "no good", now));
	check(!rom_refusals_find(&refusals, SPEC, 8, now));
	check(!rom_refusals_find(&refusals, OTHER, 7, now));
	check(!rom_refusals_add(&refusals, OTHER, 7, "bad", now));
	check(!rom_refusals_add(&refusals, SPEC, 8, "worse", now));
	check(left_alone(&refusals, 8, now) <= 60);
	check(!strcmp(rom_refusals_find(&refusals, SPEC, 8, now), "worse"));
	check(!strcmp(rom_refusals_find(&refusals, OTHER, 7, now), "bad"));
	rom_refusals_drop(&refusals, SPEC);
	check(!rom_refusals_find(&refusals, SPEC, 8, now));
	check(!strcmp(rom_refusals_find(&refusals, OTHER, 7, now), "bad"));
	rom_refusals_drop(&refusals, SPEC);
	check(refusals.count == 1);
	rom_refusals_free(&refusals);
}

int main(void)
{
	test_backoff();
	test_refusals();
	return failed;
}
