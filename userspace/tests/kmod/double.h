/* SPDX-License-Identifier: GPL-2.0 */
/* What the library that stands for libkmod says, and was asked to do. */
#ifndef TESTS_KMOD_DOUBLE_H
#define TESTS_KMOD_DOUBLE_H

#include <stdbool.h>

struct kmod_double {
	bool has_gpuspec, has_mdev, has_vfio;
	const char *install;	/* the line of modprobe's settings; NULL: none */
	int probe;		/* what comes of loading it */
	int probes, modules;	/* how often that was tried; how many were not let go */
};

void *kmod_new(const char *folder, const char *const *settings);
void *kmod_unref(void *context);
void kmod_set_log_priority(void *context, int priority);
int kmod_module_new_from_name(void *context, const char *name, const char **module);
void *kmod_module_unref(const char *module);
const char *kmod_module_get_path(const char *module);
const char *kmod_module_get_install_commands(const char *module);
int kmod_module_get_initstate(const char *module);
int kmod_module_probe_insert_module(const char *module, unsigned int flags, const char *options,
				    void *run, const void *data, void *print);

#endif /* TESTS_KMOD_DOUBLE_H */
