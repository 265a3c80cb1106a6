// SPDX-License-Identifier: GPL-2.0
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rom.h"

/* SHA-256 as the kernel computes it, through its socket family for that. */
void rom_hash(const void *bytes, size_t size, uint8_t *digest)
{
	struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256",
	};
	int sock = socket(AF_ALG, SOCK_SEQPACKET, 0), job;
	const char *at = bytes;

	if (bind(sock, (struct sockaddr *)&address, sizeof(address)))
		perror("AF_ALG");
	job = accept(sock, NULL, 0);
	while (size) {
		ssize_t sent = send(job, at, size, MSG_MORE);

		if (sent <= 0)
			break;
		at += sent;
		size -= sent;
	}
	if (recv(job, digest, GPUSPEC_ROM_SHA256_LEN, 0) != GPUSPEC_ROM_SHA256_LEN)
		perror("AF_ALG");
	close(job);
	close(sock);
}

/* The smallest sound image: a header and a PCIR, and nothing that could run. */
void rom_make(uint8_t *rom, size_t size, uint8_t seed)
{
	static const uint8_t pcir[] = {
		'P', 'C', 'I', 'R', 0xaa, 0xaa, 0xbb, 0xbb, 0, 0, 0x18, 0, 0, 0, 0, 3,
	};

	memset(rom, seed, size);
	memset(rom, 0, ROM_HEAD);
	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[0x18] = 0x1c;
	memcpy(rom + 0x1c, pcir, sizeof(pcir));
	rom[0x1c + 0x10] = size / 512;
	rom[0x1c + 0x11] = size / 512 >> 8;
	rom[0x1c + 0x14] = 1;	/* FCode: what it does is not ours to judge */
	rom[0x1c + 0x15] = 0x80;
}

static int family;

void rom_forget_family(void)
{
	family = 0;
}

static int family_of(int sock)
{
	int group;

	if (family <= 0)
		family = nl_family(sock, &group);
	return family;
}

int rom_begin(int sock, const char *id, uint32_t size, const uint8_t *digest,
	      const char *version, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family_of(sock), GPUSPEC_CMD_ROM_BEGIN, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	nl_u32(&msg, GPUSPEC_A_SIZE, size);
	nl_put(&msg, GPUSPEC_A_SHA256, digest, GPUSPEC_ROM_SHA256_LEN);
	if (version)
		nl_string(&msg, GPUSPEC_A_VERSION, version);
	nl_ask(sock, &msg, answer);
	return answer->error;
}

int rom_data(int sock, uint32_t offset, const uint8_t *bytes, size_t count,
	     struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family_of(sock), GPUSPEC_CMD_ROM_DATA, 0);
	nl_u32(&msg, GPUSPEC_A_OFFSET, offset);
	nl_ask_with(sock, &msg, GPUSPEC_A_BYTES, bytes, count, answer);
	return answer->error;
}

int rom_commit(int sock, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family_of(sock), GPUSPEC_CMD_ROM_COMMIT, 0);
	nl_ask(sock, &msg, answer);
	return answer->error;
}

int rom_send(int sock, const uint8_t *bytes, size_t size, struct answer *answer)
{
	size_t offset, count;
	int error = 0;

	for (offset = 0; offset < size && !error; offset += count) {
		count = size - offset < GPUSPEC_ROM_CHUNK_MAX ? size - offset :
								 GPUSPEC_ROM_CHUNK_MAX;
		error = rom_data(sock, offset, bytes + offset, count, answer);
	}
	return error;
}

int rom_upload(int sock, const char *id, const uint8_t *bytes, size_t size,
	       const char *version, struct answer *answer)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];

	rom_hash(bytes, size, digest);
	if (rom_begin(sock, id, size, digest, version, answer) ||
	    rom_send(sock, bytes, size, answer))
		return answer->error;
	return rom_commit(sock, answer);
}
