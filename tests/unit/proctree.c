/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorded processes for the tests of owners. Knows the layout of /proc, and tests nothing. */
#include "proctree.h"

#include "machine.h"
#include "owners/owners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is recorded ------------------------------------------------------------------------ */

void proctree_add(const char *tree, unsigned pid, const char *text, const char *format, ...)
{
	char name[128], path[256];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "proc/%u/%s", pid, name);
	tree_write_text(tree, path, text);
}

/* @table: "fd", or that of a thread */
void proctree_link(const char *tree, unsigned pid, const char *table, unsigned fd,
		   const char *target)
{
	char path[256];

	snprintf(path, sizeof(path), "proc/%u/%s/%u", pid, table, fd);
	tree_link(tree, path, target);
}

void proctree_process(const char *tree, unsigned pid, const char *comm, unsigned fd,
		      const char *target)
{
	proctree_add(tree, pid, comm, "comm");
	proctree_add(tree, pid, STATUS(1000), "status");
	proctree_add(tree, pid, STAT, "stat");
	proctree_link(tree, pid, "fd", 0, "/dev/null");
	proctree_link(tree, pid, "fd", fd, target);
}

static void append_endpoint(struct buf *out, enum lsp_family family,
			    const struct lsp_endpoint *endpoint)
{
	uint32_t words[4];

	memcpy(words, endpoint->address, sizeof(words));
	for (size_t i = 0; i < (family == LSP_FAMILY_IPV6 ? 4 : 1); i++)
		buf_printf(out, "%08X", words[i]);
	buf_printf(out, ":%04X ", endpoint->port);
}

static void append_socket(struct buf *out, const struct lsp_socket *socket)
{
	buf_append_text(out, "   0: ");
	append_endpoint(out, socket->local.family, &socket->local);
	append_endpoint(out, socket->local.family, &socket->peer);
	buf_printf(out, "%02X 00000000:00000000 00:00000000 00000000 %u 0 %u 1 0 100 0 0 10 0\n",
		   (unsigned)socket->state, socket->uid, socket->inode);
}

void proctree_sockets(const char *tree, const struct lsp_socket *sockets, size_t count)
{
	static const char *const names[] = {"tcp", "tcp6", "udp", "udp6"};

	for (unsigned n = 0; n < ROWS(names); n++) {
		struct buf text = BUF_INIT;
		char path[32];

		buf_append_text(&text, "header\n");
		for (size_t i = 0; i < count; i++) {
			if (sockets[i].proto == n / 2 && sockets[i].local.family == n % 2)
				append_socket(&text, &sockets[i]);
		}
		assert_non_null(buf_text(&text));
		snprintf(path, sizeof(path), "proc/net/%s", names[n]);
		tree_write(tree, path, text.data, text.size);
		buf_deinit(&text);
	}
}

/* --- how it is asked ---------------------------------------------------------------------------
 */

struct lsp_snapshot *proctree_wanting(const uint32_t *inodes, size_t count)
{
	struct lsp_socket *sockets = calloc(count, sizeof(*sockets));
	struct lsp_snapshot *snapshot;

	assert_non_null(sockets);
	for (size_t i = 0; i < count; i++)
		sockets[i] = (struct lsp_socket){.state = LSP_STATE_LISTEN,
						 .local.port = (uint16_t)(i + 1),
						 .has_cookie = true,
						 .cookie = i + 1,
						 .inode = inodes[i]};
	snapshot = machine_unsealed(sockets, count);
	free(sockets);
	return snapshot;
}

void proctree_search(const struct root *root, const struct lsp_query *query,
		     struct lsp_snapshot *snapshot)
{
	struct owner_search search;

	owners_prepare(&search, root, query);
	assert_int_equal(owners_find(&search, root, query, snapshot), 0);
	owners_discard(&search);
}

/* @tree NULL is the machine */
struct lsp_snapshot *proctree_find(const char *tree, unsigned lookups, const uint32_t *inodes,
				   size_t count)
{
	const struct lsp_query query = {
		.lookups = lookups, .protos = 3, .families = 3, .listeners = true, .others = true};
	struct lsp_snapshot *snapshot = proctree_wanting(inodes, count);
	struct root root;

	assert_int_equal(root_init(&root, tree), 0);
	proctree_search(&root, &query, snapshot);
	assert_int_equal(builder_seal(snapshot), 0);
	root_deinit(&root);
	return snapshot;
}

struct lsp_snapshot *proctree_find_one(const char *tree, uint32_t inode)
{
	return proctree_find(tree, ALL_FACTS, &inode, 1);
}

const struct lsp_owner *proctree_owners(const struct lsp_snapshot *snapshot, size_t index,
					size_t count)
{
	const struct lsp_owner *owners;
	struct lsp_socket socket;
	size_t actual;

	lsp_snapshot_socket(snapshot, index, &socket);
	owners = lsp_snapshot_owners(snapshot, &socket, &actual);
	expect(actual == count, "inode %u has %zu owners", socket.inode, actual);
	return owners;
}

enum lsp_owner_gap proctree_owner_gap(const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	return lsp_snapshot_owner_gap(snapshot, &socket);
}

/* The gap whose reason holds @text; NULL when there is none. */
const struct lsp_gap *proctree_gap(const struct lsp_snapshot *snapshot, const char *text)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		if (strstr(gaps[i].why, text))
			return &gaps[i];
	}
	return NULL;
}

bool proctree_has_note(const struct lsp_snapshot *snapshot, const char *text)
{
	size_t count;
	const char *const *notes = lsp_snapshot_notes(snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		if (strstr(notes[i], text))
			return true;
	}
	return false;
}

void proctree_expect_no_gap(const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	expect(!count, "%s: %s", count ? gaps->what : "", count ? gaps->why : "");
}
