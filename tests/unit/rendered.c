/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls renderers with a sink that has no descriptor, and returns its bytes. */
#include "rendered.h"

#include <string.h>

void rendered_changes(struct changes *changes, const struct lsp_snapshot *snapshot)
{
	assert_int_equal(changes_init(changes, snapshot, &(struct view){0}), 0);
}

char *rendered_text(void (*render)(const struct view *, const struct lsp_snapshot *, struct sink *),
		    struct view view, const struct machine *machine)
{
	struct lsp_snapshot *snapshot = machine_snapshot(machine);
	struct changes changes;
	struct sink sink;
	char *text;

	rendered_changes(&changes, snapshot);
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

size_t rendered_count(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}
