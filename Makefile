# SPDX-License-Identifier: GPL-2.0
VERSION := 0.1.0

# The kernel to build the module for: its release, as uname -r gives it.
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=
PREFIX ?= /usr/local
V ?= 0

# Nothing is built in the source tree, so that kernels can be built side by side.
BUILD := $(CURDIR)/build
MODULE := $(BUILD)/$(KVER)/kmod
# Headers of a distribution come without its key; sign with your own (see README).
SIGN := CONFIG_MODULE_SIG_ALL=$(if $(wildcard $(KDIR)/certs/signing_key.pem),y)
# Where the kernel's own compiler is not this machine's (tools/kernel V make). Make does not see
# that its lines are make's, to which it lends processors: they say so by +.
KMAKE ?= $(MAKE)
# MO: since 6.13 kbuild takes KDIR for the place of objects where KDIR is not named as in itself.
KBUILD := $(KMAKE) -C $(KDIR) M=$(MODULE) MO=$(MODULE) GPUSPEC_VERSION=$(VERSION) V=$(V) $(SIGN)
# Built beside all else, or where it was built already: see tools/packages.
PAGE_BUILD ?= $(BUILD)/cockpit
PAGE := $(MAKE) -C userspace/cockpit BUILD=$(PAGE_BUILD) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
USERSPACE := $(MAKE) -C userspace VERSION=$(VERSION) BUILD=$(BUILD)/userspace \
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

.PHONY: all
all: module userspace

.PHONY: help
help:
	@echo 'make [KVER=RELEASE]           module and helper, for the running kernel or another'
	@echo 'make cockpit                  the page of Cockpit; it takes node and npm'
	@echo 'make install [KVER=RELEASE] [DESTDIR=DIR] [PREFIX=/usr]'
	@echo '                              what that made, where a distribution would put it'
	@echo 'make dkms-install [DESTDIR=DIR]'
	@echo '                              source of the module, for DKMS'
	@echo 'make deb                      Debian packages, into build/deb/VERSION'
	@echo 'make setup                    packages, kernels and sources that the rest needs'
	@echo 'make demo                     the main job, in a virtual machine'
	@echo 'make check                    all tests, on all kernels'
	@echo 'make bench                    what it costs, beside what one would have without it'
	@echo 'make style                    checkpatch, sparse, W=1, shellcheck, cppcheck'
	@echo 'make clean                    remove what was built'

.PHONY: module
module:
	@test -d $(KDIR) || { echo "gpuspec: there are no headers for kernel $(KVER) in $(KDIR): install them, or name another kernel by KVER=" >&2; exit 1; }
	@mkdir -p $(MODULE)
	@cp -rsf $(CURDIR)/kmod/. $(MODULE)
	+$(KBUILD) $(SPARSE) modules

.PHONY: userspace
userspace:
	+$(USERSPACE)

.PHONY: cockpit
cockpit:
	+$(PAGE)

.PHONY: install module-install userspace-install cockpit-install dkms-install
# Node's packages come from the network: the page is installed where it was built.
install: module-install userspace-install $(if $(wildcard $(PAGE_BUILD)/dist/manifest.json),cockpit-install)

cockpit-install:
	+$(PAGE) install

module-install: module
	+$(KBUILD) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1
	$(if $(DESTDIR),,depmod -a $(KVER))

userspace-install: userspace
	+$(USERSPACE) install
	install -D -m 644 kmod/uapi/linux/gpuspec.h $(DESTDIR)$(PREFIX)/include/linux/gpuspec.h
	install -D -m 644 kmod/gpuspec.yaml $(DESTDIR)$(PREFIX)/share/gpuspec/gpuspec.yaml

# The module's source, for dkms add: DKMS then builds it for every kernel that comes.
DKMS := $(DESTDIR)/usr/src/gpuspec-$(VERSION)
dkms-install:
	rm -rf $(DKMS)
	mkdir -p $(DKMS)
	cp -r kmod $(DKMS)
	sed 's/#MODULE_VERSION#/$(VERSION)/' dkms.conf >$(DKMS)/dkms.conf

.PHONY: deb
deb:
	tools/packages

# For tests: the kernel's sample mdev parents, and our own drivers, of vGPUs that are VFs and of
# a large host. Their data races are not looked for:
# make samples KVER=... KSRC=SOURCE TREE
.PHONY: samples
SAMPLES := $(BUILD)/$(KVER)/samples
OUR_SAMPLES := selftests/nvidia_vf/nvidia_vf.c selftests/many_cards/many_cards.c
samples:
	@mkdir -p $(SAMPLES)
	@cp -u $(addprefix $(KSRC)/samples/vfio-mdev/,mbochs.c mtty.c) $(OUR_SAMPLES) $(SAMPLES)
	@echo 'obj-m := mbochs.o mtty.o nvidia_vf.o many_cards.o' >$(SAMPLES)/Kbuild
	+$(KMAKE) -C $(KDIR) M=$(SAMPLES) MO=$(SAMPLES) KCSAN_SANITIZE=n modules
	+$(if $(DESTDIR),$(KMAKE) -C $(KDIR) M=$(SAMPLES) MO=$(SAMPLES) $(SIGN) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates)

# For tests: the unit tests of the module's pure parts, as a module of KUnit.
KUNIT := $(BUILD)/$(KVER)/kunit
.PHONY: kunit
kunit:
	+$(USERSPACE) $(BUILD)/userspace/kernel_rom.inc
	@mkdir -p $(KUNIT)/lib
	@cp -rsf $(CURDIR)/selftests/kunit/. $(CURDIR)/kmod $(CURDIR)/userspace/tests \
		$(BUILD)/userspace/kernel_rom.inc $(KUNIT)
	@cp -sf $(CURDIR)/userspace/lib/rom_findings.[ch] $(KUNIT)/lib
	+$(KMAKE) -C $(KDIR) M=$(KUNIT) MO=$(KUNIT) modules
	+$(if $(DESTDIR),$(KMAKE) -C $(KDIR) M=$(KUNIT) MO=$(KUNIT) $(SIGN) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates)

# What tools/vm puts into a guest of kernel 6.1, 6.12, ...: the product and the samples, and
# what KUnit runs where the kernel has it.
stage-%:
	headers=$$(tools/kernel $* headers) && \
	$(MAKE) install samples $$(grep -q '^CONFIG_KUNIT=' $$headers/.config && echo kunit) \
		KVER=$$(tools/kernel $* release) KDIR=$$headers KMAKE="$$(tools/kernel $* make)" \
		KSRC=$$(tools/kernel $* source) DESTDIR=$(BUILD)/$*/root PREFIX=/usr

# Checkers: the kernel's own from the source of tools/setup. In compat.h checkpatch would
# have no versions; UAPI enumerators and test tables are as they are.
KERNEL_C := $(wildcard kmod/*.[ch] selftests/kunit/*.[ch] selftests/kunit/libc/*.[ch]) kmod/uapi/linux/gpuspec.h
USER_C := $(wildcard userspace/*/*.[ch] userspace/tests/*/*.[ch] selftests/*.[ch])
SHELL_SCRIPTS := $(filter-out tools/mkrom $(wildcard tools/*.config) tools/kcov-report tools/syzkaller,$(wildcard tools/*)) $(wildcard selftests/*.sh userspace/tests/*.sh debian/*.postinst debian/*.prerm debian/*.postrm) .ci/run
# What checkpatch knows better macros for, in the kernel; and names that are libxml2's.
NOT_USERSPACE := PREFER_KERNEL_TYPES,NEW_TYPEDEFS,ARRAY_SIZE,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME,LONG_LINE_STRING,CAMELCASE
STYLE_KERNELS := 6.1 6.12

.PHONY: style
style:
	@echo 'checkpatch'
	@set -e; ksrc=$$(tools/kernel 6.12 source); \
	checkpatch() { perl $$ksrc/scripts/checkpatch.pl --strict --no-tree --terse --quiet --no-summary "$$@"; }; \
	checkpatch -f $(filter-out kmod/compat.h,$(KERNEL_C)); \
	checkpatch --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON,CONST_STRUCT,COMPLEX_MACRO -f kmod/compat.h \
		$(OUR_SAMPLES); \
	checkpatch --ignore $(NOT_USERSPACE) -f $(USER_C)
	@set -e; for v in $(STYLE_KERNELS); do \
		echo "sparse and W=1 on $$v"; \
		rm -rf $(BUILD)/style; \
		mkdir -p $(BUILD); \
		$(MAKE) -s module KVER=$$(tools/kernel $$v release) KDIR=$$(tools/kernel $$v headers) \
			MODULE=$(BUILD)/style SPARSE='W=1 C=2' >$(BUILD)/style.log 2>&1 || { cat $(BUILD)/style.log; exit 1; }; \
		! grep -E 'warning|error' $(BUILD)/style.log; \
	done
	@echo 'shellcheck'
	@shellcheck -x -S warning $(SHELL_SCRIPTS)
	@if [ -e $(PAGE_BUILD)/npm ]; then echo 'types of the page'; $(PAGE) check; fi
	@echo 'mutants'
	@tools/mutant --check
	@echo 'cppcheck'
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --library=posix \
		--enable=warning,performance,portability -Ikmod/uapi -Ikmod -Iuserspace/lib -Iuserspace/cli \
		--suppress=missingIncludeSystem --suppress=readdirCalled userspace \
		kmod/verdict.c kmod/spec_id.c kmod/rom_image.c kmod/rom_checks.c

.PHONY: setup demo check bench
setup demo check bench:
	tools/$@

.PHONY: clean
clean:
	rm -rf $(BUILD)
