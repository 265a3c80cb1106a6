// SPDX-License-Identifier: GPL-2.0
#include "dice.h"

static uint64_t state;

/* splitmix64: any seed is good, zero too. */
void dice_seed(uint64_t seed)
{
	state = seed;
}

uint32_t dice_word(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z >> 32;
}

uint32_t dice(uint32_t sides)
{
	return (uint64_t)dice_word() * sides >> 32;
}

bool dice_percent(uint32_t percent)
{
	return dice(100) < percent;
}
