/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The built-in table of usual programs: whose sockets it may be about, and which programs it names
 * for a port. Judges nothing.
 */
#include "judge/usual.h"

#include "judge/rule_reader.h"
#include "model/snapshot.h"
#include "num.h"

#include <errno.h>
#include <string.h>

/* As login.defs(5) and adduser.conf(5) have it: system users end at 999 (SYS_UID_MAX). */
#define SYSTEM_UIDS 1000u

static enum lsp_tristate is_of_system_user(const struct lsp_socket *socket)
{
	if (!socket->has_uid)
		return LSP_UNKNOWN;
	return socket->uid < SYSTEM_UIDS ? LSP_YES : LSP_NO;
}

enum lsp_tristate usual_is_guarded(const struct lsp_subject *subject)
{
	enum lsp_tristate port = lsp_snapshot_is_privileged(subject->snapshot, &subject->socket);
	enum lsp_tristate user = is_of_system_user(&subject->socket);

	if (port == LSP_YES || user == LSP_YES)
		return LSP_YES;
	return port == LSP_NO && user == LSP_NO ? LSP_NO : LSP_UNKNOWN;
}

size_t usual_append_unknown(struct buf *out, const struct lsp_subject *subject)
{
	enum lsp_tristate port = lsp_snapshot_is_privileged(subject->snapshot, &subject->socket);
	bool has_uid = subject->socket.has_uid;

	if (port == LSP_UNKNOWN)
		buf_append_text(out, has_uid ? "privileged" : "privileged and uid");
	else if (!has_uid)
		buf_append_text(out, "uid");
	return (port == LSP_UNKNOWN) + !has_uid;
}

/* --- the table ----------------------------------------------------------------------------------
 */

static const char *const usual_lines[] = {
#include "usual.rules.inc"
};

static bool is_wanted(const struct usual *usual, uint64_t first, uint64_t last)
{
	for (uint64_t port = first; port <= last; port++) {
		if (usual->ports[port / 64] >> port % 64 & 1)
			return true;
	}
	return false;
}

/*
 * Is the line, up to @end, a rule about a wanted port? The ports are its first word, "tcp/21,990"
 * or "600-1023"; a rule without them is about all ports.
 */
static bool is_about(const struct usual *usual, const char *line, const char *end)
{
	const char *at = line, *word_end = memchr(line, ' ', (size_t)(end - line));
	bool has_ports = false;
	uint64_t first, last;

	if (line == end || *line == '#')
		return false;
	for (word_end = word_end ? word_end : end; at < word_end; at++) {
		if (!num_scan(&at, word_end, 10, UINT16_MAX, &first))
			continue;
		last = first;
		if (at < word_end && *at == '-' && at++)
			num_scan(&at, word_end, 10, UINT16_MAX, &last);
		has_ports = true;
		if (is_wanted(usual, first, last))
			return true;
	}
	return !has_ports;
}

static void append_wanted(struct buf *out, const struct usual *usual, const char *text)
{
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		if (!is_about(usual, text, end))
			continue;
		buf_append(out, text, (size_t)(end - text));
		buf_append_char(out, '\n');
	}
}

static int read_wanted(struct usual *usual)
{
	const struct selector_names no_names = {0};
	const char *const *texts = usual->texts ? usual->texts : usual_lines;
	size_t count = usual->texts ? usual->text_count : ARRAY_SIZE(usual_lines);
	struct error error = ERROR_INIT;
	struct buf wanted = BUF_INIT;
	int r;

	usual->set.table.is_everywhere = true;
	for (size_t i = 0; i < count; i++)
		append_wanted(&wanted, usual, texts[i]);
	r = wanted.error ? wanted.error
			 : rule_reader_parse(&usual->set.table, "usual.rules", wanted.data,
					     wanted.size, &no_names, &error);
	if (r >= 0)
		r = rule_index_init(&usual->set.index, &usual->set.table);
	if (r < 0)
		rule_set_deinit(&usual->set);
	error_deinit(&error);
	buf_deinit(&wanted);
	return r < 0 ? -ENOMEM : 0;
}

int usual_load(struct usual *usual, const struct lsp_snapshot *snapshot)
{
	bool has_new = !usual->set.index.table;

	/* Of sockets that do not listen too: to find out which they are would cost more. */
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		uint16_t port = socket_table_at(&snapshot->sockets, i)->local_port;

		has_new |= !is_wanted(usual, port, port);
		usual->ports[port / 64] |= UINT64_C(1) << port % 64;
	}
	if (!has_new)
		return 0;
	/* From the start: among rules the first of the table counts. */
	rule_set_deinit(&usual->set);
	return read_wanted(usual);
}

void usual_deinit(struct usual *usual)
{
	rule_set_deinit(&usual->set);
}

/* --- the programs of a port ---------------------------------------------------------------------
 */

#define PROGRAMS_SHOWN 3

struct programs {
	const char *paths[PROGRAMS_SHOWN + 1]; /* in the table's strings; one more is "another" */
	size_t count;
};

static void add_program(struct programs *programs, const char *path)
{
	for (size_t i = 0; i < programs->count; i++) {
		if (strcmp(programs->paths[i], path) == 0)
			return;
	}
	if (programs->count < sizeof(programs->paths) / sizeof(programs->paths[0]))
		programs->paths[programs->count++] = path;
}

/* The terms of a rule that name programs; the first of them of each, or all. */
static void add_programs(struct programs *programs, const struct rule_table *rules,
			 const struct rule *rule, bool is_first_only)
{
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);
		const struct selector_value *values = selector_pool_values(&rules->pool, term);

		if (!(lsp_fact_at(term->fact)->flags & LSP_FACT_FORGEABLE) || term->is_negative)
			continue;
		for (uint32_t v = 0; v < (is_first_only ? 1 : term->value_count); v++)
			add_program(programs, values[v].text.plain);
	}
}

/* The first rule behind @last that names the port; the index has them in no order. */
static const struct rule *next_rule(const struct rule_index *index, const struct lsp_socket *socket,
				    const struct rule *last)
{
	const struct rule *rule, *next = NULL;
	struct rule_index_walk walk;

	rule_index_begin(&walk, index, socket->proto, socket->local.port);
	while ((rule = rule_index_next(&walk))) {
		if ((!last || rule > last) && (!next || rule < next) &&
		    rule_table_names_port(index->table, rule, socket->local.port))
			next = rule;
	}
	return next;
}

void usual_append_programs(struct buf *out, const struct rule_index *index,
			   const struct lsp_socket *socket)
{
	struct programs programs = {0};
	const struct rule *rule = NULL;
	size_t count;

	/* What a rule names first is the program itself, and what follows its other names. */
	while ((rule = next_rule(index, socket, rule)))
		add_programs(&programs, index->table, rule, true);
	while ((rule = next_rule(index, socket, rule)))
		add_programs(&programs, index->table, rule, false);
	count = programs.count;
	buf_append_text(out, "exe=");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_append_text(out, i + 1 < count ? ", " : " or ");
		buf_append_text(out, i < PROGRAMS_SHOWN ? programs.paths[i] : "another");
	}
}
