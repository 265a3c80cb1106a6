/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages built by hand, well formed or not, and the kernel's
 * answers to them: no library between the tests and the family.
 */
#ifndef SELFTESTS_NLMSG_H
#define SELFTESTS_NLMSG_H

#include <linux/genetlink.h>
#include <linux/gpuspec.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Thirty seconds are little for a debug kernel that is emulated, beside others. */
#ifdef TEST_TIMEOUT_DEFAULT
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	600
#endif

struct nlmsg {
	union {
		struct nlmsghdr header;
		char bytes[2048];
	};
};

/* A socket of the generic netlink family, with sentences asked for. */
int nl_open(void);
/* Ids of the family gpuspec and of its group events; negative errno. */
int nl_family(int sock, int *group);

void nl_begin(struct nlmsg *msg, int family, uint8_t command, int flags);
void nl_put(struct nlmsg *msg, int type, const void *data, size_t length);
void nl_string(struct nlmsg *msg, int type, const char *text);
void nl_u32(struct nlmsg *msg, int type, uint32_t value);
/* The same from a table. */
struct attribute {
	int type;
	enum form { STRING, ENUM, NUMBER, FLAG, BYTES } form;
	const void *text;	/* of a string, or bytes */
	uint32_t number;	/* or how many bytes */
};

void nl_attribute(struct nlmsg *msg, const struct attribute *attribute);
struct genlmsghdr *nl_genl(struct nlmsg *msg);

/* The kernel's word on a message. */
struct answer {
	int error;		/* negative errno, 0 */
	bool sent;		/* else the kernel does not know of it */
	char sentence[256];	/* empty: none given */
	int missing;		/* attribute named as missing, or 0 */
	size_t offset;		/* of the attribute at fault in the message, or 0 */
	bool replied;
	struct nlmsg reply;	/* the last message that was no error */
};

/* Send @msg as it is and wait for the answer. */
void nl_ask(int sock, struct nlmsg *msg, struct answer *answer);
/* The same with one more attribute, which may be larger than a struct nlmsg. */
void nl_ask_with(int sock, struct nlmsg *msg, int type, const void *data, size_t length,
		 struct answer *answer);
/* Only read the answer to what was sent. */
void nl_hear(int sock, struct answer *answer);

/* An attribute of @msg's top level, or of @nest; NULL if there is none. */
const struct nlattr *nl_attr(const struct nlmsg *msg, int type);
const struct nlattr *nl_nested(const struct nlattr *nest, int type);
uint32_t nl_get_u32(const struct nlattr *attr);
uint64_t nl_get_u64(const struct nlattr *attr);
const char *nl_get_string(const struct nlattr *attr);

/* Send @msg, which asks for a dump; @take is called for each message. 0 or negative errno. */
int nl_ask_dump(int sock, const struct nlmsg *msg,
		void (*take)(const struct nlmsg *msg, void *data), void *data);
/* The same where the message is nothing but @command. */
int nl_dump(int sock, int family, uint8_t command,
	    void (*take)(const struct nlmsg *msg, void *data), void *data);

#endif /* SELFTESTS_NLMSG_H */
