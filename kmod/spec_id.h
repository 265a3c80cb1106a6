/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The form of a spec id, decided here for the module and userspace alike:
 *
 *   pci:VVVV:DDDD:SSSS:ssss   a physical card: vendor, device, subsystem
 *                             vendor, subsystem device
 *   vf:VVVV:PPPP:FFFF         an SR-IOV virtual function: vendor, device id
 *                             of its physical function, its own device id
 *   vf:VVVV:PPPP:FFFF/TYPE    the same, made a vGPU of a type by its driver in
 *                             the host, as in nvidia-559
 *   mdev:TYPE                 a mediated device type, by the name of its
 *                             directory in sysfs
 *
 * Numbers are four lower-case hexadecimal digits. Pure C: no kernel calls.
 */
#ifndef GPUSPEC_SPEC_ID_H
#define GPUSPEC_SPEC_ID_H

#include <linux/gpuspec.h>
#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

#define GPUSPEC_ID_SIZE	(GPUSPEC_ID_MAX + 1)

/* What a well-formed id says; the numbers are 0 where its form has none. */
struct gpuspec_id {
	enum gpuspec_id_form {
		GPUSPEC_ID_PCI,
		GPUSPEC_ID_VF,
		GPUSPEC_ID_MDEV,
	} form;
	unsigned int vendor;
	unsigned int device;		/* of a VF: of its physical function */
	unsigned int subvendor;
	unsigned int subdevice;
	unsigned int vf_device;
	const char *mdev_type;		/* both point into the id */
	const char *vf_type;		/* NULL: the virtual function has none */
};

/* Write an id to @id, of GPUSPEC_ID_SIZE bytes. */
void gpuspec_id_pci(char *id, unsigned int vendor, unsigned int device,
		    unsigned int subvendor, unsigned int subdevice);
void gpuspec_id_vf(char *id, unsigned int vendor, unsigned int pf_device,
		   unsigned int vf_device);
/* In these, a character of @type that an id cannot hold becomes '?'. */
void gpuspec_id_vf_typed(char *id, unsigned int vendor, unsigned int pf_device,
			 unsigned int vf_device, const char *type);
void gpuspec_id_mdev(char *id, const char *type);

/* False if @id is not well formed; @out may be NULL. */
bool gpuspec_id_parse(const char *id, struct gpuspec_id *out);

/* The kind of spec that the well-formed @id names. */
enum gpuspec_kind gpuspec_id_kind(const char *id);

#endif /* GPUSPEC_SPEC_ID_H */
