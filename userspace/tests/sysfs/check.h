/* SPDX-License-Identifier: GPL-2.0 */
/* What is to hold in a test that goes on where it does not. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdbool.h>

/* 1 once something did not hold. */
extern int failed;

#define check(what)	check_at(__LINE__, #what, what)

void check_at(int line, const char *what, bool is_so);
/* @text is as @expected. */
void check_says(const char *text, const char *expected);

#endif /* TESTS_CHECK_H */
