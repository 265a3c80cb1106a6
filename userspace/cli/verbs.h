/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs, their help, and the words that shells complete. */
#ifndef GPUSPEC_CLI_VERBS_H
#define GPUSPEC_CLI_VERBS_H

#include "cli.h"

struct verb {
	const char *name;	/* of one word or two */
	int (*run)(struct request *request);
	const char *arguments;
	int options;		/* besides --json and --help */
	int least, most;	/* arguments */
	const char *help;
};

/* The verb that @argv begins with, and in *@words how many words it has; NULL: none. */
const struct verb *find_verb(int argc, char **argv, int *words);

/* All return an exit status. That there is no such verb is an error, which is told. */
int tell_no_verb(int argc, char **argv);
int help(void);
int help_verb(const struct verb *verb);
/* For shells: what may follow. */
int words(int argc, char **argv);

#endif /* GPUSPEC_CLI_VERBS_H */
