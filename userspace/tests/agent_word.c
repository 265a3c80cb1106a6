// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_word.h"
#include "check.h"

static char folder[32] = "/tmp/gpuspec-agent-XXXXXX";

static void put(const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/word.json", folder);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file)) {
		printf("cannot write %s\n", path);
		exit(1);
	}
}

int main(void)
{
	struct gpuspec_agent_word word = { .heard = 1764127500 }, said;
	char command[64], deeper[64];

	if (!mkdtemp(folder))
		return 1;
	check(gpuspec_agent_word_read(&said, folder) == -ENOENT);
	snprintf(deeper, sizeof(deeper), "%s/a/b", folder);
	check(gpuspec_agent_word_read(&said, deeper) == -ENOENT);
	check(!gpuspec_agent_word_write(&word, deeper));
	check(!gpuspec_agent_word_read(&said, deeper));
	check(!memcmp(&word, &said, sizeof(word)));
	snprintf(word.problem, sizeof(word.problem), "the fleet's policy: \"x\" is no state");
	word.heard++;
	check(!gpuspec_agent_word_write(&word, deeper));
	check(!gpuspec_agent_word_read(&said, deeper));
	check(!memcmp(&word, &said, sizeof(word)));
	/* Cut within a letter. */
	snprintf(word.problem, sizeof(word.problem), "the ROM \xe2\x80");
	check(!gpuspec_agent_word_write(&word, deeper));
	check(!gpuspec_agent_word_read(&said, deeper));
	check_says(said.problem, "the ROM ??");
	put("");
	check(gpuspec_agent_word_read(&said, folder) == -EINVAL);
	put("[]");
	check(gpuspec_agent_word_read(&said, folder) == -EINVAL);
	put("{\"heard\": \"now\"}");
	check(gpuspec_agent_word_read(&said, folder) == -EINVAL);
	put("{\"heard\": 1}");
	check(!gpuspec_agent_word_read(&said, folder) && said.heard == 1 && !*said.problem);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : failed;
}
