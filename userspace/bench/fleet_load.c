// SPDX-License-Identifier: GPL-2.0
/*
 * A fleet of many hosts, without the hosts: publishes what they would have, by the code of
 * their agent, watches the decisions as often, and says how long it takes.
 *
 *	fleet_load HOSTS CARDS		with the settings of gpuspec.conf
 *
 * Prints a line when all is published and all watch, {"hosts", "rows", "bytes", "publish_s"},
 * and one for each decision: {"revision", "watchers", "heard_ms"}: the time from the first
 * watcher that heard of it to the last. Ends when its input does.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "etcd_watch.h"
#include "fleet_etcd.h"
#include "publish.h"
#include "row.h"
#include "row_device.h"

/* Models that a host has, of which each has some of its cards. */
#define MODELS	2

struct host {
	char name[32], machine_id[40];
	struct fleet_etcd fleet;	/* a connection of its own, as it would have */
	struct publisher publisher;
	struct gpuspec_etcd_watch *watch;
	int64_t heard;			/* the newest revision */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const struct fleet_etcd *fleet)
{
	fprintf(stderr, "fleet_load: %s\n", gpuspec_etcd_sentence(fleet->etcd));
	exit(1);
}

static void make_model(struct gpuspec_model *model, unsigned int number, unsigned int cards)
{
	memset(model, 0, sizeof(*model));
	gpuspec_vgpu_parse("", &model->vgpu);
	snprintf(model->spec.id, sizeof(model->spec.id), "pci:10de:2235:10de:%04x", number);
	snprintf(model->name, sizeof(model->name), "GA102GL [A40]");
	snprintf(model->vendor, sizeof(model->vendor), "NVIDIA Corporation");
	model->vgpu.video_memory = 48LL << 30;
	model->vgpu.memory_from = GPUSPEC_MEMORY_FROM_NVML;
	model->available = -1;
	model->cards = cards;
	model->spec.devices = cards;
	model->spec.in_use = cards / 2;
}

static void make_card(struct gpuspec_card *card, unsigned int number, const char *spec)
{
	struct gpuspec_device *device = &card->device;

	memset(card, 0, sizeof(*card));
	gpuspec_pci_function_clear(&card->pci);
	snprintf(device->spec, sizeof(device->spec), "%s", spec);
	snprintf(device->address, sizeof(device->address), "0000:%02x:00.0", number);
	snprintf(card->driver, sizeof(card->driver), "vfio-pci");
	card->iommu_group = number;
	card->numa_node = number % 2;
	card->mdev_types = -1;
	device->in_use = number % 2;
	if (!device->in_use)
		return;
	device->holder = (struct gpuspec_process){
		.pid = 4711 + number, .uid = 64055, .comm = "qemu-system-x86", .account = "blue",
		.cgroup = "/machine.slice/machine-qemu\\x2d1\\x2dblue.scope",
	};
}

static void publish(struct host *host, unsigned int cards, size_t *rows)
{
	struct gpuspec_inventory inventory = { .model_count = MODELS, .card_count = cards };
	struct fleet_status status = {
		.kernel = "6.12.0", .module = GPUSPEC_VERSION, .specs = MODELS, .devices = cards,
		.seen = time(NULL),
	};
	unsigned int i;
	size_t changes;

	inventory.models = calloc(MODELS, sizeof(*inventory.models));
	inventory.cards = calloc(cards, sizeof(*inventory.cards));
	for (i = 0; i < MODELS; i++)
		make_model(&inventory.models[i], i, cards / MODELS);
	for (i = 0; i < cards; i++)
		make_card(&inventory.cards[i], i, inventory.models[i % MODELS].spec.id);
	if (publish_begin(&host->publisher) ||
	    publish_inventory(&host->publisher, &inventory, &changes) ||
	    publish_status(&host->publisher, &status))
		die(&host->fleet);
	*rows += changes;
	gpuspec_inventory_free(&inventory);
}

static void hear(const struct gpuspec_etcd_event *event, void *data)
{
	struct host *host = data;

	if (event->kv.mod_revision > host->heard)
		host->heard = event->kv.mod_revision;
}

static void begin(struct host *host, unsigned int number, unsigned int cards, size_t *rows)
{
	struct request request = { .verb = "agent" };
	struct gpuspec_etcd_found found;
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .keys_only = true };

	snprintf(host->name, sizeof(host->name), "node%05u", number);
	snprintf(host->machine_id, sizeof(host->machine_id), "%032x", number + 1);
	if (fleet_open(&host->fleet, &request))
		exit(1);
	host->publisher = (struct publisher){
		.etcd = host->fleet.etcd, .prefix = host->fleet.conf.etcd_prefix,
		.host = host->name, .machine_id = host->machine_id,
	};
	publish(host, cards, rows);
	gpuspec_fleet_key_decided(key, host->fleet.conf.etcd_prefix);
	if (gpuspec_etcd_range(host->fleet.etcd, &range, &found) ||
	    gpuspec_etcd_watch_open(host->fleet.etcd, key, found.revision + 1, &host->watch))
		die(&host->fleet);
	gpuspec_etcd_found_free(&found);
	gpuspec_etcd_watch_hear(host->watch, hear, host);
	host->heard = 0;
}

/* Each of those that are there once in ten seconds. */
static void keep_alive(struct host *hosts, unsigned int count)
{
	static unsigned int next;
	static double last;
	double pause = 10.0 / count;

	if (!last)
		last = now();
	for (; now() - last > pause; last += pause, next++)
		if (publish_keep_alive(&hosts[next % count].publisher))
			die(&hosts[next % count].fleet);
}

/* Until the input ends. */
static void watch(struct host *hosts, unsigned int count, struct pollfd *fds)
{
	unsigned int i, heard;
	int64_t revision = 0;
	double first = 0;

	for (;;) {
		if (poll(fds, count + 1, 10) < 0 || fds[count].revents)
			return;
		for (i = 0; i < count; i++) {
			if (!fds[i].revents)
				continue;
			if (gpuspec_etcd_watch_hear(hosts[i].watch, hear, &hosts[i]))
				die(&hosts[i].fleet);
			if (hosts[i].heard > revision) {
				revision = hosts[i].heard;
				first = now();
			}
		}
		for (i = heard = 0; i < count && first; i++)
			heard += hosts[i].heard == revision;
		if (first && heard == count) {
			printf("{\"revision\": %lld, \"watchers\": %u, \"heard_ms\": %.1f}\n",
			       (long long)revision, count, (now() - first) * 1000);
			fflush(stdout);
			first = 0;
		}
		keep_alive(hosts, count);
	}
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? atoi(argv[1]) : 0;
	unsigned int cards = argc > 2 ? atoi(argv[2]) : 0, i;
	struct pollfd *fds = calloc(count + 1, sizeof(*fds));
	struct host *hosts = calloc(count + 1, sizeof(*hosts));
	double start = now();
	size_t rows = 0;

	if (!count || !cards || !fds || !hosts)
		return 2;
	for (i = 0; i < count; i++) {
		begin(&hosts[i], i, cards, &rows);
		keep_alive(hosts, i + 1);
		fds[i].fd = gpuspec_etcd_watch_fd(hosts[i].watch);
		fds[i].events = POLLIN;
	}
	fds[count] = (struct pollfd){ .fd = 0, .events = POLLIN };
	printf("{\"hosts\": %u, \"rows\": %zu, \"publish_s\": %.1f}\n", count, rows, now() - start);
	fflush(stdout);
	watch(hosts, count, fds);
	return 0;
}
