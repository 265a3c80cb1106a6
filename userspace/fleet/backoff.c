// SPDX-License-Identifier: GPL-2.0
#include <sys/random.h>
#include <sys/types.h>
#include <unistd.h>

#include "backoff.h"

uint64_t backoff_jitter(uint64_t wait)
{
	uint32_t dice = 0;

	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) < 0)
		dice = getpid();
	return wait / 2 + dice % (wait / 2 + 1);
}

uint64_t backoff_next(struct backoff *backoff)
{
	if (!backoff->wait)
		backoff->wait = backoff->least;
	else if (backoff->wait < backoff->most / 2)
		backoff->wait *= 2;
	else
		backoff->wait = backoff->most;
	return backoff_jitter(backoff->wait);
}
