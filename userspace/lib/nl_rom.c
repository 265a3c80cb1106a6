// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>

#include "nl_message.h"
#include "nl_socket.h"
#include "sha256.h"

/* A ROM is replaced while it is read: how often to start again before giving up. */
#define TRIES	20

/* A message that could not be filled: for gpuspec_nl_converse(), as one that there is none of. */
static struct nl_msg *drop(struct nl_msg *message)
{
	nlmsg_free(message);
	return NULL;
}

static int begin(struct gpuspec_nl *nl, const char *id, const struct gpuspec_rom *rom)
{
	struct nl_msg *message = gpuspec_nl_request(nl, GPUSPEC_CMD_ROM_BEGIN, NLM_F_ACK);

	if (message && (nla_put_string(message, GPUSPEC_A_ID, id) ||
			nla_put_u32(message, GPUSPEC_A_SIZE, rom->size) ||
			nla_put(message, GPUSPEC_A_SHA256, sizeof(rom->sha256), rom->sha256) ||
			nla_put_string(message, GPUSPEC_A_VERSION, rom->version)))
		message = drop(message);
	return gpuspec_nl_converse(nl, message, NULL, NULL);
}

static int send_piece(struct gpuspec_nl *nl, uint32_t offset, const void *bytes, uint32_t count)
{
	struct nl_msg *message = gpuspec_nl_request(nl, GPUSPEC_CMD_ROM_DATA, NLM_F_ACK);

	if (message && (nla_put_u32(message, GPUSPEC_A_OFFSET, offset) ||
			nla_put(message, GPUSPEC_A_BYTES, count, bytes)))
		message = drop(message);
	return gpuspec_nl_converse(nl, message, NULL, NULL);
}

static int upload(struct gpuspec_nl *nl, const char *id, const struct gpuspec_rom *rom,
		  const char *bytes, bool (*go_on)(size_t sent, void *data), void *data)
{
	uint32_t sent, count;
	int error;

	error = begin(nl, id, rom);
	for (sent = 0; sent < rom->size && !error; sent += count) {
		if (!go_on(sent, data))
			return gpuspec_nl_fail(nl, -ECANCELED, "interrupted");
		count = rom->size - sent;
		if (count > GPUSPEC_ROM_CHUNK_MAX)
			count = GPUSPEC_ROM_CHUNK_MAX;
		error = send_piece(nl, sent, bytes + sent, count);
	}
	if (error)
		return error;
	if (!go_on(sent, data))
		return gpuspec_nl_fail(nl, -ECANCELED, "interrupted");
	return gpuspec_nl_ask(nl, GPUSPEC_CMD_ROM_COMMIT, NLM_F_ACK, NULL, NULL);
}

int gpuspec_nl_rom_set(struct gpuspec_nl *nl, const char *id, const struct gpuspec_rom *rom,
		       const void *bytes, bool (*go_on)(size_t sent, void *data), void *data)
{
	/* On a socket of its own: to close it drops what an error left half done. */
	struct gpuspec_nl own = { .family = nl->family };
	int error;

	error = gpuspec_nl_connect(&own);
	if (!error)
		error = upload(&own, id, rom, bytes, go_on, data);
	if (error)
		gpuspec_nl_fail(nl, error, own.sentence);
	nl_socket_free(own.sock);
	return error;
}

/* A ROM on its way here. */
struct download {
	struct gpuspec_rom rom;
	char *bytes;
	uint32_t count;		/* how many of them are there */
};

static int take_piece(const struct genlmsghdr *header, void *data)
{
	struct download *download = data;
	struct gpuspec_rom rom;
	uint32_t offset, count;
	const void *bytes;
	int error;

	error = gpuspec_message_rom(header, &rom, &offset, &bytes, &count);
	if (error)
		return error;
	if (!rom.size || rom.size > GPUSPEC_ROM_SIZE_MAX || offset != download->count)
		return -EPROTO;
	if (!download->bytes) {
		download->rom = rom;
		download->bytes = malloc(rom.size);
		if (!download->bytes)
			return -ENOMEM;
	}
	if (rom.size != download->rom.size ||
	    memcmp(rom.sha256, download->rom.sha256, sizeof(rom.sha256)))
		return -EAGAIN;
	if (!count || count > rom.size - offset)
		return -EPROTO;
	memcpy(download->bytes + offset, bytes, count);
	download->count += count;
	return 0;
}

static int get_piece(struct gpuspec_nl *nl, const char *id, struct download *download)
{
	struct nl_msg *message = gpuspec_nl_request(nl, GPUSPEC_CMD_ROM_GET, 0);

	if (message && (nla_put_string(message, GPUSPEC_A_ID, id) ||
			nla_put_u32(message, GPUSPEC_A_OFFSET, download->count)))
		message = drop(message);
	return gpuspec_nl_converse(nl, message, take_piece, download);
}

static int try_get(struct gpuspec_nl *nl, const char *id, struct download *download)
{
	uint8_t sha256[GPUSPEC_ROM_SHA256_LEN];
	int error;

	*download = (struct download){};
	do {
		error = get_piece(nl, id, download);
	} while (!error && download->count < download->rom.size);
	/* It has become shorter than what is there already. */
	if (error == -ERANGE)
		return -EAGAIN;
	if (error)
		return error;
	gpuspec_sha256(download->bytes, download->rom.size, sha256);
	if (memcmp(sha256, download->rom.sha256, sizeof(sha256)))
		return gpuspec_nl_fail(nl, -EBADMSG,
				       "what came from the kernel does not have the SHA-256 that it names");
	return 0;
}

int gpuspec_nl_rom_get(struct gpuspec_nl *nl, const char *id, struct gpuspec_rom *rom,
		       void **bytes)
{
	int error, tries = TRIES;
	struct download download;

	do {
		error = try_get(nl, id, &download);
		if (error)
			free(download.bytes);
	} while (error == -EAGAIN && --tries);
	if (error == -EAGAIN)
		return gpuspec_nl_fail(nl, error, "the ROM is replaced faster than it can be read; try again");
	if (error)
		return error;
	*rom = download.rom;
	*bytes = download.bytes;
	return 0;
}

int gpuspec_nl_rom_clear(struct gpuspec_nl *nl, const char *id)
{
	struct nl_msg *message = gpuspec_nl_request(nl, GPUSPEC_CMD_ROM_CLEAR, NLM_F_ACK);

	if (message && nla_put_string(message, GPUSPEC_A_ID, id))
		message = drop(message);
	return gpuspec_nl_converse(nl, message, NULL, NULL);
}
