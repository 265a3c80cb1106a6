// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "timer.h"

/* Those that are due about the same time go off together. */
#define ACCURACY	100000

uint64_t timer_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec * 1000000ULL + time.tv_nsec / 1000;
}

int timer_add(sd_event *loop, sd_event_source **timer, sd_event_time_handler_t handler,
	      void *data)
{
	int error = sd_event_add_time(loop, timer, CLOCK_BOOTTIME, 0, ACCURACY, handler, data);

	if (error >= 0)
		timer_stop(*timer);
	return error;
}

void timer_set(sd_event_source *timer, uint64_t usec)
{
	sd_event_source_set_time(timer, timer_now() + usec);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

void timer_stop(sd_event_source *timer)
{
	sd_event_source_set_enabled(timer, SD_EVENT_OFF);
}
