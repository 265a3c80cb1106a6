/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/kernel.h>

/* In the words of the KUnit test that runs. */
int __printf(1, 2) printf(const char *format, ...);

#define stderr			NULL
#define fprintf(stream, ...)	((void)(stream), printf(__VA_ARGS__))
