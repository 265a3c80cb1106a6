/* SPDX-License-Identifier: GPL-2.0 */
/* What happened, in JSON; its sentence is for people. */
#ifndef GPUSPEC_EVENT_H
#define GPUSPEC_EVENT_H

#include <jansson.h>
#include <time.h>

#include "nl.h"

/* @seconds since 1970 in local time, as RFC 3339 has it. */
json_t *row_time(time_t seconds);

json_t *row_event(const struct gpuspec_event *event);

#endif /* GPUSPEC_EVENT_H */
