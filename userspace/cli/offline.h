/* SPDX-License-Identifier: GPL-2.0 */
/* This host as its files have it: the kept policy and sysfs, without the module. */
#ifndef GPUSPEC_CLI_OFFLINE_H
#define GPUSPEC_CLI_OFFLINE_H

#include "place.h"

/* For verbs that only look. */
extern const struct place offline_place;

#endif /* GPUSPEC_CLI_OFFLINE_H */
