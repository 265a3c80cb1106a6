// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "etcd_call.h"
#include "etcd_watch.h"

/* curl reads some at a time; more of it is heard by being called again. */
#define ROUNDS	64

struct gpuspec_etcd_watch {
	struct gpuspec_etcd *etcd;
	CURLM *multi;
	CURL *curl;
	struct gpuspec_etcd_request request;
	struct gpuspec_etcd_text text;	/* messages, each a line; the last one may be cut */
	char *body;
	size_t endpoint;
	int epoll, timer;	/* what epoll waits for is the timer, and sockets */
	bool created;
	gpuspec_etcd_event_handler *handler;
	void *data;
};

static int hear_message(struct gpuspec_etcd_watch *watch, const char *line, size_t size)
{
	const struct gpuspec_etcd_text text = { .bytes = (char *)line, .size = size };
	struct gpuspec_etcd *etcd = watch->etcd;
	struct gpuspec_etcd_news news;
	size_t i;
	int error;

	error = gpuspec_etcd_read_news(line, size, &news);
	if (error)
		return gpuspec_etcd_fail_answer(etcd, error, &text);
	if (news.canceled) {
		if (news.compact_revision)
			error = gpuspec_etcd_fail_refusal(etcd, 11, "has been compacted");
		else if (strstr(news.reason, "permission denied"))
			error = gpuspec_etcd_fail_refusal(etcd, 7, news.reason);
		else
			error = gpuspec_etcd_fail_refusal(etcd, 14, news.reason);
		/* etcd 3.4 says so of a token that is no longer good, too. */
		if (error == -EACCES && !watch->created && etcd->token)
			error = -EKEYREVOKED;
	}
	watch->created |= news.created && !error;
	for (i = 0; i < news.count && !error && watch->handler; i++)
		watch->handler(&news.events[i], watch->data);
	gpuspec_etcd_news_free(&news);
	return error;
}

/* Hear the messages that are there as a whole; without a handler, the first one only. */
static int hear_messages(struct gpuspec_etcd_watch *watch)
{
	struct gpuspec_etcd_text *text = &watch->text;
	char *line = text->bytes, *end;
	int error = 0;

	while (text->size && (watch->handler || !watch->created) && !error) {
		end = memchr(line, '\n', text->size);
		if (!end)
			break;
		error = hear_message(watch, line, end - line);
		text->size -= end + 1 - line;
		line = end + 1;
	}
	if (text->size)
		memmove(text->bytes, line, text->size);
	return error;
}

/* The stream has ended: it never does by itself. */
static int end_of_stream(struct gpuspec_etcd_watch *watch, CURLcode code)
{
	struct gpuspec_etcd *etcd = watch->etcd;
	long status = 0;

	curl_easy_getinfo(watch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code)
		return gpuspec_etcd_fail_transfer(etcd, watch->curl, code, &watch->request,
						  &watch->text);
	if (status != 200)
		return gpuspec_etcd_fail_status(etcd, status, &watch->text);
	if (watch->text.size)
		return gpuspec_etcd_fail_answer(etcd, -EPROTO, &watch->text);
	etcd->elsewhere = true;
	return gpuspec_etcd_fail(etcd, -ECONNRESET, "it has ended its word of changes; is etcd being restarted?");
}

/* curl waits for this socket; @what is CURL_POLL_... */
static int set_socket(CURL *curl, curl_socket_t fd, int what, void *data, void *of_socket)
{
	const struct gpuspec_etcd_watch *watch = data;
	struct epoll_event event = {
		.events = (what & CURL_POLL_IN ? EPOLLIN : 0) |
			  (what & CURL_POLL_OUT ? EPOLLOUT : 0),
		.data.fd = fd,
	};

	(void)curl;
	(void)of_socket;
	if (what == CURL_POLL_REMOVE)
		epoll_ctl(watch->epoll, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(watch->epoll, EPOLL_CTL_MOD, fd, &event))
		return epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event);
	return 0;
}

/* curl wants to be called in @ms; -1: not at all. */
static int set_timer(CURLM *multi, long ms, void *data)
{
	const struct gpuspec_etcd_watch *watch = data;
	struct itimerspec time = { 0 };

	(void)multi;
	/* 0 would turn it off. */
	if (ms >= 0)
		time.it_value = (struct timespec){ ms / 1000, ms % 1000 * 1000000 + 1 };
	return timerfd_settime(watch->timer, 0, &time, NULL);
}

/* One of what curl waits for has come. */
static CURLMcode act(struct gpuspec_etcd_watch *watch, const struct epoll_event *event)
{
	int running, what = 0;
	uint64_t expirations;

	if (event->data.fd == watch->timer) {
		if (read(watch->timer, &expirations, sizeof(expirations)) < 0)
			return CURLM_OK;
		return curl_multi_socket_action(watch->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	if (event->events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	return curl_multi_socket_action(watch->multi, event->data.fd, what, &running);
}

/* Have curl read for as long as there is something, and hear it; wait for it at first. */
static int read_stream(struct gpuspec_etcd_watch *watch, int wait_ms)
{
	struct gpuspec_etcd *etcd = watch->etcd;
	struct epoll_event event;
	unsigned int rounds = 0;
	CURLMsg *message;
	int error, left;
	long status;

	do {
		if (epoll_wait(watch->epoll, &event, 1, rounds ? 0 : wait_ms) == 1) {
			if (act(watch, &event))
				return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
		} else {
			rounds = ROUNDS;
		}
		status = 0;
		curl_easy_getinfo(watch->curl, CURLINFO_RESPONSE_CODE, &status);
		error = status == 200 ? hear_messages(watch) : 0;
		/* Whoever has asked for no more hears later of what else there is. */
		if (error || (watch->created && !watch->handler))
			return error;
		message = curl_multi_info_read(watch->multi, &left);
		if (message)
			return end_of_stream(watch, message->data.result);
	} while (++rounds < ROUNDS);
	return 0;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000LL * now.tv_sec + now.tv_nsec / 1000000;
}

/* Once at one endpoint, until etcd has confirmed it. */
static int attempt_watch(struct gpuspec_etcd *etcd, void *data)
{
	struct gpuspec_etcd_watch *watch = data;
	long long end = now_ms() + etcd->settings.answer_ms, left = etcd->settings.answer_ms;
	int error;

	watch->created = false;
	error = gpuspec_etcd_prepare(etcd, watch->curl, &watch->request, &watch->text);
	if (error)
		goto out;
	if (curl_multi_add_handle(watch->multi, watch->curl)) {
		error = gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
		goto out;
	}
	do {
		error = read_stream(watch, left);
		left = end - now_ms();
	} while (!error && !watch->created && left > 0);
	if (!error && !watch->created) {
		etcd->sent = true;
		error = gpuspec_etcd_fail_transfer(etcd, watch->curl, CURLE_OPERATION_TIMEDOUT,
						   &watch->request, &watch->text);
	}
	if (!error) {
		watch->endpoint = etcd->endpoint;
		return 0;
	}
	curl_multi_remove_handle(watch->multi, watch->curl);
out:
	gpuspec_etcd_request_end(watch->curl, &watch->request);
	return error;
}

/* Both of curl's, and what waits for them. */
static bool make(struct gpuspec_etcd_watch *watch)
{
	struct epoll_event event = { .events = EPOLLIN };

	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	watch->multi = curl_multi_init();
	watch->curl = curl_easy_init();
	event.data.fd = watch->timer;
	return watch->body && watch->multi && watch->curl &&
	       !epoll_ctl(watch->epoll, EPOLL_CTL_ADD, watch->timer, &event) &&
	       !curl_multi_setopt(watch->multi, CURLMOPT_SOCKETFUNCTION, set_socket) &&
	       !curl_multi_setopt(watch->multi, CURLMOPT_SOCKETDATA, watch) &&
	       !curl_multi_setopt(watch->multi, CURLMOPT_TIMERFUNCTION, set_timer) &&
	       !curl_multi_setopt(watch->multi, CURLMOPT_TIMERDATA, watch);
}

int gpuspec_etcd_watch_open(struct gpuspec_etcd *etcd, const char *prefix, int64_t revision,
			    struct gpuspec_etcd_watch **result)
{
	struct gpuspec_etcd_watch *watch = calloc(1, sizeof(*watch));
	int error;

	*result = NULL;
	if (!watch)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	watch->etcd = etcd;
	watch->text.most = GPUSPEC_ETCD_MESSAGE_MAX;
	watch->body = gpuspec_etcd_ask_watch(prefix, revision);
	watch->request = (struct gpuspec_etcd_request){
		.path = "/v3/watch", .body = watch->body,
		/* A member that is cut off from the others is to tell. */
		.header = "Grpc-Metadata-hasleader: true",
	};
	if (make(watch))
		error = gpuspec_etcd_attempt(etcd, true, attempt_watch, watch);
	else
		error = gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	if (error)
		gpuspec_etcd_watch_close(watch);
	else
		*result = watch;
	return error;
}

void gpuspec_etcd_watch_close(struct gpuspec_etcd_watch *watch)
{
	if (!watch)
		return;
	if (watch->multi && watch->curl)
		curl_multi_remove_handle(watch->multi, watch->curl);
	if (watch->curl)
		gpuspec_etcd_request_end(watch->curl, &watch->request);
	curl_easy_cleanup(watch->curl);
	curl_multi_cleanup(watch->multi);
	if (watch->epoll >= 0)
		close(watch->epoll);
	if (watch->timer >= 0)
		close(watch->timer);
	free(watch->text.bytes);
	free(watch->body);
	free(watch);
}

int gpuspec_etcd_watch_fd(const struct gpuspec_etcd_watch *watch)
{
	return watch->epoll;
}

int gpuspec_etcd_watch_hear(struct gpuspec_etcd_watch *watch, gpuspec_etcd_event_handler *handler,
			    void *data)
{
	size_t endpoint = watch->etcd->endpoint;
	int error;

	watch->handler = handler;
	watch->data = data;
	/* The sentence is to name this one. */
	watch->etcd->endpoint = watch->endpoint;
	error = read_stream(watch, 0);
	watch->etcd->endpoint = endpoint;
	return error;
}
