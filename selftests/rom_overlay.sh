#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A spec's ROM is what its cards show while VFIO has them; their own is back after that.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

# Three kinds of card: with a ROM BAR, with the boot ROM that is shadowed in RAM, without.
with_bar=$card_a shadowed=0000:00:06.0 without=0000:00:07.0

rom_state() { device_field "$1" .rom; }

# All that can be seen of a card's own ROM, and of where it is; with no driver, which would
# have the card's memory off, its bytes too.
snapshot() {
	local card=$1 name=$2 file
	file=$(pci "$card")/rom
	{
		sed -n 7p "$(pci "$card")/resource"
		cat /proc/iomem
		[ ! -e "$file" ] || stat -c '%s %a' "$file"
	} >"$work/$name"
	if [ ! -e "$file" ] || [ -e "$(pci "$card")/driver" ]; then return; fi
	write "$(pci "$card")/enable" 1
	write "$file" 1
	sha256sum <"$file" >"$work/$name.bytes"
	write "$file" 0
	write "$(pci "$card")/enable" 0
}

# The card's ROM is again as in the snapshot: is_own CARD NAME
is_own() {
	rm -f "$work"/now*
	snapshot "$1" now
	diff "$work/$2" "$work/now"
	[ ! -e "$work/now.bytes" ] || diff "$work/$2.bytes" "$work/now.bytes"
}

# What VFIO's ROM region of a card that nobody holds reads: rom_by_vfio CARD FILE
rom_by_vfio() {
	is "$(echo "rom $2" | vfio_open "$1" | tail -n 1)" "$(stat -c %s "$2")"
}

# Sysfs and VFIO both show FILE, and ff behind it: shows CARD FILE
shows() {
	local card=$1 file=$2 size window
	size=$(stat -c %s "$file") window=2048
	while [ $window -lt "$size" ]; do window=$((window * 2)); done
	is "$(stat -c %s "$(pci "$card")/rom")" $window
	write "$(pci "$card")/rom" 1
	cmp "$(pci "$card")/rom" "$file"
	rom_by_vfio "$card" "$work/region"
	is "$(stat -c %s "$work/region")" $window
	cmp -n "$size" "$work/region" "$file"
	is "$(tail -c "+$((size + 1))" "$work/region" | tr -d '\377' | wc -c)" 0
}

test_every_kind_of_card_shows_it() {
	local card spec
	for card in $with_bar $shadowed $without; do
		spec=$(spec_of $card)
		make_rom $card one --fill one
		gpuspec rom set "$spec" "$work/one.rom"
		is "$(rom_state $card)" waiting
		bind $card vfio-pci
		is "$(rom_state $card)" applied
		shows $card "$work/one.rom"
		unbind $card
	done
}

# Its size is no power of two.
test_real_rom_and_ff_behind_it() {
	bind $card_a vfio-pci
	gpuspec rom set $spec_ab /usr/share/seabios/vgabios-bochs-display.bin
	shows $card_a /usr/share/seabios/vgabios-bochs-display.bin
}

test_sizes() {
	local size
	bind $card_a vfio-pci
	for size in 512 4096 131072 4194304; do
		make_rom $card_a "$size" --fill "$size" --size $size
		gpuspec rom set $spec_ab "$work/$size.rom"
		is "$(rom_state $card_a)" applied
		shows $card_a "$work/$size.rom"
	done
}

test_holder_keeps_what_it_sees() {
	make_rom $card_a one --fill one
	make_rom $card_a two --fill two
	gpuspec rom set $spec_ab "$work/one.rom"
	bind $card_a vfio-pci
	hold vm $card_a
	gpuspec rom set $spec_ab "$work/two.rom"
	is "$(rom_state $card_a)" pending
	is "$(spec_field $spec_ab .rom.pending)" 1
	is "$(spec_field $spec_ab .rom.applied)" 0
	echo "rom $work/seen" >"$work/vm.in"
	eventually grep -qx 65536 "$work/vm.out"
	cmp "$work/seen" "$work/one.rom"
	let_go vm
	is "$(rom_state $card_a)" applied
	is "$(spec_field $spec_ab .rom.applied)" 1
	shows $card_a "$work/two.rom"
}

test_cleared_while_held() {
	snapshot $card_a before
	make_rom $card_a one --fill one
	gpuspec rom set $spec_ab "$work/one.rom"
	bind $card_a vfio-pci
	hold vm $card_a
	gpuspec rom clear $spec_ab
	is "$(rom_state $card_a)" pending
	is "$(spec_field $spec_ab .rom)" null
	echo "rom $work/seen" >"$work/vm.in"
	eventually grep -qx 65536 "$work/vm.out"
	cmp "$work/seen" "$work/one.rom"
	let_go vm
	is "$(rom_state $card_a)" none
	is_own $card_a before
}

# A card that was open before the module came, or its ROM, changes when it is released.
test_found_open() {
	make_rom $card_a one --fill one
	bind $card_a vfio-pci
	rmmod gpuspec
	hold vm $card_a
	modprobe gpuspec
	gpuspec rom set $spec_ab "$work/one.rom"
	is "$(rom_state $card_a)" pending
	let_go vm
	is "$(rom_state $card_a)" applied
	shows $card_a "$work/one.rom"
}

test_own_rom_is_back() {
	local card spec
	for card in $with_bar $shadowed $without; do
		spec=$(spec_of $card)
		snapshot $card before
		make_rom $card one --fill one
		make_rom $card two --fill two --size 131072
		# Cleared, after it was replaced.
		bind $card vfio-pci
		gpuspec rom set "$spec" "$work/one.rom"
		gpuspec rom set "$spec" "$work/two.rom"
		is "$(rom_state $card)" applied
		gpuspec rom clear "$spec"
		is "$(rom_state $card)" none
		is_own $card before
		# Taken from VFIO, and given to another driver.
		gpuspec rom set "$spec" "$work/one.rom"
		is "$(rom_state $card)" applied
		unbind $card
		is "$(rom_state $card)" waiting
		is_own $card before
		modprobe pci-stub
		bind $card pci-stub
		is_own $card before
		unbind $card
		# Without the module.
		bind $card vfio-pci
		is "$(rom_state $card)" applied
		rmmod gpuspec
		is_own $card before
		unbind $card
		is_own $card before
		modprobe gpuspec match_class=0108
	done
}

test_unloaded_while_held() {
	local card
	for card in $with_bar $shadowed $without; do
		snapshot $card before
		make_rom $card one --fill one --size 8192
		gpuspec rom set "$(spec_of $card)" "$work/one.rom"
		bind $card vfio-pci
		hold vm $card
		rmmod gpuspec
		echo "rom $work/seen" >"$work/vm.in"
		eventually said_more_than "$work/vm.out" 1
		! cmp -s -n 8192 "$work/seen" "$work/one.rom"
		let_go vm
		unbind $card
		is_own $card before
		modprobe gpuspec match_class=0108
	done
}

# A holder that goes on reading while the module is taken away sees one ROM or the other.
test_unloaded_while_read() {
	make_rom $card_a one --fill one --size 32768
	bind $card_a vfio-pci
	rom_by_vfio $card_a "$work/own"
	hold vm $card_a
	forever eval "echo 'rom $work/seen' >'$work/vm.in'" &
	echo $! >"$work/asker.pid"
	for _ in 1 2 3 4 5; do
		gpuspec rom set $spec_ab "$work/one.rom"
		is "$(rom_state $card_a)" pending
		rmmod gpuspec
		modprobe gpuspec match_class=0108
	done
	kill "$(<"$work/asker.pid")"
	let_go vm
}

# Who is inside a read of the ROM is waited for.
test_unload_waits_for_a_reader() {
	local unloading
	make_rom $card_a one --fill one
	gpuspec rom set $spec_ab "$work/one.rom"
	bind $card_a vfio-pci
	hold vm $card_a
	echo slow >"$work/vm.in"
	eventually grep -qx waits "$work/vm.out"
	rmmod gpuspec &
	unloading=$!
	eventually grep -q '^gpuspec .*Unloading' /proc/modules
	sleep 2
	! gone $unloading
	echo >"$work/vm.in"
	wait $unloading
	is "$(tail -n 1 "$work/vm.out")" 2048
	let_go vm
	modprobe gpuspec match_class=0108
}

test_all_cards_of_the_spec_and_no_other() {
	local late
	snapshot ${other:?} other
	make_rom $card_a one --fill one
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	bind $other vfio-pci
	gpuspec rom set $spec_ab "$work/one.rom"
	shows $card_a "$work/one.rom"
	shows $card_b "$work/one.rom"
	is "$(spec_field $spec_ab .rom.applied)" 2
	is "$(rom_state $other)" none
	unbind $other
	is_own $other other
	# One that comes later.
	"$tools/qmp" device_add driver=bochs-display bus=hotplug0 id=late
	eventually eval 'card_behind 0b | grep .'
	late=$(card_behind 0b)
	is "$(rom_state "$late")" waiting
	bind "$late" vfio-pci
	shows "$late" "$work/one.rom"
	is "$(spec_field $spec_ab .rom.applied)" 3
	# Pulled out with the ROM on it.
	"$tools/qmp" device_del id=late
	eventually eval '! card_behind 0b | grep .'
	is "$(spec_field $spec_ab .rom.applied)" 2
	shows $card_a "$work/one.rom"
}

test_pulled_out_while_held() {
	local card
	"$tools/qmp" device_add driver=nvme serial=pulled bus=hotplug0 id=pulled
	eventually eval 'card_behind 0b | grep .'
	card=$(card_behind 0b)
	make_rom "$card" one --fill one
	gpuspec rom set "$(spec_of "$card")" "$work/one.rom"
	bind "$card" vfio-pci
	is "$(rom_state "$card")" applied
	hold vm "$card"
	"$tools/qmp" device_del id=pulled
	sleep 1
	let_go vm
	eventually eval '! card_behind 0b | grep .'
}

test_is_told() {
	local words
	make_rom $card_a one --fill one
	bind $card_a vfio-pci
	gpuspec monitor --json >"$work/events" &
	echo $! >"$work/monitor.pid"
	eventually eval "gpuspec rom set $spec_ab $work/one.rom >/dev/null && grep -q rom-changed $work/events"
	hold vm $card_a
	gpuspec rom clear $spec_ab
	let_go vm
	eventually grep -q '"closed"' "$work/events"
	kill "$(<"$work/monitor.pid")"
	words=$(gojq -r '[.event, .device.address // empty, .device.rom // empty] | join(" ")' "$work/events")
	grep -qx "device-rom $card_a applied" <<<"$words"
	grep -qx "device-rom $card_a pending" <<<"$words"
	grep -qx "device-rom $card_a none" <<<"$words"
}

run_tests
