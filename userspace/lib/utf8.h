/* SPDX-License-Identifier: GPL-2.0 */
/* Text that a person, a process or a driver chose, made fit for JSON and for printing. */
#ifndef GPUSPEC_UTF8_H
#define GPUSPEC_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write @text to @out as valid UTF-8, a '?' for each byte that is none, cut
 * where @out of @size bytes ends; returns the length. Control characters stay.
 */
size_t gpuspec_utf8_clean(char *out, size_t size, const char *text);

/* The same, and a '?' for each control character: for terminals and logs. */
size_t gpuspec_utf8_clean_line(char *out, size_t size, const char *text);

/* Is it valid UTF-8 without control characters? */
bool gpuspec_utf8_is_printable(const char *text);

#endif /* GPUSPEC_UTF8_H */
