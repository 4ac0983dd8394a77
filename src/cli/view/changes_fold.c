/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences as rows that can be folded. What is shown of them is decided by fold.c. */
#include "view/changes_fold.h"

#include "view/part.h"
#include "view/row.h"

#include <errno.h>

void changes_fold_init_row(struct fold_row *row, const struct lsp_snapshot *snapshot, size_t index,
			   bool is_new)
{
	bool is_unprivileged;
	struct lsp_subject subject;
	const struct lsp_socket *socket = &subject.socket;

	lsp_subject_init(&subject, snapshot, index);
	is_unprivileged = lsp_snapshot_is_privileged(snapshot, socket) == LSP_NO;
	*row = (struct fold_row){
		.user = fold_user(socket,
				  socket->has_uid && lsp_snapshot_user(snapshot, socket->uid)),
		.unit = socket->unit,
		.program = subject.owner_count ? subject.owners[0].process->exe : NULL,
		.rank = 2u * is_unprivileged + !is_new,
	};
}

int changes_fold_init(struct changes_fold *fold, const struct changes *changes,
		      const struct lsp_snapshot *snapshot, bool has_reported, size_t max)
{
	*fold = (struct changes_fold){0};
	for (size_t i = 0; i < changes->items.count; i++) {
		const struct change *change = changes_at(changes, i);
		struct fold_row *row;

		if (change->kind == CHANGE_MISSING || (change->was_reported && !has_reported))
			continue;
		row = array_add(&fold->rows, sizeof(*row));
		if (!row)
			return -ENOMEM;
		changes_fold_init_row(row, snapshot, change->index, change->kind == CHANGE_NEW);
		row->index = i;
	}
	return fold_rows(fold->rows.data, fold->rows.count, max, &fold->rests);
}

void changes_fold_deinit(struct changes_fold *fold)
{
	array_deinit(&fold->rows);
	array_deinit(&fold->rests);
}

static void append_value(struct buf *out, const char *word, const char *text)
{
	buf_append_text(out, word);
	part_append_text(out, text ? text : "-");
}

void changes_fold_append_rest(struct buf *out, const struct lsp_snapshot *snapshot,
			      const struct changes *changes, const struct fold_rest *rest)
{
	struct row row = {.sign = ' '};
	char digits[LSP_FACT_DIGITS];

	buf_printf(out, "... and %zu more of ", rest->count);
	if (rest->is_of_users) {
		buf_append_text(out, "other users\n");
		return;
	}
	lsp_subject_init(&row.subject, snapshot, changes_at(changes, rest->row->index)->index);
	append_value(out, "user ", row_text(&row, "user", digits));
	if (rest->is_of_user) {
		buf_append_text(out, ", other units and programs\n");
		return;
	}
	append_value(out, ", unit ", rest->row->unit);
	append_value(out, ", program ", rest->row->program);
	buf_append_char(out, '\n');
}
