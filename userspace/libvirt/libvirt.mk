# SPDX-License-Identifier: GPL-2.0
# libvirt's hook, its tests and its fuzzer; a part of ../Makefile.
SYSCONFDIR ?= /etc

HOOK_XML := libxml-2.0
HOOK_CPPFLAGS := $(CPPFLAGS) -Ilibvirt $(shell pkg-config --cflags $(HOOK_XML))
HOOK_LDLIBS := $(shell pkg-config --libs libnl-3.0 libnl-genl-3.0 jansson nettle $(HOOK_XML))
HOOK_HEADERS := $(HEADERS) $(wildcard libvirt/*.h)
# Without main().
HOOK_PARTS := $(filter-out libvirt/hook.c,$(wildcard libvirt/*.c))

all: $(BUILD)/libvirt-hook

# Of libraries only what it needs: what is not linked need not be found at each start of a VM.
$(BUILD)/libvirt-hook: libvirt/hook.c $(HOOK_PARTS) $(BUILD)/gpuspec.a $(HOOK_HEADERS) libvirt/libvirt.mk
	$(COMPILE) $(HOOK_CPPFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(HOOK_LDLIBS)

$(BUILD)/tests/libvirt_%: tests/libvirt_%.c $(HOOK_PARTS) $(BUILD)/tests/tested.a $(HOOK_HEADERS)
	$(COMPILE) $(HOOK_CPPFLAGS) $(SANITIZE) -o $@ $(filter %.c %.a,$^) $(LDLIBS) $(HOOK_LDLIBS)

.PHONY: check-hook
check: check-hook
check-hook: $(BUILD)/libvirt-hook
	tests/libvirt_hook.sh $<

$(FUZZ)/libvirt_domain: fuzz/libvirt_domain.c libvirt/domain.c libvirt/host_device.c \
		$(KMOD)/account_name.c $(HOOK_HEADERS)
	@mkdir -p $(@D)
	$(FUZZ_COMPILE) $(HOOK_CPPFLAGS) -fsanitize=fuzzer \
		-Dfuzz_libvirt_domain=LLVMFuzzerTestOneInput -o $@ $(filter %.c,$^) $(HOOK_LDLIBS)

# The file itself, and no link: libvirtd's AppArmor profile lets it run what is there.
.PHONY: install-libvirt
install: install-libvirt
install-libvirt: $(BUILD)/libvirt-hook
	install -D -m 755 $< $(DESTDIR)$(SYSCONFDIR)/libvirt/hooks/qemu.d/gpuspec
	install -D -m 644 man/gpuspec-libvirt.7 $(DESTDIR)$(PREFIX)/share/man/man7/gpuspec-libvirt.7
	install -D -m 644 man/gpuspec.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/gpuspec.conf.5
