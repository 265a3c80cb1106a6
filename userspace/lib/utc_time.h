/* SPDX-License-Identifier: GPL-2.0 */
/* Moments as files, etcd and answers have them: "2026-11-24T03:25:00Z". */
#ifndef GPUSPEC_UTC_TIME_H
#define GPUSPEC_UTC_TIME_H

#include <stdbool.h>
#include <time.h>

#define GPUSPEC_UTC_TIME_SIZE	24

void gpuspec_utc_time(char text[GPUSPEC_UTC_TIME_SIZE], time_t seconds);
/* Is it of that form? */
bool gpuspec_utc_time_is_valid(const char *text);

#endif /* GPUSPEC_UTC_TIME_H */
