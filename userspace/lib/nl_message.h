/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's messages taken apart. Each returns 0, or -EPROTO for a
 * message that lacks what gpuspec.yaml promises or has it in another form.
 */
#ifndef GPUSPEC_NL_MESSAGE_H
#define GPUSPEC_NL_MESSAGE_H

#include "nl.h"

struct genlmsghdr;

int gpuspec_message_info(const struct genlmsghdr *header, struct gpuspec_info *info);
int gpuspec_message_spec(const struct genlmsghdr *header, struct gpuspec_spec *spec,
			 uint32_t *generation);
int gpuspec_message_device(const struct genlmsghdr *header, struct gpuspec_device *device,
			   uint32_t *generation);
int gpuspec_message_share(const struct genlmsghdr *header, struct gpuspec_share *share,
			  uint32_t *generation);
/* Or -ENOMEM; account->cgroups is to be freed. */
int gpuspec_message_account(const struct genlmsghdr *header, struct gpuspec_account *account,
			    uint32_t *generation);
int gpuspec_message_check(const struct genlmsghdr *header, struct gpuspec_answer *answer);
/* A piece of a ROM; *@bytes points into the message. */
int gpuspec_message_rom(const struct genlmsghdr *header, struct gpuspec_rom *rom,
			uint32_t *offset, const void **bytes, uint32_t *count);
/* Everything but event->missed. */
int gpuspec_message_event(const struct genlmsghdr *header, struct gpuspec_event *event);

#endif /* GPUSPEC_NL_MESSAGE_H */
