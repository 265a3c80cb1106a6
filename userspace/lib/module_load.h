/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel module is not there, as loading it tells; by libkmod, as modprobe does. */
#ifndef GPUSPEC_MODULE_LOAD_H
#define GPUSPEC_MODULE_LOAD_H

enum gpuspec_module_state {
	GPUSPEC_MODULE_LOADED,		/* by now */
	GPUSPEC_MODULE_ABSENT,		/* there is none for this kernel */
	GPUSPEC_MODULE_UNSUPPORTED,	/* it cannot be built for this kernel, or refuses it */
	GPUSPEC_MODULE_UNFIT,		/* it was built for another kernel */
	GPUSPEC_MODULE_UNTRUSTED,	/* this kernel wants a signature that it trusts */
	GPUSPEC_MODULE_BARRED,		/* by modprobe's settings */
	GPUSPEC_MODULE_FAILED,		/* for another reason, or one that is not known */
};

struct gpuspec_module {
	enum gpuspec_module_state state;
	char sentence[512];	/* what is wrong, and what to do; empty if it is loaded */
};

/* Load it. @release is that of the running kernel. */
void gpuspec_module_load(struct gpuspec_module *module, const char *release);

const char *gpuspec_module_state_name(enum gpuspec_module_state state);

#endif /* GPUSPEC_MODULE_LOAD_H */
