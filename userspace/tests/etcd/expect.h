/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of etcd's client do, and what is to come of it. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etcd_call.h"
#include "etcd_watch.h"

/* The status to exit with: 1 once something was not as expected. */
extern int failed;

void expect_so(bool is_so, const char *what, int line);
#define CHECK(is_so)	expect_so(is_so, #is_so, __LINE__)

/* The error, which is told in one line that has @part in it; SHOW=1 shows it. */
void expect_told(const struct gpuspec_etcd *etcd, int error, int wanted, const char *part,
		 int line);
#define EXPECT(etcd, error, wanted, part)	expect_told(etcd, error, wanted, part, __LINE__)

/* With @endpoints that end with a NULL; times that are not set are short. */
struct gpuspec_etcd *open_etcd(struct gpuspec_etcd_settings settings,
			       const char *const *endpoints);

int put(struct gpuspec_etcd *etcd, const char *key, const void *value, size_t size);
/* All under a prefix, at a revision or (0) now; it is not kept. */
int get_at(struct gpuspec_etcd *etcd, const char *prefix, int64_t revision);
int get(struct gpuspec_etcd *etcd, const char *prefix);
/* What the client has no function for; the answer is not kept. */
int call(struct gpuspec_etcd *etcd, const char *path, const char *request);
/* Open one, and close it. */
int watch_once(struct gpuspec_etcd *etcd, const char *prefix);

/* Ask for something at one endpoint, and for word of it. */
void expect_get(struct gpuspec_etcd_settings settings, const char *url, int wanted,
		const char *part, int line);
#define EXPECT_GET(settings, url, wanted, part)	expect_get(settings, url, wanted, part, __LINE__)

#endif /* EXPECT_H */
