/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The /proc/net collector. Second choice always: the files are handed out a page at a time and
 * resumed by ordinal, so they never prove absence, and /proc/net/udp takes time that grows
 * with the square of its sockets. Both are reported as gaps.
 */
#include "collect/procnet.h"

#include "collect/procline.h"
#include "cleanup.h"
#include "deadline.h"
#include "model/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK 65536

/* 100,000 UDP sockets take 4 s and more in this file. */
#define FILE_MAX_NSEC INT64_C(2000000000)

#define WHY_PROC                                                                                   \
	"were read through /proc/net, which can miss a socket and leaves facts unknown, such as "  \
	"whether :: takes IPv4 too"
#define WHY_SLOW "may be missing: there are too many for /proc/net, and reading ended after 2 s"
#define WHY_LINES "could not be read: their lines in /proc/net are not understood"

struct procnet {
	struct collection *collection;
	unsigned proto;
	enum lsp_family family;
	struct buf rest; /* the line that a read cut */
	bool is_past_title;
	uint64_t bad_lines;
	int64_t end; /* so long one file may take */
};

static bool is_wanted(const struct lsp_query *query, const struct lsp_socket *socket)
{
	if (lsp_socket_is_listener(socket))
		return query->listeners;
	return query->others && (!query->states || query->states & LSP_BIT(socket->state));
}

static int read_line(struct procnet *procnet, const char *line, size_t size)
{
	struct lsp_socket socket;

	if (!procnet->is_past_title) {
		procnet->is_past_title = true;
		return 0;
	}
	if (procline_parse(line, size, procnet->proto, procnet->family, &socket) < 0) {
		procnet->bad_lines++;
		return 0;
	}
	if (!is_wanted(procnet->collection->query, &socket))
		return 0;
	return collection_add(procnet->collection, procnet->collection->snapshot, &socket);
}

/* Every whole line of @rest; what is left of it stays. */
static int read_lines(struct procnet *procnet)
{
	const char *at = procnet->rest.data, *end = at + procnet->rest.size;
	int r = 0;

	while (r >= 0 && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (!newline)
			break;
		r = read_line(procnet, at, (size_t)(newline - at));
		at = newline + 1;
	}
	memmove(procnet->rest.data, at, (size_t)(end - at));
	procnet->rest.size = (size_t)(end - at);
	return r;
}

static int read_file(struct procnet *procnet, int fd)
{
	struct buf *rest = &procnet->rest;

	for (;;) {
		ssize_t n;
		int r;

		if (buf_reserve(rest, CHUNK) < 0)
			return rest->error;
		n = read(fd, rest->data + rest->size, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		rest->size += (size_t)n;
		r = read_lines(procnet);
		if (r < 0)
			return r;
		/* A line without end is none: it may not fill the memory. */
		if (rest->size > CHUNK)
			return -EBADMSG;
		if (deadline_is_over(procnet->collection->query->deadline))
			return collection_add_cut_gap(procnet->collection, procnet->proto,
						      COLLECTION_WHY_LATE);
		if (deadline_is_over(procnet->end))
			return collection_add_cut_gap(procnet->collection, procnet->proto,
						      WHY_SLOW);
	}
	procnet->bad_lines += rest->size != 0;
	return 0;
}

/* Does the kernel lack a file that it has exactly when it has what the file is about? */
static bool is_absent(const struct root *root, const char *name)
{
	cleanup(cleanup_close) int net = root_open(root, "proc/net/", O_RDONLY | O_DIRECTORY);
	struct stat st;

	return net >= 0 && fstatat(net, name, &st, 0) < 0 && errno == ENOENT;
}

static int collect_file(struct collection *collection, unsigned proto, enum lsp_family family)
{
	struct procnet procnet = {.collection = collection, .proto = proto, .family = family};
	cleanup(cleanup_close) int fd = -1;
	const char *table = endpoint_proc_table(family);
	char path[32];
	int r;

	snprintf(path, sizeof(path), "proc/net/%s%s", lsp_protocol_at(proto)->proc_name,
		 endpoint_proc_suffix(family));
	procnet.end = deadline_in(FILE_MAX_NSEC);
	fd = root_open(collection->root, path, O_RDONLY);
	if (fd == -ENOENT && table && is_absent(collection->root, table))
		return 0;
	r = fd < 0 ? fd : read_file(&procnet, fd);
	if (r >= 0 && !procnet.is_past_title)
		r = -EBADMSG;
	if (r >= 0 && procnet.bad_lines)
		r = collection_add_gap(collection, proto, WHY_LINES, procnet.bad_lines);
	buf_deinit(&procnet.rest);
	return r;
}

static int collect(struct collection *collection, unsigned proto)
{
	int r = 0;

	for (int f = 0; r >= 0 && f < LSP_FAMILY_COUNT; f++) {
		if (collection->query->families & LSP_BIT(f))
			r = collect_file(collection, proto, (enum lsp_family)f);
	}
	return r < 0 ? r : collection_add_gap(collection, proto, WHY_PROC, 0);
}

const struct collector procnet_collector = {
	.name = "/proc/net",
	.source = LSP_SOURCE_PROC,
	.collect = collect,
};
