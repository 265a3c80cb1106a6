/* SPDX-License-Identifier: GPL-2.0 */
/* The options of all verbs: their names, their help, and what they put into a request. */
#ifndef GPUSPEC_CLI_OPTIONS_H
#define GPUSPEC_CLI_OPTIONS_H

#include "cli.h"

#define PGPU		(1 << 0)
#define VGPU		(1 << 1)
#define IF_UNUSED	(1 << 2)
#define DRY_RUN		(1 << 3)
#define ALL		(1 << 4)
#define VERSION		(1 << 5)
#define FORCE		(1 << 6)
#define STRIP_NVGI	(1 << 7)
#define ACCOUNT		(1 << 8)
#define MAX		(1 << 9)
#define CGROUP		(1 << 10)
#define UID		(1 << 11)
#define PID		(1 << 12)
#define NO_ROM		(1 << 13)
#define WITH_SLICES	(1 << 14)
#define PARENT		(1 << 15)
#define UUID		(1 << 16)
#define PACK		(1 << 17)
#define PERSISTENT	(1 << 18)
#define FLEET		(1 << 19)
#define ALL_HOSTS	(1 << 20)
#define WAIT		(1 << 21)
#define TIMEOUT		(1 << 22)
#define LOGIN		(1 << 23)
#define HOST		(1 << 24)
#define OFFLINE		(1 << 25)
#define FROM		(1 << 26)
#define JSON		(1 << 27)
#define HELP		(1 << 28)
/* No options: the verb does without the module, or connects by itself; it is of the fleet. */
#define ALONE		(1 << 29)
#define OF_FLEET	(1 << 30)

/* Of a verb that decides something for the fleet. */
#define DECIDES		(FLEET | WAIT | TIMEOUT | LOGIN)

/* Print the help, or for shells the words, of those whose bits are in @allowed. */
void print_options(int allowed);
void print_option_words(int allowed);

/*
 * Read the options after the verb, of which those in @allowed are for it: their
 * bits, or -1 when it was told that one is wrong.
 */
int parse_options(int allowed, struct request *request, int argc, char **argv);

#endif /* GPUSPEC_CLI_OPTIONS_H */
