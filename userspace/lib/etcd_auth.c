// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "etcd_auth.h"
#include "etcd_call.h"
#include "etcd_json.h"

/* Ask for something of which only the end counts; @body is freed. */
static int ask(struct gpuspec_etcd *etcd, const char *path, char *body)
{
	struct gpuspec_etcd_text answer;
	int error;

	/* To do one of these twice is to do it once. */
	error = gpuspec_etcd_call(etcd, path, body, true, &answer);
	if (!error)
		free(answer.bytes);
	return error;
}

/* The text of an object, which is freed; NULL without memory. */
static char *body_of(json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

static int ask_name(struct gpuspec_etcd *etcd, const char *path, const char *member,
		    const char *name)
{
	return ask(etcd, path, body_of(json_pack("{ss}", member, name)));
}

int gpuspec_etcd_auth_is_on(struct gpuspec_etcd *etcd, bool *on)
{
	int error;

	/* There is no other way to ask before etcd 3.5: with no user, it is refused if it is on. */
	error = ask_name(etcd, "/v3/auth/user/get", "name", "root");
	*on = error == -EACCES || error == -EKEYREVOKED || (!error && etcd->token);
	if (error == -ENOENT || *on)
		return 0;
	return error;
}

int gpuspec_etcd_auth_turn_on(struct gpuspec_etcd *etcd)
{
	return ask(etcd, "/v3/auth/enable", body_of(json_object()));
}

int gpuspec_etcd_add_role(struct gpuspec_etcd *etcd, const char *role,
			  const struct gpuspec_etcd_permission *permissions, size_t count)
{
	int error = ask_name(etcd, "/v3/auth/role/add", "name", role);
	size_t i;

	if (error == -EEXIST)
		error = 0;
	for (i = 0; i < count && !error; i++)
		error = ask(etcd, "/v3/auth/role/grant",
			    gpuspec_etcd_ask_permission(role, permissions[i].under,
							permissions[i].writes));
	return error;
}

int gpuspec_etcd_set_password(struct gpuspec_etcd *etcd, const char *user, const char *password)
{
	return ask(etcd, "/v3/auth/user/changepw",
		   body_of(json_pack("{ss,ss}", "name", user, "password", password)));
}

int gpuspec_etcd_add_user(struct gpuspec_etcd *etcd, const char *user, const char *password,
			  const char *role)
{
	int error = ask(etcd, "/v3/auth/user/add",
			body_of(json_pack("{ss,ss}", "name", user, "password", password)));
	int granted = 0;

	/* One whose making was cut off has none yet. */
	if (!error || error == -EEXIST)
		granted = ask(etcd, "/v3/auth/user/grant",
			      body_of(json_pack("{ss,ss}", "user", user, "role", role)));
	return granted ? granted : error;
}

int gpuspec_etcd_remove_role(struct gpuspec_etcd *etcd, const char *role)
{
	int error = ask_name(etcd, "/v3/auth/role/delete", "role", role);

	return error == -ENOENT ? 0 : error;
}

int gpuspec_etcd_remove_user(struct gpuspec_etcd *etcd, const char *user)
{
	int error = ask_name(etcd, "/v3/auth/user/delete", "name", user);

	return error == -ENOENT ? 0 : error;
}
