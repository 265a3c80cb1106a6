/* SPDX-License-Identifier: GPL-2.0 */
/* The inventory of a host that is made up, and what is in it; that it is there is checked, too. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include "inventory.h"

extern struct gpuspec_inventory inventory;

void host_begin(void);
void host_read(void);
void host_end(void);

const struct gpuspec_card *card(const char *address);
const struct gpuspec_model *model(const char *id);
const struct gpuspec_offer *offer(const char *id, const char *parent);
bool is_kin(const char *slice, const char *parent);

#endif /* TESTS_HOST_H */
