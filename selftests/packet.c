// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "family.h"
#include "nlmsg.h"
#include "packet.h"
#include "policy.h"
#include "rom.h"
#include "rom_build.h"

#define COMMANDS	(GPUSPEC_CMD_MAX + 3)
#define MESSAGES_MAX	32
#define VALUE_MAX	520
#define ROM_MAX		(16 << 10)
#define LEARNT		16

/* Of each attribute: the first ones stay, the others give way to later ones. */
static struct value {
	uint16_t length;
	char bytes[VALUE_MAX];
} learnt[GPUSPEC_A_MAX + 1][LEARNT];
static unsigned int learnings[GPUSPEC_A_MAX + 1];

/* What is taken again and again within one packet, so that its messages meet. */
static uint32_t favour[GPUSPEC_A_MAX + 1];

void packet_learn(uint16_t type, const void *value, size_t length)
{
	unsigned int count = learnings[type], i;

	if (length > VALUE_MAX)
		return;
	for (i = 0; i < LEARNT && i < count; i++)
		if (learnt[type][i].length == length &&
		    !memcmp(learnt[type][i].bytes, value, length))
			return;
	i = count < LEARNT ? count : LEARNT / 2 + count % (LEARNT / 2);
	learnt[type][i].length = length;
	memcpy(learnt[type][i].bytes, value, length);
	learnings[type]++;
}

/* --- the message at the end of a packet --- */

static struct nlmsg *begin(struct packet *packet, uint8_t command, int flags)
{
	size_t at = NLMSG_ALIGN(packet->length);
	struct nlmsg *msg;

	/* Without room for one more the packet begins anew. */
	if (at > PACKET_MAX - sizeof(*msg))
		at = 0;
	msg = (struct nlmsg *)(packet->bytes + at);
	nl_begin(msg, 0, command, flags | (dice_percent(80) ? NLM_F_ACK : 0));
	return msg;
}

static void put(struct packet *packet, struct nlmsg *msg, uint16_t type, const void *data,
		size_t length)
{
	size_t end = (char *)msg - packet->bytes + msg->header.nlmsg_len;

	if (end + NLA_HDRLEN + NLA_ALIGN(length) <= PACKET_MAX)
		nl_put(msg, type, data, length);
}

static void end(struct packet *packet, const struct nlmsg *msg)
{
	packet->length = (char *)msg - packet->bytes + NLMSG_ALIGN(msg->header.nlmsg_len);
}

/* --- values --- */

static uint32_t some_number(const struct family_attribute *attribute)
{
	const uint32_t numbers[] = {
		attribute->min, attribute->max, attribute->min + 1, attribute->max - 1, 0, 1, 2, 3,
		attribute->min - 1, attribute->max + 1, 0x7fffffff, 0x80000000, 0xffffffff,
		1u << dice(32), dice_word(),
	};

	return numbers[dice(sizeof(numbers) / sizeof(numbers[0]))];
}

static void put_number(struct packet *packet, struct nlmsg *msg, uint16_t type,
		       const struct family_attribute *attribute)
{
	uint64_t number = some_number(attribute);

	if (attribute->max - attribute->min < 8 && dice_percent(90))
		number = attribute->min + dice(attribute->max - attribute->min + 1);
	put(packet, msg, type, &number, attribute->type == FAMILY_U64 ? 8 : 4);
}

static void put_string(struct packet *packet, struct nlmsg *msg, uint16_t type,
		       const struct family_attribute *attribute, uint32_t which)
{
	uint32_t count = 0;

	if (!attribute->values) {
		put(packet, msg, type, "x", 2);
		return;
	}
	while (attribute->values[count])
		count++;
	which %= count;
	put(packet, msg, type, attribute->values[which], strlen(attribute->values[which]) + 1);
}

static void put_bytes(struct packet *packet, struct nlmsg *msg, uint16_t type,
		      const struct family_attribute *attribute)
{
	static uint8_t rom[GPUSPEC_ROM_CHUNK_MAX + 1];
	size_t length = attribute->min == attribute->max ? attribute->min : 512 << dice(4);

	rom_make(rom, 8192, dice(3));
	if (dice_percent(2))
		length = attribute->max + dice(2);
	put(packet, msg, type, rom, length < sizeof(rom) ? length : sizeof(rom));
}

/* One that may be good. */
static void put_value(struct packet *packet, struct nlmsg *msg, uint16_t type)
{
	const struct family_attribute *attribute = family_attribute(FAMILY_SET_GPUSPEC, type);
	uint32_t which = dice_percent(60) ? favour[type] : dice_word();
	unsigned int known = learnings[type] < LEARNT ? learnings[type] : LEARNT;
	const struct value *value;

	if (known && which % 3) {
		value = &learnt[type][which / 3 % known];
		put(packet, msg, type, value->bytes, value->length);
		return;
	}
	switch (attribute->type) {
	case FAMILY_U32:
	case FAMILY_U64:
		put_number(packet, msg, type, attribute);
		break;
	case FAMILY_STRING:
		put_string(packet, msg, type, attribute, which / 3);
		break;
	case FAMILY_BINARY:
		put_bytes(packet, msg, type, attribute);
		break;
	default:
		put(packet, msg, type, "", 0);
	}
}

/* An attribute with others in it, which nobody expects. */
static void put_nest(struct packet *packet, struct nlmsg *msg, uint16_t type)
{
	uint32_t begins = msg->header.nlmsg_len;
	struct nlattr *nest = (struct nlattr *)(msg->bytes + begins);
	unsigned int i;

	put(packet, msg, type | (dice(4) ? NLA_F_NESTED : 0), "", 0);
	if (msg->header.nlmsg_len == begins)
		return;
	for (i = dice(4); i; i--)
		put_value(packet, msg, 1 + dice(GPUSPEC_A_MAX));
	nest->nla_len = msg->header.nlmsg_len - begins;
}

/* One that is wrong for sure, or nearly. */
static void put_wrong(struct packet *packet, struct nlmsg *msg, uint16_t type)
{
	const struct family_attribute *attribute = family_attribute(FAMILY_SET_GPUSPEC, type);
	uint32_t begins = msg->header.nlmsg_len;
	struct nlattr *attr = (struct nlattr *)(msg->bytes + begins);
	uint32_t words[(VALUE_MAX + 80) / 4];
	char *junk = (char *)words;
	size_t i, length;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words[i] = dice_word();
	switch (dice(7)) {
	case 0:		/* another length */
		put(packet, msg, type, junk, dice(12));
		break;
	case 1:		/* as long as may be, and a bit longer, with its NUL or without */
		memset(junk, 'x', sizeof(words));
		length = attribute->max < VALUE_MAX ? attribute->max + dice(3) : dice(VALUE_MAX);
		junk[length] = dice(2) ? '\0' : 'x';
		put(packet, msg, type, junk, length + 1);
		break;
	case 2:
		put(packet, msg, type, junk, dice(sizeof(words)));
		break;
	case 3:
		put_nest(packet, msg, type);
		break;
	case 4:		/* what another attribute would be */
		put_value(packet, msg, 1 + dice(GPUSPEC_A_MAX));
		if (msg->header.nlmsg_len > begins)
			attr->nla_type = type;
		break;
	case 5:		/* a length of its own */
		put_value(packet, msg, type);
		if (msg->header.nlmsg_len > begins)
			attr->nla_len += dice(9) - 4;
		break;
	case 6:
		put_value(packet, msg, type);
		if (msg->header.nlmsg_len > begins)
			attr->nla_type |= dice(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
		break;
	}
}

/* --- messages --- */

static void spoil_header(struct nlmsg *msg)
{
	switch (dice(5)) {
	case 0:
		nl_genl(msg)->version = dice(256);
		break;
	case 1:
		nl_genl(msg)->reserved = 1 << dice(16);
		break;
	case 2:
		nl_genl(msg)->cmd = dice(COMMANDS);
		break;
	case 3:
		msg->header.nlmsg_flags ^= 1 << dice(16);
		break;
	case 4:
		msg->header.nlmsg_len += dice(17) - 8;
		break;
	}
}

/* @spoiled: in per cent, how often something about it is wrong. */
static void add_message(struct packet *packet, const struct family_call *call, uint32_t spoiled)
{
	struct nlmsg *msg = begin(packet, call->command, call->dump ? NLM_F_DUMP : 0);
	/* Some commands want only some of what they take. */
	uint32_t complete = dice(2) ? 100 : 60;
	const struct family_attribute *attribute;
	uint16_t type;
	uint32_t i;

	for (type = 1; type <= GPUSPEC_A_MAX; type++) {
		attribute = family_attribute(FAMILY_SET_GPUSPEC, type);
		if (!(call->request & 1ull << type) || !dice_percent(complete))
			continue;
		/* Only with a few of the messages is this one given. */
		if (attribute->type == FAMILY_FLAG && dice(4))
			continue;
		for (i = attribute->repeats ? dice(4) : 1; i; i--)
			if (dice_percent(spoiled))
				put_wrong(packet, msg, type);
			else
				put_value(packet, msg, type);
	}
	if (dice_percent(spoiled))
		put_value(packet, msg, 1 + dice(GPUSPEC_A_MAX));
	if (dice_percent(spoiled))
		put_wrong(packet, msg, 1 + dice(GPUSPEC_A_MAX));
	if (dice_percent(spoiled))
		spoil_header(msg);
	end(packet, msg);
}

static const struct family_call *any_call(void)
{
	const struct family_call *call = &family_calls[dice(family_call_count)];

	/* A dump costs as much as many a message. */
	return call->dump && dice(25) ? any_call() : call;
}

static void add_any(struct packet *packet)
{
	add_message(packet, any_call(), dice(3) ? 0 : 15);
}

/* In a sequence now and then a message is missing, or comes twice, or is wrong. */
static bool hole(void)
{
	return dice_percent(4);
}

static void add_transaction(struct packet *packet)
{
	static const uint8_t staged[] = {
		GPUSPEC_CMD_SPEC_SET, GPUSPEC_CMD_SPEC_SET, GPUSPEC_CMD_SPEC_DEL,
		GPUSPEC_CMD_SHARE_SET, GPUSPEC_CMD_SHARE_SET, GPUSPEC_CMD_SHARE_DEL,
		GPUSPEC_CMD_ACCOUNT_SET, GPUSPEC_CMD_ACCOUNT_DEL, GPUSPEC_CMD_DEFAULT_SET,
	};
	uint32_t count = dice(9), i;
	struct nlmsg *msg;

	if (!hole())
		add_message(packet, family_call(GPUSPEC_CMD_POLICY_BEGIN, false), hole() ? 50 : 0);
	for (i = 0; i < count; i++)
		add_message(packet, family_call(staged[dice(sizeof(staged))], false),
			    hole() ? 30 : 0);
	if (hole())
		add_any(packet);
	if (hole())
		return;
	msg = begin(packet, GPUSPEC_CMD_POLICY_COMMIT, 0);
	count += hole();
	put(packet, msg, GPUSPEC_A_CHANGES, &count, sizeof(count));
	end(packet, msg);
}

static void add_rom_command(struct packet *packet, uint8_t command)
{
	struct nlmsg *msg = begin(packet, command, 0);

	put_value(packet, msg, GPUSPEC_A_ID);
	end(packet, msg);
}

/* One of those that the parser's unit test has, or a plain one; and often not whole. */
static struct rom_build *any_rom(void)
{
	static struct rom_build rom;
	uint32_t count = 0, i;

	while (rom_samples[count].name)
		count++;
	memset(&rom, 0, sizeof(rom));
	if (dice(3))
		rom_samples[dice(count)].build(&rom);
	if (!rom.size || rom.size > ROM_MAX) {
		rom.size = 512 << dice(6);
		rom_make(rom.bytes, rom.size, dice(256));
	}
	for (i = dice(3) ? dice(4) : 0; i; i--)
		rom.bytes[dice(dice(2) ? 512 : rom.size)] = dice(2) ? dice(4) : dice(256);
	return &rom;
}

static void add_upload(struct packet *packet)
{
	struct rom_build *rom = any_rom();
	uint32_t size = rom->size, offset, part = (size >> dice(3)) + 1;
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	struct nlmsg *msg;

	rom_hash(rom->bytes, size, digest);
	digest[0] += hole();
	if (!hole()) {
		msg = begin(packet, GPUSPEC_CMD_ROM_BEGIN, 0);
		put_value(packet, msg, GPUSPEC_A_ID);
		put(packet, msg, GPUSPEC_A_SIZE, &size, sizeof(size));
		put(packet, msg, GPUSPEC_A_SHA256, digest, sizeof(digest));
		if (dice(2))
			put_value(packet, msg, GPUSPEC_A_VERSION);
		end(packet, msg);
	}
	for (offset = 0; offset < size && !hole(); offset += part) {
		msg = begin(packet, GPUSPEC_CMD_ROM_DATA, 0);
		put(packet, msg, GPUSPEC_A_OFFSET, &offset, sizeof(offset));
		put(packet, msg, GPUSPEC_A_BYTES, rom->bytes + offset,
		    part < size - offset ? part : size - offset);
		end(packet, msg);
	}
	if (!hole())
		add_message(packet, family_call(GPUSPEC_CMD_ROM_COMMIT, false), hole() ? 50 : 0);
	if (dice(2))
		add_rom_command(packet, GPUSPEC_CMD_ROM_GET);
	if (dice(2))
		add_rom_command(packet, GPUSPEC_CMD_ROM_CLEAR);
}

static void add(struct packet *packet)
{
	uint32_t what = dice(20), i;

	if (what < 6)
		add_transaction(packet);
	else if (what < 7)
		add_upload(packet);
	else
		for (i = 1 + dice(6); i; i--)
			add_any(packet);
}

void packet_make(struct packet *packet)
{
	uint16_t type;

	for (type = 0; type <= GPUSPEC_A_MAX; type++)
		favour[type] = dice_word();
	packet->length = 0;
	add(packet);
}

/* --- mutations --- */

struct nlmsghdr *packet_next(struct packet *packet, struct nlmsghdr *header)
{
	char *next = header ? (char *)header + NLMSG_ALIGN(header->nlmsg_len) : packet->bytes;
	ssize_t rest = packet->bytes + packet->length - next;

	header = (struct nlmsghdr *)next;
	return NLMSG_OK(header, rest) ? header : NULL;
}

static struct nlmsghdr *any_message(struct packet *packet)
{
	struct nlmsghdr *headers[MESSAGES_MAX], *header = NULL;
	uint32_t count = 0;

	while (count < MESSAGES_MAX && (header = packet_next(packet, header)))
		headers[count++] = header;
	return count ? headers[dice(count)] : NULL;
}

static void remove_bytes(struct packet *packet, char *at, size_t length)
{
	char *end = packet->bytes + packet->length;

	if (length > end - at)
		length = end - at;
	memmove(at, at + length, end - at - length);
	packet->length -= length;
}

static void append(struct packet *packet, const void *bytes, size_t length)
{
	size_t at = NLMSG_ALIGN(packet->length);

	if (length > PACKET_MAX - at)
		return;
	memmove(packet->bytes + at, bytes, length);
	packet->length = at + length;
}

/* An attribute of the message, which it may not be the start of, or NULL. */
static struct nlattr *any_attribute(struct nlmsghdr *header)
{
	char *at = (char *)header + NLMSG_HDRLEN + GENL_HDRLEN;
	char *end = (char *)header + header->nlmsg_len;
	struct nlattr *attrs[MESSAGES_MAX];
	uint32_t count = 0;

	while (count < MESSAGES_MAX && end - at >= NLA_HDRLEN) {
		struct nlattr *attr = (struct nlattr *)at;

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > end - at)
			break;
		attrs[count++] = attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return count ? attrs[dice(count)] : NULL;
}

static void change_attribute(struct packet *packet, struct nlmsghdr *header)
{
	struct nlattr *attr = any_attribute(header);
	uint32_t length, number;

	if (!attr)
		return;
	length = attr->nla_len - NLA_HDRLEN;
	number = 1u << dice(32);
	switch (dice(5)) {
	case 0:
		attr->nla_type = dice(GPUSPEC_A_MAX + 3);
		break;
	case 1:
		attr->nla_len += dice(9) - 4;
		break;
	case 2:
		if (length >= sizeof(number))
			memcpy((char *)attr + NLA_HDRLEN, &number, sizeof(number));
		break;
	case 3:
		if (length)
			((char *)attr)[NLA_HDRLEN + dice(length)] ^= 1 << dice(8);
		break;
	case 4:
		length = NLA_ALIGN(attr->nla_len);
		if (length <= header->nlmsg_len)
			header->nlmsg_len -= length;
		remove_bytes(packet, (char *)attr, length);
		break;
	}
}

/* The message goes to the end, with one more attribute. */
static void extend(struct packet *packet, struct nlmsghdr *header)
{
	static struct packet copy;
	size_t length = header->nlmsg_len;
	struct nlmsg *msg;

	copy.length = 0;
	append(&copy, header, length);
	remove_bytes(packet, (char *)header, NLMSG_ALIGN(length));
	if (packet->length + length > PACKET_MAX - sizeof(*msg))
		return;
	append(packet, copy.bytes, length);
	msg = (struct nlmsg *)(packet->bytes + packet->length - length);
	msg->header.nlmsg_len = NLMSG_ALIGN(length);
	if (dice(2))
		put_value(packet, msg, 1 + dice(GPUSPEC_A_MAX));
	else
		put_wrong(packet, msg, 1 + dice(GPUSPEC_A_MAX));
	end(packet, msg);
}

static void mutate(struct packet *packet, const struct packet *other)
{
	struct nlmsghdr *header = any_message(packet);
	struct nlmsg *msg = (struct nlmsg *)header;

	if (!header) {
		add(packet);
		return;
	}
	switch (dice(10)) {
	case 0:
		remove_bytes(packet, (char *)header, NLMSG_ALIGN(header->nlmsg_len));
		break;
	case 1:
		append(packet, header, NLMSG_ALIGN(header->nlmsg_len));
		break;
	case 2:
		append(packet, other->bytes, other->length);
		break;
	case 3:
		add(packet);
		break;
	case 4:
		if (header->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN)
			spoil_header(msg);
		break;
	case 5:
		extend(packet, header);
		break;
	case 6:
		packet->length -= dice(packet->length);
		break;
	default:
		change_attribute(packet, header);
	}
}

void packet_mutate(struct packet *packet, const struct packet *other)
{
	uint32_t i;

	for (i = 1 + dice(3); i; i--)
		mutate(packet, other);
}

unsigned int packet_seal(struct packet *packet, uint16_t family, uint32_t seq)
{
	struct nlmsghdr *header = NULL;
	unsigned int count = 0;

	while ((header = packet_next(packet, header))) {
		header->nlmsg_type = family;
		header->nlmsg_flags |= NLM_F_REQUEST;
		header->nlmsg_seq = seq + count++;
	}
	return count;
}
