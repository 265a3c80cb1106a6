/* SPDX-License-Identifier: GPL-2.0 */
/* What an admin who wants a verdict otherwise is to do. */
#ifndef GPUSPEC_WAY_OUT_H
#define GPUSPEC_WAY_OUT_H

#include <linux/gpuspec.h>

/* To follow gpuspec_reason_phrase(): "; gpuspec enable allows it". Empty if there is none. */
const char *gpuspec_reason_way_out(enum gpuspec_reason reason);

/* The same where it is the fleet's policy that refuses: "; gpuspec enable --fleet allows it". */
const char *gpuspec_reason_fleet_way_out(enum gpuspec_reason reason);

#endif /* GPUSPEC_WAY_OUT_H */
