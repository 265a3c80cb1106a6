/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a domain's XML says of a VM's devices and of whose it is. The XML is
 * whatever somebody sent: it is read as a stream, in bounded memory; nothing
 * is fetched, and a document type is refused, and with it all entities.
 */
#ifndef DOMAIN_H
#define DOMAIN_H

#include <stddef.h>

#include "account_name.h"
#include "host_device.h"

#define DOMAIN_XML_MAX		(16u << 20)
#define DOMAIN_DEVICES_MAX	1024

struct domain {
	/* Devices of the host that VFIO gives to the VM, each once, in their order. */
	char (*devices)[HOST_DEVICE_SIZE];
	size_t device_count;
	char partition[GPUSPEC_CGROUP_MAX + 1];	/* empty: libvirt's default */
	/* Of Nova's metadata; empty if there are none, or no account can have this name. */
	char project_id[GPUSPEC_ACCOUNT_SIZE], project_name[GPUSPEC_ACCOUNT_SIZE];
	char sentence[256];	/* why it could not be read */
};

/*
 * Read it: 0 or a negative errno, told by the sentence; -EBADMSG: it is no
 * domain in XML. To be freed in any case.
 */
int domain_read(const char *xml, size_t size, struct domain *domain);
void domain_free(struct domain *domain);

#endif /* DOMAIN_H */
