// SPDX-License-Identifier: GPL-2.0
/* Stands for libkmod, and does as the test says: nothing is loaded. */
#include <stddef.h>
#include <string.h>

#include "double.h"

struct kmod_double kmod_double;

void *kmod_new(const char *folder, const char *const *settings)
{
	return folder || settings ? NULL : &kmod_double;
}

void *kmod_unref(void *context)
{
	(void)context;
	return NULL;
}

void kmod_set_log_priority(void *context, int priority)
{
	(void)context;
	(void)priority;
}

int kmod_module_new_from_name(void *context, const char *name, const char **module)
{
	(void)context;
	*module = name;
	kmod_double.modules++;
	return 0;
}

void *kmod_module_unref(const char *module)
{
	(void)module;
	kmod_double.modules--;
	return NULL;
}

const char *kmod_module_get_path(const char *module)
{
	if (kmod_double.has_gpuspec && !strcmp(module, "gpuspec"))
		return "gpuspec.ko";
	return kmod_double.has_vfio && !strcmp(module, "vfio") ? "vfio.ko" : NULL;
}

const char *kmod_module_get_install_commands(const char *module)
{
	(void)module;
	return kmod_double.install;
}

/* mdev may be part of the kernel. */
int kmod_module_get_initstate(const char *module)
{
	return kmod_double.has_mdev && !strcmp(module, "mdev") ? 0 : -2;
}

int kmod_module_probe_insert_module(const char *module, unsigned int flags, const char *options,
				    void *run, const void *data, void *print)
{
	kmod_double.probes++;
	if (strcmp(module, "gpuspec") || flags != 0x20000 || options || run || data || print)
		return -1;
	return kmod_double.probe;
}
