/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the card, and what it says about one listener. Nothing is cut and nothing foreign gets
 * out as it came; which listeners there are is not decided here.
 */
#include "view/card.h"
#include "view/part.h"

#include <stdarg.h>
#include <stdio.h>

#define LABEL_WIDTH 14

void card_begin(const struct card *card, const char *label)
{
	size_t size = strlen(label);

	buf_append_text(card->out, "  ");
	buf_append(card->out, label, size);
	buf_append_blanks(card->out, LABEL_WIDTH - size);
}

void card_end(const struct card *card)
{
	buf_append_char(card->out, '\n');
}

void card_print(const struct card *card, const char *label, const char *format, ...)
{
	va_list args;
	char text[256];

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	card_begin(card, label);
	buf_append_text(card->out, text);
	card_end(card);
}

static void text_line(const struct card *card, const char *label, const char *text)
{
	card_begin(card, label);
	part_append_text(card->out, text);
	card_end(card);
}

/* --- a listener ------------------------------------------------------------------------- */

/* Is it an owner of a listener that stands above row @end too? */
static bool was_shown(const struct card *card, const struct lsp_process *process, size_t end)
{
	for (size_t i = 0; i < end; i++) {
		const struct lsp_owner *list;
		struct lsp_socket socket;
		size_t count;

		lsp_snapshot_socket(card->snapshot, card->view->rows[i], &socket);
		list = lsp_snapshot_owners(card->snapshot, &socket, &count);
		for (size_t o = 0; lsp_socket_is_listener(&socket) && o < count; o++)
			if (list[o].process->pid == process->pid)
				return true;
	}
	return false;
}

static void fact_line(const struct card *card, const char *label, const struct row *row,
		      const char *word)
{
	char digits[LSP_FACT_DIGITS];
	const char *text = row_text(row, word, digits);

	if (text)
		text_line(card, label, text);
}

/* A line below that of the owner: "program  /usr/sbin/sshd". */
static void owner_line(const struct card *card, const char *word, const char *text, const char *end)
{
	if (!text)
		return;
	card_begin(card, "");
	buf_printf(card->out, "%s  ", word);
	part_append_text(card->out, text);
	buf_append_text(card->out, end);
	card_end(card);
}

/* @row: the listener with this owner alone. */
static void owner(const struct card *card, const struct row *row, bool is_again)
{
	const struct lsp_process *process = row->subject.owners[0].process;
	char digits[LSP_FACT_DIGITS];
	const char *user = row_text(row, "owner_user", digits);

	card_begin(card, "owner");
	part_append_process(card->out, process);
	if (is_again) {
		buf_append_text(card->out, "  as above");
		card_end(card);
		return;
	}
	if (user) {
		buf_append_text(card->out, "  user ");
		part_append_text(card->out, user);
	}
	if (process->has_started) {
		buf_append_text(card->out, "  since ");
		part_append_minute(card->out, process->started);
	}
	card_end(card);
	owner_line(card, "program", process->exe,
		   process->exe_kind == LSP_EXE_KIND_DELETED ? " (deleted)" : "");
	owner_line(card, "command", process->cmdline, "");
	if (!process->parent)
		return;
	card_begin(card, "");
	buf_append_text(card->out, "parents ");
	for (const struct lsp_process *at = process->parent; at; at = at->parent) {
		buf_append_char(card->out, ' ');
		part_append_process(card->out, at);
	}
	card_end(card);
}

static void owners(const struct card *card, size_t at, const struct row *row)
{
	static const char *const gaps[LSP_OWNER_GAP_COUNT] = {
		[LSP_OWNER_GAP_NONE] = "nobody",
		[LSP_OWNER_GAP_UNASKED] = "unknown: no process was looked at",
		[LSP_OWNER_GAP_PERMISSION] =
			"unknown: a process that could not be read may hold it",
		[LSP_OWNER_GAP_KERNEL] = "the kernel itself",
		[LSP_OWNER_GAP_NAMESPACE] =
			"unknown: a process of another PID namespace may hold it",
		[LSP_OWNER_GAP_TIMEOUT] =
			"unknown: a process that was not read in time may hold it",
		[LSP_OWNER_GAP_UNKNOWN] = "nobody, though every process could be read",
		[LSP_OWNER_GAP_CLOSED] = "unknown: it closed before its owner was found",
	};
	const struct lsp_subject *subject = &row->subject;

	for (size_t i = 0; i < subject->owner_count; i++) {
		struct row one = *row;

		one.subject.owners = &subject->owners[i];
		one.subject.owner_count = 1;
		owner(card, &one, was_shown(card, subject->owners[i].process, at));
	}
	if (!subject->owner_count)
		card_print(card, "owner", "%s",
			   gaps[lsp_snapshot_owner_gap(card->snapshot, &subject->socket)]);
}

static void judgement(const struct card *card, const struct row *row)
{
	struct lsp_judgement judgement;
	const char *word;

	row_judgement(row, &judgement);
	word = lsp_words_verdict(judgement.verdict);
	card_begin(card, "verdict");
	if (!word)
		word = card->view->is_unjudged ? "none: there are rules, but none could be read"
					       : "none: without rules only privileged and "
						 "well-known ports are judged";
	buf_append_text(card->out, word);
	if (judgement.rule) {
		buf_append_text(card->out, judgement.verdict == LSP_VERDICT_UNEXPECTED
						   ? ", the nearest rule is "
						   : " by ");
		part_append_text(card->out, judgement.rule);
	}
	if (judgement.unknown) {
		buf_append_text(card->out, ": ");
		part_append_text(card->out, judgement.unknown);
	}
	card_end(card);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		card_begin(card, "finding");
		buf_append_text(card->out, lsp_finding_word(judgement.findings[i].id));
		buf_append_text(card->out,
				judgement.findings[i].is_accepted ? " (accepted): " : ": ");
		part_append_text(card->out, judgement.findings[i].reason);
		card_end(card);
	}
}

void card_add_listener(const struct card *card, size_t at, const struct lsp_socket *socket)
{
	static const char *const scopes[LSP_SCOPE_COUNT] = {
		[LSP_SCOPE_LOOPBACK] = "this machine alone reaches it",
		[LSP_SCOPE_LINK] = "the link that it is on reaches it",
		[LSP_SCOPE_PRIVATE] = "private networks reach it",
		[LSP_SCOPE_PUBLIC] = "every network that has a route reaches it",
		[LSP_SCOPE_ANY] = "through every address of this machine",
	};
	enum lsp_scope scope = lsp_endpoint_scope(&socket->local);
	struct row row = {.hidden = card->view->hidden};

	lsp_subject_init(&row.subject, card->snapshot, card->view->rows[at]);
	card_begin(card, "listens");
	part_append_endpoint(card->out, socket);
	buf_printf(card->out, "  scope %s: %s", lsp_words_scope(scope), scopes[scope]);
	if (socket->local.zone) {
		buf_append_text(card->out, ", but only by way of ");
		part_append_text(card->out, socket->local.zone);
	}
	card_end(card);
	if (socket->is_auto == LSP_YES)
		card_print(card, "", "the kernel chose the port");
	owners(card, at, &row);
	fact_line(card, "socket user", &row, "user");
	fact_line(card, "unit", &row, "unit");
	fact_line(card, "container", &row, "container");
	if (socket->has_backlog)
		card_print(card, "accept queue", "%u of %u", socket->recv_queue, socket->backlog);
	judgement(card, &row);
}
