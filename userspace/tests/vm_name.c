// SPDX-License-Identifier: GPL-2.0
/* What virtual machines are called, by what their processes have. */
#include <stdio.h>
#include <string.h>

#include "vm_name.h"

static int failed;

static void check(const char *what, bool found, const char *name, const char *expected)
{
	if (found == !expected || (expected && strcmp(name, expected))) {
		printf("%s: '%s', and not '%s'\n", what, found ? name : "none",
		       expected ? expected : "none");
		failed = 1;
	}
}

static void cgroup(const char *path, const char *expected)
{
	char name[GPUSPEC_VM_NAME_SIZE];

	check(path, gpuspec_vm_name_of_cgroup(path, name, sizeof(name)), name, expected);
}

static void command(const char *words, size_t length, const char *expected)
{
	char name[GPUSPEC_VM_NAME_SIZE];

	check(words, gpuspec_vm_name_of_command(words, length, name, sizeof(name)), name,
	      expected);
}

#define COMMAND(words, expected) command(words, sizeof(words), expected)

int main(void)
{
	char longest[600], name[8];

	cgroup("/machine.slice/machine-qemu\\x2d7\\x2dweb.scope/libvirt/emulator", "web");
	cgroup("/machine.slice/machine-qemu\\x2d12\\x2dblue\\x2ddb.scope", "blue-db");
	cgroup("/machine/qemu-1-web.libvirt-qemu/emulator", "web");
	cgroup("/machine/blue.partition/qemu-3-a-1.libvirt-qemu/vcpu0", "a-1");
	cgroup("/", NULL);
	cgroup("", NULL);
	cgroup("/user.slice/user-0.slice/session-1.scope", NULL);
	cgroup("/qemu.slice/100.scope", NULL);
	cgroup("/machine.slice/machine-lxc\\x2d7\\x2dweb.scope", NULL);
	cgroup("/machine/qemu-x-web.libvirt-qemu", NULL);
	cgroup("/machine/qemu-1-.libvirt-qemu", NULL);
	cgroup("/machine/qemu-.libvirt-qemu", NULL);
	cgroup("/machine/.libvirt-qemu", NULL);
	cgroup("/machine-.scope", NULL);
	cgroup("/machine-\\x2.scope", NULL);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "/qemu-1-", 8);
	snprintf(longest + 500, 100, ".libvirt-qemu");
	check("a long name", gpuspec_vm_name_of_cgroup(longest, name, sizeof(name)), name,
	      "xxxxxxx");

	COMMAND("qemu\0-name\0guest=web,debug-threads=on\0-S", "web");
	COMMAND("kvm\0-id\0vm\0-name\0blue,debug-threads=on", "blue");
	COMMAND("qemu\0-name\0guest=a,,b,process=c", "a,b");
	COMMAND("qemu\0-name\0alone", "alone");
	COMMAND("qemu\0-name\0process=c", NULL);
	COMMAND("qemu\0-name\0", NULL);
	COMMAND("qemu\0-m\0size=64", NULL);
	COMMAND("", NULL);
	command("qemu\0-name\0cut", 14, NULL);
	command("qemu\0-name", 10, NULL);
	return failed;
}
