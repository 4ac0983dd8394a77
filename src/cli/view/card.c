/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the card, and what it says about one listener. Nothing is cut and nothing foreign gets
 * out as it came; which listeners there are is not decided here.
 */
#include "view/card.h"
#include "view/parts.h"

#include <stdarg.h>
#include <stdio.h>

#define LABEL_WIDTH 13

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

static void user(const struct card *card, uint32_t uid)
{
	const char *name = lsp_user_name(card->snapshot, uid);

	if (name)
		part_append_text(card->out, name);
	else
		buf_printf(card->out, "%u", uid);
}

void card_append_process(const struct card *card, const struct lsp_process *process)
{
	part_append_text(card->out, process->comm ? process->comm : "?");
	buf_printf(card->out, "(%u)", process->pid);
}

/* Is it an owner of a listener that stands above row @end too? */
static bool was_shown(const struct card *card, const struct lsp_process *process, size_t end)
{
	for (size_t i = 0; i < end; i++) {
		const struct lsp_owner *list;
		struct lsp_socket socket;
		size_t count;

		lsp_snapshot_socket(card->snapshot, card->view->rows[i], &socket);
		list = lsp_snapshot_owners(card->snapshot, &socket, &count);
		for (size_t o = 0; lsp_is_listener(&socket) && o < count; o++)
			if (list[o].process->pid == process->pid)
				return true;
	}
	return false;
}

static void owner(const struct card *card, const struct lsp_process *owner, bool is_again)
{
	card_begin(card, "owner");
	if (is_again) {
		card_append_process(card, owner);
		buf_append_text(card->out, "  as above");
		card_end(card);
		return;
	}
	card_append_process(card, owner);
	if (owner->has_uid) {
		buf_append_text(card->out, "  user ");
		user(card, owner->uid);
	}
	if (owner->has_started) {
		buf_append_text(card->out, "  since ");
		part_append_minute(card->out, owner->started);
	}
	card_end(card);
	if (owner->exe) {
		card_begin(card, "");
		buf_append_text(card->out, "program  ");
		part_append_text(card->out, owner->exe);
		if (owner->exe_kind == LSP_EXE_KIND_DELETED)
			buf_append_text(card->out, " (deleted)");
		card_end(card);
	}
	if (owner->cmdline) {
		card_begin(card, "");
		buf_append_text(card->out, "command  ");
		part_append_text(card->out, owner->cmdline);
		card_end(card);
	}
	if (owner->parent) {
		card_begin(card, "");
		buf_append_text(card->out, "parents ");
		for (const struct lsp_process *at = owner->parent; at; at = at->parent) {
			buf_append_char(card->out, ' ');
			card_append_process(card, at);
		}
		card_end(card);
	}
}

static void owners(const struct card *card, size_t at, const struct lsp_socket *socket)
{
	static const char *const gaps[LSP_OWNER_GAP_COUNT] = {
		[LSP_OWNER_GAP_NONE] = "nobody",
		[LSP_OWNER_GAP_UNASKED] = "unknown: no process was looked at",
		[LSP_OWNER_GAP_PERMISSION] =
			"unknown: a process that could not be read may hold it",
		[LSP_OWNER_GAP_KERNEL] = "the kernel itself",
		[LSP_OWNER_GAP_NAMESPACE] =
			"unknown: a process of another PID namespace may hold it",
		[LSP_OWNER_GAP_UNKNOWN] = "nobody, though every process could be read",
	};
	size_t count;
	const struct lsp_owner *list = lsp_snapshot_owners(card->snapshot, socket, &count);

	for (size_t i = 0; i < count; i++)
		owner(card, list[i].process, was_shown(card, list[i].process, at));
	if (!count)
		card_print(card, "owner", "%s",
			   gaps[lsp_snapshot_owner_gap(card->snapshot, socket)]);
}

static void judgement(const struct card *card, size_t index)
{
	struct lsp_judgement judgement;
	const char *word;

	lsp_snapshot_judgement(card->snapshot, index, &judgement);
	word = lsp_verdict_word(judgement.verdict);
	card_begin(card, "verdict");
	if (!word)
		word = card->view->is_unjudged ? "none: there are rules, but none could be read"
					       : "none: without rules only low ports are judged";
	buf_append_text(card->out, word);
	if (judgement.rule) {
		buf_append_text(card->out, judgement.verdict == LSP_VERDICT_UNEXPECTED
						   ? ", the nearest rule is "
						   : " by ");
		part_append_text(card->out, judgement.rule);
	}
	card_end(card);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		card_begin(card, "finding");
		buf_append_text(card->out, lsp_finding_word(judgement.findings[i].id));
		buf_append_text(card->out, ": ");
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
	enum lsp_scope scope = lsp_scope_of(socket->family, socket->local.address);

	card_begin(card, "listens");
	part_append_endpoint(card->out, socket);
	buf_printf(card->out, "  scope %s: %s", lsp_scope_word(scope), scopes[scope]);
	if (socket->interface) {
		buf_append_text(card->out, ", but only by way of ");
		part_append_text(card->out, socket->interface);
	}
	card_end(card);
	if (socket->is_auto == LSP_KNOWN_YES)
		card_print(card, "", "the kernel chose the port");
	owners(card, at, socket);
	if (socket->has_uid) {
		card_begin(card, "made by");
		user(card, socket->uid);
		card_end(card);
	}
	if (socket->unit)
		text_line(card, "unit", socket->unit);
	if (socket->container)
		text_line(card, "container", socket->container);
	if (socket->has_backlog)
		card_print(card, "accept queue", "%u of %u connections wait", socket->recv_queue,
			   socket->backlog);
	judgement(card, card->view->rows[at]);
}
