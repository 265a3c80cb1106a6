// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stddef.h>

#include "interruption.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

void interruption_hold(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int interruption(void)
{
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < SIGNALS; i++)
		if (sigismember(&set, signals[i]))
			return signals[i];
	return 0;
}
