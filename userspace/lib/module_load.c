// SPDX-License-Identifier: GPL-2.0
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module_load.h"

/*
 * Of libkmod.h, what is called here. It is opened when it is needed, which is
 * seldom: it brings libcrypto along, and the program is started often.
 */
#define LIBRARY			"libkmod.so.2"
#define PROBE_APPLY_BLACKLIST	0x20000	/* of what is probed; returned where it is so */

struct kmod {
	void *library, *context;
	void *(*new)(const char *folder, const char *const *settings);
	void *(*unref)(void *context);
	void (*set_log_priority)(void *context, int priority);
	int (*find)(void *context, const char *name, void **module);
	void *(*drop)(void *module);
	const char *(*path)(const void *module);
	const char *(*install_commands)(const void *module);
	int (*state)(const void *module);
	int (*probe)(void *module, unsigned int flags, const char *options,
		     int (*run)(void *module, const char *command, void *data), const void *data,
		     void (*print)(void *module, bool install, const char *options));
};

static void __attribute__((format(printf, 3, 4)))
is(struct gpuspec_module *module, enum gpuspec_module_state state, const char *format, ...)
{
	va_list args;

	module->state = state;
	va_start(args, format);
	vsnprintf(module->sentence, sizeof(module->sentence), format, args);
	va_end(args);
}

static bool find(const struct kmod *kmod, const char *name, void *function)
{
	void *found = dlsym(kmod->library, name);

	memcpy(function, &found, sizeof(found));
	return found;
}

static bool open_kmod(struct kmod *kmod)
{
	*kmod = (struct kmod){ .library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL) };
	if (!kmod->library)
		return false;
	if (find(kmod, "kmod_new", &kmod->new) && find(kmod, "kmod_unref", &kmod->unref) &&
	    find(kmod, "kmod_set_log_priority", &kmod->set_log_priority) &&
	    find(kmod, "kmod_module_new_from_name", &kmod->find) &&
	    find(kmod, "kmod_module_unref", &kmod->drop) &&
	    find(kmod, "kmod_module_get_path", &kmod->path) &&
	    find(kmod, "kmod_module_get_install_commands", &kmod->install_commands) &&
	    find(kmod, "kmod_module_get_initstate", &kmod->state) &&
	    find(kmod, "kmod_module_probe_insert_module", &kmod->probe))
		kmod->context = kmod->new(NULL, NULL);
	/* What there is to say is said here. */
	if (kmod->context)
		kmod->set_log_priority(kmod->context, -1);
	else
		dlclose(kmod->library);
	return kmod->context;
}

static void close_kmod(struct kmod *kmod)
{
	kmod->unref(kmod->context);
	dlclose(kmod->library);
}

/* As a file, or in the kernel already. */
static bool is_there(const struct kmod *kmod, const void *module)
{
	return kmod->path(module) || kmod->state(module) >= 0;
}

static bool has(const struct kmod *kmod, const char *name)
{
	void *module;
	bool there;

	if (kmod->find(kmod->context, name, &module))
		return false;
	there = is_there(kmod, module);
	kmod->drop(module);
	return there;
}

/* Are the kernel's modules here? Its package may be gone, with the kernel running. */
static bool has_files(const struct kmod *kmod)
{
	void *module;
	bool found;

	if (kmod->find(kmod->context, "vfio", &module))
		return false;
	found = kmod->path(module);
	kmod->drop(module);
	return found;
}

/* None was built for this kernel: can it be? As dkms.conf and kmod/compat.h have it. */
static void judge_absent(struct gpuspec_module *module, const struct kmod *kmod,
			 const char *release)
{
	unsigned int major, minor;

	if (sscanf(release, "%u.%u", &major, &minor) == 2 &&
	    (major < 6 || (major == 6 && minor < 1)))
		is(module, GPUSPEC_MODULE_UNSUPPORTED, "gpuspec needs Linux 6.1 or newer, and this is %s; boot a newer kernel",
		   release);
	else if (has_files(kmod) && !has(kmod, "mdev"))
		is(module, GPUSPEC_MODULE_UNSUPPORTED, "the kernel %s has no mediated devices (CONFIG_VFIO_MDEV), which gpuspec needs; boot one that has, such as Debian's linux-image-amd64",
		   release);
	else
		is(module, GPUSPEC_MODULE_ABSENT, "there is no kernel module gpuspec for the kernel %s; install gpuspec-dkms and the headers of this kernel; dkms status tells what came of it",
		   release);
}

/* Then it takes no module that is not signed, either. */
static bool is_locked_down(void)
{
	char text[64] = "";
	int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	return length > 0 && !strstr(text, "[none]");
}

static bool is_of_signature(int error)
{
	return error == -ENOKEY || error == -EKEYREJECTED || error == -EBADMSG ||
		(error == -EPERM && !geteuid() && is_locked_down());
}

static void judge_error(struct gpuspec_module *module, const char *release, int error)
{
	switch (error) {
	case -EOPNOTSUPP:
		is(module, GPUSPEC_MODULE_UNSUPPORTED, "the kernel module gpuspec refuses the kernel %s, whose VFIO is another than those on which its gates were proven; boot another kernel, or install a newer gpuspec; dmesg says what differs",
		   release);
		return;
	case -ENOEXEC:
	case -ENOENT:
		is(module, GPUSPEC_MODULE_UNFIT, "the kernel module gpuspec was built for another kernel than %s; have it built anew: dkms install --force gpuspec/VERSION, as dkms status names it",
		   release);
		return;
	}
	if (is_of_signature(error)) {
		is(module, GPUSPEC_MODULE_UNTRUSTED, "the kernel takes no module without a signature that it trusts, and does not trust that of gpuspec; have the machine trust the key that DKMS signs with: mokutil --import /var/lib/dkms/mok.pub, and boot");
		return;
	}
	/* Other symbols under the same release are an invalid argument, as wrong parameters are. */
	if (error == -EINVAL)
		is(module, GPUSPEC_MODULE_FAILED, "the kernel module gpuspec could not be loaded: %s; dmesg may say more: of wrong parameters, or of symbols of another build of this kernel, and then dkms install --force gpuspec/VERSION builds it anew",
		   strerror(-error));
	else
		is(module, GPUSPEC_MODULE_FAILED, "the kernel module gpuspec could not be loaded: %s; dmesg may say more",
		   strerror(-error));
}

static void load(struct gpuspec_module *module, const struct kmod *kmod, void *file,
		 const char *release)
{
	int error = 0;

	if (kmod->state(file) >= 0) {
		is(module, GPUSPEC_MODULE_LOADED, "%s", "");
		return;
	}
	if (!is_there(kmod, file)) {
		judge_absent(module, kmod, release);
		return;
	}
	/* It is not to be run here what stands for the module there. */
	if (!kmod->install_commands(file))
		error = kmod->probe(file, PROBE_APPLY_BLACKLIST, NULL, NULL, NULL, NULL);
	if (kmod->install_commands(file) || error > 0)
		is(module, GPUSPEC_MODULE_BARRED, "modprobe's settings keep the kernel module gpuspec from being loaded: see the lines install gpuspec, or blacklist gpuspec, of modprobe --showconfig");
	else if (error)
		judge_error(module, release, error);
	else
		is(module, GPUSPEC_MODULE_LOADED, "%s", "");
}

void gpuspec_module_load(struct gpuspec_module *module, const char *release)
{
	struct kmod kmod;
	void *file;

	is(module, GPUSPEC_MODULE_FAILED, "the kernel module gpuspec is not loaded; see what modprobe gpuspec says");
	if (!open_kmod(&kmod))
		return;
	if (!kmod.find(kmod.context, "gpuspec", &file)) {
		load(module, &kmod, file, release);
		kmod.drop(file);
	}
	close_kmod(&kmod);
}

const char *gpuspec_module_state_name(enum gpuspec_module_state state)
{
	static const char *const names[] = {
		[GPUSPEC_MODULE_LOADED] = "loaded",
		[GPUSPEC_MODULE_ABSENT] = "absent",
		[GPUSPEC_MODULE_UNSUPPORTED] = "unsupported",
		[GPUSPEC_MODULE_UNFIT] = "unfit",
		[GPUSPEC_MODULE_UNTRUSTED] = "untrusted",
		[GPUSPEC_MODULE_BARRED] = "barred",
		[GPUSPEC_MODULE_FAILED] = "failed",
	};

	return names[state];
}
