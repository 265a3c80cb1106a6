// SPDX-License-Identifier: GPL-2.0
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "login.h"

/* What the kernel keeps through every su and sudo; -1: nobody logged in, as at boot. */
static uid_t login_uid(void)
{
	FILE *file = fopen("/proc/self/loginuid", "re");
	unsigned int uid = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%u", &uid) != 1)
		uid = -1;
	fclose(file);
	return uid;
}

void gpuspec_login_name(char *name, size_t size)
{
	const char *sudo = getenv("SUDO_USER");
	uid_t uid = login_uid();
	struct passwd *user;

	if (uid == (uid_t)-1 && sudo && *sudo) {
		snprintf(name, size, "%s", sudo);
		return;
	}
	if (uid == (uid_t)-1)
		uid = getuid();
	/* This program has one thread. */
	user = getpwuid(uid); /* cppcheck-suppress getpwuidCalled */
	if (user)
		snprintf(name, size, "%s", user->pw_name);
	else
		snprintf(name, size, "%u", uid);
}
