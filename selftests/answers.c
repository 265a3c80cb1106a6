// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "answers.h"
#include "family.h"
#include "nlmsg.h"
#include "policy.h"

#define QUESTIONS_MAX	(PACKET_MAX / NLMSG_HDRLEN)
#define ALL		(~0ull)

struct tally tally;

static struct question {
	const struct family_call *call;	/* NULL: there is none such */
	uint32_t length;
	bool wants_ack;
	bool dump;
	bool over;			/* has its last answer */
} questions[QUESTIONS_MAX];
static uint32_t first_seq;
static unsigned int question_count;

void answers_expect(struct packet *packet, uint32_t seq, unsigned int count)
{
	struct nlmsghdr *header = NULL;
	struct question *question = questions;

	first_seq = seq;
	question_count = count;
	while ((header = packet_next(packet, header))) {
		bool whole = header->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN;
		bool dump = (header->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

		*question++ = (struct question){
			.call = !whole ? NULL :
				family_call(nl_genl((struct nlmsg *)header)->cmd, dump),
			.length = header->nlmsg_len,
			.wants_ack = header->nlmsg_flags & NLM_F_ACK,
			.dump = dump,
		};
	}
}

/* --- attributes of a reply --- */

static bool fit(const char *bytes, size_t length, enum family_set_id set, uint64_t allowed);

static bool value_fits(const struct family_attribute *attribute, const char *value, size_t length)
{
	uint32_t number;

	switch (attribute->type) {
	case FAMILY_FLAG:
	case FAMILY_PAD:
		return !length;
	case FAMILY_U32:
		if (length != sizeof(number))
			return false;
		memcpy(&number, value, sizeof(number));
		return number >= attribute->min && number <= attribute->max;
	case FAMILY_U64:
		return length == sizeof(uint64_t);
	case FAMILY_STRING:
		return length && length <= attribute->max + 1ul &&
		       strnlen(value, length) == length - 1;
	case FAMILY_BINARY:
		return length >= attribute->min && length <= attribute->max;
	case FAMILY_NEST:
		return fit(value, length, attribute->nested, ALL);
	default:
		return false;
	}
}

/* What some command takes is worth to be remembered. */
static bool is_asked_for(uint16_t type)
{
	static uint64_t asked;
	size_t i;

	if (!asked)
		for (i = 0; i < family_call_count; i++)
			asked |= family_calls[i].request;
	return asked & 1ull << type;
}

static bool fit(const char *bytes, size_t length, enum family_set_id set, uint64_t allowed)
{
	const struct family_attribute *attribute;
	const struct nlattr *attr;
	uint64_t seen = 0;
	uint16_t type;
	size_t whole;

	for (; length; bytes += whole, length -= whole) {
		attr = (const struct nlattr *)bytes;
		if (length < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN || attr->nla_len > length)
			return false;
		type = attr->nla_type & NLA_TYPE_MASK;
		attribute = family_attribute(set, type);
		if (!attribute)
			return false;
		if (attribute->type != FAMILY_PAD &&
		    (!(allowed & 1ull << type) || (seen & 1ull << type && !attribute->repeats)))
			return false;
		seen |= 1ull << type;
		if (!value_fits(attribute, bytes + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN))
			return false;
		if (set == FAMILY_SET_GPUSPEC && is_asked_for(type))
			packet_learn(type, bytes + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
		whole = NLA_ALIGN(attr->nla_len) < length ? NLA_ALIGN(attr->nla_len) : length;
	}
	return true;
}

/* --- messages --- */

static const char *name_of(const struct question *question)
{
	return question->call ? question->call->name : "no command";
}

static void take_reply(const struct question *question, const struct nlmsghdr *header)
{
	size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct genlmsghdr *genl = NLMSG_DATA(header);

	if (!question->call || question->over || header->nlmsg_len < headers ||
	    genl->cmd != question->call->command || genl->version != GPUSPEC_FAMILY_VERSION ||
	    !(header->nlmsg_flags & NLM_F_MULTI) != !question->dump)
		found(ANSWER, "%s: a reply that is none", name_of(question));
	else if (!fit((const char *)header + headers, header->nlmsg_len - headers,
		      question->call->set, question->call->reply))
		found(ANSWER, "%s: attributes that the YAML does not know",
		      name_of(question));
}

/* Printable, on one line, not empty, and no more than that. */
static bool is_sentence(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length && text[i] >= ' ' && text[i] <= '~'; i++)
		;
	return i > 3 && i == length - 1 && !text[i] && text[i - 1] != ' ';
}

/* As far as it can be printed: a test's own output stays lines. */
static void tell_text(const struct question *question, const char *text, size_t length)
{
	char copy[256];
	size_t i;

	for (i = 0; i < length && i < sizeof(copy) - 1; i++)
		copy[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	copy[i] = '\0';
	found(SENTENCE, "%s: '%s'", name_of(question), copy);
}

static void take_tlvs(const struct question *question, const char *bytes, size_t length)
{
	const struct nlattr *attr;
	uint32_t number;

	while (length >= NLA_HDRLEN) {
		attr = (const struct nlattr *)bytes;
		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > length) {
			found(ANSWER, "%s: an extended ack that is cut", name_of(question));
			return;
		}
		memcpy(&number, bytes + NLA_HDRLEN, attr->nla_len >= 8 ? 4 : 0);
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case NLMSGERR_ATTR_MSG:
			if (!is_sentence(bytes + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN))
				tell_text(question, bytes + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (attr->nla_len != 8 || number < NLMSG_HDRLEN + GENL_HDRLEN ||
			    number >= question->length)
				found(ANSWER, "%s: the fault is said to be at %u of %u bytes",
				      name_of(question), number, question->length);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (attr->nla_len != 8 || !question->call ||
			    !family_takes(question->call->command, number))
				found(ANSWER, "%s: attribute %u is said to be missing",
				      name_of(question), number);
			break;
		}
		if (NLA_ALIGN(attr->nla_len) >= length)
			return;
		bytes += NLA_ALIGN(attr->nla_len);
		length -= NLA_ALIGN(attr->nla_len);
	}
}

static void take_error(struct question *question, const struct nlmsghdr *header)
{
	bool done = header->nlmsg_type == NLMSG_DONE;
	size_t size = done ? sizeof(int) : sizeof(struct nlmsgerr);
	const char *data = NLMSG_DATA(header);
	int error;

	if (header->nlmsg_len < NLMSG_LENGTH(size) || question->over || (done && !question->dump)) {
		found(ANSWER, "%s: an end that is none", name_of(question));
		return;
	}
	question->over = true;
	memcpy(&error, data, sizeof(error));
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		take_tlvs(question, data + size, header->nlmsg_len - NLMSG_LENGTH(size));
	if (!error) {
		if (!question->wants_ack && !question->dump)
			found(ANSWER, "%s: nobody asked for an answer", name_of(question));
		return;
	}
	if (question->call ? !family_may_answer(question->call, -error) :
			     error != -EOPNOTSUPP && error != -EINVAL)
		found(ERROR, "%s%s: %s is not an error that its documentation names",
		      name_of(question), question->dump ? ", dump" : "", strerror(-error));
	tally.accepted--;
	if (question->call)
		tally.calls[question->call - family_calls]--;
}

static void take(const struct nlmsghdr *header, uint32_t port)
{
	uint32_t number = header->nlmsg_seq - first_seq;

	if (number >= question_count || header->nlmsg_pid != port)
		found(ANSWER, "an answer of type %u to no question", header->nlmsg_type);
	else if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE)
		take_error(&questions[number], header);
	else if (header->nlmsg_type == policy_family)
		take_reply(&questions[number], header);
	else
		found(ANSWER, "an answer of type %u", header->nlmsg_type);
}

void answers_read(int sock, uint32_t port)
{
	static char buffer[1 << 17] __attribute__((aligned(8)));
	const struct nlmsghdr *header;
	const struct question *question;
	ssize_t length;

	/* All are taken to be accepted, until an error comes. */
	for (question = questions; question < questions + question_count; question++) {
		tally.asked++;
		tally.accepted++;
		if (question->call)
			tally.calls[question->call - family_calls]++;
	}
	while ((length = recv(sock, buffer, sizeof(buffer), MSG_DONTWAIT | MSG_TRUNC)) > 0) {
		for (header = (struct nlmsghdr *)buffer; NLMSG_OK(header, length);
		     header = NLMSG_NEXT(header, length))
			take(header, port);
		if (length)
			found(ANSWER, "%zd bytes that are no message", length);
	}
	if (errno != EAGAIN)
		found(ANSWER, "reading ended with %s", strerror(errno));
	for (question = questions; question < questions + question_count; question++)
		if (!question->over && (question->wants_ack || question->dump))
			found(ANSWER, "%s: no answer", name_of(question));
}
