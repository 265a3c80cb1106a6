// SPDX-License-Identifier: GPL-2.0
/* What is read of domains in XML: those of libvirt_corpus, and some too large for files. */
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "domain.h"

static int failed;

/* The files, and what comes of each: "device... partition project name", or why nothing does. */
static const struct {
	const char *name, *wanted;
} files[] = {
	{ "pci", "0000:01:00.0 [] [] []" },
	{ "mdev", "c2177883-f1bb-47f0-914d-32a22e3a8804 [] [] []" },
	{ "several",
	  "0000:01:00.0 10000:ff:1f.7 11111111-2222-3333-4444-000000000001 0000:08:09.0 [] [] []" },
	{ "none", "[] [] []" },
	{ "nova", "0000:81:00.0 [] [3f1c9a0e5d6b4c7f8a9b0c1d2e3f4a5b] [blue]" },
	{ "nova_names", "[] [second] [second]" },
	{ "nova_other_namespace", "[] [] []" },
	{ "partition", "0000:01:00.0 [/machine/blue&green] [] []" },
	{ "namespaces", "0000:1a:00.0 [] [] []" },
	{ "bad_bus", "a PCI host device has no valid address" },
	{ "bad_sign", "a PCI host device has no valid address" },
	{ "bad_number", "a PCI host device has no valid address" },
	{ "bad_uuid", "a mediated host device has no valid UUID" },
	{ "no_uuid", "a mediated host device has no valid UUID" },
	{ "cut", "it is not XML: " },
	{ "network", "it is XML, but no domain" },
	{ "two_roots", "it is not XML: " },
	{ "mismatch", "it is not XML: line 2: " },
	{ "control", "it is not XML: " },
	{ "not_utf8", "it is not XML: " },
	{ "entity", "it is not XML: " },
	{ "xxe", "it has a document type, which no domain has" },
	{ "xxe_parameter", "it has a document type, which no domain has" },
	{ "external_dtd", "it has a document type, which no domain has" },
	{ "billion_laughs", "it has a document type, which no domain has" },
	{ "xinclude", "[] [] []" },
};

#define FILES	(sizeof(files) / sizeof(files[0]))

/* Text without a NUL at its end, so that ASan sees who reads on. */
struct text {
	char *bytes;
	size_t size;
};

static const char *read_domain(const struct text *text)
{
	static char said[2048];
	struct domain domain;
	size_t i, length = 0;
	int error;

	error = domain_read(text->bytes, text->size, &domain);
	if (!error != !*domain.sentence)
		abort();
	for (i = 0; i < domain.device_count && length < 1024; i++)
		length += snprintf(said + length, sizeof(said) - length, "%s ", domain.devices[i]);
	snprintf(said + length, sizeof(said) - length, "[%s] [%s] [%s]", domain.partition,
		 domain.project_id, domain.project_name);
	if (error)
		snprintf(said, sizeof(said), "%s", domain.sentence);
	domain_free(&domain);
	return said;
}

static void expect(const char *what, const struct text *text, const char *wanted)
{
	const char *said = read_domain(text);
	size_t length = strlen(wanted);

	/* What the parser itself says is cut off by the wanted text's colon. */
	if (length && wanted[length - 1] == ' ' ? !strncmp(said, wanted, length) :
						  !strcmp(said, wanted))
		return;
	printf("%s: '%s', and not '%s'\n", what, said, wanted);
	failed = 1;
}

static struct text read_file(const char *name)
{
	struct text text = { .bytes = NULL };
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "tests/libvirt_corpus/%s.xml", name);
	file = fopen(path, "r");
	if (!file || fseek(file, 0, SEEK_END) || ftell(file) <= 0) {
		perror(path);
		exit(1);
	}
	text.size = ftell(file);
	rewind(file);
	text.bytes = malloc(text.size);
	if (!text.bytes || fread(text.bytes, 1, text.size, file) != text.size)
		exit(1);
	fclose(file);
	return text;
}

/* @begin, then as many times @again as make up @size bytes, then @end. */
static struct text repeat(const char *begin, const char *again, size_t size, const char *end)
{
	struct text text = { .bytes = malloc(size) };
	size_t length = strlen(again);

	if (!text.bytes)
		exit(1);
	text.size = strlen(begin);
	memcpy(text.bytes, begin, text.size);
	for (; text.size + length + strlen(end) <= size; text.size += length)
		memcpy(text.bytes + text.size, again, length);
	memcpy(text.bytes + text.size, end, strlen(end));
	text.size += strlen(end);
	return text;
}

static void expect_large(const char *what, const char *begin, const char *again, size_t size,
			 const char *end, const char *wanted)
{
	struct text text = repeat(begin, again, size, end);

	expect(what, &text, wanted);
	free(text.bytes);
}

#define DEVICE	"<hostdev type='pci'><source><address bus='1'/></source></hostdev>"

static void test_large(void)
{
	const size_t most = DOMAIN_XML_MAX;
	struct text zeros = { .size = most };

	expect_large("16 MiB of elements", "<domain><devices>", "<a/>", most,
		     DEVICE "</devices></domain>", "0000:01:00.0 [] [] []");
	expect_large("one byte more", "<domain>", " ", most + 1, "</domain>",
		     "it is larger than 16777216 bytes (16 MiB)");
	expect_large("the same device all the time", "<domain><devices>", DEVICE, most,
		     "</devices></domain>", "0000:01:00.0 [] [] []");
	expect_large("a long attribute",
		     "<domain><devices><hostdev type='pci'><source><address bus='1", "1",
		     1 << 20, "'/></source></hostdev></devices></domain>",
		     "a PCI host device has no valid address");
	expect_large("a deep tree", "<domain>", "<devices>", 1 << 20, "", "it is not XML: ");
	expect_large("a long partition", "<domain><resource><partition>/", "a", 4096,
		     "</partition></resource></domain>",
		     "its partition has a name of more than 511 bytes");
	expect_large("a long name", "<", "d", most, "/>", "it is not XML: ");
	expect_large("a long comment", "<domain><!--", "a", 9 << 20, "--></domain>", "[] [] []");
	expect_large("nothing", "", " ", 0, "", "there is none");
	expect_large("blanks", "", " ", most, "", "it is not XML: ");
	zeros.bytes = calloc(1, most);
	expect("zeros", &zeros, "it is not XML: ");
	free(zeros.bytes);
}

static void test_many_devices(unsigned int count, const char *wanted)
{
	struct text text = { .bytes = NULL };
	FILE *file = open_memstream(&text.bytes, &text.size);
	unsigned int i;

	fputs("<domain><devices>", file);
	for (i = 0; i < count; i++)
		fprintf(file,
			"<hostdev type='pci'><source><address domain='%u'/></source></hostdev>", i);
	fputs("</devices></domain>", file);
	fclose(file);
	if (strncmp(read_domain(&text), wanted, strlen(wanted))) {
		printf("%u devices: '%s'\n", count, read_domain(&text));
		failed = 1;
	}
	free(text.bytes);
}

/* --- without memory --- */

static int allocations_left = -1;

static bool may_allocate(void)
{
	if (allocations_left > 0)
		allocations_left--;
	return allocations_left != 0;
}

static void *failing_malloc(size_t size)
{
	return may_allocate() ? malloc(size) : NULL;
}

static void *failing_realloc(void *old, size_t size)
{
	return may_allocate() ? realloc(old, size) : NULL;
}

static char *failing_strdup(const char *text)
{
	return may_allocate() ? strdup(text) : NULL;
}

/* With every number of allocations that succeed: all is read, or it is said that it was not. */
static void test_out_of_memory(const char *name, const char *wanted)
{
	struct text text = read_file(name);
	bool done = false;
	const char *said;
	int count;

	for (count = 1; !done && count < 10000; count++) {
		allocations_left = count;
		said = read_domain(&text);
		done = allocations_left > 0;
		allocations_left = -1;
		if (strcmp(said, wanted) && strcmp(said, "out of memory")) {
			printf("%s with %d allocations: '%s'\n", name, count, said);
			failed = 1;
		}
	}
	if (!done || count < 10) {
		printf("%s: %d allocations were too many to try, or too few\n", name, count);
		failed = 1;
	}
	free(text.bytes);
}

/* --- nothing is fetched --- */

static xmlParserInputPtr on_fetch(const char *url, const char *id, xmlParserCtxtPtr parser)
{
	(void)id;
	(void)parser;
	printf("%s was asked for\n", url);
	failed = 1;
	return NULL;
}

int main(void)
{
	struct rusage usage;
	struct text text;
	size_t i;

	xmlMemSetup(free, failing_malloc, failing_realloc, failing_strdup);
	xmlInitParser();
	xmlSetExternalEntityLoader(on_fetch);
	for (i = 0; i < FILES; i++) {
		text = read_file(files[i].name);
		expect(files[i].name, &text, files[i].wanted);
		free(text.bytes);
	}
	test_large();
	test_many_devices(1024, "0000:00:00.0 0001:00:00.0 ");
	test_many_devices(1025, "it has more than 1024 host devices");
	test_out_of_memory("several", files[2].wanted);
	test_out_of_memory("nova", files[4].wanted);
	test_out_of_memory("namespaces", files[8].wanted);
	/* ASan keeps what was freed for a while, and has shadows: 250 MiB at most. */
	getrusage(RUSAGE_SELF, &usage);
	if (usage.ru_maxrss > 600 * 1024) {
		printf("%ld MiB of memory were used\n", usage.ru_maxrss / 1024);
		failed = 1;
	}
	xmlCleanupParser();
	return failed;
}
