// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "verdict.h"

#define SENTENCE_SIZE	1400

/* NULL: it is no GPU of this host. */
static const struct gpuspec_device *find_device(const struct gpuspec_tables *tables,
						const char *address)
{
	size_t i;

	for (i = 0; i < tables->device_count; i++)
		if (!strcmp(tables->devices[i].address, address))
			return &tables->devices[i];
	return NULL;
}

static struct gpuspec_rule rule_of(const struct gpuspec_tables *tables, const char *id)
{
	struct gpuspec_rule rule = { .named = false };
	size_t i;

	for (i = 0; i < tables->spec_count; i++)
		if (!strcmp(tables->specs[i].id, id))
			rule = (struct gpuspec_rule){
				.named = tables->specs[i].named,
				.state = tables->specs[i].state,
				.sharing = tables->specs[i].sharing,
			};
	return rule;
}

/* NULL: the spec is not shared with the account by name. */
static const struct gpuspec_share *find_share(const struct gpuspec_tables *tables,
					      const char *spec, const char *account)
{
	size_t i;

	for (i = 0; i < tables->share_count; i++)
		if (!strcmp(tables->shares[i].spec, spec) &&
		    !strcmp(tables->shares[i].account, account))
			return &tables->shares[i];
	return NULL;
}

/* How many of the domain's devices before number @end are of the spec? */
static unsigned int count_before(const struct gpuspec_tables *tables, const struct domain *domain,
				 size_t end, const char *spec)
{
	const struct gpuspec_device *device;
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < end; i++) {
		device = find_device(tables, domain->devices[i]);
		if (device && !strcmp(device->spec, spec))
			count++;
	}
	return count;
}

static bool depends_on_account(enum gpuspec_reason reason)
{
	return reason == GPUSPEC_REASON_NOT_SHARED || reason == GPUSPEC_REASON_QUOTA;
}

/* How many devices of the spec has the account? */
static uint32_t count_held(const struct gpuspec_tables *tables, const char *spec,
			   const char *account)
{
	const struct gpuspec_device *device;
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < tables->device_count; i++) {
		device = &tables->devices[i];
		count += device->in_use && !strcmp(device->spec, spec) &&
			 !strcmp(device->holder.account, account);
	}
	return count;
}

static int refuse(const struct judge *judge, const char *address,
		  const struct gpuspec_answer *answer)
{
	const struct gpuspec_fleet_claim claim = {
		.id = answer->id, .account = answer->account,
		.held = count_held(judge->tables, answer->id, answer->account),
	};
	char phrase[1024], sentence[SENTENCE_SIZE];

	gpuspec_fleet_view_phrase(judge->view(judge->data), answer, &claim, phrase,
				  sizeof(phrase));
	snprintf(sentence, sizeof(sentence), "GPU %s (%s) %s", address, answer->id, phrase);
	judge->refuse(address, answer, sentence, judge->data);
	return 1;
}

/* The option that raises the maximum: of the policy, or of both, that the account has reached. */
static const char *way_out(const struct judge *judge, const struct gpuspec_answer *answer,
			   uint32_t held)
{
	const struct gpuspec_fleet_claim claim = {
		.id = answer->id, .account = answer->account, .held = held,
	};
	struct gpuspec_fleet_verdicts verdicts;

	if (!gpuspec_fleet_view_blame(judge->view(judge->data), answer, &claim, &verdicts) ||
	    verdicts.fleet == GPUSPEC_REASON_ALLOWED)
		return "a larger --max allows it";
	return verdicts.host == GPUSPEC_REASON_ALLOWED ? "a larger --max --fleet allows it" :
		"a larger --max for this host, and with --fleet, allows it";
}

/*
 * The kernel judges each device by what is held now; those that the VM asks
 * for before this one will be held as well.
 */
static int judge_maximum(const struct judge *judge, const struct gpuspec_device *device,
			 const char *account, unsigned int before)
{
	const struct gpuspec_rule rule = rule_of(judge->tables, device->spec);
	struct gpuspec_answer answer = { .reason = GPUSPEC_REASON_QUOTA };
	struct gpuspec_claim claim = { .listed = true };
	const struct gpuspec_share *share;
	char sentence[SENTENCE_SIZE];

	share = find_share(judge->tables, device->spec, account);
	if (!share)
		return 0;
	claim.maximum = share->maximum;
	claim.held = share->held + before;
	if (gpuspec_verdict(&rule, judge->tables->info.unnamed, &claim) != GPUSPEC_REASON_QUOTA)
		return 0;
	snprintf(answer.id, sizeof(answer.id), "%s", device->spec);
	snprintf(answer.account, sizeof(answer.account), "%s", account);
	snprintf(sentence, sizeof(sentence), "GPU %s (%s) is more than the maximum of account %s, which may hold %u, holds %u, and gets %u with this VM before; %s",
		 device->address, device->spec, account, share->maximum, share->held, before,
		 way_out(judge, &answer, claim.held));
	judge->refuse(device->address, &answer, sentence, judge->data);
	return 1;
}

static int judge_device(const struct judge *judge, const struct domain *domain, size_t number,
			const struct owner *owner)
{
	const struct gpuspec_device *device;
	struct gpuspec_answer answer;
	unsigned int before;
	int error;

	device = find_device(judge->tables, domain->devices[number]);
	if (!device)
		return 0;
	error = judge->check(device->address, owner->account, &answer, judge->data);
	/* It has gone since the tables were read. */
	if (error == -ENOENT)
		return 0;
	if (error)
		return error;
	if (!owner->certain && depends_on_account(answer.reason))
		return 0;
	if (answer.reason != GPUSPEC_REASON_ALLOWED)
		return refuse(judge, device->address, &answer);
	before = count_before(judge->tables, domain, number, device->spec);
	return before && owner->certain ?
		judge_maximum(judge, device, owner->account, before) : 0;
}

int judge_domain(const struct judge *judge, const struct domain *domain,
		 const struct owner *owner)
{
	int refused = 0, result;
	size_t i;

	for (i = 0; i < domain->device_count; i++) {
		result = judge_device(judge, domain, i, owner);
		if (result < 0)
			return result;
		refused += result;
	}
	return refused;
}
