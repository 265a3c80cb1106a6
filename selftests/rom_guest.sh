#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the firmware of a stock QEMU's guest makes of the ROM, without a romfile=.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

# The card's VM, until its firmware has said the words on the debug console, which mkrom's ROMs
# have at this port: boot CARD WORDS [ARG OF QEMU]...
port=0xe9
boot() {
	local card=$1 words=$2
	shift 2
	rm -f "$work/debug"
	qemu-system-x86_64 -accel tcg -m 128 -nodefaults -display none -device "vfio-pci,host=$card" \
		-debugcon "file:$work/debug" -global isa-debugcon.iobase=$port "$@" >"$work/qemu.said" 2>&1 &
	echo $! >"$work/qemu.pid"
	patiently "$work/qemu.pid" grep -qF "$words" "$work/debug" || {
		echo "the firmware said: $(cat "$work/debug")"
		cat "$work/qemu.said"
		return 1
	}
}

# Five minutes at most, while the process lives: a firmware in a VM in a VM takes its time.
patiently() {
	local process i
	process=$(<"$1")
	shift
	for ((i = 0; i < 600; i++)); do
		! "$@" 2>/dev/null || return 0
		! gone "$process" || break
		sleep 0.5
	done
	return 1
}

end_vm() {
	kill "$(<"$work/qemu.pid")"
	eventually gone "$(<"$work/qemu.pid")"
	rm "$work/qemu.pid"
}

# A card with a ROM BAR, one whose boot ROM is shadowed, one without a ROM.
test_seabios_runs_it() {
	local card
	for card in $card_a 0000:00:06.0 0000:00:07.0; do
		make_rom $card one --marker "THE ROM FOR $card"
		gpuspec rom set "$(spec_of $card)" "$work/one.rom"
		bind $card vfio-pci
		boot $card "THE ROM FOR $card"
		end_vm
	done
}

test_next_vm_runs_the_new_one() {
	make_rom $card_a one --marker 'THE OLD ROM'
	make_rom $card_a two --marker 'THE NEW ROM'
	gpuspec rom set $spec_ab "$work/one.rom"
	bind $card_a vfio-pci
	boot $card_a 'THE OLD ROM'
	gpuspec rom set $spec_ab "$work/two.rom"
	is "$(device_field $card_a .rom)" pending
	end_vm
	is "$(device_field $card_a .rom)" applied
	boot $card_a 'THE NEW ROM'
	! grep -q 'THE OLD ROM' "$work/debug"
	end_vm
}

test_ovmf_starts_its_efi_driver() {
	make_rom $card_a hybrid --marker 'ITS BIOS IMAGE' --efi efi_marker.efi
	gpuspec rom set $spec_ab "$work/hybrid.rom"
	bind $card_a vfio-pci
	boot $card_a 'EFI DRIVER OF THE ROM' \
		-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd
	! grep -q 'ITS BIOS IMAGE' "$work/debug"
	end_vm
}

# A port of its own: QEMU puts no such display in twice at one. The display has no ROM, and shows nothing without one; the screen is that which QEMU,
# the host of this host, has for it.
test_guest_shows_text_through_debians_vgabios() {
	local card screen="$GPUSPEC_TREE/build/rom_guest.ppm"
	"$tools/qmp" device_add driver=bochs-display romfile= bus=hotplug2 id=blank
	eventually eval 'card_behind 0d | grep .'
	card=$(card_behind 0d)
	[ ! -e "$(pci "$card")/rom" ]
	gpuspec rom set "$(spec_of "$card")" /usr/share/seabios/vgabios-bochs-display.bin
	bind "$card" vfio-pci
	# SeaBIOS has its log at another.
	port=0x402 boot "$card" 'No bootable device'
	"$tools/qmp" screendump device=blank "filename=$screen"
	[ "$(lit_pixels "$screen")" -gt 1000 ] || {
		echo "the screen has $(lit_pixels "$screen") pixels that are not black"
		return 1
	}
	end_vm
	unbind "$card"
	"$tools/qmp" device_del id=blank
	eventually eval '! card_behind 0d | grep .'
}

# How many pixels of the upper left quarter of a PPM are lit, which a text of its size makes.
lit_pixels() {
	python3 - "$1" <<-'EOT'
		import sys
		magic, size, depth, pixels = open(sys.argv[1], 'rb').read().split(b'\n', 3)
		width, height = map(int, size.split())
		print(sum(pixels[(y * width + x) * 3] > 64
		          for y in range(height // 4) for x in range(width // 2)))
	EOT
}

run_tests
