/* SPDX-License-Identifier: GPL-2.0 */
/* The agent's ear for the module: whether it is there, and that something has happened to it. */
#ifndef GPUSPEC_FLEET_MODULE_EAR_H
#define GPUSPEC_FLEET_MODULE_EAR_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "nl.h"

struct module_ear {
	/* To be set: the socket for requests, which comes and goes with the module; who is told. */
	struct gpuspec_nl **requests;
	void (*heard)(bool gone, void *data);	/* gone: it is not to be asked any more */
	void *data;

	/* Another than that of requests, on which answers are waited for; NULL: no module. */
	struct gpuspec_nl *nl;
	char trouble[256];	/* why a module that is loaded cannot be asked; or empty */
	sd_event_source *source;
};

/*
 * Hear it, if it is loaded: this does not load it. 0; -ENOENT: it is not there;
 * or another negative errno, and @ear's trouble says why.
 */
int module_ear_open(struct module_ear *ear, sd_event *loop);
/* Nothing is asked of it any more. */
void module_ear_close(struct module_ear *ear);

#endif /* GPUSPEC_FLEET_MODULE_EAR_H */
