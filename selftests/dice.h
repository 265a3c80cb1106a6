/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that come again with the same seed. */
#ifndef SELFTESTS_DICE_H
#define SELFTESTS_DICE_H

#include <stdbool.h>
#include <stdint.h>

void dice_seed(uint64_t seed);
uint32_t dice_word(void);
/* One of 0 to @sides - 1. */
uint32_t dice(uint32_t sides);
/* True so often in a hundred times. */
bool dice_percent(uint32_t percent);

#endif /* SELFTESTS_DICE_H */
