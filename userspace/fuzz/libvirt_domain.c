// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes what reads a domain's XML. Whatever it is, nothing is fetched, and
 * what was read has the form that others rely on. The Makefile gives the
 * function the name that libFuzzer wants.
 */
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"

static void demand(bool is_so)
{
	if (!is_so)
		abort();
}

static void judge_name(const char *name)
{
	demand(!*name || gpuspec_account_name_is_valid(name));
}

static void judge(const struct domain *domain)
{
	size_t i;

	demand(domain->device_count <= DOMAIN_DEVICES_MAX);
	for (i = 0; i < domain->device_count; i++)
		demand(strspn(domain->devices[i], "0123456789abcdef:.-") ==
		       strlen(domain->devices[i]) && strlen(domain->devices[i]) >= 12);
	demand(strlen(domain->partition) <= GPUSPEC_CGROUP_MAX);
	judge_name(domain->project_id);
	judge_name(domain->project_name);
}

/* A sentence goes to logs and terminals. */
static void judge_sentence(const char *sentence)
{
	demand(*sentence);
	for (; *sentence; sentence++)
		demand(*sentence >= ' ' && *sentence <= '~');
}

static xmlParserInputPtr on_fetch(const char *url, const char *id, xmlParserCtxtPtr parser)
{
	(void)url;
	(void)id;
	(void)parser;
	abort();
}

int fuzz_libvirt_domain(const uint8_t *data, size_t size)
{
	struct domain domain;

	xmlSetExternalEntityLoader(on_fetch);
	if (domain_read((const char *)data, size, &domain))
		judge_sentence(domain.sentence);
	else
		judge(&domain);
	domain_free(&domain);
	return 0;
}
