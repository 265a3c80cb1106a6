/* SPDX-License-Identifier: GPL-2.0 */
#include <stdlib.h>

#define assert(condition)	((condition) ? (void)0 : abort())
