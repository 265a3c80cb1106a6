// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps the module away, by what libkmod answers: with GPUSPEC_TEST_KMOD
 * tests/kmod/double.c, which LD_LIBRARY_PATH has found. Without, nothing is
 * tried, or the real one would load a module here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "double.h"
#include "module_load.h"

static struct kmod_double *kmod;

static void check_load(struct kmod_double now, const char *release, const char *state,
		       const char *words)
{
	struct gpuspec_module module;

	*kmod = now;
	gpuspec_module_load(&module, release);
	check_says(gpuspec_module_state_name(module.state), state);
	check(strstr(module.sentence, words));
	check(!*module.sentence == !*words);
	check(!kmod->modules);
	check(kmod->probes == (now.has_gpuspec && !now.install));
}

static void check_error(int error, const char *state, const char *words)
{
	check_load((struct kmod_double){ .has_gpuspec = true, .probe = error }, "6.12.1", state,
		   words);
}

int main(void)
{
	void *library;

	if (!getenv("GPUSPEC_TEST_KMOD"))
		return 0;
	library = dlopen("libkmod.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return 1;
	kmod = dlsym(library, "kmod_double");
	check_error(0, "loaded", "");
	check_error(-EOPNOTSUPP, "unsupported", "refuses the kernel 6.12.1");
	check_error(-ENOEXEC, "unfit", "built for another kernel than 6.12.1");
	check_error(-ENOENT, "unfit", "dkms install");
	check_error(-EKEYREJECTED, "untrusted", "mokutil --import");
	check_error(-ENOKEY, "untrusted", "mokutil --import");
	check_error(-EINVAL, "failed", "could not be loaded: Invalid argument");
	check_error(0x20000, "barred", "blacklist gpuspec");
	check_load((struct kmod_double){ .has_gpuspec = true, .install = "/bin/false" }, "6.12.1",
		   "barred", "install gpuspec");
	check_load((struct kmod_double){ .has_mdev = true }, "6.1.0-17-amd64", "absent",
		   "install gpuspec-dkms");
	check_load((struct kmod_double){ .has_mdev = true }, "10.0", "absent", "kernel 10.0");
	check_load((struct kmod_double){ .has_mdev = true }, "6.0.9", "unsupported",
		   "needs Linux 6.1 or newer, and this is 6.0.9");
	check_load((struct kmod_double){ .has_mdev = true }, "5.10.0", "unsupported", "5.10.0");
	check_load((struct kmod_double){ .has_vfio = true }, "6.12.1", "unsupported",
		   "CONFIG_VFIO_MDEV");
	/* A kernel that runs, and whose package is gone. */
	check_load((struct kmod_double){}, "6.12.1", "absent", "kernel 6.12.1");
	dlclose(library);
	return failed;
}
