// SPDX-License-Identifier: GPL-2.0
/* Where a rollback goes, and what is no history of ROMs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_history.h"

#define SPEC	"pci:10de:2684:10de:167c"
#define A64	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CAPITALS "AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int failed;

/* --- rollbacks --- */

static struct gpuspec_rom_entry entry(enum gpuspec_rom_action action, char rom)
{
	struct gpuspec_rom_entry made = { .action = action, .when = "2026-11-24T03:25:00Z" };

	if (action == GPUSPEC_ROM_CLEAR)
		return made;
	made.size = 512;
	memset(made.sha256, rom, sizeof(made.sha256) - 1);
	snprintf(made.version, sizeof(made.version), "v%c", rom);
	return made;
}

static char name(const struct gpuspec_rom_entry *made)
{
	return made ? *made->sha256 : '-';
}

/*
 * What happens, a letter each: a ROM is set (a, b, ...), a rollback (<), a
 * clear (!); and what is in force after each, '-' for none, '.' after a
 * rollback that had nowhere to go.
 */
static void expect(const char *events, const char *in_force)
{
	struct gpuspec_rom_history history = { .spec = SPEC };
	const struct gpuspec_rom_entry *before;
	struct gpuspec_rom_entry next;
	char *text, found[64] = "";
	const char *why;
	size_t i;

	for (i = 0; events[i]; i++) {
		before = gpuspec_rom_history_before(&history);
		if (events[i] != '<')
			next = entry(events[i] == '!' ? GPUSPEC_ROM_CLEAR : GPUSPEC_ROM_SET,
				     events[i]);
		else if (before)
			next = entry(GPUSPEC_ROM_ROLLBACK, *before->sha256);
		if ((events[i] != '<' || before) && gpuspec_rom_history_add(&history, &next))
			failed = 1;
		found[i] = events[i] == '<' && !before ? '.' :
			   name(gpuspec_rom_history_current(&history));
		/* It comes back from JSON as it was. */
		text = gpuspec_rom_history_text(&history);
		gpuspec_rom_history_free(&history);
		if (gpuspec_rom_history_parse(text, strlen(text), SPEC, &history, &why))
			printf("%s: does not come back: %s\n%s", events, why, text), failed = 1;
		free(text);
	}
	gpuspec_rom_history_free(&history);
	if (strcmp(found, in_force))
		printf("%s: in force are %s, and not %s\n", events, found, in_force), failed = 1;
}

static void rollbacks(void)
{
	expect("<", ".");
	expect("a<", "a.");
	expect("abc<<<", "abcba.");
	expect("abc<d<<", "abcbdba");
	expect("abc<c<<", "abcbcba");
	expect("aa<", "aa.");
	expect("aab<<", "aaba.");
	expect("aba<<<", "ababa.");
	expect("abc<<b<", "abcbaba");
	/* What was cleared is the one before. */
	expect("ab!<<<", "ab-ba.");
	expect("!<", "-.");
	expect("a!!<<", "a--a.");
	expect("ab!c<<<", "ab-cba.");
	expect("ab<!<b<", "aba-aba");
}

/* The oldest are forgotten, and it still goes back. */
static void long_history(void)
{
	struct gpuspec_rom_history history = { .spec = SPEC };
	struct gpuspec_rom_entry next;
	int i;

	for (i = 0; i < GPUSPEC_ROM_HISTORY_MAX + 10; i++) {
		next = entry(GPUSPEC_ROM_SET, i % 2 ? 'a' : 'b');
		if (gpuspec_rom_history_add(&history, &next))
			failed = 1;
	}
	if (history.count != GPUSPEC_ROM_HISTORY_MAX ||
	    name(gpuspec_rom_history_current(&history)) != 'a' ||
	    name(gpuspec_rom_history_before(&history)) != 'b')
		printf("a long history has %zu entries\n", history.count), failed = 1;
	gpuspec_rom_history_free(&history);
}

/* Strings that would not be JSON, or not fit. */
static void strings(void)
{
	struct gpuspec_rom_history history = { .spec = SPEC };
	struct gpuspec_rom_entry next = entry(GPUSPEC_ROM_SET, 'a');
	const char *why;
	char *text;

	memset(next.file, 0xff, sizeof(next.file) - 1);
	snprintf(next.who, sizeof(next.who), "\"\\\x1b[2J\n");
	snprintf(next.version, sizeof(next.version), "sch\xc3\xb6n \xc3");
	next.forced = 1ULL << GPUSPEC_ROM_E12 | 1ULL << GPUSPEC_ROM_E24;
	if (gpuspec_rom_history_add(&history, &next))
		failed = 1;
	text = gpuspec_rom_history_text(&history);
	gpuspec_rom_history_free(&history);
	if (gpuspec_rom_history_parse(text, strlen(text), SPEC, &history, &why)) {
		printf("strings: %s\n%s", why, text);
		failed = 1;
	} else if (strcmp(history.entries->who, next.who) ||
		   strcmp(history.entries->version, "sch\xc3\xb6n ?") ||
		   strlen(history.entries->file) != sizeof(next.file) - 1 ||
		   history.entries->forced != next.forced) {
		printf("strings come back otherwise: %s", text);
		failed = 1;
	}
	free(text);
	gpuspec_rom_history_free(&history);
}

/* --- hostile texts --- */

#define ENTRY(members)	"{\"spec\":\"" SPEC "\",\"current\":\"" A64 "\",\"history\":[{" members "}]}"
#define REST		"\"version\":null,\"size\":512,\"file\":null,\"forced\":[],\"who\":\"x\"," \
			"\"when\":\"2026-11-24T03:25:00Z\""
#define SET(sha256)	ENTRY("\"action\":\"set\",\"sha256\":" sha256 "," REST)
/* Of two members of a name the last counts. */
#define BUT(member)	ENTRY("\"action\":\"set\",\"sha256\":\"" A64 "\"," REST "," member)
#define GOOD		SET("\"" A64 "\"")
#define TOP(members)	"{\"spec\":\"" SPEC "\"," members "}"

static void parse(const char *text, size_t length, const char *words)
{
	struct gpuspec_rom_history history;
	const char *why = "";
	int error;

	error = gpuspec_rom_history_parse(text, length, SPEC, &history, &why);
	if (!error)
		gpuspec_rom_history_free(&history);
	if (!words ? !error : error == -EINVAL && strstr(why, words))
		return;
	printf("%.200s\n  is %d, '%s', and not '%s'\n", text, error, why, words ? words : "good");
	failed = 1;
}

static void hostile(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ GOOD, NULL },
		{ GOOD "\n\n", NULL },
		{ TOP("\"current\":null,\"history\":[]"), NULL },
		{ "", "not JSON" },
		{ "\n", "not JSON" },
		{ "{", "not JSON" },
		{ GOOD "{}", "not JSON" },
		{ GOOD "x", "not JSON" },
		{ "{\"spec\":\"\xff\"}", "not JSON" },
		{ "null", "not a JSON object" },
		{ "[]", "not a JSON object" },
		{ "\"" SPEC "\"", "not a JSON object" },
		{ "{}", "member spec" },
		{ "{\"spec\":7}", "member spec" },
		{ TOP("\"spec\":\"pci:10de:2684:10de:167d\""), "member spec" },
		{ TOP("\"spec\":\"" SPEC "\\u0000x\""), "not JSON" },
		{ TOP("\"history\":[]"), "member current" },
		{ TOP("\"current\":[],\"history\":[]"), "member current" },
		{ TOP("\"current\":\"../../../etc/passwd\",\"history\":[]"), "member current" },
		{ TOP("\"current\":null"), "no member history" },
		{ TOP("\"current\":null,\"history\":{}"), "not a list" },
		{ TOP("\"current\":null,\"history\":null"), "not a list" },
		{ TOP("\"current\":null,\"history\":[7]"), "not an object" },
		{ TOP("\"current\":null,\"history\":[null]"), "not an object" },
		{ TOP("\"current\":\"" A64 "\",\"history\":[]"), "last entry" },
		{ SET("\"" B64 "\""), "last entry" },
		{ ENTRY(REST), "no action" },
		{ ENTRY("\"action\":\"burn\"," REST), "no action" },
		{ ENTRY("\"action\":0," REST), "no action" },
		{ SET("null"), "contradicts" },
		{ ENTRY("\"action\":\"clear\",\"sha256\":\"" A64 "\"," REST), "contradicts" },
		{ SET("\"../x\""), "sha256" },
		{ SET("\"" A64 "a\""), "sha256" },
		{ SET("{}"), "sha256" },
		{ SET("\"" CAPITALS "\""), "sha256" },
		{ BUT("\"version\":7"), "version" },
		{ BUT("\"version\":\"" A64 "\""), "version" },
		{ BUT("\"size\":-1"), "size" },
		{ BUT("\"size\":0"), "size" },
		{ BUT("\"size\":4194305"), "size" },
		{ BUT("\"size\":1e3"), "size" },
		{ BUT("\"size\":99999999999999999999"), "not JSON" },
		{ BUT("\"size\":\"512\""), "size" },
		{ BUT("\"size\":null"), "contradicts" },
		{ BUT("\"file\":false"), "file" },
		{ BUT("\"who\":[]"), "who" },
		{ BUT("\"when\":\"yesterday\""), "when" },
		{ BUT("\"when\":null"), "when" },
		{ BUT("\"forced\":{}"), "waived" },
		{ BUT("\"forced\":[7]"), "waived" },
		{ BUT("\"forced\":[\"E04\"]"), "waived" },
		{ BUT("\"forced\":[\"E99\"]"), "waived" },
	};
	size_t i, length = strlen(GOOD);

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		parse(cases[i].text, strlen(cases[i].text), cases[i].words);
	/* Cut short, at every length; and with a NUL, which would hide what follows. */
	for (i = 0; i < length; i++)
		parse(GOOD, i, "not JSON");
	parse(GOOD, length + 1, "not JSON");
}

/* More of it than there can be. */
static void huge(void)
{
	const char *const head = "{\"spec\":\"" SPEC "\",\"current\":null,\"history\":[";
	size_t i, count = GPUSPEC_ROM_HISTORY_MAX + 1, depth = 100000;
	char *text = malloc(depth + 4 * count + 200), *end = text;

	end += sprintf(end, "%s", head);
	for (i = 0; i < count; i++)
		end += sprintf(end, "%s{}", i ? "," : "");
	end += sprintf(end, "]}");
	parse(text, end - text, "longer than");
	memset(text, '[', depth);
	parse(text, depth, "not JSON");
	free(text);
}

int main(void)
{
	rollbacks();
	long_history();
	strings();
	hostile();
	huge();
	return failed;
}
