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
KBUILD := $(MAKE) -C $(KDIR) M=$(MODULE) GPUSPEC_VERSION=$(VERSION) V=$(V) $(SIGN)
USERSPACE := $(MAKE) -C userspace VERSION=$(VERSION) BUILD=$(BUILD)/userspace \
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

.PHONY: all
all: module userspace

.PHONY: help
help:
	@echo 'make [KVER=RELEASE]           module and helper, for the running kernel or another'
	@echo 'make install [KVER=RELEASE] [DESTDIR=DIR] [PREFIX=/usr]'
	@echo '                              what that made, where a distribution would put it'
	@echo 'make setup                    packages, kernels and sources that the rest needs'
	@echo 'make demo                     the main job, in a virtual machine'
	@echo 'make check                    all tests, on all kernels'
	@echo 'make style                    checkpatch, sparse, W=1, shellcheck, cppcheck'
	@echo 'make clean                    remove what was built'

.PHONY: module
module:
	@test -d $(KDIR) || { echo "gpuspec: there are no headers for kernel $(KVER) in $(KDIR): install them, or name another kernel by KVER=" >&2; exit 1; }
	@mkdir -p $(MODULE)
	@cp -rsf $(CURDIR)/kmod/. $(MODULE)
	$(KBUILD) modules

.PHONY: userspace
userspace:
	$(USERSPACE)

.PHONY: install
install: module userspace
	$(KBUILD) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1
	$(if $(DESTDIR),,depmod -a $(KVER))
	$(USERSPACE) install
	install -D -m 644 kmod/uapi/linux/gpuspec.h $(DESTDIR)$(PREFIX)/include/linux/gpuspec.h
	install -D -m 644 kmod/gpuspec.yaml $(DESTDIR)$(PREFIX)/share/gpuspec/gpuspec.yaml

# The kernel's sample mdev parents, for tests: make samples KVER=... KSRC=SOURCE TREE
.PHONY: samples
samples:
	@mkdir -p $(BUILD)/$(KVER)/samples
	@cp -u $(KSRC)/samples/vfio-mdev/mbochs.c $(KSRC)/samples/vfio-mdev/mtty.c $(BUILD)/$(KVER)/samples
	@echo 'obj-m := mbochs.o mtty.o' >$(BUILD)/$(KVER)/samples/Kbuild
	$(MAKE) -C $(KDIR) M=$(BUILD)/$(KVER)/samples modules
	$(if $(DESTDIR),$(MAKE) -C $(KDIR) M=$(BUILD)/$(KVER)/samples $(SIGN) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates)

# What tools/vm puts into a guest of kernel 6.1, 6.12, ...: the product and the samples.
stage-%:
	$(MAKE) install samples KVER=$$(tools/kernel $* release) KDIR=$$(tools/kernel $* headers) \
		KSRC=$$(tools/kernel $* source) DESTDIR=$(BUILD)/$*/root PREFIX=/usr

.PHONY: setup demo check
setup demo check:
	tools/$@

.PHONY: clean
clean:
	rm -rf $(BUILD)
