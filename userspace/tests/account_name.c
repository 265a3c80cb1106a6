// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "account_name.h"

static int failed;

static void expect(const char *what, bool is, bool wanted)
{
	if (is == wanted)
		return;
	printf("'%s' is %svalid\n", what, is ? "" : "not ");
	failed = 1;
}

static void expect_parents(const char *path, const char *wanted)
{
	size_t length = strlen(path), count;
	char said[256] = "";

	while (length) {
		count = strlen(said);
		snprintf(said + count, sizeof(said) - count, "%.*s ", (int)length, path);
		length = gpuspec_cgroup_parent(path, length);
	}
	if (strcmp(said, wanted)) {
		printf("%s: '%s', and not '%s'\n", path, said, wanted);
		failed = 1;
	}
}

int main(void)
{
	static const char *const names[] = {
		"blue", "a", "7", "Project-1.x_y@z+w", "3f1c9a0e5d6b4c7f8a9b0c1d2e3f4a5b", "host",
	};
	static const char *const no_names[] = {
		"", "-a", ".a", "_a", "a b", "a/b", "a:b", "a\n", "\xc3\xa4", "a\"", "a=b", "a,b",
	};
	static const char *const paths[] = {
		"/a", "/a/b", "/machine.slice/machine-qemu\\x2d1.scope", "/a b", "/...", "/.a", "/\xc3\xa4",
	};
	static const char *const no_paths[] = {
		"", "/", "a", "a/b", "/a/", "//a", "/a//b", "/.", "/..", "/a/.", "/a/../b", "/a\n", "/a\x7f",
	};
	char text[GPUSPEC_CGROUP_MAX + 2];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect(names[i], gpuspec_account_name_is_valid(names[i]), true);
	for (i = 0; i < sizeof(no_names) / sizeof(no_names[0]); i++)
		expect(no_names[i], gpuspec_account_name_is_valid(no_names[i]), false);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		expect(paths[i], gpuspec_cgroup_is_valid(paths[i]), true);
	for (i = 0; i < sizeof(no_paths) / sizeof(no_paths[0]); i++)
		expect(no_paths[i], gpuspec_cgroup_is_valid(no_paths[i]), false);
	memset(text, 'a', sizeof(text));
	text[GPUSPEC_ACCOUNT_MAX] = '\0';
	expect("63 letters", gpuspec_account_name_is_valid(text), true);
	text[GPUSPEC_ACCOUNT_MAX] = 'a';
	text[GPUSPEC_ACCOUNT_MAX + 1] = '\0';
	expect("64 letters", gpuspec_account_name_is_valid(text), false);
	text[GPUSPEC_ACCOUNT_MAX + 1] = 'a';
	text[0] = '/';
	text[GPUSPEC_CGROUP_MAX - 1] = '\0';
	expect("510 bytes", gpuspec_cgroup_is_valid(text), true);
	text[GPUSPEC_CGROUP_MAX - 1] = 'a';
	text[GPUSPEC_CGROUP_MAX] = '\0';
	expect("511 bytes", gpuspec_cgroup_is_valid(text), false);
	expect_parents("/a/bc/d", "/a/bc/d /a/bc /a ");
	expect_parents("/", "/ ");
	expect_parents("a/b", "a/b a ");
	expect_parents("", "");
	return failed;
}
