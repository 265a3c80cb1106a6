// SPDX-License-Identifier: GPL-2.0
/*
 * libvirt's hook for QEMU: refuses the start of a VM that asks for a GPU which
 * it may not have, in words that virsh shows. The kernel decides anyway, when
 * the VM opens the device; but by then it can only say EPERM.
 *
 * Every way to run a VM begins with "prepare begin" on the host where it is
 * to run: a start, an incoming migration, a restore. Of the other operations,
 * "migrate" and "restore" would take what is written for the domain's new XML,
 * and where "reconnect" and "attach" fail, a running VM is killed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "domain.h"
#include "fleet_view.h"
#include "judge.h"
#include "nl.h"
#include "owner.h"
#include "refused_starts.h"
#include "utf8.h"
#include "verdict.h"

/* What libvirt makes of the exit status. */
#define LETS_PASS	0
#define REFUSES		1
#define USAGE		2

struct hook {
	char name[128];		/* of the VM, fit for printing */
	struct gpuspec_conf conf;
	char *xml;
	size_t xml_size;
	struct domain domain;
	struct gpuspec_nl *nl;
	struct gpuspec_fleet_view view;
	bool viewed;		/* that was read */
	json_t *refusals;	/* what was refused, as refused_starts.h has it */
};

/* libvirt drops what a hook says that lets pass; so the system's log has it, too. */
static void __attribute__((format(printf, 1, 2))) tell(const char *format, ...)
{
	char sentence[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	fprintf(stderr, "gpuspec: %s\n", sentence);
	syslog(LOG_WARNING, "%s", sentence);
}

/* The VM could not be checked: what then, the setting says. */
static int fail(const struct hook *hook, const char *what, const char *why)
{
	if (hook->conf.libvirt_hook_refuses) {
		tell("VM %s cannot be checked, and is refused: %s%s; libvirt_hook_on_error = pass in %s would let it start",
		     hook->name, what, why, GPUSPEC_CONF_PATH);
		return REFUSES;
	}
	tell("VM %s starts unchecked: %s%s; libvirt_hook_on_error = refuse in %s would refuse it",
	     hook->name, what, why, GPUSPEC_CONF_PATH);
	return LETS_PASS;
}

static int fail_nl(const struct hook *hook, int error)
{
	if (!hook->nl)
		return fail(hook, "", "out of memory");
	if (error == -ENOENT)
		return fail(hook, gpuspec_nl_sentence(hook->nl), " (see what modprobe gpuspec says)");
	return fail(hook, "", gpuspec_nl_sentence(hook->nl));
}

static int check(const char *address, const char *account, struct gpuspec_answer *answer,
		 void *data)
{
	const struct gpuspec_question question = { .address = address, .account = account };
	const struct hook *hook = data;

	return gpuspec_nl_check(hook->nl, &question, answer);
}

/* Where it cannot be read, the verdict is told without whose it is. */
static const struct gpuspec_fleet_view *view(void *data)
{
	struct hook *hook = data;

	if (!hook->viewed)
		gpuspec_fleet_view_read(&hook->view, GPUSPEC_POLICY_FOLDER);
	hook->viewed = true;
	return &hook->view;
}

/* For virsh to show. */
static void refuse(const char *address, const struct gpuspec_answer *answer, const char *sentence,
		   void *data)
{
	struct hook *hook = data;

	fprintf(stderr, "gpuspec: %s\n", sentence);
	json_array_append_new(hook->refusals,
			      json_pack("{sIssssssssssss}", "time", (json_int_t)time(NULL),
					"vm", hook->name, "address", address, "spec", answer->id,
					"account", answer->account, "reason",
					gpuspec_reason_name(answer->reason), "sentence", sentence));
}

/* For gpuspec log: libvirt itself remembers nothing. It stays refused where that fails. */
static void remember(const struct hook *hook)
{
	int error;

	if (!json_array_size(hook->refusals))
		return;
	error = gpuspec_refused_starts_add(hook->refusals, GPUSPEC_STARTS_FOLDER);
	if (error)
		syslog(LOG_WARNING, "that VM %s was refused is not remembered: %s: %s",
		       hook->name, GPUSPEC_STARTS_FOLDER, strerror(-error));
}

static int judge_by_tables(struct hook *hook, const struct gpuspec_tables *tables)
{
	const struct judge judge = {
		.tables = tables, .check = check, .view = view, .refuse = refuse, .data = hook,
	};
	struct owner owner;
	int result;

	owner_of(&hook->domain, tables, &owner);
	result = judge_domain(&judge, &hook->domain, &owner);
	remember(hook);
	if (result < 0)
		return fail_nl(hook, result);
	return result ? REFUSES : LETS_PASS;
}

static int ask_kernel(struct hook *hook)
{
	struct gpuspec_tables tables;
	int error, status;

	error = gpuspec_nl_open(&hook->nl);
	if (!error)
		error = gpuspec_nl_tables(hook->nl, &tables);
	if (error)
		return fail_nl(hook, error);
	status = judge_by_tables(hook, &tables);
	gpuspec_nl_free_tables(&tables);
	return status;
}

/* All of standard input, but no more than it takes to know that it is too much. */
static int read_xml(struct hook *hook)
{
	const size_t room = DOMAIN_XML_MAX + 1;
	ssize_t count;

	hook->xml = malloc(room);
	if (!hook->xml)
		return -ENOMEM;
	do {
		count = read(STDIN_FILENO, hook->xml + hook->xml_size, room - hook->xml_size);
		if (count < 0 && errno != EINTR)
			return -errno;
		hook->xml_size += count > 0 ? count : 0;
	} while (count && hook->xml_size < room);
	return 0;
}

static int prepare(struct hook *hook)
{
	int error;

	if (gpuspec_conf_read(GPUSPEC_CONF_PATH, &hook->conf))
		tell("%s", hook->conf.sentence);
	error = read_xml(hook);
	if (error)
		return fail(hook, "its XML cannot be read: ", strerror(-error));
	if (domain_read(hook->xml, hook->xml_size, &hook->domain))
		return fail(hook, "its XML cannot be read: ", hook->domain.sentence);
	return hook->domain.device_count ? ask_kernel(hook) : LETS_PASS;
}

static void take_name(struct hook *hook, const char *name)
{
	char *c;

	gpuspec_utf8_clean(hook->name, sizeof(hook->name), name);
	for (c = hook->name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

int main(int argc, char **argv)
{
	struct hook hook = { .nl = NULL };
	int status;

	if (argc < 4) {
		fprintf(stderr, "usage: gpuspec GUEST OPERATION SUBOPERATION [EXTRA] <XML, as libvirt calls it; see gpuspec-libvirt(7)\n");
		return USAGE;
	}
	if (strcmp(argv[2], "prepare") || strcmp(argv[3], "begin"))
		return LETS_PASS;
	openlog("gpuspec", LOG_PID, LOG_DAEMON);
	take_name(&hook, argv[1]);
	hook.refusals = json_array();
	status = prepare(&hook);
	gpuspec_nl_close(hook.nl);
	gpuspec_fleet_view_free(&hook.view);
	domain_free(&hook.domain);
	json_decref(hook.refusals);
	free(hook.xml);
	return status;
}
