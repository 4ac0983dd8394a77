/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the processes that hold a socket: all of them in "owners", the first one everywhere
 * else. Whether somebody should hold it is not asked here.
 */
#include "view/cell_set.h"
#include "view/cells.h"

static const struct lsp_process *first_process(const struct row *row)
{
	return row->owner_count ? row->owners[0].process : NULL;
}

static void append_comm(struct buf *out, const struct lsp_process *process)
{
	buf_append_text(out, process->comm ? process->comm : "?");
}

/* "sshd(812,fd=3),sshd(813,fd=3)" */
CELL(owners)
{
	if (!row->for_people) {
		out->kind = CELL_OWNERS;
		return;
	}
	if (!row->owner_count)
		return;
	for (size_t i = 0; i < row->owner_count; i++) {
		const struct lsp_owner *owner = &row->owners[i];

		if (i)
			buf_append_char(scratch, ',');
		append_comm(scratch, owner->process);
		buf_append_char(scratch, '(');
		buf_append_number(scratch, owner->process->pid);
		if (owner->fd >= 0) {
			buf_append_text(scratch, ",fd=");
			buf_append_number(scratch, (uint64_t)owner->fd);
		}
		buf_append_char(scratch, ')');
	}
	cell_set_scratch(out, scratch);
}

CELL(owner_gap)
{
	if (!row->owner_count)
		cell_set_word(out, lsp_owner_gap_word(
					   lsp_snapshot_owner_gap(row->snapshot, &row->socket)));
}

/* "sshd(812)+1" */
CELL(process)
{
	const struct lsp_process *process = first_process(row);
	size_t name_size;

	if (!process)
		return;
	if (!row->for_people) {
		cell_set_text(out, process->comm);
		return;
	}
	append_comm(scratch, process);
	name_size = scratch->size;
	buf_append_char(scratch, '(');
	buf_append_number(scratch, process->pid);
	buf_append_char(scratch, ')');
	if (row->owner_count > 1) {
		buf_append_char(scratch, '+');
		buf_append_number(scratch, row->owner_count - 1);
	}
	cell_set_scratch(out, scratch);
	out->tail = scratch->size - name_size;
}

/* Both have an owner: rows without one are not compared. */
int cell_compare_process(const struct row *a, const struct row *b)
{
	const struct lsp_process *x = a->owners[0].process, *y = b->owners[0].process;
	int order = strcmp(x->comm ? x->comm : "?", y->comm ? y->comm : "?");

	return order ? order : (x->pid > y->pid) - (x->pid < y->pid);
}

CELL(comm)
{
	const struct lsp_process *process = first_process(row);

	if (process)
		cell_set_text(out, process->comm);
}

CELL(pid)
{
	const struct lsp_process *process = first_process(row);

	if (process)
		cell_set_number(out, process->pid);
}

CELL(fd)
{
	if (row->owner_count && row->owners[0].fd >= 0)
		cell_set_number(out, (uint64_t)row->owners[0].fd);
}

CELL(exe)
{
	static const char mark[] = " (deleted)";
	const struct lsp_process *process = first_process(row);

	if (!process || !process->exe)
		return;
	if (!row->for_people || process->exe_kind != LSP_EXE_KIND_DELETED) {
		cell_set_text(out, process->exe);
		return;
	}
	buf_append_text(scratch, process->exe);
	buf_append(scratch, mark, sizeof(mark) - 1);
	cell_set_scratch(out, scratch);
	out->tail = sizeof(mark) - 1;
}

const char *cell_exe_kind_word(enum lsp_exe_kind kind)
{
	switch (kind) {
	case LSP_EXE_KIND_UNKNOWN:
		break;
	case LSP_EXE_KIND_FILE:
		return "file";
	case LSP_EXE_KIND_DELETED:
		return "deleted";
	case LSP_EXE_KIND_MEMFD:
		return "memfd";
	}
	return NULL;
}

CELL(exe_kind)
{
	const struct lsp_process *process = first_process(row);

	if (process)
		cell_set_word(out, cell_exe_kind_word(process->exe_kind));
}

CELL(cmdline)
{
	const struct lsp_process *process = first_process(row);

	if (process)
		cell_set_text(out, process->cmdline);
}

CELL(started)
{
	const struct lsp_process *process = first_process(row);
	char text[CELL_TIME_SIZE];
	size_t size;

	if (!process || !process->has_started)
		return;
	size = cell_format_time(process->started, text);
	if (!size)
		return;
	buf_append(scratch, text, size);
	cell_set_scratch(out, scratch);
	out->is_plain = true;
}
