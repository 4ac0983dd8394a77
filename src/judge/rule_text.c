/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listener as the rule that expects it: only what stays the same when the service, or the
 * machine, is started again. Never a PID, descriptor, inode, cookie, queue or time.
 */
#include "judge/key.h"

#include "buf.h"
#include "num.h"

#include <string.h>

/* A list goes on in a word of its own behind it: a word of any length is refused. */
#define LONG_WORD 32768u

/* Bytes that mean nothing in a rule but themselves; every other one is written as \xNN. */
static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("._/@:+-~=%", c));
}

static void append_value(struct buf *out, const char *text, size_t size)
{
	/* A name that is "-" must not say that there is none. */
	if (size == 1 && *text == '-') {
		buf_append_text(out, "\\x2d");
		return;
	}
	for (size_t i = 0; i < size; i++) {
		if (is_plain(text[i])) {
			buf_append_char(out, text[i]);
		} else {
			buf_append_text(out, "\\x");
			buf_append_hex(out, text + i, 1);
		}
	}
}

static void append_term(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, " %s=", key);
	append_value(out, value, strlen(value));
}

/* Units whose names are made anew at each start: only the part that stays is expected. */
static const struct {
	const char *start, *end;
} passing_units[] = {
	{"session-", ".scope"},        {"docker-", ".scope"}, {"libpod-", ".scope"},
	{"cri-containerd-", ".scope"}, {"crio-", ".scope"},   {"run-", ".scope"},
	{"run-", ".service"},
};

static void append_unit(struct buf *out, const char *unit)
{
	size_t size = strlen(unit);

	buf_append_text(out, " unit=");
	for (size_t i = 0; i < sizeof(passing_units) / sizeof(passing_units[0]); i++) {
		size_t start = strlen(passing_units[i].start), end = strlen(passing_units[i].end);

		if (size > start + end && strncmp(unit, passing_units[i].start, start) == 0 &&
		    strcmp(unit + size - end, passing_units[i].end) == 0) {
			append_value(out, unit, start);
			buf_append_char(out, '*');
			append_value(out, unit + size - end, end);
			return;
		}
	}
	append_value(out, unit, size);
}

/* A fact of the socket that may be absent: then the rule says that it is, with "-". */
static void append_or_none(struct buf *out, const char *key, const char *value)
{
	if (!value)
		buf_printf(out, " %s=-", key);
	else
		append_term(out, key, value);
}

/* A name that looks like a number would be taken for that user too. */
static void append_user(struct buf *out, struct key_subject *subject)
{
	const struct lsp_socket *socket = &subject->socket;
	const char *name = lsp_user_name(subject->snapshot, socket->uid);
	uint64_t number;

	if (socket->has_uid && name && num_parse(name, UINT64_MAX, &number))
		buf_printf(out, " uid=%u", socket->uid);
	else if (keys[KEY_USER].text(subject, NULL, &name) == LSP_KNOWN_YES)
		append_term(out, "user", name);
}

static bool was_told(const struct key_subject *subject, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(subject->owners[i].process->exe, subject->owners[index].process->exe) ==
		    0)
			return true;
	}
	return false;
}

/* Every program, or none: a rule asks for all owners, and one that is not known proves nothing. */
static void append_exe(struct buf *out, const struct key_subject *subject)
{
	size_t word = out->size;

	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_process *process = subject->owners[i].process;

		if (!process->exe || !*process->exe || process->exe_doubt != LSP_EXE_DOUBT_NONE)
			return;
	}
	for (size_t i = 0; i < subject->owner_count; i++) {
		const char *exe = subject->owners[i].process->exe;
		bool is_full = out->size - word > LONG_WORD;

		if (was_told(subject, i))
			continue;
		if (!i || is_full)
			word = out->size;
		buf_append_text(out, !i || is_full ? " exe=" : ",");
		append_value(out, exe, strlen(exe));
	}
}

char *lsp_rule_format(const struct lsp_snapshot *snapshot, size_t index)
{
	struct key_subject subject;
	const struct lsp_socket *socket = &subject.socket;
	struct buf out = BUF_INIT;
	const char *text;

	key_subject_init(&subject, snapshot, index);
	if (socket->is_auto == LSP_KNOWN_YES)
		buf_printf(&out, "%s/auto", lsp_proto_word(socket->proto));
	else
		buf_printf(&out, "%s/%u", lsp_proto_word(socket->proto), socket->local.port);
	if (keys[KEY_NETNS].text(&subject, NULL, &text) == LSP_KNOWN_YES)
		append_term(&out, "netns", text);
	append_term(&out, "family", lsp_family_word(socket->family));
	/* One that takes IPv4 too can be reached by more than one that does not. */
	if (socket->family == LSP_FAMILY_IPV6 && socket->v6only != LSP_KNOWN_NOT)
		append_term(&out, "v6only", socket->v6only == LSP_KNOWN_YES ? "yes" : "no");
	append_term(&out, "scope",
		    lsp_scope_word(lsp_scope_of(socket->family, socket->local.address)));
	if (socket->has_interface)
		append_or_none(&out, "interface", socket->interface);
	append_user(&out, &subject);
	if (socket->unit)
		append_unit(&out, socket->unit);
	else if (socket->cgroup)
		append_or_none(&out, "unit", NULL);
	/* Nobody may take the place of the kernel. */
	if (subject.owner_gap == LSP_OWNER_GAP_KERNEL)
		append_term(&out, "owner_gap", lsp_owner_gap_word(LSP_OWNER_GAP_KERNEL));
	append_exe(&out, &subject);
	return buf_take_text(&out);
}
