/* SPDX-License-Identifier: GPL-2.0 */
/* What happened, in JSON; its sentence is for people. */
#ifndef GPUSPEC_EVENT_H
#define GPUSPEC_EVENT_H

#include <jansson.h>

#include "nl.h"

json_t *row_event(const struct gpuspec_event *event);

#endif /* GPUSPEC_EVENT_H */
