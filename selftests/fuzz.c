// SPDX-License-Identifier: GPL-2.0
/*
 * usage: fuzz [MESSAGES]
 *
 * Messages at random, made up by what the YAML says of the family, and changed
 * ones of those that reached new places in the module, where the kernel has
 * KCOV. GPUSPEC_SEED=NUMBER sends again what was sent with that seed. SIGTERM
 * ends it before its time, as if no more messages had been wanted.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "dice.h"
#include "family.h"
#include "kcov.h"
#include "kselftest.h"
#include "policy.h"
#include "rom.h"
#include "world.h"

#define EVERYDAY	60000
#define GUIDED		20000	/* where KCOV is, everything is slow */
#define TOLD		5
#define THOROUGH	1000000
#define BATCH		3000
#define SOCKETS		4
#define CORPUS		2048
#define RECEIVE_BUFFER	(8 << 20)

/* Two cards of one model: one is held all the time, the other is not. */
#define SPEC		"pci:1234:1111:1af4:1100"
#define HELD		"0000:00:05.0"
#define CARDS		HELD " 0000:00:09.0"

static const char *const titles[FINDINGS] = {
	[ANSWER] = "every answer is whole, and of what the YAML says",
	[ERROR] = "every error is one that the YAML names",
	[SENTENCE] = "what is said of an error is a sentence",
	[DUMP] = "the tables can be read, sorted and of one generation",
	[STATE] = "nothing is left once the policy is empty and the sockets are closed",
};

static unsigned int findings[FINDINGS];
/* What is said of the first few, each with its test in the end. */
static FILE *said[FINDINGS];
static char *sentences[FINDINGS];
static size_t lengths[FINDINGS];

static struct packet packet, other;

static struct packet *corpus[CORPUS];
static unsigned int corpus_count;
static bool guided;
static atomic_bool stopped;

static struct connection {
	int sock;
	uint32_t port;
} connections[SOCKETS];

static struct world first, now;

void found(enum finding finding, const char *format, ...)
{
	va_list args;
	size_t i;

	if (findings[finding]++ >= TOLD)
		return;
	if (!said[finding])
		said[finding] = open_memstream(&sentences[finding], &lengths[finding]);
	fputs("# ", said[finding]);
	va_start(args, format);
	vfprintf(said[finding], format, args);
	va_end(args);
	fprintf(said[finding], "\n# the last packet, of %zu bytes:", packet.length);
	for (i = 0; i < packet.length && i < 1024; i++)
		fprintf(said[finding], "%s%02x", i % 4 ? "" : " ", (unsigned char)packet.bytes[i]);
	fputc('\n', said[finding]);
}

static void tell_findings(void)
{
	enum finding finding;

	for (finding = 0; finding < FINDINGS; finding++) {
		if (said[finding] && !fclose(said[finding]))
			fputs(sentences[finding], stdout);
		ksft_test_result(!findings[finding], "%s\n", titles[finding]);
	}
}

/* --- corpus --- */

static void load(struct packet *into, unsigned int which)
{
	into->length = corpus[which]->length;
	memcpy(into->bytes, corpus[which]->bytes, into->length);
}

static void keep(void)
{
	unsigned int at = corpus_count < CORPUS ? corpus_count++ : dice(CORPUS);

	free(corpus[at]);
	corpus[at] = malloc(offsetof(struct packet, bytes) + packet.length);
	corpus[at]->length = packet.length;
	memcpy(corpus[at]->bytes, packet.bytes, packet.length);
}

/* --- connections --- */

static void connect_anew(struct connection *connection)
{
	struct sockaddr_nl address = {};
	socklen_t length = sizeof(address);
	int size = RECEIVE_BUFFER;

	connection->sock = nl_open();
	if (connection->sock < 0 ||
	    setsockopt(connection->sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    getsockname(connection->sock, (struct sockaddr *)&address, &length))
		ksft_exit_fail_msg("socket: %s\n", strerror(errno));
	connection->port = address.nl_pid;
}

/* Whatever was sent on it: what it has staged can be ended, and begun anew. */
static void check_stages(int sock)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN] = {};
	struct answer answer;
	int error;

	policy_commit(sock, 0, NULL);
	error = policy_begin(sock, false);
	if (!error)
		error = policy_commit(sock, 0, NULL);
	if (error)
		found(STATE, "no transaction after the last one: %s", strerror(-error));
	rom_commit(sock, &answer);
	error = rom_begin(sock, SPEC, 512, digest, NULL, &answer);
	if (error || rom_commit(sock, &answer) != -EINVAL)
		found(STATE, "no upload after the last one: %s", answer.sentence);
}

/* --- batches --- */

static void check_tables(int sock)
{
	struct table table = policy_read(sock);
	size_t i;

	if (table.error || table.mixed || table.unsorted)
		found(DUMP, "specs: error %d%s%s", table.error, table.mixed ? ", mixed" : "",
		      table.unsorted ? ", not sorted" : "");
	for (i = 0; i < family_call_count; i++)
		if (family_calls[i].dump &&
		    nl_dump(sock, policy_family, family_calls[i].command, NULL, NULL))
			found(DUMP, "%s: no dump", family_calls[i].name);
}

/* The ids of those that have a ROM, one behind the other. */
static void add_rom(const struct nlmsg *msg, void *data)
{
	const struct nlattr *spec = nl_attr(msg, GPUSPEC_A_SPEC);
	const char *id = nl_get_string(nl_nested(spec, GPUSPEC_A_SPEC_ID));
	char **end = data;

	if (nl_nested(spec, GPUSPEC_A_SPEC_ROM))
		*end = stpcpy(*end, id) + 1;
}

static void clear_roms(int sock)
{
	static char ids[1 << 16];
	char *end = ids, *id;

	nl_dump(sock, policy_family, GPUSPEC_CMD_SPEC_GET, add_rom, &end);
	for (id = ids; id < end; id += strlen(id) + 1)
		policy_ask(sock, GPUSPEC_CMD_ROM_CLEAR, id, NULL);
}

static void check_first_state(void)
{
	int sock = nl_open(), error = policy_reset();

	clear_roms(sock);
	if (error)
		found(STATE, "the policy cannot be emptied: %s", strerror(-error));
	if (!world_look_at_policy(sock, policy_family, &now) || !world_same(&first, &now))
		found(STATE, "%zu bytes tell of the empty policy, and %zu did at first", now.length,
		      first.length);
	close(sock);
}

static void next_packet(void)
{
	if (!corpus_count || dice(2)) {
		packet_make(&packet);
		return;
	}
	load(&packet, dice(corpus_count));
	load(&other, dice(corpus_count));
	packet_mutate(&packet, &other);
}

/* How many messages were sent? */
static unsigned int send_packet(struct connection *connection)
{
	static uint32_t seq = 1;
	unsigned int count;

	next_packet();
	count = packet_seal(&packet, policy_family, seq);
	answers_expect(&packet, seq, count);
	seq += count;
	if (guided)
		kcov_start();
	if (packet.length && send(connection->sock, &packet.bytes, packet.length, 0) < 0)
		found(ANSWER, "sending ends with %s", strerror(errno));
	/* Sometimes nobody waits for the answers, or for the end of anything. */
	if (dice_percent(3)) {
		close(connection->sock);
		connect_anew(connection);
	} else {
		answers_read(connection->sock, connection->port);
	}
	if (guided ? kcov_take() : !dice(64))
		keep();
	return count;
}

static unsigned int run_batch(void)
{
	unsigned int sent = 0, i;

	for (i = 0; i < SOCKETS; i++)
		connect_anew(&connections[i]);
	while (sent < BATCH)
		sent += send_packet(&connections[dice(SOCKETS)]);
	check_tables(connections[0].sock);
	for (i = 0; i < SOCKETS; i++) {
		if (i)
			check_stages(connections[i].sock);
		close(connections[i].sock);
	}
	check_first_state();
	return sent;
}

/* --- before and after --- */

static void give_cards_to_vfio(void)
{
	static const char shell[] =
		"set -e; modprobe -a vfio-pci gpuspec\n"
		"for card in " CARDS "; do\n"
		"	echo vfio-pci >/sys/bus/pci/devices/$card/driver_override\n"
		"	echo $card >/sys/bus/pci/drivers/vfio-pci/bind\n"
		"done";

	if (system(shell))
		ksft_exit_fail_msg("the cards cannot be given to vfio-pci\n");
}

static void take_cards_back(void)
{
	static const char shell[] =
		"set -e; for card in " CARDS "; do\n"
		"	echo $card >/sys/bus/pci/drivers/vfio-pci/unbind\n"
		"	echo >/sys/bus/pci/devices/$card/driver_override\n"
		"done";

	if (system(shell))
		ksft_print_msg("the cards were not given back\n");
}

/* It is let go when the other end is closed; what ends us may come to the whole group. */
static FILE *hold_card(void)
{
	static const char opened[] =
		"for i in $(seq 300); do\n"
		"	! grep -q open /tmp/fuzz.held || exit 0\n"
		"	sleep 0.1\n"
		"done; exit 1";
	FILE *holder = popen("trap '' TERM; exec ./vfio_open " HELD " >/tmp/fuzz.held", "we");

	if (!holder || system(opened))
		ksft_exit_fail_msg("the card cannot be opened\n");
	return holder;
}

static void learn_spec(const struct nlmsg *msg, void *data)
{
	const char *id = nl_get_string(nl_nested(nl_attr(msg, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_ID));

	packet_learn(GPUSPEC_A_ID, id, strlen(id) + 1);
}

static void learn_device(const struct nlmsg *msg, void *data)
{
	const char *address = nl_get_string(nl_nested(nl_attr(msg, GPUSPEC_A_DEVICE),
						      GPUSPEC_A_DEVICE_ADDRESS));

	packet_learn(GPUSPEC_A_ADDRESS, address, strlen(address) + 1);
}

static void look_around(void)
{
	int sock = nl_open();
	uint32_t pid = getpid();

	if (!policy_find(sock) || policy_reset())
		ksft_exit_fail_msg("there is no family, or it takes no policy\n");
	clear_roms(sock);
	nl_dump(sock, policy_family, GPUSPEC_CMD_SPEC_GET, learn_spec, NULL);
	nl_dump(sock, policy_family, GPUSPEC_CMD_DEVICE_GET, learn_device, NULL);
	packet_learn(GPUSPEC_A_PID, &pid, sizeof(pid));
	if (!world_look_at_policy(sock, policy_family, &first))
		ksft_exit_fail_msg("the tables cannot be read\n");
	close(sock);
}

static void report(unsigned long sent, double seconds)
{
	ksft_print_msg("%lu messages in %.0f s, %.0f a second\n", sent, seconds, sent / seconds);
	ksft_print_msg("%lu were heard to the end, %.1f %% of them accepted\n", tally.asked,
		       100.0 * tally.accepted / tally.asked);
}

static bool all_accepted(void)
{
	bool all = true;
	size_t i;

	for (i = 0; i < family_call_count; i++) {
		if (tally.calls[i])
			continue;
		ksft_print_msg("%s%s was never accepted\n", family_calls[i].name,
			       family_calls[i].dump ? ", dump," : "");
		all = false;
	}
	return all;
}

static void stop(int signal)
{
	stopped = true;
}

static uint64_t choose_seed(void)
{
	const char *given = getenv("GPUSPEC_SEED");
	uint32_t seed;

	if (given)
		return strtoull(given, NULL, 0);
	getrandom(&seed, sizeof(seed), 0);
	return seed;
}

static double seconds_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long wanted = EVERYDAY;
	unsigned long sent = 0, told = 0;
	uint64_t seed = choose_seed();
	double began;
	FILE *holder;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ksft_print_header();
	ksft_set_plan(FINDINGS + 1);
	ksft_print_msg("GPUSPEC_SEED=%llu\n", (unsigned long long)seed);
	dice_seed(seed);
	give_cards_to_vfio();
	holder = hold_card();
	look_around();
	guided = kcov_open();
	if (argc > 1)
		wanted = strtoul(argv[1], NULL, 0);
	else if (getenv("GPUSPEC_THOROUGH"))
		wanted = THOROUGH;
	else if (guided)
		wanted = GUIDED;
	signal(SIGTERM, stop);
	began = seconds_now();
	while (sent < wanted && !stopped) {
		sent += run_batch();
		if (sent >= told + wanted / 10) {
			told = sent;
			ksft_print_msg("%lu messages; %u packets are kept to be changed\n", sent,
				       corpus_count);
		}
	}
	report(sent, seconds_now() - began);
	tell_findings();
	ksft_test_result(all_accepted(), "every command was accepted\n");
	pclose(holder);
	take_cards_back();
	if (guided)
		kcov_tell();
	ksft_finished();
}
