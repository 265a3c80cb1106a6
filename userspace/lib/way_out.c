// SPDX-License-Identifier: GPL-2.0
#include "way_out.h"

const char *gpuspec_reason_way_out(enum gpuspec_reason reason)
{
	switch (reason) {
	case GPUSPEC_REASON_UNKNOWN_SPEC:
		return "; gpuspec enable and gpuspec share --all name it";
	case GPUSPEC_REASON_DISABLED:
		return "; gpuspec enable allows it";
	case GPUSPEC_REASON_RECALLED:
		return "; gpuspec share allows it";
	case GPUSPEC_REASON_NOT_SHARED:
		return "; gpuspec share --account allows it";
	case GPUSPEC_REASON_QUOTA:
		return "; it gets another when it lets go of one, or by a larger --max";
	default:
		return "";
	}
}

const char *gpuspec_reason_fleet_way_out(enum gpuspec_reason reason)
{
	switch (reason) {
	case GPUSPEC_REASON_UNKNOWN_SPEC:
		return "; gpuspec enable --fleet and gpuspec share --fleet --all name it";
	case GPUSPEC_REASON_DISABLED:
		return "; gpuspec enable --fleet allows it";
	case GPUSPEC_REASON_RECALLED:
		return "; gpuspec share --fleet allows it";
	case GPUSPEC_REASON_NOT_SHARED:
		return "; gpuspec share --fleet --account allows it";
	case GPUSPEC_REASON_QUOTA:
		return "; it gets another when it lets go of one, or by a larger --max --fleet";
	default:
		return "";
	}
}
