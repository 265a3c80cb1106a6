/* SPDX-License-Identifier: GPL-2.0 */
/* Timers of the agent's loop, that go off once each time that they are set. In us. */
#ifndef GPUSPEC_FLEET_TIMER_H
#define GPUSPEC_FLEET_TIMER_H

#include <systemd/sd-event.h>

/* Not as the loop has it, which is from before what may have taken long. */
uint64_t timer_now(void);

/* One that is not set; < 0 is an error. */
int timer_add(sd_event *loop, sd_event_source **timer, sd_event_time_handler_t handler,
	      void *data);
/* In so long from now, whatever it was set to. */
void timer_set(sd_event_source *timer, uint64_t usec);
void timer_stop(sd_event_source *timer);

#endif /* GPUSPEC_FLEET_TIMER_H */
