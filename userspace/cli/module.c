// SPDX-License-Identifier: GPL-2.0
/* The way to the module. */
#include <errno.h>
#include <unistd.h>

#include "cli.h"

/* The family is there in the initial network namespace only, but sysfs everywhere. */
static bool is_loaded(void)
{
	return !access("/sys/module/gpuspec", F_OK);
}

int fail_nl(const struct gpuspec_nl *nl, int error, const char *what)
{
	const char *why = gpuspec_nl_sentence(nl);

	switch (error) {
	case -EPERM:
		return fail(EXIT_NOT_PERMITTED, what, "%s; run it as root on the host", why);
	case -ENODEV:
		return fail(EXIT_NO_MODULE, what, "%s", why);
	default:
		return fail(EXIT_FAILED, what, "%s", why);
	}
}

int connect_module(struct request *request)
{
	int error;

	if (request->nl)
		return EXIT_DONE;
	error = gpuspec_nl_open(&request->nl);
	if (error != -ENOENT)
		return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
	if (is_loaded())
		return fail(EXIT_NO_MODULE, request->verb, "the module answers in the host's network namespace only, and this is another; run it on the host");
	return fail(EXIT_NO_MODULE, request->verb, "the kernel module gpuspec is not loaded, and could not be loaded by itself; gpuspec status tells why");
}
