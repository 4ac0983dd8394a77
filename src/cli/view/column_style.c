/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as columns: what of them does not follow from the row of the fact. A fact that has no row
 * here is a column all the same.
 */
#include "view/column_style.h"

#include "array.h"
#include "view/cell.h"
#include "view/row.h"

static const struct lsp_process *first_process(const struct row *row)
{
	return row->subject.owner_count ? row->subject.owners[0].process : NULL;
}

/* "sshd(812)+1" */
static void people_process(const struct row *row, struct buf *scratch, struct cell *out)
{
	const struct lsp_process *process = first_process(row);
	size_t name;

	if (!process || buf_reserve(scratch, LSP_PROCESS_SIZE) < 0)
		return;
	name = scratch->size = lsp_process_format(process, scratch->data);
	if (row->subject.owner_count > 1) {
		buf_append_char(scratch, '+');
		buf_append_number(scratch, row->subject.owner_count - 1);
	}
	cell_set_scratch(out, scratch);
	/* The number of the process and of the others is never cut. */
	while (scratch->data[--name] != '(')
		;
	out->tail = scratch->size - name;
}

/* "/usr/sbin/sshd (deleted)" */
static void people_exe(const struct row *row, struct buf *scratch, struct cell *out)
{
	static const char mark[] = " (deleted)";
	const struct lsp_process *process = first_process(row);

	if (!process || !process->exe)
		return;
	if (process->exe_kind != LSP_EXE_KIND_DELETED) {
		cell_set_text(out, process->exe);
		return;
	}
	buf_append_text(scratch, process->exe);
	buf_append(scratch, mark, sizeof(mark) - 1);
	cell_set_scratch(out, scratch);
	out->tail = sizeof(mark) - 1;
}

/* --- order ----------------------------------------------------------------------------------- */

/* Both have an owner: rows without one are not compared. */
static int compare_process(const struct row *a, const struct row *b)
{
	const struct lsp_process *x = first_process(a), *y = first_process(b);
	const char *left = lsp_process_name(x), *right = lsp_process_name(y);
	int order = strcmp(left ? left : "?", right ? right : "?");

	return order ? order : (x->pid > y->pid) - (x->pid < y->pid);
}

static const char *netns_name(const struct row *row, struct lsp_value *value)
{
	lsp_fact_get(lsp_fact_find("netns"), &row->subject, NULL, value);
	return value->text ? value->text : value->alias;
}

/* Names first, and no two are equal: a file below /run/netns may be called "self" too. */
static int compare_netns(const struct row *a, const struct row *b)
{
	struct lsp_value left, right;
	const char *x = netns_name(a, &left), *y = netns_name(b, &right);
	int order = x && y ? strcmp(x, y) : !x - !y;

	if (order)
		return order;
	return (left.number > right.number) - (left.number < right.number);
}

static int compare_category(const struct row *a, const struct row *b)
{
	return (int)lsp_port_category(a->subject.socket.local.port) -
	       (int)lsp_port_category(b->subject.socket.local.port);
}

static int compare_scope(const struct row *a, const struct row *b)
{
	return (int)lsp_endpoint_scope(&a->subject.socket.local) -
	       (int)lsp_endpoint_scope(&b->subject.socket.local);
}

/* --- the rows
 * ------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column_style styles[] = {
	{ .word = "netns", .sets = SET_NETNS | SET_JSON, .is_whole = true, .compare = compare_netns },
	{ .word = "proto", .sets = SET_LISTENERS | SET_ALL | SET_JSON },
	{ .word = "family", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "state", .sets = SET_ALL | SET_EXTENDED | SET_JSON },
	{ .word = "address", .sets = SET_LISTENERS | SET_ALL | SET_JSON },
	{ .word = "port", .sets = SET_LISTENERS | SET_ALL | SET_JSON },
	{ .word = "peer_address", .sets = SET_ALL | SET_JSON },
	{ .word = "peer_port", .sets = SET_ALL | SET_JSON },
	{ .word = "interface", .sets = SET_EXTENDED | SET_JSON, .is_whole = true },
	{ .word = "v6only", .sets = SET_EXTENDED | SET_CSV | SET_JSON },
	{ .word = "inode", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "cookie", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "uid", .sets = SET_EXTENDED | SET_CSV | SET_JSON },
	{ .word = "user", .sets = SET_LISTENERS | SET_ALL_NAMED | SET_JSON },
	{ .word = "recv_queue", .sets = SET_ALL | SET_EXTENDED | SET_JSON, .title = "RECV-Q", .is_queue = true },
	{ .word = "send_queue", .sets = SET_ALL | SET_EXTENDED | SET_JSON, .title = "SEND-Q", .is_queue = true },
	{ .word = "backlog", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "category", .sets = SET_JSON, .compare = compare_category },
	{ .word = "service", .sets = SET_LISTENERS | SET_ALL | SET_NAMES | SET_JSON },
	{ .word = "scope", .sets = SET_LISTENERS | SET_JSON, .compare = compare_scope },
	{ .word = "privileged", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "auto", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "unit", .sets = SET_LISTENERS | SET_ALL_NAMED | SET_JSON },
	{ .word = "container", .sets = SET_EXTENDED | SET_JSON },
	{ .word = "process", .sets = SET_LISTENERS | SET_ALL | SET_OWNERS, .people = people_process,
	  .compare = compare_process },
	{ .word = "pid", .sets = SET_CSV | SET_OWNERS },
	{ .word = "exe", .sets = SET_EXTENDED | SET_OWNERS, .people = people_exe },
	{ .word = "started", .sets = SET_EXTENDED | SET_OWNERS },
	{ .word = "verdict", .sets = SET_EXTENDED | SET_OWNERS | SET_JSON },
	{ .word = "findings", .sets = SET_LISTENERS | SET_OWNERS | SET_JSON },
	{ .word = "reason", .sets = 0 },
};
/* clang-format on */

/* What an owner has is a member of that owner. */
const struct column_style *column_style_find(const struct lsp_fact *fact)
{
	static const struct column_style of_socket = {.sets = SET_JSON}, of_owner;

	for (size_t i = 0; i < ARRAY_SIZE(styles); i++)
		if (strcmp(styles[i].word, fact->word) == 0)
			return &styles[i];
	return fact->of == LSP_FACT_OF_OWNER ? &of_owner : &of_socket;
}

bool column_style_is_category(const struct column_style *style)
{
	return style->compare == compare_category;
}
