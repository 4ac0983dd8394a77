/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listener as the rule that expects it: only what stays the same when the service, or the
 * machine, is started again. Never a PID, descriptor, inode, cookie, queue or time.
 */
#include "array.h"
#include "buf.h"
#include "judge/rule_value.h"
#include "model/identity.h"
#include "model/process.h"
#include "model/snapshot.h"
#include "num.h"

#include <lsports/fact.h>

#include <string.h>

/* What stays the same of a value; NULL where it has none. */
static const char *lasting_text(const struct lsp_fact *fact, const struct lsp_value *value,
				char digits[LSP_FACT_DIGITS])
{
	if (value->kind == LSP_VALUE_NONE)
		return fact->flags & LSP_FACT_NONE_IS_DASH && !value->is_unknown ? "-" : NULL;
	if (fact->type == LSP_FACT_BOOLEAN)
		return lsp_fact_word(fact, (unsigned)value->number);
	/* Of our own namespace another name may come and go. */
	if (fact->type == LSP_FACT_NAME && value->alias)
		return value->alias;
	return lsp_fact_text(value, digits);
}

static void append_lasting(struct buf *out, const char *word, const char *text)
{
	if (strcmp(word, "unit") == 0)
		rule_value_append_unit(out, text);
	else if (strcmp(word, "interface") == 0)
		rule_value_append_interface(out, text);
	else if (strcmp(word, "netns") == 0)
		rule_value_append_netns(out, text);
	else
		rule_value_append(out, text);
}

static void append_fact(struct buf *out, const struct lsp_subject *subject, const char *word)
{
	const struct lsp_fact *fact = lsp_fact_find(word);
	char digits[LSP_FACT_DIGITS];
	struct lsp_value value;
	const char *text;

	lsp_fact_get(fact, subject, NULL, &value);
	text = lasting_text(fact, &value, digits);
	if (!text)
		return;
	buf_append_char(out, ' ');
	buf_append_text(out, lsp_fact_key_word(fact));
	buf_append_char(out, '=');
	if (value.kind == LSP_VALUE_NONE)
		buf_append_text(out, text);
	else
		append_lasting(out, word, text);
}

/* One without a name has another number at each start: it is told by what runs in it. */
static void append_netns(struct buf *out, const struct lsp_subject *subject)
{
	uint32_t netns = subject->socket.netns;

	if (!netns || lsp_snapshot_netns_name(subject->snapshot, netns) ||
	    lsp_snapshot_is_own_netns(subject->snapshot, netns))
		append_fact(out, subject, "netns");
	else
		buf_append_text(out, " netns!=self");
}

/* A name that looks like a number would be taken for that user too, and a number for a name. */
static const char *user_fact(const struct lsp_subject *subject)
{
	const struct lsp_socket *socket = &subject->socket;
	const char *name =
		socket->has_uid ? lsp_snapshot_user(subject->snapshot, socket->uid) : NULL;
	uint64_t number;

	if (name ? num_parse(name, UINT64_MAX, &number)
		 : socket->has_uid && lsp_snapshot_is_user_unknown(subject->snapshot, socket->uid))
		return "uid";
	return "user";
}

/* A check's text that is longer is cut to the smaller length. */
#define BRIEF_LONG 600
#define BRIEF_KEPT 400

static void shorten(struct buf *out)
{
	char digits[IDENTITY_DIGITS + 1];

	if (out->size <= BRIEF_LONG)
		return;
	identity_format(out->data, out->size, digits);
	out->size = BRIEF_KEPT;
	buf_append_text(out, IDENTITY_MARK);
	buf_append_text(out, digits);
}

/* -------------------------------------------------------------------------------------------- */

static bool has_path(const struct lsp_process *process)
{
	return process->exe && *process->exe == '/';
}

/* Is there a program that a rule can ask for? */
static bool has_program(const struct lsp_subject *subject, const struct lsp_process *process)
{
	return has_path(process) && (process->exe_unverified == LSP_EXE_VERIFIED ||
				     (process->exe_unverified == LSP_EXE_UNVERIFIED_ELSEWHERE &&
				      subject->socket.container));
}

/*
 * Every program, or none: a rule asks for all owners, and one that is not known proves nothing.
 * That of a container is one of its own file tree, which only a rule about containers means.
 */
static void append_exe(struct buf *out, const struct lsp_subject *subject)
{
	struct array programs = ARRAY_INIT;
	char digits[IDENTITY_DIGITS + 1];
	bool is_elsewhere = false;
	int r = 0;

	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_process *process = subject->owners[i].process;

		if (!has_program(subject, process))
			return;
		is_elsewhere |= process->exe_unverified != LSP_EXE_VERIFIED;
	}
	if (is_elsewhere)
		buf_append_text(out, " container=*");
	r = identity_list_programs(subject, &programs);
	for (size_t i = 0; r >= 0 && i < programs.count && i < LSP_RULE_PROGRAMS_MAX; i++) {
		buf_append_text(out, i ? "," : " exe=");
		rule_value_append_path(out, ((const char *const *)programs.data)[i]);
	}
	/* All of them together, and no others. */
	if (r >= 0 && programs.count > LSP_RULE_PROGRAMS_MAX) {
		r = identity_format_programs(&programs, digits);
		buf_append_text(out, "," IDENTITY_MARK);
		buf_append_text(out, digits);
	}
	if (r < 0)
		out->error = r;
	array_deinit(&programs);
}

/* Is it known that no process holds the socket by a descriptor? */
static bool is_known_gap(enum lsp_owner_gap gap)
{
	return gap == LSP_OWNER_GAP_KERNEL || gap == LSP_OWNER_GAP_UNKNOWN;
}

static char *format(const struct lsp_snapshot *snapshot, size_t index, bool is_brief)
{
	struct lsp_subject subject;
	const struct lsp_socket *socket = &subject.socket;
	struct buf out = BUF_INIT;

	lsp_subject_init(&subject, snapshot, index);
	if (socket->is_auto == LSP_YES)
		buf_printf(&out, "%s/auto", lsp_protocol_word(socket->proto));
	else
		buf_printf(&out, "%s/%u", lsp_protocol_word(socket->proto), socket->local.port);
	append_netns(&out, &subject);
	/* Not the family: both halves of a service are one listener. */
	append_fact(&out, &subject, "scope");
	if (socket->local.zone)
		append_fact(&out, &subject, "interface");
	append_fact(&out, &subject, user_fact(&subject));
	append_fact(&out, &subject, "unit");
	/* No process may stand in for the kernel, or for nobody. */
	if (!subject.owner_count && is_known_gap(lsp_snapshot_owner_gap(snapshot, socket)))
		append_fact(&out, &subject, "owner_gap");
	append_exe(&out, &subject);
	if (is_brief)
		shorten(&out);
	return buf_take_text(&out);
}

char *lsp_rule_format(const struct lsp_snapshot *snapshot, size_t index)
{
	return format(snapshot, index, false);
}

char *lsp_rule_format_brief(const struct lsp_snapshot *snapshot, size_t index)
{
	return format(snapshot, index, true);
}

/* --- what a rule would leave out ------------------------------------------------------------ */

static void append_unknown(struct buf *out, const char *what)
{
	if (out->size)
		buf_append_text(out, ", ");
	buf_append_text(out, what);
}

static void append_unknown_owners(struct buf *out, const struct lsp_subject *subject)
{
	enum lsp_owner_gap gap = lsp_snapshot_owner_gap(subject->snapshot, &subject->socket);

	if (!subject->owner_count && !is_known_gap(gap)) {
		append_unknown(out, "owner");
		buf_printf(out, " (%s)", lsp_words_owner_gap(gap));
	}
	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_process *process = subject->owners[i].process;

		if (has_program(subject, process))
			continue;
		append_unknown(out, has_path(process) ? "verified program of " : "program of ");
		process_append(out, process);
		break;
	}
	/* Whoever it is runs a program that the rule would not ask for. */
	if (snapshot_references_elsewhere(subject->snapshot, &subject->socket))
		append_unknown(out, "who else holds it");
}

char *lsp_rule_unknown(const struct lsp_snapshot *snapshot, size_t index)
{
	static const char *const words[] = {"netns", "auto", "scope", "interface", "user", "unit"};
	struct lsp_subject subject;
	struct buf out = BUF_INIT;

	lsp_subject_init(&subject, snapshot, index);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct lsp_value value;

		lsp_fact_get(lsp_fact_find(words[i]), &subject, NULL, &value);
		if (value.is_unknown)
			append_unknown(&out, words[i]);
	}
	append_unknown_owners(&out, &subject);
	return buf_take_text(&out);
}
