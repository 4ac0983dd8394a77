/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Endpoints, times, listeners and foreign texts within a line. Cuts nothing and aligns nothing:
 * only columns do that.
 */
#include "view/part.h"

#include "view/escape.h"
#include "view/row.h"

#include <time.h>

void part_append_text(struct buf *out, const char *text)
{
	escape_text(out, text, strlen(text));
}

void part_append_rule(struct buf *out, const char *text)
{
	escape_rule(out, text, strlen(text));
}

void part_append_process(struct buf *out, const struct lsp_process *process)
{
	char text[LSP_PROCESS_SIZE];

	escape_text(out, text, lsp_process_format(process, text));
}

void part_append_endpoint(struct buf *out, const struct lsp_socket *socket)
{
	const struct lsp_endpoint *local = &socket->local;
	bool is_dual = lsp_socket_is_dual_stack(socket);
	bool has_brackets = lsp_endpoint_has_colons(local) && !is_dual;
	char address[LSP_ADDRESS_SIZE];

	lsp_endpoint_format_address(local, address);
	buf_append_text(out, has_brackets ? "[" : "");
	buf_append_text(out, is_dual ? "*" : address);
	if (local->zone) {
		buf_append_char(out, '%');
		part_append_text(out, local->zone);
	}
	buf_printf(out, "%s:%u", has_brackets ? "]" : "", local->port);
}

void part_append_minute(struct buf *out, int64_t seconds)
{
	time_t time = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (localtime_r(&time, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		buf_append_text(out, text);
	else
		buf_append_char(out, '?');
}

static void append_column(struct buf *out, const char *text)
{
	buf_append_text(out, "  ");
	part_append_text(out, text ? text : "-");
}

static void append_fact(struct buf *out, const struct row *row, const char *word)
{
	char digits[LSP_FACT_DIGITS];

	append_column(out, row_text(row, word, digits));
}

/* "nc(8123)", and how many more there are. */
static void append_owners(struct buf *out, const struct lsp_subject *subject)
{
	buf_append_text(out, "  ");
	if (!subject->owner_count) {
		buf_append_char(out, '-');
		return;
	}
	part_append_process(out, subject->owners[0].process);
	if (subject->owner_count > 1)
		buf_printf(out, "+%zu", subject->owner_count - 1);
}

void part_append_listener(struct buf *out, const struct lsp_snapshot *snapshot, size_t index)
{
	struct row row = {.sign = ' '};
	const struct lsp_subject *subject = &row.subject;
	const char *netns;

	lsp_subject_init(&row.subject, snapshot, index);
	buf_printf(out, "%s ", lsp_protocol_word(subject->socket.proto));
	part_append_endpoint(out, &subject->socket);
	netns = lsp_snapshot_netns_name(snapshot, subject->socket.netns);
	if (netns) {
		buf_append_text(out, "  netns ");
		part_append_text(out, netns);
	}
	append_owners(out, subject);
	append_fact(out, &row, "user");
	append_fact(out, &row, "unit");
	append_fact(out, &row, "exe");
	if (subject->owner_count && subject->owners[0].process->has_started) {
		buf_append_text(out, "  since ");
		part_append_minute(out, subject->owners[0].process->started);
	}
}
