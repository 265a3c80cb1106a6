/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes as base64, RFC 4648's with its padding, which is what protobuf's JSON has. */
#ifndef GPUSPEC_BASE64_H
#define GPUSPEC_BASE64_H

#include <stddef.h>
#include <sys/types.h>

/* Room for the text of @size bytes, and a NUL. */
#define GPUSPEC_BASE64_SIZE(size)	(((size) + 2) / 3 * 4 + 1)

/* Write GPUSPEC_BASE64_SIZE(size) characters to @text. */
void gpuspec_base64_encode(const void *bytes, size_t size, char *text);

/*
 * Write the @length / 4 * 3 bytes or less that @text stands for to @bytes; their
 * number, or -1: it is not what gpuspec_base64_encode() writes of any bytes.
 */
ssize_t gpuspec_base64_decode(const char *text, size_t length, void *bytes);

#endif /* GPUSPEC_BASE64_H */
