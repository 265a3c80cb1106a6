/* SPDX-License-Identifier: GPL-2.0 */
/* A function test_NAME() of one of userspace's unit tests, as a case. */
#ifndef UNIT_TEST_H
#define UNIT_TEST_H

#include <kunit/test.h>

#define UNIT_TEST(name) \
	static void name(struct kunit *test) \
	{ \
		failed = 0; \
		test_##name(); \
		KUNIT_EXPECT_FALSE(test, failed); \
	}

#endif /* UNIT_TEST_H */
