#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gpuspec rom: what an admin sets, the kernel has and the store remembers, or neither.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

store=/var/lib/gpuspec/rom

sha_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
in_force() { spec_field $spec_ab '.rom.sha256 // "none"'; }
is_in_force() { is "$(in_force)" "$(sha_of "$work/$1.rom")"; }
set_rom() { gpuspec rom set $spec_ab "$work/$1.rom" --version "$1"; }
history_has() { is "$(gpuspec rom history $spec_ab --json | gojq -r ".history | map($1) | join(\" \")")" "$2"; }

test_history_and_rollback() {
	local name
	for name in one two three; do
		make_rom $card_a $name --fill $name
		set_rom $name
		is_in_force $name
		is "$(spec_field $spec_ab .rom.version)" $name
		cmp "$store/by-spec/$spec_ab.rom" "$work/$name.rom"
	done
	gpuspec rom rollback $spec_ab
	is_in_force two
	is "$(spec_field $spec_ab .rom.version)" two
	gpuspec rom rollback $spec_ab
	is_in_force one
	cmp "$store/by-spec/$spec_ab.rom" "$work/one.rom"
	fails gpuspec rom rollback $spec_ab
	is_in_force one
	history_has .action 'set set set rollback rollback'
	history_has .version 'one two three two one'
	gpuspec rom clear $spec_ab
	is "$(in_force)" none
	[ ! -e "$store/by-spec/$spec_ab.rom" ]
	gpuspec rom rollback $spec_ab
	is_in_force one
}

test_get_and_the_path_for_libvirt() {
	make_rom $card_a one --size 262144 --fill one
	fails_with 'no ROM' gpuspec rom get $spec_ab "$work/got"
	set_rom one
	gpuspec rom get $spec_ab "$work/got"
	cmp "$work/got" "$work/one.rom"
	gpuspec rom get $spec_ab - | cmp - "$work/one.rom"
	gpuspec rom show $spec_ab | grep -F "$store/by-spec/$spec_ab.rom"
	# Whoever QEMU runs as.
	setpriv --reuid 65534 --regid 65534 --clear-groups cmp "$store/by-spec/$spec_ab.rom" "$work/got" ||
		setpriv --reuid 65534 --regid 65534 --clear-groups cat "$store/by-spec/$spec_ab.rom" |
			cmp - "$work/one.rom"
}

test_rom_of_another_card() {
	make_rom $card_a one
	set_rom one
	# Of another vendor; of another device, which may be waived.
	make_rom 0000:00:06.0 vendor
	fails_with '1002' set_rom vendor
	is_in_force one
	fails set_rom vendor --force E11
	"$tools/mkrom" 1234:2222 "$work/device.rom"
	fails_with 'E12' set_rom device
	is_in_force one
	gpuspec rom set $spec_ab "$work/device.rom" --force E12
	is_in_force device
	history_has '(.forced | join(","))' ' E12'
}

test_vgpu_has_no_rom() {
	make_rom $card_a one
	fails_with 'vGPU' gpuspec rom set $spec_mdev "$work/one.rom"
}

# A dump of NVIDIA flash: NVGI, version 1, and the ROM 1 KiB further on.
test_nvgi() {
	make_rom $card_a one
	{
		printf 'NVGI\0\1\40\0\0\0\0\0'
		head -c 24 /dev/zero
		printf '\0\4\0\0'
		head -c 984 /dev/zero
		cat "$work/one.rom"
	} >"$work/dump.rom"
	fails_with 'the ROM starts at 0x400: use --strip-nvgi' gpuspec rom check "$work/dump.rom"
	fails set_rom dump
	gpuspec rom set $spec_ab "$work/dump.rom" --strip-nvgi
	is_in_force one
}

test_interrupted() {
	local round setter
	make_rom $card_a old --size 65536 --fill old
	make_rom $card_a new --size 4194304 --fill new
	bind $card_a vfio-pci
	set_rom old
	# While it waits for its input, and at five moments on its way.
	mkfifo "$work/input"
	gpuspec rom set $spec_ab - <>"$work/input" &
	setter=$!
	sleep 1
	kill -INT $setter
	! wait $setter
	is_in_force old
	for round in 1 3 5 7 9; do
		set_rom old
		gpuspec rom set $spec_ab "$work/new.rom" &
		setter=$!
		sleep "0.$round"
		kill -TERM $setter 2>/dev/null || true
		if wait $setter; then is_in_force new; else is_in_force old; fi
		is "$(gojq -r .current "$store/$spec_ab.json")" "$(in_force)"
		cmp "$store/by-spec/$spec_ab.rom" "$store/$(in_force).rom"
	done
	is "$(device_field $card_a .rom)" applied
}

# The kernel has what the store has: if that cannot be written, neither changes.
test_store_that_is_full() {
	make_rom $card_a one --fill one
	make_rom $card_a two --fill two --size 1048576
	mkdir -p $store
	mount -t tmpfs -o size=300k tmpfs $store
	set_rom one
	fails_with 'No space left' set_rom two
	is_in_force one
	is "$(gojq -r .current "$store/$spec_ab.json")" "$(in_force)"
	umount $store
}

test_without_the_module() {
	make_rom $card_a one
	rmmod gpuspec
	gpuspec rom check "$work/one.rom" | grep good
	gpuspec rom check "$work/one.rom" $spec_ab | grep good
	[ ! -d /sys/module/gpuspec ]
}

run_tests
