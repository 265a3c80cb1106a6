// SPDX-License-Identifier: GPL-2.0
/*
 * What real ROMs are found to be: those that Debian has, of the packages seabios
 * (for the cards that QEMU makes) and ipxe-qemu (for network cards: right in all
 * but their class).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_judge.h"

#define SEABIOS	"/usr/share/seabios/"
#define IPXE	"/usr/lib/ipxe/qemu/"

#define W01	"W01 no EFI image: OVMF guests will have no picture until the driver loads\n"
#define W07(n)	"W07 size is not a power of two: guest BAR will be " #n " (padding ff)\n"
#define E13	"class code 020000 is not a display controller (03xxxx)\n"
/* For the ISA bus: there is nothing that PCI would look for. */
#define ISA	"E05 image 0 at 0x0: PCIR pointer 0x0 points inside the 26-byte header\n"
#define PXE	"E13 image 0 at 0x0: " E13 W07(131072) W01
#define EFI(at)	"E13 image 0 at 0x0: " E13 "E13 image 1 at " #at ": " E13 "W16 image 1 at " #at \
		": EFI image is unsigned: Secure Boot guests reject it\n" W07(262144)

static const struct {
	const char *file;
	const char *expected;
	__u16 vendor, device;	/* of the first image */
} roms[] = {
	{ SEABIOS "vgabios-ati.bin", "W03 image 0 at 0x0: AMD: ATOM/MOTA not found via 0x48\n"
	  W07(65536) W01, 0x1002, 0x5159 },
	{ SEABIOS "vgabios-bochs-display.bin", W07(32768) W01, 0x1234, 0x1111 },
	{ SEABIOS "vgabios-cirrus.bin", W07(65536) W01, 0x1013, 0x00b8 },
	{ SEABIOS "vgabios-isavga.bin", ISA W07(65536), 0, 0 },
	{ SEABIOS "vgabios-qxl.bin", W07(65536) W01, 0x1b36, 0x0100 },
	{ SEABIOS "vgabios-ramfb.bin", ISA W07(32768), 0, 0 },
	{ SEABIOS "vgabios-stdvga.bin", W07(65536) W01, 0x1234, 0x1111 },
	{ SEABIOS "vgabios-virtio.bin", W07(65536) W01, 0x1af4, 0x1050 },
	{ SEABIOS "vgabios-vmware.bin", W07(65536) W01, 0x15ad, 0x0405 },
	{ IPXE "efi-e1000.rom", EFI(0x12600), 0x8086, 0x100e },
	{ IPXE "efi-e1000e.rom", EFI(0x12600), 0x8086, 0x10d3 },
	{ IPXE "efi-eepro100.rom", EFI(0x12600), 0x8086, 0x1229 },
	{ IPXE "efi-ne2k_pci.rom", EFI(0x12400), 0, 0 },
	{ IPXE "efi-pcnet.rom", EFI(0x12400), 0x1022, 0x2000 },
	{ IPXE "efi-rtl8139.rom", EFI(0x12800), 0x10ec, 0x8139 },
	{ IPXE "efi-virtio.rom", EFI(0x12800), 0x1af4, 0x1041 },
	{ IPXE "efi-vmxnet3.rom", EFI(0x12200), 0x15ad, 0x07b0 },
	{ IPXE "pxe-e1000.rom", PXE, 0x8086, 0x100e },
	{ IPXE "pxe-e1000e.rom", PXE, 0x8086, 0x10d3 },
	{ IPXE "pxe-eepro100.rom", PXE, 0x8086, 0x1229 },
	{ IPXE "pxe-ne2k_pci.rom", PXE, 0, 0 },
	{ IPXE "pxe-pcnet.rom", PXE, 0x1022, 0x2000 },
	{ IPXE "pxe-rtl8139.rom", PXE, 0x10ec, 0x8139 },
	{ IPXE "pxe-virtio.rom", PXE, 0x1af4, 0x1041 },
	{ IPXE "pxe-vmxnet3.rom", PXE, 0x15ad, 0x07b0 },
};

static struct gpuspec_rom_contents contents;

/* False if the file cannot be read. */
static bool judge_file(const char *name)
{
	FILE *file = fopen(name, "r");
	bool is_read;
	__u8 *bytes;
	long size;

	if (!file)
		return false;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	bytes = rom_memory(size);
	is_read = fread(bytes, 1, size, file) == (size_t)size;
	if (is_read)
		rom_judge(bytes, size, NULL, &contents);
	free(bytes);
	fclose(file);
	return is_read;
}

int main(void)
{
	static char lines[ROM_LINES_MAX];
	int failed = 0;
	size_t i;

	for (i = 0; i < sizeof(roms) / sizeof(roms[0]); i++) {
		if (!judge_file(roms[i].file)) {
			printf("%s: %s (is of the packages seabios and ipxe-qemu)\n",
			       roms[i].file, strerror(errno));
			failed = 1;
			continue;
		}
		rom_lines(&contents, lines);
		if (strcmp(lines, roms[i].expected) ||
		    contents.images[0].vendor != roms[i].vendor ||
		    contents.images[0].device != roms[i].device) {
			printf("%s: for %04x:%04x\n%s but expected\n%s\n", roms[i].file,
			       contents.images[0].vendor, contents.images[0].device, lines,
			       roms[i].expected);
			failed = 1;
		}
	}
	return failed;
}
