/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUSPEC_CLI_SPEC_TABLE_H
#define GPUSPEC_CLI_SPEC_TABLE_H

#include <jansson.h>

/* Print rows of row_spec() as a tree; non-zero without memory. */
int print_specs(json_t *rows);

#endif /* GPUSPEC_CLI_SPEC_TABLE_H */
