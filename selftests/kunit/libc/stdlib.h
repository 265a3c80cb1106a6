/* SPDX-License-Identifier: GPL-2.0 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#define free(memory)	kvfree(memory)

/* Ends the KUnit test that runs. */
#define abort() \
	({ \
		KUNIT_FAIL(current->kunit_test, "aborted"); \
		kunit_try_catch_throw(&current->kunit_test->try_catch); \
	})

static inline int atoi(const char *text)
{
	int number;

	return kstrtoint(text, 10, &number) ? 0 : number;
}
