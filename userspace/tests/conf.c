// SPDX-License-Identifier: GPL-2.0
/* The file of settings: as it should be, as people write it, and as it should never be. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

static int failed;
static char path[32] = "/tmp/gpuspec-conf-XXXXXX";

static void expect(const char *what, int wanted, bool refuses, const char *sentence)
{
	struct gpuspec_conf conf;
	int error = gpuspec_conf_read(path, &conf);

	if (error == wanted && conf.libvirt_hook_refuses == refuses &&
	    !error == !*conf.sentence && strstr(conf.sentence, sentence))
		return;
	printf("'%.60s': error %d, %s: %s\n", what, error,
	       conf.libvirt_hook_refuses ? "refuse" : "pass", conf.sentence);
	failed = 1;
}

static void write_file(const char *text, size_t size)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(text, 1, size, file) != size || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static void try(const char *text, int error, bool refuses, const char *sentence)
{
	write_file(text, strlen(text));
	expect(text, error, refuses, sentence);
}

static void test_lines(void)
{
	try("", 0, false, "");
	try("# nothing is set\n\n  # libvirt_hook_on_error = refuse\n\t\n", 0, false, "");
	try("libvirt_hook_on_error = refuse\n", 0, true, "");
	try("libvirt_hook_on_error=refuse", 0, true, "");
	try(" \tlibvirt_hook_on_error \t=\t refuse \t\r\n", 0, true, "");
	try("libvirt_hook_on_error = pass\n", 0, false, "");
	try("libvirt_hook_on_error = Refuse\n", -EINVAL, false,
	    "line 1: libvirt_hook_on_error is pass or refuse, and not 'Refuse'");
	try("libvirt_hook_on_error =\n", -EINVAL, false, "and not ''");
	try("libvirt_hook_on_error = refuse # why\n", -EINVAL, false, "and not 'refuse # why'");
	try("\nlibvirt_hook_on_err = pass\nlibvirt_hook_on_error = refuse\nmore", -EINVAL, true,
	    "line 2: there is no setting 'libvirt_hook_on_err'; gpuspec.conf(5) has them all");
	try("libvirt_hook_on_error\n", -EINVAL, false,
	    "line 1: not a setting: 'libvirt_hook_on_error'; write key = value");
	try("libvirt_hook_on_error = refuse\n\nlibvirt_hook_on_error = pass", -EINVAL, true,
	    "line 3: libvirt_hook_on_error was set in line 1 already");
	try("= refuse", -EINVAL, false, "there is no setting ''");
	try("a\x1b[2J\x7f.\xff = b", -EINVAL, false, "there is no setting 'a?[2J?.?'");
}

static void expect_text(const char *what, const char *wanted, const char *text)
{
	if (!strcmp(wanted, text))
		return;
	printf("%s: '%s', and not '%s'\n", what, text, wanted);
	failed = 1;
}

static void test_fleet(void)
{
	static const char text[] = "etcd = https://a:2379 https://b:2379\netcd_ca = /a b/ca.pem\n"
		"etcd_certificate = /c\netcd_key = /k\netcd_login = /l\n"
		"etcd_prefix = /x/gpuspec\nhost_name = node-1.example.org\n";
	struct gpuspec_conf conf;

	try(text, 0, false, "");
	gpuspec_conf_read(path, &conf);
	expect_text("etcd", "https://a:2379 https://b:2379", conf.etcd);
	expect_text("etcd_ca", "/a b/ca.pem", conf.etcd_ca);
	expect_text("etcd_certificate", "/c", conf.etcd_certificate);
	expect_text("etcd_key", "/k", conf.etcd_key);
	expect_text("etcd_login", "/l", conf.etcd_login);
	expect_text("etcd_prefix", "/x/gpuspec", conf.etcd_prefix);
	expect_text("host_name", "node-1.example.org", conf.host_name);
	try("etcd = a:2379", -EINVAL, false,
	    "line 1: etcd is one or more URLs, such as https://etcd1:2379, and not 'a:2379'");
	try("etcd_ca = ca.pem", -EINVAL, false, "etcd_ca is a path from / on, and not 'ca.pem'");
	try("etcd_prefix = /a/", -EINVAL, false, "etcd_prefix is a path from / on of letters");
	try("etcd_prefix = /a//b", -EINVAL, false, "etcd_prefix is a path from / on of letters");
	try("host_name = a/b", -EINVAL, false, "host_name is up to 64 letters, digits, - and .");
	try("host_name = -a", -EINVAL, false, "host_name is up to 64 letters, digits, - and .");
	try("", 0, false, "");
	gpuspec_conf_read(path, &conf);
	expect_text("no etcd", "", conf.etcd);
	expect_text("the prefix by default", "/gpuspec", conf.etcd_prefix);
}

static void test_hostile(void)
{
	static char text[GPUSPEC_CONF_MAX + 1];
	size_t i;

	memset(text, 'a', sizeof(text));
	write_file(text, GPUSPEC_CONF_MAX);
	expect("one long line", -EINVAL, false, "line 1: not a setting: 'aaaaaaaa");
	write_file(text, GPUSPEC_CONF_MAX + 1);
	expect("one byte more", -EFBIG, false, "it is larger than 65536 bytes");
	memset(text, '\n', sizeof(text));
	write_file(text, GPUSPEC_CONF_MAX);
	expect("empty lines", 0, false, "");
	text[GPUSPEC_CONF_MAX - 1] = '=';
	write_file(text, GPUSPEC_CONF_MAX);
	expect("many lines", -EINVAL, false, "line 65536: there is no setting ''");
	write_file("libvirt_hook_on_error = refuse\n\0x", 33);
	expect("a NUL", -EINVAL, false, "it is not a text file");
	/* Whatever it is, it is one sentence of text, or none. */
	srand(1);
	for (i = 0; i < 2000; i++) {
		struct gpuspec_conf conf;
		size_t size = rand() % 80, at;

		for (at = 0; at < size; at++)
			text[at] = rand() % 3 ? rand() : "=#\n \t\r"[rand() % 6];
		write_file(text, size);
		gpuspec_conf_read(path, &conf);
		for (at = 0; conf.sentence[at]; at++)
			if ((unsigned char)conf.sentence[at] < ' ' || conf.sentence[at] == 0x7f)
				failed = 1;
	}
}

static void test_no_file(void)
{
	unlink(path);
	expect("nothing", 0, false, "");
	if (mkdir(path, 0700))
		failed = 1;
	expect("a folder", -EINVAL, false, "it is not a file");
	rmdir(path);
	if (mkfifo(path, 0600))
		failed = 1;
	expect("a pipe without a writer", -EINVAL, false, "it is not a file");
	unlink(path);
	if (symlink("/dev/zero", path))
		failed = 1;
	expect("a device without an end", -EINVAL, false, "it is not a file");
	unlink(path);
	if (symlink(path, path))
		failed = 1;
	expect("a link to itself", -ELOOP, false, "Too many levels of symbolic links");
	unlink(path);
}

/* The manual page has a paragraph for each key, and for nothing else. */
static void test_manual(void)
{
	FILE *page = fopen("man/gpuspec.conf.5", "r");
	char line[256], said[4096] = "", wanted[4096] = "";
	const char *key;
	unsigned int i;

	while (page && fgets(line, sizeof(line), page)) {
		if (strncmp(line, ".BR ", 4) || !strstr(line, " \" = \" "))
			continue;
		strncat(said, line + 4, strcspn(line + 4, " "));
		strcat(said, "\n");
	}
	for (i = 0; (key = gpuspec_conf_key(i)); i++)
		strcat(strcat(wanted, key), "\n");
	if (!page || strcmp(said, wanted)) {
		printf("the manual page has %s, and the program %s\n", said, wanted);
		failed = 1;
	}
	if (page)
		fclose(page);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	close(fd);
	test_lines();
	test_fleet();
	test_hostile();
	test_no_file();
	test_manual();
	return failed;
}
