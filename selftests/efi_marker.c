// SPDX-License-Identifier: GPL-2.0
/*
 * An EFI driver that only says that it was started, on QEMU's debug console:
 * for the second image of an option ROM, which OVMF is to find and start.
 */
#include <efi.h>

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	static const char marker[] = "EFI DRIVER OF THE ROM\n";
	unsigned int i;

	for (i = 0; i < sizeof(marker) - 1; i++)
		__asm__ volatile("outb %0, $0xe9" : : "a"(marker[i]));
	return EFI_SUCCESS;
}
