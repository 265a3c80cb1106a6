/* SPDX-License-Identifier: GPL-2.0 */
/* What a virtual machine is called that a process runs. */
#ifndef GPUSPEC_VM_NAME_H
#define GPUSPEC_VM_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GPUSPEC_VM_NAME_SIZE	256

/*
 * As libvirt names the cgroups of its machines, with systemd-machined or without:
 *
 *   /machine.slice/machine-qemu\x2d7\x2dweb.scope/libvirt/emulator
 *   /machine/qemu-7-web.libvirt-qemu/emulator
 *
 * It leaves out what a cgroup cannot hold, and the end of long names. False: it is
 * none of these.
 */
bool gpuspec_vm_name_of_cgroup(const char *cgroup, char *name, size_t size);

/* As it was told QEMU, whose command line @command is, of @length bytes: -name guest=web,... */
bool gpuspec_vm_name_of_command(const char *command, size_t length, char *name, size_t size);

/* Of a process that runs now: as QEMU was told. */
bool gpuspec_vm_name_of_process(uint32_t pid, char *name, size_t size);

#endif /* GPUSPEC_VM_NAME_H */
