// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"
#include "spec_id.h"

static void look_up(struct pci_access *pci, char *out, size_t size, int what,
		    const struct gpuspec_id *id, unsigned int device)
{
	char buffer[256];
	const char *name;

	what |= PCI_LOOKUP_NO_NUMBERS;
	if (what & PCI_LOOKUP_SUBSYSTEM)
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device,
				       id->subvendor, id->subdevice);
	else
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device);
	snprintf(out, size, "%s", name ? name : "");
}

static void name_model(struct pci_access *pci, struct gpuspec_model *model)
{
	struct gpuspec_id id;

	if (!gpuspec_id_parse(model->spec.id, &id))
		return;
	if (id.form == GPUSPEC_ID_MDEV) {
		if (!*model->name)
			snprintf(model->name, sizeof(model->name), "%s", id.mdev_type);
		return;
	}
	look_up(pci, model->vendor, sizeof(model->vendor), PCI_LOOKUP_VENDOR, &id, 0);
	if (*model->name)
		return;
	/* A vendor's type, when its driver does not say: pci.ids would name its card. */
	if (id.vf_type)
		snprintf(model->name, sizeof(model->name), "%s", id.vf_type);
	else
		look_up(pci, model->name, sizeof(model->name), PCI_LOOKUP_DEVICE, &id,
			id.form == GPUSPEC_ID_VF ? id.vf_device : id.device);
}

/* --- the list --- */

struct list {
	const char *text, *end;
	bool wanted[0x10000];	/* vendors */
	char copy[32];		/* a path; empty: there is none */
	int fd;
};

static void want_vendors(struct list *list, const struct gpuspec_inventory *inventory)
{
	struct gpuspec_id id;
	size_t i;

	for (i = 0; i < inventory->model_count; i++)
		if (gpuspec_id_parse(inventory->models[i].spec.id, &id) &&
		    id.form != GPUSPEC_ID_MDEV)
			list->wanted[id.vendor] = true;
}

/* Does a line, which ends at @next, begin what there is of a vendor that is wanted? */
static bool is_wanted(const struct list *list, const char *line, const char *next)
{
	unsigned long vendor;
	char *end;

	if (next - line < 6 || line[4] != ' ')
		return false;
	vendor = strtoul(line, &end, 16);
	return end == line + 4 && list->wanted[vendor];
}

/* Of a vendor there is its own line, and all to the next one's; between them are comments. */
static bool copy_wanted(const struct list *list)
{
	const char *line, *next, *begin = NULL;
	bool written = true;

	for (line = list->text; line < list->end && written; line = next) {
		next = memchr(line, '\n', list->end - line);
		next = next ? next + 1 : list->end;
		if (strchr("\t#\n", *line))
			continue;
		if (begin)
			written = write(list->fd, begin, line - begin) == line - begin;
		begin = is_wanted(list, line, next) ? line : NULL;
	}
	if (begin && written)
		written = write(list->fd, begin, line - begin) == line - begin;
	return written;
}

/*
 * Of all 40,000 lines libpci would make a table, which takes longer by far than to
 * find those of the vendors that are here. It gets a file with them.
 */
static void shorten(struct list *list, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status = {};
	void *text;

	if (fd < 0 || fstat(fd, &status) || !status.st_size)
		goto out;
	text = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		goto out;
	list->text = text;
	list->end = list->text + status.st_size;
	list->fd = memfd_create("pci.ids", MFD_CLOEXEC);
	if (list->fd >= 0 && copy_wanted(list))
		snprintf(list->copy, sizeof(list->copy), "/proc/self/fd/%d", list->fd);
	munmap(text, status.st_size);
out:
	if (fd >= 0)
		close(fd);
}

static void use_list(struct pci_access *pci, struct list *list)
{
	char path[PATH_MAX];
	size_t length = snprintf(path, sizeof(path), "%s", pci->id_file_name);

	/* One that is compressed is libpci's to read; its name may say so where none is. */
	if (length > 3 && !strcmp(path + length - 3, ".gz")) {
		if (!access(path, F_OK))
			return;
		path[length - 3] = '\0';
	}
	shorten(list, path);
	/* It cannot be opened by that where /proc is not mounted. */
	if (*list->copy && !access(list->copy, R_OK))
		pci_set_name_list_path(pci, list->copy, 0);
}

/* --- */

static void quiet(char *format, ...)
{
	(void)format;
}

void gpuspec_names_look_up(struct gpuspec_inventory *inventory)
{
	struct list list = { .fd = -1 };
	struct pci_access *pci = pci_alloc();
	size_t i;

	/* Just the names: pci_init(), which would look at the bus, is not called. */
	pci->warning = quiet;
	pci->debug = quiet;
	want_vendors(&list, inventory);
	use_list(pci, &list);
	for (i = 0; i < inventory->model_count; i++)
		name_model(pci, &inventory->models[i]);
	pci_cleanup(pci);
	if (list.fd >= 0)
		close(list.fd);
}
