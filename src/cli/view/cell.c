/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of facts as cells. Unknown is CELL_NULL, never 0; nothing is escaped here. For people some
 * things stand beside the value: "*", a zone, "?", "+2".
 */
#include "view/cell.h"

#include "view/row.h"

#include <time.h>

/* Kept out of cell_set_value(): most values need none of it, and would pay for its registers. */
#define ASIDE __attribute__((noinline))

/* --- addresses ------------------------------------------------------------------------------- */

bool cell_is_star(const struct row *row, const struct lsp_endpoint *endpoint)
{
	return row->for_people && endpoint == &row->subject.socket.local &&
	       lsp_socket_is_dual_stack(&row->subject.socket);
}

ASIDE static void set_address(const struct row *row, const struct lsp_endpoint *endpoint,
			      struct buf *scratch, struct cell *out)
{
	if (cell_is_star(row, endpoint)) {
		buf_append_char(scratch, '*');
	} else {
		if (buf_reserve(scratch, LSP_ADDRESS_SIZE) < 0)
			return;
		scratch->size = lsp_endpoint_format_address(endpoint, scratch->data);
	}
	cell_set_scratch(out, scratch);
	out->is_plain = true;
	if (!row->for_people || !endpoint->zone)
		return;
	buf_append_char(scratch, '%');
	buf_append_text(scratch, endpoint->zone);
	cell_set_scratch(out, scratch);
}

/* --- names ----------------------------------------------------------------------------------- */

/* For people: that the name could not be learned. */
ASIDE static void set_unknown_name(uint64_t number, struct buf *scratch, struct cell *out)
{
	buf_append_number(scratch, number);
	buf_append_char(scratch, '?');
	cell_set_scratch(out, scratch);
	out->tail = 1;
}

/* For people the name, or else the number; for programs one of them. */
static void set_name(const struct lsp_fact *fact, const struct row *row,
		     const struct lsp_value *value, struct buf *scratch, struct cell *out)
{
	const char *name = value->text ? value->text : value->alias;
	bool is_hidden = row->hidden & fact->lookups;

	if (is_hidden || (!row->for_people && fact->flags & LSP_FACT_BY_NUMBER))
		name = NULL;
	if (name)
		cell_set_text(out, name);
	else if (row->for_people && value->is_unknown && !is_hidden)
		set_unknown_name(value->number, scratch, out);
	else if (row->for_people || fact->flags & LSP_FACT_BY_NUMBER)
		cell_set_number(out, value->number);
}

/* A guess is marked for people. */
static void set_text(const struct row *row, const struct lsp_value *value, struct buf *scratch,
		     struct cell *out)
{
	if (!row->for_people || !value->is_guess) {
		cell_set_text(out, value->text);
		return;
	}
	buf_append_text(scratch, value->text);
	buf_append_char(scratch, '?');
	cell_set_scratch(out, scratch);
	out->tail = 1;
}

ASIDE static void set_digits(uint64_t number, struct buf *scratch, struct cell *out)
{
	buf_append_number(scratch, number);
	cell_set_scratch(out, scratch);
	out->is_plain = true;
}

ASIDE static void set_time(uint64_t seconds, struct buf *scratch, struct cell *out)
{
	char text[CELL_TIME_SIZE];
	size_t size = cell_format_time((int64_t)seconds, text);

	if (!size)
		return;
	buf_append(scratch, text, size);
	cell_set_scratch(out, scratch);
	out->is_plain = true;
}

/* --- lists ----------------------------------------------------------------------------------- */

/* "sshd(812,fd=3),sshd(813,fd=3)" */
ASIDE static void set_owners(const struct row *row, struct buf *scratch, struct cell *out)
{
	const struct lsp_subject *subject = &row->subject;

	if (!row->for_people) {
		out->kind = CELL_OWNERS;
		return;
	}
	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_owner *owner = &subject->owners[i];
		char text[LSP_PROCESS_SIZE];

		if (i)
			buf_append_char(scratch, ',');
		/* Within the parentheses stands the descriptor, too. */
		buf_append(scratch, text, lsp_process_format(owner->process, text) - 1);
		if (owner->fd >= 0) {
			buf_append_text(scratch, ",fd=");
			buf_append_number(scratch, (uint64_t)owner->fd);
		}
		buf_append_char(scratch, ')');
	}
	if (subject->owner_count)
		cell_set_scratch(out, scratch);
}

/* "odd-exe,mixed-group(accepted)" */
ASIDE static void set_findings(const struct row *row, struct buf *scratch, struct cell *out)
{
	struct lsp_judgement judgement;

	row_judgement(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (i)
			buf_append_char(scratch, ',');
		buf_append_text(scratch, lsp_finding_word(judgement.findings[i].id));
		if (judgement.findings[i].is_accepted)
			buf_append_text(scratch, "(accepted)");
	}
	if (judgement.finding_count || !row->for_people)
		cell_set_scratch(out, scratch);
	if (!row->for_people)
		out->kind = CELL_FINDINGS;
	out->is_plain = true;
}

ASIDE static void set_reasons(const struct row *row, struct buf *scratch, struct cell *out)
{
	struct lsp_judgement judgement;

	row_judgement(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (i)
			buf_append_text(scratch, "; ");
		buf_append_text(scratch, judgement.findings[i].reason);
	}
	if (judgement.finding_count)
		cell_set_scratch(out, scratch);
}

/* --- every cell ------------------------------------------------------------------------------ */

void cell_set_value(const struct lsp_fact *fact, const struct row *row,
		    const struct lsp_value *value, struct buf *scratch, struct cell *out)
{
	bool is_hidden = row->hidden & fact->lookups;

	switch (fact->type) {
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
		if (!is_hidden)
			set_text(row, value, scratch, out);
		break;
	case LSP_FACT_WORD:
		if (!is_hidden)
			cell_set_word(out, value->text);
		break;
	case LSP_FACT_NAME:
		set_name(fact, row, value, scratch, out);
		break;
	case LSP_FACT_BOOLEAN:
		out->kind = CELL_BOOLEAN;
		out->boolean = value->number;
		break;
	case LSP_FACT_NUMBER:
	case LSP_FACT_PORT:
		cell_set_number(out, value->number);
		break;
	case LSP_FACT_ID:
		set_digits(value->number, scratch, out);
		break;
	case LSP_FACT_ADDRESS:
		set_address(row, value->endpoint, scratch, out);
		break;
	case LSP_FACT_TIME:
		set_time(value->number, scratch, out);
		break;
	case LSP_FACT_OWNERS:
		set_owners(row, scratch, out);
		break;
	case LSP_FACT_FINDINGS:
		set_findings(row, scratch, out);
		break;
	case LSP_FACT_REASONS:
		set_reasons(row, scratch, out);
		break;
	}
}

/* --- shared with renderers ------------------------------------------------------------------- */

size_t cell_format_time(int64_t seconds, char out[CELL_TIME_SIZE])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) || tm.tm_year < -900 || tm.tm_year > 8099)
		return 0;
	return strftime(out, CELL_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

unsigned cell_count_digits(uint64_t number)
{
	unsigned count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

void cell_flatten(const struct cell *cell, struct flat_cell *flat)
{
	flat->is_plain = true;
	flat->text = "-";
	flat->size = 1;
	flat->tail = 0;
	switch (cell->kind) {
	case CELL_TEXT:
	case CELL_FINDINGS:
		if (!cell->size)
			break;
		flat->text = cell->text;
		flat->size = cell->size;
		flat->is_plain = cell->is_plain;
		flat->tail = cell->tail;
		break;
	case CELL_NUMBER:
		flat->text = num_format(cell->number, flat->digits);
		flat->size = (size_t)(flat->digits + NUM_DIGITS - 1 - flat->text);
		flat->tail = flat->size;
		break;
	case CELL_BOOLEAN:
		flat->text = cell->boolean ? "yes" : "no";
		flat->size = cell->boolean ? 3 : 2;
		break;
	case CELL_NULL:
	case CELL_OWNERS:
		break;
	}
}
