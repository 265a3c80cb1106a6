// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"

/* Nova's namespace, without the number behind the point. */
#define NOVA	"http://openstack.org/xmlns/libvirt/nova/1."

/* Longest text or attribute that is looked at; nothing of ours is as long. */
#define TEXT_SIZE	1024

/* Where in the document something of interest is. */
enum place {
	OUTSIDE,
	DOMAIN,
	DEVICES,
	HOSTDEV_PCI,
	SOURCE_PCI,
	ADDRESS_PCI,
	HOSTDEV_MDEV,
	SOURCE_MDEV,
	ADDRESS_MDEV,
	RESOURCE,
	PARTITION,
	METADATA,
	INSTANCE,
	OWNER,
	PROJECT,
};

/* Which element leads where; all others are passed over, with what is in them. */
static const struct step {
	enum place from, to;
	const char *element;
	const char *type;	/* its attribute of this name must have this value; or NULL */
	bool is_nova;		/* in Nova's namespace; or else in none */
} steps[] = {
	{ OUTSIDE, DOMAIN, "domain", NULL, false },
	{ DOMAIN, DEVICES, "devices", NULL, false },
	{ DEVICES, HOSTDEV_PCI, "hostdev", "pci", false },
	{ HOSTDEV_PCI, SOURCE_PCI, "source", NULL, false },
	{ SOURCE_PCI, ADDRESS_PCI, "address", NULL, false },
	{ DEVICES, HOSTDEV_MDEV, "hostdev", "mdev", false },
	{ HOSTDEV_MDEV, SOURCE_MDEV, "source", NULL, false },
	{ SOURCE_MDEV, ADDRESS_MDEV, "address", NULL, false },
	{ DOMAIN, RESOURCE, "resource", NULL, false },
	{ RESOURCE, PARTITION, "partition", NULL, false },
	{ DOMAIN, METADATA, "metadata", NULL, false },
	{ METADATA, INSTANCE, "instance", NULL, true },
	{ INSTANCE, OWNER, "owner", NULL, true },
	{ OWNER, PROJECT, "project", NULL, true },
};

#define STEPS	(sizeof(steps) / sizeof(steps[0]))

struct reader {
	struct domain *domain;
	xmlParserCtxtPtr parser;
	enum place place;
	size_t depth;		/* of the element under way; 0: outside the root */
	size_t place_depth;	/* of the place */
	char text[TEXT_SIZE];	/* of the place, cut */
	size_t text_length;
	int error;
};

/* The attributes of an element, as libxml2 hands them over: five pointers each. */
struct attributes {
	const xmlChar **fields;
	int count;
};

static void __attribute__((format(printf, 3, 4)))
fail(struct reader *reader, int error, const char *format, ...)
{
	struct domain *domain = reader->domain;
	va_list args;

	if (reader->error)
		return;
	reader->error = error;
	va_start(args, format);
	vsnprintf(domain->sentence, sizeof(domain->sentence), format, args);
	va_end(args);
	xmlStopParser(reader->parser);
}

/* The value of an attribute without a prefix, in @value; NULL: there is none. */
static const char *attribute(const struct attributes *attributes, const char *name,
			     char value[TEXT_SIZE])
{
	const xmlChar **field = attributes->fields;
	size_t length;
	int i;

	for (i = 0; i < attributes->count; i++, field += 5) {
		if (field[1] || strcmp((const char *)field[0], name))
			continue;
		length = field[4] - field[3];
		if (length >= TEXT_SIZE)
			length = TEXT_SIZE - 1;
		memcpy(value, field[3], length);
		value[length] = '\0';
		return value;
	}
	return NULL;
}

static const struct step *find_step(enum place from, const char *element, const char *uri,
				    const struct attributes *attributes)
{
	bool is_nova = uri && !strncmp(uri, NOVA, strlen(NOVA));
	char value[TEXT_SIZE];
	const char *type;
	size_t i;

	if (uri && !is_nova)
		return NULL;
	for (i = 0; i < STEPS; i++) {
		if (steps[i].from != from || steps[i].is_nova != is_nova ||
		    strcmp(steps[i].element, element))
			continue;
		type = attribute(attributes, "type", value);
		if (!steps[i].type || (type && !strcmp(type, steps[i].type)))
			return &steps[i];
	}
	return NULL;
}

static enum place place_before(enum place place)
{
	size_t i;

	for (i = 0; i < STEPS; i++)
		if (steps[i].to == place)
			return steps[i].from;
	return OUTSIDE;
}

static bool has_device(const struct domain *domain, const char *address)
{
	size_t i;

	for (i = 0; i < domain->device_count; i++)
		if (!strcmp(domain->devices[i], address))
			return true;
	return false;
}

static void add_device(struct reader *reader, const char *address)
{
	struct domain *domain = reader->domain;

	if (has_device(domain, address))
		return;
	if (domain->device_count == DOMAIN_DEVICES_MAX) {
		fail(reader, -E2BIG, "it has more than %u host devices", DOMAIN_DEVICES_MAX);
		return;
	}
	memcpy(domain->devices[domain->device_count++], address, strlen(address) + 1);
}

static void take_pci(struct reader *reader, const struct attributes *attributes)
{
	char domain[TEXT_SIZE], bus[TEXT_SIZE], slot[TEXT_SIZE], function[TEXT_SIZE];
	const struct host_device_pci parts = {
		attribute(attributes, "domain", domain), attribute(attributes, "bus", bus),
		attribute(attributes, "slot", slot), attribute(attributes, "function", function),
	};
	char address[HOST_DEVICE_SIZE];

	if (host_device_pci(&parts, address))
		add_device(reader, address);
	else
		fail(reader, -EBADMSG, "a PCI host device has no valid address");
}

static void take_mdev(struct reader *reader, const struct attributes *attributes)
{
	char uuid[TEXT_SIZE], address[HOST_DEVICE_SIZE];

	if (host_device_mdev(attribute(attributes, "uuid", uuid), address))
		add_device(reader, address);
	else
		fail(reader, -EBADMSG, "a mediated host device has no valid UUID");
}

/* A name that no account can have is nobody's. */
static void take_name(char *name, const char *text)
{
	if (!*name && text && gpuspec_account_name_is_valid(text))
		memcpy(name, text, strlen(text) + 1);
}

static void take_partition(struct reader *reader)
{
	struct domain *domain = reader->domain;

	if (reader->text_length > GPUSPEC_CGROUP_MAX)
		fail(reader, -EBADMSG, "its partition has a name of more than %u bytes",
		     GPUSPEC_CGROUP_MAX);
	else if (!*domain->partition)
		memcpy(domain->partition, reader->text, reader->text_length + 1);
}

static void on_start(void *data, const xmlChar *element, const xmlChar *prefix, const xmlChar *uri,
		     int namespace_count, const xmlChar **namespaces, int count, int defaulted,
		     const xmlChar **fields)
{
	struct attributes attributes = { fields, count };
	struct reader *reader = data;
	const struct step *step;
	char value[TEXT_SIZE];

	(void)namespace_count, (void)namespaces, (void)defaulted;
	if (reader->depth++ != reader->place_depth)
		return;
	/* Of a prefix that nobody declared: a namespace all the same. */
	if (prefix && !uri)
		uri = prefix;
	step = find_step(reader->place, (const char *)element, (const char *)uri, &attributes);
	if (!step) {
		if (reader->place == OUTSIDE)
			fail(reader, -EBADMSG, "it is XML, but no domain");
		return;
	}
	reader->place = step->to;
	reader->place_depth = reader->depth;
	reader->text[0] = '\0';
	reader->text_length = 0;
	if (step->to == ADDRESS_PCI)
		take_pci(reader, &attributes);
	else if (step->to == ADDRESS_MDEV)
		take_mdev(reader, &attributes);
	else if (step->to == PROJECT)
		take_name(reader->domain->project_id, attribute(&attributes, "uuid", value));
}

static void on_end(void *data, const xmlChar *element, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *reader = data;

	(void)element, (void)prefix, (void)uri;
	if (reader->depth-- != reader->place_depth)
		return;
	if (reader->place == PARTITION)
		take_partition(reader);
	else if (reader->place == PROJECT)
		take_name(reader->domain->project_name, reader->text);
	reader->place = place_before(reader->place);
	reader->place_depth--;
}

static void on_text(void *data, const xmlChar *text, int length)
{
	struct reader *reader = data;
	size_t room = TEXT_SIZE - 1 - reader->text_length;
	size_t more = (size_t)length < room ? (size_t)length : room;

	if (reader->depth != reader->place_depth)
		return;
	memcpy(reader->text + reader->text_length, text, more);
	reader->text_length += more;
	reader->text[reader->text_length] = '\0';
}

/* libvirt writes none; where there is none, there are no entities either. */
static void on_document_type(void *data, const xmlChar *name, const xmlChar *external,
			     const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	fail(data, -EBADMSG, "it has a document type, which no domain has");
}

/* What is wrong with the XML, if it is not what was found by ourselves. */
static void fail_xml(struct reader *reader)
{
	const xmlError *error = xmlCtxtGetLastError(reader->parser);
	char message[160];
	size_t length;

	/* An error that has no message had no memory for it. */
	if (!error || !error->message || reader->parser->errNo == XML_ERR_NO_MEMORY) {
		fail(reader, -ENOMEM, "out of memory");
		return;
	}
	snprintf(message, sizeof(message), "%s", error->message);
	length = strcspn(message, "\n");
	message[length] = '\0';
	/* It may quote what it found. */
	while (length--)
		if (message[length] < ' ' || message[length] > '~')
			message[length] = '?';
	fail(reader, -EBADMSG, "it is not XML: line %d: %s", error->line, message);
}

/* Without memory for a parser, libxml2 would speak for itself. */
static void __attribute__((format(printf, 2, 3))) say_nothing(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

static void parse(struct reader *reader)
{
	static const xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_document_type,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
	};
	xmlParserCtxtPtr parser = reader->parser;

	*parser->sax = handler;
	parser->userData = reader;
	xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlParseDocument(parser);
	/* Without memory it stops, and still calls it well-formed. */
	if (!reader->error && (!parser->wellFormed || parser->errNo == XML_ERR_NO_MEMORY))
		fail_xml(reader);
	/* A parser that builds no tree leaves this to nobody. */
	if (parser->myDoc)
		xmlFreeDoc(parser->myDoc);
	parser->myDoc = NULL;
}

int domain_read(const char *xml, size_t size, struct domain *domain)
{
	struct reader reader = { .domain = domain };

	memset(domain, 0, sizeof(*domain));
	if (!size)
		fail(&reader, -EBADMSG, "there is none");
	else if (size > DOMAIN_XML_MAX)
		fail(&reader, -EFBIG, "it is larger than %u bytes (16 MiB)", DOMAIN_XML_MAX);
	if (reader.error)
		return reader.error;
	domain->devices = calloc(DOMAIN_DEVICES_MAX, sizeof(*domain->devices));
	xmlSetGenericErrorFunc(NULL, say_nothing);
	if (domain->devices)
		reader.parser = xmlCreateMemoryParserCtxt(xml, size);
	if (!reader.parser)
		fail(&reader, -ENOMEM, "out of memory");
	else
		parse(&reader);
	xmlFreeParserCtxt(reader.parser);
	return reader.error;
}

void domain_free(struct domain *domain)
{
	free(domain->devices);
	domain->devices = NULL;
	domain->device_count = 0;
}
