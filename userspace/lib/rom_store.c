// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rom_store.h"
#include "spec_id.h"

#define NEW		".new"
#define LINKS		"by-spec"
#define HISTORY_SIZE	(4u << 20)	/* far more than a history that this program wrote */
#define NAME_SIZE	(GPUSPEC_ID_MAX + 16)

#define fail(store, ...)		gpuspec_folder_fail(&(store)->folder, __VA_ARGS__)
#define fail_errno(store, name)		gpuspec_folder_fail_errno(&(store)->folder, name)

/* --- the folder --- */

int gpuspec_rom_store_read(struct gpuspec_rom_store *store, const char *path)
{
	store->links = -1;
	return gpuspec_folder_open(&store->folder, path);
}

int gpuspec_rom_store_change(struct gpuspec_rom_store *store, const char *path,
			     unsigned int seconds)
{
	int error;

	error = gpuspec_rom_store_read(store, path);
	if (!error)
		error = gpuspec_folder_lock(&store->folder, seconds);
	return error ? error : gpuspec_rom_store_open_links(store);
}

int gpuspec_rom_store_open_links(struct gpuspec_rom_store *store)
{
	char links[PATH_MAX + sizeof(LINKS)];

	snprintf(links, sizeof(links), "%s/" LINKS, store->folder.path);
	if (gpuspec_folder_make(links))
		return fail_errno(store, LINKS);
	store->links = open(links, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return store->links < 0 ? fail_errno(store, LINKS) : 0;
}

void gpuspec_rom_store_close(struct gpuspec_rom_store *store)
{
	gpuspec_folder_close(&store->folder);
	if (store->links >= 0)
		close(store->links);
	store->links = -1;
}

/* --- bytes --- */

static void rom_name(char name[NAME_SIZE], const char *sha256)
{
	snprintf(name, NAME_SIZE, "%s.rom", sha256);
}

int gpuspec_rom_store_get(struct gpuspec_rom_store *store, const char *sha256,
			  void **bytes, size_t *size)
{
	uint8_t wanted[GPUSPEC_ROM_SHA256_LEN], found[GPUSPEC_ROM_SHA256_LEN];
	char name[NAME_SIZE];
	int error;

	if (!gpuspec_sha256_parse(sha256, wanted))
		return fail(store, -EINVAL, "", "there is no SHA-256 like %s", sha256);
	rom_name(name, sha256);
	if (store->folder.fd < 0)
		return fail(store, -ENOENT, name, "%s", strerror(ENOENT));
	error = gpuspec_folder_read(&store->folder, name, GPUSPEC_ROM_SIZE_MAX, bytes, size);
	if (error)
		return error;
	gpuspec_sha256(*bytes, *size, found);
	if (!memcmp(found, wanted, sizeof(found)))
		return 0;
	free(*bytes);
	*bytes = NULL;
	return fail(store, -EBADMSG, name, "it is damaged: its SHA-256 is not its name");
}

int gpuspec_rom_store_put(struct gpuspec_rom_store *store, const char *sha256,
			  const void *bytes, size_t size, bool *added)
{
	char name[NAME_SIZE];
	void *there = NULL;
	size_t there_size;
	int error;

	*added = false;
	error = gpuspec_rom_store_get(store, sha256, &there, &there_size);
	if (!error) {
		free(there);
		return 0;
	}
	if (error != -ENOENT && error != -EBADMSG && error != -EFBIG)
		return error;
	rom_name(name, sha256);
	error = gpuspec_folder_write_new(&store->folder, name, bytes, size);
	if (!error)
		error = gpuspec_folder_put_in_place(&store->folder, name);
	*added = !error;
	return error;
}

void gpuspec_rom_store_drop(struct gpuspec_rom_store *store, const char *sha256)
{
	char name[NAME_SIZE];

	rom_name(name, sha256);
	unlinkat(store->folder.fd, name, 0);
}

/* --- histories --- */

static void history_name(char name[NAME_SIZE], const char *spec)
{
	snprintf(name, NAME_SIZE, "%s.json", spec);
}

int gpuspec_rom_store_history(struct gpuspec_rom_store *store, const char *spec,
			      struct gpuspec_rom_history *history)
{
	struct gpuspec_id id;
	char name[NAME_SIZE];
	const char *why;
	void *text = NULL;
	size_t size = 0;
	int error;

	/* An id of this form is no path. */
	if (!gpuspec_id_parse(spec, &id) || id.form != GPUSPEC_ID_PCI)
		return fail(store, -EINVAL, "", "%s is no pGPU spec", spec);
	memset(history, 0, sizeof(*history));
	snprintf(history->spec, sizeof(history->spec), "%s", spec);
	history_name(name, spec);
	error = store->folder.fd < 0 ? -ENOENT :
		gpuspec_folder_read(&store->folder, name, HISTORY_SIZE, &text, &size);
	if (error)
		return error == -ENOENT ? 0 : error;
	error = gpuspec_rom_history_parse(text, size, spec, history, &why);
	free(text);
	if (error)
		fail(store, error, name, "%s; repair it, or move it away to begin a new one", why);
	return error;
}

/* "pci:1002:5046:1af4:1100.json": a name that ends so, and the spec that it is for. */
static bool is_of_spec(const char *name, const char *end, char spec[GPUSPEC_ID_MAX + 1])
{
	size_t length = strlen(name), suffix = strlen(end);
	struct gpuspec_id id;

	if (length <= suffix || length - suffix > GPUSPEC_ID_MAX ||
	    strcmp(name + length - suffix, end))
		return false;
	snprintf(spec, GPUSPEC_ID_MAX + 1, "%.*s", (int)(length - suffix), name);
	return gpuspec_id_parse(spec, &id) && id.form == GPUSPEC_ID_PCI;
}

static int take_one(struct gpuspec_rom_store *store, const char *spec,
		    int (*take)(const char *spec, const struct gpuspec_rom_entry *entry,
				void *data), void *data)
{
	const struct gpuspec_rom_entry *current;
	struct gpuspec_rom_history history;
	int result = 0;

	if (gpuspec_rom_store_history(store, spec, &history))
		return take(spec, NULL, data);
	current = gpuspec_rom_history_current(&history);
	if (current)
		result = take(spec, current, data);
	gpuspec_rom_history_free(&history);
	return result;
}

int gpuspec_rom_store_each(struct gpuspec_rom_store *store,
			   int (*take)(const char *spec, const struct gpuspec_rom_entry *entry,
				       void *data), void *data)
{
	char spec[GPUSPEC_ID_MAX + 1];
	struct dirent **names;
	int i, count, result = 0;

	if (store->folder.fd < 0)
		return 0;
	count = scandirat(store->folder.fd, ".", &names, NULL, alphasort);
	if (count < 0)
		return fail_errno(store, "");
	for (i = 0; i < count; i++) {
		if (!result && is_of_spec(names[i]->d_name, ".json", spec))
			result = take_one(store, spec, take, data);
		free(names[i]);
	}
	free(names);
	return result;
}

static int write_history(struct gpuspec_rom_store *store,
			 const struct gpuspec_rom_history *history)
{
	char *text = gpuspec_rom_history_text(history);
	char name[NAME_SIZE];
	int error;

	history_name(name, history->spec);
	if (!text)
		return fail(store, -ENOMEM, name, "out of memory");
	error = gpuspec_folder_write_new(&store->folder, name, text, strlen(text));
	free(text);
	return error;
}

/* --- links --- */

/* Empty: none is in force. */
static const char *in_force(const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *current = gpuspec_rom_history_current(history);

	return current ? current->sha256 : "";
}

static void link_target(char target[NAME_SIZE], const char *sha256)
{
	*target = '\0';
	if (*sha256)
		snprintf(target, NAME_SIZE, "../%s.rom", sha256);
}

/* The link beside the others, not in place yet; none is needed where no ROM is in force. */
static int make_link(struct gpuspec_rom_store *store, const char *sha256)
{
	char target[NAME_SIZE];

	link_target(target, sha256);
	unlinkat(store->links, NEW, 0);
	if (*target && symlinkat(target, store->links, NEW))
		return fail_errno(store, LINKS);
	return 0;
}

static int put_link_in_place(struct gpuspec_rom_store *store, const char *spec, bool wanted)
{
	char name[NAME_SIZE], path[NAME_SIZE + sizeof(LINKS)];
	int failed, error;

	rom_name(name, spec);
	snprintf(path, sizeof(path), LINKS "/%s", name);
	if (wanted)
		failed = renameat(store->links, NEW, store->links, name);
	else
		failed = unlinkat(store->links, name, 0) && errno != ENOENT;
	if (!failed && !fsync(store->links))
		return 0;
	error = fail_errno(store, path);
	unlinkat(store->links, NEW, 0);
	return error;
}

/* As it was; the first error is the one to tell. */
static void put_back(struct gpuspec_rom_store *store, const struct gpuspec_rom_history *before)
{
	char sentence[sizeof(store->folder.sentence)], name[NAME_SIZE];

	memcpy(sentence, store->folder.sentence, sizeof(sentence));
	history_name(name, before->spec);
	if (!before->count)
		unlinkat(store->folder.fd, name, 0);
	else if (!write_history(store, before))
		gpuspec_folder_put_in_place(&store->folder, name);
	if (!make_link(store, in_force(before)))
		put_link_in_place(store, before->spec, *in_force(before));
	memcpy(store->folder.sentence, sentence, sizeof(sentence));
}

int gpuspec_rom_store_record(struct gpuspec_rom_store *store,
			     const struct gpuspec_rom_history *history,
			     const struct gpuspec_rom_history *before)
{
	char name[NAME_SIZE];
	int error;

	history_name(name, history->spec);
	/* What takes room comes first, so that the rest does not fail for want of it. */
	error = make_link(store, in_force(history));
	if (!error)
		error = write_history(store, history);
	if (error) {
		unlinkat(store->links, NEW, 0);
		return error;
	}
	error = gpuspec_folder_put_in_place(&store->folder, name);
	if (!error)
		error = put_link_in_place(store, history->spec, *in_force(history));
	if (error)
		put_back(store, before);
	return error;
}

int gpuspec_rom_store_link(struct gpuspec_rom_store *store, const char *spec,
			   const char *sha256)
{
	char path[PATH_MAX], name[NAME_SIZE];
	int error;

	if (gpuspec_rom_store_path(store, spec, sha256, path, sizeof(path)))
		return 0;
	rom_name(name, sha256);
	if (faccessat(store->folder.fd, name, F_OK, 0))
		return fail_errno(store, name);
	error = make_link(store, sha256);
	return error ? error : put_link_in_place(store, spec, *sha256);
}

int gpuspec_rom_store_unlink(struct gpuspec_rom_store *store,
			     bool (*is_wanted)(const char *spec, void *data), void *data)
{
	char spec[GPUSPEC_ID_MAX + 1];
	struct dirent **names;
	int i, count, error = 0;

	count = scandirat(store->links, ".", &names, NULL, alphasort);
	if (count < 0)
		return fail_errno(store, LINKS);
	for (i = 0; i < count; i++) {
		if (!error && is_of_spec(names[i]->d_name, ".rom", spec) && !is_wanted(spec, data))
			error = put_link_in_place(store, spec, false);
		free(names[i]);
	}
	free(names);
	return error;
}

bool gpuspec_rom_store_path(const struct gpuspec_rom_store *store, const char *spec,
			    const char *sha256, char *path, size_t size)
{
	char target[NAME_SIZE], found[NAME_SIZE];
	ssize_t length;

	snprintf(path, size, "%s/" LINKS "/%s.rom", store->folder.path, spec);
	link_target(target, sha256);
	length = readlink(path, found, sizeof(found) - 1);
	found[length < 0 ? 0 : length] = '\0';
	return *target && !strcmp(found, target);
}

/* --- permissions --- */

static bool has_bits(const char *path, mode_t bits, char *obstacle, size_t size)
{
	struct stat status;

	if (!stat(path, &status) && (status.st_mode & bits) == bits)
		return true;
	snprintf(obstacle, size, "%s", path);
	return false;
}

/* Each folder that a path leads through, its own symbolic links aside. */
static bool is_open(const char *path, char *obstacle, size_t size)
{
	char part[PATH_MAX];
	char *slash = part;

	snprintf(part, sizeof(part), "%s", path);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (!has_bits(part, 0001, obstacle, size))
			return false;
		*slash = '/';
	}
	return true;
}

bool gpuspec_rom_store_is_public(const char *path, char *obstacle, size_t size)
{
	char real[PATH_MAX];

	if (!realpath(path, real)) {
		snprintf(obstacle, size, "%s", path);
		return false;
	}
	return is_open(path, obstacle, size) && is_open(real, obstacle, size) &&
	       has_bits(real, 0004, obstacle, size);
}
