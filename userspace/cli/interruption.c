// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "interruption.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static void hold(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(set, signals[i]);
	sigprocmask(SIG_BLOCK, set, NULL);
}

void interruption_hold(void)
{
	sigset_t set;

	hold(&set);
}

int interruption_fd(void)
{
	sigset_t set;

	hold(&set);
	return signalfd(-1, &set, SFD_CLOEXEC);
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
