/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine of checked.h, filled in as a look and the judge would. */
#include "checked.h"

#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_INODE 1000u

static void add_sockets(struct lsp_snapshot *snapshot, const struct checked_machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct lsp_socket socket = machine->rows[i].socket;
		bool is_auto = socket.is_auto == LSP_KNOWN_YES;

		socket.inode = FIRST_INODE + (uint32_t)i;
		socket.has_cookie = true;
		socket.cookie = i + 1;
		socket.is_auto = LSP_KNOWN_NO;
		socket.has_cgroup = socket.unit;
		socket.cgroup_id = socket.inode;
		assert_int_equal(snapshot_add_socket(snapshot, &socket), 0);
		if (is_auto)
			assert_int_equal(snapshot_add_auto(snapshot, socket.netns, socket.cookie),
					 0);
	}
}

static void add_names(struct lsp_snapshot *snapshot, const struct checked_row *row, uint32_t inode)
{
	uint32_t process;

	if (row->socket.unit)
		assert_int_equal(
			snapshot_set_cgroup(snapshot, inode, "/some.slice", row->socket.unit, NULL),
			0);
	if (row->user)
		assert_int_equal(snapshot_set_user(snapshot, row->socket.uid, row->user), 0);
	for (size_t i = 0; i < ROWS(row->owners) && row->owners[i].pid; i++) {
		assert_int_equal(snapshot_add_process(snapshot, &row->owners[i], &process), 0);
		assert_int_equal(snapshot_add_owner(snapshot, inode, process, 3), 0);
	}
}

/* The order of a snapshot is its own: a socket is known by its inode. */
static void judge(struct lsp_snapshot *snapshot, const struct checked_machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct checked_row *row;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		row = &machine->rows[socket.inode - FIRST_INODE];
		assert_int_equal(snapshot_set_verdict(snapshot, i, row->verdict, row->rule), 0);
		for (size_t j = 0; j < ROWS(row->findings) && row->findings[j].reason; j++)
			assert_int_equal(snapshot_add_finding(snapshot, i, row->findings[j].id,
							      row->findings[j].reason),
					 0);
	}
	for (size_t i = 0; i < machine->missing_count; i++)
		assert_int_equal(snapshot_add_missing(snapshot, &machine->missing[i]), 0);
	assert_int_equal(snapshot_seal_judgement(snapshot), 0);
}

struct lsp_snapshot *checked_snapshot(const struct checked_machine *machine)
{
	static const struct snapshot_walk walk = {.is_done = true};
	static const struct lsp_gap gap = {
		.what = "processes", .why = "run as root", .count = 2, .hides = true};
	struct lsp_snapshot *snapshot;

	assert_int_equal(snapshot_new(&snapshot), 0);
	assert_int_equal(snapshot_add_netns(snapshot, CHECKED_OWN, NULL, true), 0);
	assert_int_equal(snapshot_add_netns(snapshot, CHECKED_BLUE, "blue", false), 0);
	assert_int_equal(snapshot_set_unprivileged_start(snapshot, CHECKED_OWN, 1024), 0);
	add_sockets(snapshot, machine);
	if (machine->is_incomplete)
		assert_int_equal(snapshot_add_gap(snapshot, &gap), 0);
	assert_int_equal(snapshot_settle(snapshot), 0);
	for (size_t i = 0; i < machine->count; i++)
		add_names(snapshot, &machine->rows[i], FIRST_INODE + (uint32_t)i);
	snapshot_set_walk(snapshot, &walk);
	assert_int_equal(snapshot_seal(snapshot), 0);
	assert_int_equal(lsp_snapshot_count(snapshot), machine->count);
	judge(snapshot, machine);
	return snapshot;
}

void checked_find(struct changes *changes, const struct lsp_snapshot *snapshot)
{
	assert_int_equal(changes_init(changes, snapshot, &(struct view){0}), 0);
}

char *checked_render(void (*render)(const struct view *, const struct lsp_snapshot *,
				    struct sink *),
		     struct view view, const struct checked_machine *machine)
{
	struct lsp_snapshot *snapshot = checked_snapshot(machine);
	struct changes changes;
	struct sink sink;
	char *text;

	checked_find(&changes, snapshot);
	if (!view.changes)
		view.changes = &changes;
	sink_init(&sink, -1);
	render(&view, snapshot, &sink);
	assert_int_equal(sink.error, 0);
	text = buf_take_text(&sink.buf);
	assert_non_null(text);
	sink_deinit(&sink);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
	return text;
}

size_t checked_count(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}
