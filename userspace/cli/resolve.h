/* SPDX-License-Identifier: GPL-2.0 */
/* What an admin types for a spec or a device, made into the thing itself. */
#ifndef GPUSPEC_RESOLVE_H
#define GPUSPEC_RESOLVE_H

#include "cli.h"
#include "inventory.h"

/*
 * The spec that @word names: an id, a device of it, or a part of one name or
 * id. A well-formed id may be of a spec that this host does not have: then it
 * is what @word says itself. NULL when it was told that there is none
 * (*@status EXIT_NOT_FOUND), or more than one (EXIT_USAGE).
 */
const char *resolve_spec(const struct request *request,
			 struct gpuspec_inventory *inventory,
			 const char *word, int *status);

/* The device at the address that @word is, as people write it; NULL if it is none. */
const struct gpuspec_card *resolve_device(const struct gpuspec_inventory *inventory,
					  const char *word);

#endif /* GPUSPEC_RESOLVE_H */
