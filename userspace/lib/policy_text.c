// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "spec_id.h"

/* --- reading --- */

struct reader {
	struct gpuspec_policy *policy;
	const char *text;
	char *why;
	size_t why_size;
};

/* The line of the first place with "@name" in quotes; 0: it is written in another way. */
static unsigned int line_of(const struct reader *reader, const char *name)
{
	char quoted[GPUSPEC_CGROUP_MAX + 3];
	const char *place, *c;
	unsigned int line = 1;

	snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	place = strstr(reader->text, quoted);
	if (!place)
		return 0;
	for (c = reader->text; c < place; c++)
		line += *c == '\n';
	return line;
}

/* It is the member or entry @name that is wrong. */
static int __attribute__((format(printf, 3, 4)))
wrong(struct reader *reader, const char *name, const char *why, ...)
{
	unsigned int line = line_of(reader, name);
	size_t length = 0;
	va_list args;

	if (line)
		length = snprintf(reader->why, reader->why_size, "line %u: ", line);
	va_start(args, why);
	vsnprintf(reader->why + length, reader->why_size - length, why, args);
	va_end(args);
	return -EINVAL;
}

static int no_memory(struct reader *reader)
{
	snprintf(reader->why, reader->why_size, "out of memory");
	return -ENOMEM;
}

/* A value, short, to be shown in a sentence. */
static const char *shown(const json_t *value, char text[64])
{
	char *dump = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	snprintf(text, 64, "%.40s%s", dump ? dump : "nothing",
		 dump && strlen(dump) > 40 ? "..." : "");
	free(dump);
	return text;
}

static int read_default(struct reader *reader, const json_t *value)
{
	const char *word = json_string_value(value);
	char text[64];

	if (!word || (strcmp(word, "open") && strcmp(word, "closed")))
		return wrong(reader, "default", "\"default\" is \"open\" or \"closed\", and not %s",
			     shown(value, text));
	reader->policy->unnamed = strcmp(word, "open") ? GPUSPEC_DEFAULT_CLOSED :
						       GPUSPEC_DEFAULT_OPEN;
	return 0;
}

/* Is this mark given twice? */
static int refuse_double(struct reader *reader, const struct gpuspec_account *account,
			 const char *cgroup, uint32_t uid, size_t own)
{
	const struct gpuspec_account *other;
	char text[GPUSPEC_CGROUP_MAX];
	size_t i;

	other = gpuspec_policy_marked(reader->policy, account, cgroup, uid);
	for (i = 0; i < own && !other; i++)
		if (cgroup ? !strcmp(account->cgroups[i], cgroup) : account->uids[i] == uid)
			other = account;
	if (!other)
		return 0;
	snprintf(text, sizeof(text), "%u", uid);
	return wrong(reader, cgroup ? cgroup : account->name,
		     "account %s: the %s %s is given twice, here and for account %s",
		     account->name, cgroup ? "cgroup" : "uid", cgroup ? cgroup : text, other->name);
}

static int read_cgroup(struct reader *reader, struct gpuspec_account *account,
		       const json_t *value)
{
	const char *path = json_string_value(value);
	char text[64];

	if (!path || !gpuspec_cgroup_is_valid(path))
		return wrong(reader, path ? path : account->name, "account %s: %s is no path of a cgroup, such as \"/machine.slice/blue.slice\"",
			     account->name, shown(value, text));
	snprintf(account->cgroups[account->cgroup_count++], sizeof(account->cgroups[0]), "%s",
		 path);
	return refuse_double(reader, account, path, 0, account->cgroup_count - 1);
}

static int read_uid(struct reader *reader, struct gpuspec_account *account, const json_t *value)
{
	json_int_t uid = json_integer_value(value);
	char text[64];

	if (!json_is_integer(value) || uid < 0 || uid >= UINT32_MAX)
		return wrong(reader, account->name, "account %s: %s is no uid, a number from 0 to %u",
			     account->name, shown(value, text), UINT32_MAX - 1);
	account->uids[account->uid_count++] = uid;
	return refuse_double(reader, account, NULL, uid, account->uid_count - 1);
}

static int read_marks(struct reader *reader, struct gpuspec_account *account, const json_t *object,
		      const char *member,
		      int (*read)(struct reader *reader, struct gpuspec_account *account,
				  const json_t *value))
{
	const json_t *list = json_object_get(object, member);
	int error = 0;
	size_t i;

	if (list && (!json_is_array(list) || json_array_size(list) > GPUSPEC_MARKS_MAX))
		return wrong(reader, account->name, "account %s: \"%s\" is a list of up to %d",
			     account->name, member, GPUSPEC_MARKS_MAX);
	for (i = 0; i < json_array_size(list) && !error; i++)
		error = read(reader, account, json_array_get(list, i));
	return error;
}

static int read_account(struct reader *reader, const char *name, const json_t *object)
{
	struct gpuspec_account *account;
	int error;

	if (!gpuspec_account_name_is_valid(name))
		return wrong(reader, name, "account \"%s\": a name is up to %d letters, digits and ._@+-, a letter or digit first",
			     name, GPUSPEC_ACCOUNT_MAX);
	if (!strcmp(name, GPUSPEC_ACCOUNT_HOST))
		return wrong(reader, name, "account " GPUSPEC_ACCOUNT_HOST " is everybody who is of no other account, and has no marks of its own");
	if (!json_is_object(object))
		return wrong(reader, name, "account %s: it is an object with \"cgroups\" and \"uids\"",
			     name);
	if (gpuspec_policy_add_account(reader->policy, name))
		return no_memory(reader);
	account = gpuspec_policy_account(reader->policy, name);
	error = read_marks(reader, account, object, "cgroups", read_cgroup);
	if (!error)
		error = read_marks(reader, account, object, "uids", read_uid);
	return error;
}

static int read_accounts(struct reader *reader, json_t *accounts)
{
	const char *name;
	json_t *object;
	int error = 0;

	if (accounts && !json_is_object(accounts))
		return wrong(reader, "accounts", "\"accounts\" is an object with a member for each account");
	json_object_foreach(accounts, name, object) {
		error = read_account(reader, name, object);
		if (error)
			break;
	}
	return error;
}

static int read_share(struct reader *reader, struct gpuspec_policy_spec *spec,
		      const json_t *object)
{
	const char *account = json_string_value(json_object_get(object, "account"));
	const json_t *max = json_object_get(object, "max");
	json_int_t maximum = json_integer_value(max);
	char text[64];

	if (!account)
		return wrong(reader, spec->id, "spec %s: in \"shared\", %s has no \"account\"",
			     spec->id, shown(object, text));
	if (strcmp(account, GPUSPEC_ACCOUNT_HOST) &&
	    !gpuspec_policy_account(reader->policy, account))
		return wrong(reader, spec->id, "spec %s: there is no account \"%s\" to share it with",
			     spec->id, account);
	if (gpuspec_policy_share(spec, account))
		return wrong(reader, spec->id, "spec %s: account %s is on its list twice", spec->id,
			     account);
	if (max && !json_is_null(max) &&
	    (!json_is_integer(max) || maximum < 1 || maximum > UINT32_MAX))
		return wrong(reader, spec->id, "spec %s: \"max\" of account %s is a number from 1 to %u, or null, and not %s",
			     spec->id, account, UINT32_MAX, shown(max, text));
	return gpuspec_policy_share_with(spec, account, maximum) ? no_memory(reader) : 0;
}

static int read_shared(struct reader *reader, struct gpuspec_policy_spec *spec,
		       const json_t *shared)
{
	const char *word = json_string_value(shared);
	int error = 0;
	char text[64];
	size_t i;

	if (word && !strcmp(word, "all"))
		return 0;
	if (word && !strcmp(word, "none")) {
		gpuspec_policy_set_sharing(spec, GPUSPEC_SHARING_NONE);
		return 0;
	}
	if (!json_is_array(shared) || !json_array_size(shared) ||
	    json_array_size(shared) > GPUSPEC_SHARES_MAX)
		return wrong(reader, spec->id, "spec %s: \"shared\" is \"all\", \"none\" or a list of 1 to %d accounts, and not %s",
			     spec->id, GPUSPEC_SHARES_MAX, shown(shared, text));
	for (i = 0; i < json_array_size(shared) && !error; i++)
		error = read_share(reader, spec, json_array_get(shared, i));
	return error;
}

static int read_spec(struct reader *reader, const char *id, const json_t *object)
{
	const json_t *value = json_object_get(object, "state");
	const char *state = json_string_value(value);
	struct gpuspec_policy_spec *spec;
	char text[64];

	if (!gpuspec_id_parse(id, NULL))
		return wrong(reader, id, "\"%.80s\" is no spec: its id has the form pci:VVVV:DDDD:SSSS:ssss, mdev:TYPE or vf:VVVV:PPPP:FFFF[/TYPE]",
			     id);
	if (!json_is_object(object))
		return wrong(reader, id, "spec %s: it is an object with \"state\" and \"shared\"",
			     id);
	if (!state || (strcmp(state, "enabled") && strcmp(state, "disabled")))
		return wrong(reader, id, "spec %s: \"state\" is \"enabled\" or \"disabled\", and not %s",
			     id, shown(value, text));
	if (gpuspec_policy_name(reader->policy, id, strcmp(state, "enabled") ?
				GPUSPEC_STATE_DISABLED : GPUSPEC_STATE_ENABLED,
				GPUSPEC_SHARING_ALL))
		return no_memory(reader);
	spec = gpuspec_policy_spec(reader->policy, id);
	return read_shared(reader, spec, json_object_get(object, "shared"));
}

static int read_specs(struct reader *reader, json_t *specs)
{
	const char *id;
	json_t *object;
	int error = 0;

	if (specs && !json_is_object(specs))
		return wrong(reader, "specs", "\"specs\" is an object with a member for each spec");
	if (json_object_size(specs) > GPUSPEC_CHANGES_MAX)
		return wrong(reader, "specs", "there are more than %d specs", GPUSPEC_CHANGES_MAX);
	json_object_foreach(specs, id, object) {
		error = read_spec(reader, id, object);
		if (error)
			break;
	}
	return error;
}

static int read_version(struct reader *reader, const json_t *value)
{
	char text[64];

	if (json_is_integer(value) && json_integer_value(value) == GPUSPEC_POLICY_VERSION)
		return 0;
	if (json_is_integer(value) && json_integer_value(value) > GPUSPEC_POLICY_VERSION)
		return wrong(reader, "version", "it is of version %s, and this program knows %d; take a newer one",
			     shown(value, text), GPUSPEC_POLICY_VERSION);
	return wrong(reader, "version", "\"version\" is %d, and not %s", GPUSPEC_POLICY_VERSION,
		     shown(value, text));
}

static int read_document(struct reader *reader)
{
	json_t *document = reader->policy->document;
	int error;

	if (!json_is_object(document))
		return wrong(reader, "", "it is no object with \"version\", \"accounts\" and \"specs\"");
	error = read_version(reader, json_object_get(document, "version"));
	if (!error)
		error = read_default(reader, json_object_get(document, "default"));
	if (!error)
		error = read_accounts(reader, json_object_get(document, "accounts"));
	if (!error)
		error = read_specs(reader, json_object_get(document, "specs"));
	if (!error && gpuspec_policy_size(reader->policy) > GPUSPEC_CHANGES_MAX)
		error = wrong(reader, "specs", "there are more than %d accounts, specs and shares in all",
			      GPUSPEC_CHANGES_MAX - 1);
	return error;
}

/* Far more than the kernel takes of all that is one; they are what takes memory. */
#define OBJECTS_MAX	(4 * GPUSPEC_CHANGES_MAX)

static size_t count_objects(const char *text, size_t length)
{
	size_t count = 0, i;

	for (i = 0; i < length; i++)
		count += text[i] == '{';
	return count;
}

/* A sentence may have words of a file that could upset a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

int gpuspec_policy_parse(struct gpuspec_policy *policy, const char *text, size_t length,
			 char *why, size_t why_size)
{
	struct reader reader = {
		.policy = policy, .text = text, .why = why, .why_size = why_size,
	};
	json_error_t error;
	int result;

	memset(policy, 0, sizeof(*policy));
	if (count_objects(text, length) > OBJECTS_MAX) {
		snprintf(why, why_size, "it has more objects than a policy can have");
		return -EINVAL;
	}
	policy->document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!policy->document) {
		if (json_error_code(&error) == json_error_out_of_memory)
			return no_memory(&reader);
		snprintf(why, why_size, "line %d, column %d: %s", error.line, error.column,
			 error.text);
		make_printable(why);
		return -EINVAL;
	}
	result = read_document(&reader);
	if (!result)
		return 0;
	make_printable(why);
	gpuspec_policy_free(policy);
	return result;
}

/* --- writing --- */

/* An account's share in the list @old, with all that it has there; or a new one. */
static json_t *share_of(const json_t *old, const char *account)
{
	json_t *share;
	size_t i;

	for (i = 0; i < json_array_size(old); i++) {
		share = json_array_get(old, i);
		if (json_is_string(json_object_get(share, "account")) &&
		    !strcmp(json_string_value(json_object_get(share, "account")), account))
			return json_copy(share);
	}
	return json_pack("{s:s}", "account", account);
}

static json_t *shared_of(const json_t *old, const struct gpuspec_policy_spec *spec)
{
	json_t *list, *share;
	size_t i;

	if (spec->sharing != GPUSPEC_SHARING_LIST)
		return json_string(spec->sharing == GPUSPEC_SHARING_ALL ? "all" : "none");
	list = json_array();
	for (i = 0; i < spec->share_count; i++) {
		share = share_of(old, spec->shares[i].account);
		if (spec->shares[i].maximum)
			json_object_set_new(share, "max", json_integer(spec->shares[i].maximum));
		else if (!json_is_null(json_object_get(share, "max")))
			json_object_del(share, "max");
		if (json_array_append_new(list, share)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The object of this name in @parent, which is put there if it has none. */
static json_t *member(json_t *parent, const char *name)
{
	json_t *object = json_object_get(parent, name);

	if (json_is_object(object))
		return object;
	object = json_object();
	return json_object_set_new(parent, name, object) ? NULL : object;
}

static int write_account(json_t *parent, const struct gpuspec_account *account)
{
	json_t *object = member(parent, account->name);
	json_t *cgroups = json_array(), *uids = json_array();
	int error = !object;
	size_t i;

	for (i = 0; i < account->cgroup_count; i++)
		error |= json_array_append_new(cgroups, json_string(account->cgroups[i]));
	for (i = 0; i < account->uid_count; i++)
		error |= json_array_append_new(uids, json_integer(account->uids[i]));
	error |= json_object_set_new(object, "cgroups", cgroups);
	error |= json_object_set_new(object, "uids", uids);
	return error;
}

static int write_spec(json_t *parent, const struct gpuspec_policy_spec *spec)
{
	const char *state = spec->state == GPUSPEC_STATE_ENABLED ? "enabled" : "disabled";
	json_t *object = member(parent, spec->id);

	return !object || json_object_set_new(object, "state", json_string(state)) ||
	       json_object_set_new(object, "shared",
				   shared_of(json_object_get(object, "shared"), spec));
}

/* The members of @object that the policy does not have any more. */
static void drop_members(json_t *object, const struct gpuspec_policy *policy, bool specs)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, name, value)
		if (specs ? !gpuspec_policy_spec(policy, name) :
			    !gpuspec_policy_account(policy, name))
			json_object_del(object, name);
}

char *gpuspec_policy_text(const struct gpuspec_policy *policy)
{
	json_t *document = policy->document ? json_deep_copy(policy->document) : json_object();
	const char *unnamed = policy->unnamed == GPUSPEC_DEFAULT_OPEN ? "open" : "closed";
	json_t *accounts, *specs;
	char *text = NULL;
	int error;
	size_t i;

	error = json_object_set_new(document, "version", json_integer(GPUSPEC_POLICY_VERSION));
	error |= json_object_set_new(document, "default", json_string(unnamed));
	accounts = member(document, "accounts");
	specs = member(document, "specs");
	error |= !accounts || !specs;
	drop_members(accounts, policy, false);
	drop_members(specs, policy, true);
	for (i = 0; i < policy->account_count && !error; i++)
		error = write_account(accounts, &policy->accounts[i]);
	for (i = 0; i < policy->spec_count && !error; i++)
		error = write_spec(specs, &policy->specs[i]);
	if (!error)
		text = json_dumps(document, JSON_INDENT(2));
	json_decref(document);
	return text;
}
