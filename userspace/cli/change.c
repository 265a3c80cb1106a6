// SPDX-License-Identifier: GPL-2.0
/* enable, disable, share and recall: one policy change, in four words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "cli.h"
#include "offers.h"
#include "output.h"
#include "policy_change.h"
#include "policy_meet.h"
#include "resolve.h"
#include "row.h"
#include "row_device.h"
#include "row_rule.h"
#include "verdict.h"
#include "way_out.h"

/* Holders that are told of one by one. */
#define HOLDERS	20

/* What a verb does to the policy for a spec. */
struct action {
	/* 0, or -1 if it was told why that cannot be. */
	int (*act)(const struct request *request, struct gpuspec_policy_spec *spec);
	bool takes_away;	/* devices from those who come next */
	const char *done;	/* "is now ..." */
};

static int act_enable(const struct request *request, struct gpuspec_policy_spec *spec)
{
	(void)request;
	spec->state = GPUSPEC_STATE_ENABLED;
	return 0;
}

static int act_disable(const struct request *request, struct gpuspec_policy_spec *spec)
{
	(void)request;
	spec->state = GPUSPEC_STATE_DISABLED;
	return 0;
}

static int act_share_all(const struct request *request, struct gpuspec_policy_spec *spec)
{
	(void)request;
	gpuspec_policy_set_sharing(spec, GPUSPEC_SHARING_ALL);
	return 0;
}

static int act_recall_all(const struct request *request, struct gpuspec_policy_spec *spec)
{
	(void)request;
	gpuspec_policy_set_sharing(spec, GPUSPEC_SHARING_NONE);
	return 0;
}

static int act_share(const struct request *request, struct gpuspec_policy_spec *spec)
{
	/* To share never takes away. */
	if (spec->sharing == GPUSPEC_SHARING_ALL) {
		fail(EXIT_FAILED, request->verb, "%s is shared with all accounts already; to share it with some only, recall it first: gpuspec recall %s --all",
		     spec->id, spec->id);
		return -1;
	}
	if (!gpuspec_policy_share_with(spec, request->account, request->maximum))
		return 0;
	fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
	return -1;
}

static int act_recall(const struct request *request, struct gpuspec_policy_spec *spec)
{
	if (spec->sharing == GPUSPEC_SHARING_ALL) {
		fail(EXIT_FAILED, request->verb, "%s is shared with all accounts, and not with %s by name; gpuspec recall %s --all takes it from all",
		     spec->id, request->account, spec->id);
		return -1;
	}
	gpuspec_policy_recall_from(spec, request->account);
	return 0;
}

/* The specs to be changed, as ids: those that the words name, and maybe their slices. */
struct targets {
	const char **ids;
	int count, named;	/* the named ones come first */
};

/* Name the spec in the policy as it is in force, and do what the verb says. */
static int change_spec(const struct request *request, struct policy_change *change,
		       const struct action *action, const char *id)
{
	static const struct gpuspec_rule unnamed;
	/* What the fleet names, the host's default says nothing of. */
	struct gpuspec_rule rule = gpuspec_rule_in_force(&unnamed,
		gpuspec_policy_spec(&change->fleet.policy, id) ? GPUSPEC_DEFAULT_OPEN :
								 change->wanted.unnamed);

	if (gpuspec_policy_name(&change->wanted, id, rule.state, rule.sharing))
		return fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
	if (!action->act(request, gpuspec_policy_spec(&change->wanted, id)))
		return EXIT_DONE;
	return change->fleet.joined ?
		fail(EXIT_FAILED, request->verb, "that is this host's own policy; gpuspec show %s has the fleet's as well, and gpuspec %s --fleet changes that",
		     id, request->verb) : EXIT_FAILED;
}

/* Those who hold a device of the spec, and whom the verb concerns. */
static json_t *row_holders(const struct request *request,
			   const struct policy_change *change, const char *id)
{
	json_t *rows = json_array();
	const struct gpuspec_card *card;
	size_t i;

	for (i = 0; i < change->inventory.card_count; i++) {
		card = &change->inventory.cards[i];
		if (card->device.in_use && !strcmp(card->device.spec, id) &&
		    (!request->account || !strcmp(card->device.holder.account, request->account)))
			json_array_append_new(rows, row_device(card));
	}
	return rows;
}

static bool is_target(const struct targets *targets, const char *id)
{
	int i;

	for (i = 0; i < targets->count; i++)
		if (!strcmp(targets->ids[i], id))
			return true;
	return false;
}

/* What it is a slice of: of the specs that are changed, or of the others. */
static json_t *row_parents(const struct gpuspec_inventory *inventory,
			   const struct targets *targets, const char *id, bool changed)
{
	json_t *rows = json_array();
	const char *parent;
	size_t i;

	for (i = 0; i < inventory->kin_count; i++) {
		parent = inventory->kin[i].parent->spec.id;
		if (!strcmp(inventory->kin[i].slice->spec.id, id) &&
		    is_target(targets, parent) == changed)
			json_array_append_new(rows, row_string(parent));
	}
	return rows;
}

/* In the kernel, or of the host's own in a fleet, where the kernel need not change for it. */
static bool is_changed(const struct policy_change *change, const char *id)
{
	const struct gpuspec_policy_spec *before = gpuspec_policy_spec(&change->now, id);
	const struct gpuspec_policy_spec *after = gpuspec_policy_spec(change->in_force, id);

	if (before && after ? !gpuspec_policy_same_spec(before, after) : before != after)
		return true;
	if (!change->fleet.joined)
		return false;
	before = gpuspec_policy_spec(&change->before, id);
	after = gpuspec_policy_spec(&change->wanted, id);
	return !before || !gpuspec_policy_same_spec(before, after);
}

static void add_rule_in_force(json_t *row, const struct policy_change *change, const char *id)
{
	const struct gpuspec_policy_spec *spec = gpuspec_policy_spec(change->in_force, id);
	static const struct gpuspec_rule unnamed;
	struct gpuspec_rule rule;

	/* The fleet does not know it. */
	rule = gpuspec_rule_in_force(&unnamed, change->in_force->unnamed);
	output_set(row, "state", row_string(row_state(spec ? spec->state : rule.state)));
	output_set(row, "shared", spec ? row_rule_shared(spec) :
		   row_string(row_sharing(rule.sharing)));
}

/* The smaller one of the fleet, where an account is given a larger maximum here. */
static uint32_t fleet_maximum(const struct request *request, const struct policy_change *change,
			      const char *id)
{
	const struct gpuspec_policy_spec *spec = gpuspec_policy_spec(&change->fleet.policy, id);
	const struct gpuspec_policy_share *share;

	share = spec && request->account ? gpuspec_policy_share(spec, request->account) : NULL;
	if (!share || (request->maximum && request->maximum <= share->maximum))
		return 0;
	return share->maximum;
}

/* Has the host a list, and the fleet another, with nobody on both? */
static bool is_nobodys(const struct policy_change *change, const char *id)
{
	const struct gpuspec_policy_spec *own = gpuspec_policy_spec(&change->wanted, id);
	const struct gpuspec_policy_spec *spec = gpuspec_policy_spec(change->in_force, id);

	return own->sharing == GPUSPEC_SHARING_LIST && spec &&
	       spec->sharing == GPUSPEC_SHARING_NONE;
}

/* What the fleet's policy leaves of what this host would let those have who are named. */
static json_t *row_fleet_limit(const struct request *request, const struct policy_change *change,
			       const char *id)
{
	char phrase[GPUSPEC_PHRASE_SIZE], text[512];
	enum gpuspec_reason reason;
	uint32_t maximum;

	if (!change->fleet.joined)
		return NULL;
	reason = gpuspec_policy_verdict(&change->fleet.policy, id, request->account, 0);
	maximum = fleet_maximum(request, change, id);
	if (reason == GPUSPEC_REASON_UNKNOWN_SPEC) {
		snprintf(text, sizeof(text), "it is refused all the same: the fleet's policy does not name it, and its default is closed%s",
			 gpuspec_reason_fleet_way_out(reason));
	} else if (reason != GPUSPEC_REASON_ALLOWED) {
		gpuspec_reason_phrase(reason, request->account ? request->account : "", phrase);
		snprintf(text, sizeof(text), "it is refused all the same: for the fleet it %s%s",
			 phrase, gpuspec_reason_fleet_way_out(reason));
	} else if (maximum) {
		snprintf(text, sizeof(text), "account %s may hold %u at once all the same: that is its maximum in the fleet; gpuspec share --fleet with a larger --max raises it",
			 request->account, maximum);
	} else if (is_nobodys(change, id)) {
		snprintf(text, sizeof(text), "it is refused all the same: the fleet shares it with others than this host; gpuspec show %s has both",
			 id);
	} else {
		return NULL;
	}
	return row_string(text);
}

static json_t *row_change(const struct request *request, const struct policy_change *change,
			  const struct targets *targets, int number)
{
	const char *id = targets->ids[number];
	const struct gpuspec_policy_spec *own = gpuspec_policy_spec(&change->wanted, id);
	const struct gpuspec_model *model = gpuspec_inventory_model(&change->inventory, id);
	/* Of a type of mdevs there need not be one yet. */
	bool present = model && (model->spec.devices || model->cards);
	json_t *row = json_object();

	output_set(row, "id", row_string(id));
	output_set(row, "changed", json_boolean(is_changed(change, id)));
	add_rule_in_force(row, change, id);
	output_set(row, "fleet", row_rule(gpuspec_policy_spec(&change->fleet.policy, id)));
	output_set(row, "host", change->fleet.joined ? row_rule(own) : NULL);
	output_set(row, "fleet_limit", row_fleet_limit(request, change, id));
	output_set(row, "present", json_boolean(present));
	output_set(row, "holders", row_holders(request, change, id));
	/* Of one that was not named, why it changes, and whom else that concerns. */
	output_set(row, "slice_of", number < targets->named ? NULL :
		   row_parents(&change->inventory, targets, id, true));
	output_set(row, "also_slice_of", number < targets->named ? NULL :
		   row_parents(&change->inventory, targets, id, false));
	return row;
}

static void print_holders(json_t *holders)
{
	size_t i, count = json_array_size(holders);
	json_t *device;
	char holder[256];

	for (i = 0; i < count && i < HOLDERS; i++) {
		device = json_array_get(holders, i);
		row_holder_text(device, holder, sizeof(holder));
		printf("  %s%s%s stays with its holder until released: %s\n",
		       output_get(device, "host") ? output_text(device, "host") : "",
		       output_get(device, "host") ? " " : "", output_text(device, "address"),
		       holder);
	}
	if (i < count)
		printf("  and %zu more stay with theirs\n", count - i);
}

static void print_parents(json_t *change, const char *member, const char *words)
{
	json_t *parents = output_get(change, member);
	size_t i;

	for (i = 0; i < json_array_size(parents); i++)
		printf("%s%s", i ? ", " : words, json_string_value(json_array_get(parents, i)));
}

/* Half a permission is none. */
static void print_refused(json_t *change, bool in_fleet)
{
	/* In a fleet, by the host's own policy. */
	json_t *rule = in_fleet ? output_get(change, "host") : change;

	if (!strcmp(output_text(rule, "state"), "disabled"))
		puts("  it is refused all the same, being disabled; gpuspec enable allows it");
	else if (!strcmp(output_text(rule, "shared"), "none"))
		puts("  it is refused all the same, being shared with nobody; gpuspec share allows it");
	if (output_get(change, "fleet_limit"))
		printf("  %s\n", output_text(change, "fleet_limit"));
}

static void print_change(const struct request *request, json_t *change,
			 const struct action *action)
{
	/* Elsewhere in the fleet it is as it was. */
	bool in_fleet = output_get(change, "host");
	bool changed = json_is_true(output_get(change, "changed"));
	const char *id = output_text(change, "id");

	printf("%s %s %s%s%s", id,
	       !changed ? "was already" : request->dry_run ? "would be" : "is now", action->done,
	       request->account ? request->account : "", in_fleet ? " here" : "");
	print_parents(change, "slice_of", ", a slice of ");
	print_parents(change, "also_slice_of", ", and of ");
	if (request->maximum)
		printf(", up to %u device%s at once", request->maximum,
		       request->maximum == 1 ? "" : "s");
	puts("");
	if (!json_is_true(output_get(change, "present")))
		puts("  there is no device of it yet; one that comes is judged so at once");
	if (action->takes_away)
		print_holders(output_get(change, "holders"));
	else
		print_refused(change, in_fleet);
}

/* With --if-unused: name who is in the way, if anyone is. */
static int refuse_used(const struct request *request, const struct policy_change *change,
		       const struct targets *targets)
{
	json_t *holders, *device;
	int i, result = EXIT_DONE;
	char holder[256];

	for (i = 0; i < targets->count && !result; i++) {
		holders = row_holders(request, change, targets->ids[i]);
		if (json_array_size(holders)) {
			device = json_array_get(holders, 0);
			row_holder_text(device, holder, sizeof(holder));
			result = fail(EXIT_FAILED, request->verb, "%s is in use: %s is held by %s%s; nothing was changed",
				      targets->ids[i], output_text(device, "address"), holder,
				      json_array_size(holders) > 1 ? ", and more" : "");
		}
		json_decref(holders);
	}
	return result;
}

/* Addresses of cards, all of whose types of slices are not known, so that some were not changed. */
static json_t *row_types_unknown(const struct gpuspec_inventory *inventory,
				 const struct targets *targets)
{
	json_t *rows = json_array();
	const struct gpuspec_card *card;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		if (is_target(targets, card->device.spec) && !card->types_known &&
		    gpuspec_card_is_physical(card) && gpuspec_offers_vendor_types(inventory, card))
			json_array_append_new(rows, row_string(card->device.address));
	}
	return rows;
}

static void tell_types_unknown(const struct request *request, json_t *answer)
{
	char cards[512];

	if (!json_array_size(output_get(answer, "types_unknown")))
		return;
	row_words_text(answer, "types_unknown", ", ", cards, sizeof(cards));
	fail(EXIT_DONE, request->verb, "types that %s cannot make now are not known and %s changed; name each by its number, as vf:VVVV:PPPP:FFFF/nvidia-N, in another gpuspec %s",
	     cards, request->dry_run ? "would not be" : "were not", request->verb);
}

static void tell(const struct request *request, const struct action *action,
		 const struct policy_change *change, const struct targets *targets)
{
	json_t *answer = json_object();
	json_t *rows = json_array();
	int i;

	output_set(answer, "changes", rows);
	output_set(answer, "types_unknown", request->with_slices ?
		   row_types_unknown(&change->inventory, targets) : NULL);
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	for (i = 0; i < targets->count; i++)
		json_array_append_new(rows, row_change(request, change, targets, i));
	for (i = 0; i < targets->count && !request->json; i++)
		print_change(request, json_array_get(rows, i), action);
	if (request->json)
		output_json(answer);
	tell_types_unknown(request, answer);
	json_decref(answer);
}

/*
 * Is there an account of the name that was given, or was none given? One of
 * the fleet's has no cgroups and uids of its own here, so that they do not
 * stay when the fleet changes them.
 */
static int check_account(const struct request *request, struct policy_change *change)
{
	if (!request->account || !strcmp(request->account, GPUSPEC_ACCOUNT_HOST) ||
	    gpuspec_policy_account(&change->wanted, request->account))
		return EXIT_DONE;
	if (gpuspec_policy_account(&change->fleet.policy, request->account))
		return gpuspec_policy_add_account(&change->wanted, request->account) ?
			fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed") :
			EXIT_DONE;
	return fail(EXIT_NOT_FOUND, request->verb, "there is no account %s; gpuspec account list shows those there are, gpuspec account add %s makes it",
		    request->account, request->account);
}

static int change_all(struct request *request, struct policy_change *change,
		      const struct action *action, const struct targets *targets)
{
	int i, result;

	result = check_account(request, change);
	for (i = 0; i < targets->count && !result; i++)
		result = change_spec(request, change, action, targets->ids[i]);
	if (!result && request->if_unused)
		result = refuse_used(request, change, targets);
	if (!result)
		result = policy_change_make(request, change, targets->ids, targets->count);
	if (!result)
		tell(request, action, change, targets);
	return result;
}

/* Slices of slices, too. There is room for every model. */
static void add_slices(const struct gpuspec_inventory *inventory, struct targets *targets)
{
	const char *slice;
	size_t k;
	int i;

	for (i = 0; i < targets->count; i++) {
		for (k = 0; k < inventory->kin_count; k++) {
			slice = inventory->kin[k].slice->spec.id;
			if (!strcmp(inventory->kin[k].parent->spec.id, targets->ids[i]) &&
			    !is_target(targets, slice))
				targets->ids[targets->count++] = slice;
		}
	}
}

/* All that is known to be a slice, though none can be made at this moment. */
static int add_types(const struct request *request, struct policy_change *change)
{
	size_t i, count = change->wanted.spec_count;
	const char **ids;
	int error;

	ids = calloc(count + 1, sizeof(*ids));
	for (i = 0; i < count && ids; i++)
		ids[i] = change->wanted.specs[i].id;
	error = ids ? gpuspec_inventory_add_types(&change->inventory, ids, count) : -ENOMEM;
	free(ids);
	return error ? fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed") :
		       EXIT_DONE;
}

static int change(struct request *request, const struct action *action)
{
	struct targets targets = {};
	struct policy_change change;
	int i, result;

	result = policy_change_begin(request, &change);
	if (!result && request->with_slices)
		result = add_types(request, &change);
	targets.ids = calloc(request->argc + change.inventory.model_count, sizeof(targets.ids[0]));
	if (!result && !targets.ids)
		result = fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
	for (i = 0; i < request->argc && !result; i++)
		targets.ids[i] = resolve_spec(request, &change.inventory, request->argv[i],
					      &result);
	targets.count = request->argc;
	targets.named = request->argc;
	if (!result && request->with_slices)
		add_slices(&change.inventory, &targets);
	if (!result)
		result = change_all(request, &change, action, &targets);
	free(targets.ids);
	policy_change_end(&change);
	return result;
}

int enable(struct request *request)
{
	static const struct action action = { .act = act_enable, .done = "enabled" };

	return change(request, &action);
}

int disable(struct request *request)
{
	static const struct action action = {
		.act = act_disable, .takes_away = true, .done = "disabled",
	};

	return change(request, &action);
}

int share(struct request *request)
{
	static const struct action all = {
		.act = act_share_all, .done = "shared with all accounts",
	}, one = {
		.act = act_share, .done = "shared with account ",
	};

	return change(request, request->account ? &one : &all);
}

int recall(struct request *request)
{
	static const struct action all = {
		.act = act_recall_all, .takes_away = true, .done = "recalled from all accounts",
	}, one = {
		.act = act_recall, .takes_away = true, .done = "recalled from account ",
	};

	return change(request, request->account ? &one : &all);
}
