/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is worth a look about a listener whatever the rules say, with a reason for people. Knows no
 * rule.
 */
#include "judge/judge.h"

#include "model/snapshot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word, *help;
} findings[LSP_FINDING_COUNT] = {
	[LSP_FINDING_UNEXPECTED] = {"unexpected", "no rule expects it; without rules: not the "
						  "usual program of a low port"},
	[LSP_FINDING_CHANGED] = {"changed", "a rule names the port, but something about the "
					    "listener is not as it says"},
	[LSP_FINDING_MISSING] = {"missing", "a required rule has no listener"},
	[LSP_FINDING_DELETED_EXE] = {"deleted-exe", "the program file was deleted or replaced"},
	[LSP_FINDING_ODD_EXE] = {"odd-exe", "the program lies in memory or below /tmp, /var/tmp "
					    "or /dev/shm"},
	[LSP_FINDING_NO_OWNER] = {"no-owner", "every process was read, and none holds it"},
	[LSP_FINDING_QUEUE_FULL] = {"queue-full", "the accept queue is at its limit: new "
						  "connections wait or fail"},
	[LSP_FINDING_IN_EPHEMERAL_RANGE] = {"in-ephemeral-range",
					    "a fixed port among those that the kernel hands out: "
					    "it may be taken before a restart"},
	[LSP_FINDING_MIXED_GROUP] = {"mixed-group", "sockets that share the port have different "
						    "users, programs or units"},
	[LSP_FINDING_MASKED] = {"masked", "no owner was found, and something is mounted over a "
					  "directory of /proc"},
	[LSP_FINDING_EXE_DOUBT] = {"exe?", "the program file that /proc tells may be a forgery"},
};

const char *lsp_finding_word(enum lsp_finding_id id)
{
	return findings[id].word;
}

const char *lsp_finding_help(enum lsp_finding_id id)
{
	return findings[id].help;
}

/* --- what stands there -------------------------------------------------------------------- */

static void append_text(struct buf *out, const char *text)
{
	buf_append_text(out, text ? text : "none");
}

/* "sshd(812)" */
static void append_process(struct buf *out, const struct lsp_process *process)
{
	buf_append_text(out, process->comm ? process->comm : "?");
	buf_append_char(out, '(');
	buf_append_number(out, process->pid);
	buf_append_char(out, ')');
}

static void append_owner_fact(struct key_subject *subject, enum key_id key,
			      const struct lsp_owner *owner, struct buf *out)
{
	const struct lsp_process *process = owner->process;
	const char *text = NULL;

	if (key == KEY_PID) {
		buf_append_number(out, process->pid);
	} else if (key == KEY_EXE && process->exe_doubt != LSP_EXE_DOUBT_NONE) {
		buf_append_text(out, "a program that may be forged, as ");
		append_process(out, process);
	} else {
		keys[key].text(subject, owner, &text);
		append_text(out, text);
	}
}

/* That of the first owner, and the first one that is another: a prefork server says it once. */
static void append_owner_facts(struct key_subject *subject, enum key_id key, struct buf *out)
{
	struct buf first = BUF_INIT, other = BUF_INIT;

	if (!subject->owner_count)
		buf_append_text(out, "no owner");
	else
		append_owner_fact(subject, key, &subject->owners[0], &first);
	buf_append(out, first.data, first.size);
	for (size_t i = 1; i < subject->owner_count; i++) {
		buf_reset(&other);
		append_owner_fact(subject, key, &subject->owners[i], &other);
		if (other.size == first.size && memcmp(other.data, first.data, first.size) == 0)
			continue;
		buf_append_text(out, " and ");
		buf_append(out, other.data, other.size);
		break;
	}
	if (first.error || other.error)
		out->error = -ENOMEM;
	buf_deinit(&first);
	buf_deinit(&other);
}

static void append_words(const struct key_subject *subject, const struct key *key, struct buf *out)
{
	unsigned bits = 0;
	bool is_first = true;

	if (key->words(subject, &bits) != LSP_KNOWN_YES)
		buf_append_text(out, "unknown");
	for (unsigned i = 0; bits && key->word(i); i++) {
		if (!(bits & LSP_BIT(i)))
			continue;
		buf_printf(out, "%s%s", is_first ? "" : ",", key->word(i));
		is_first = false;
	}
}

void findings_format_fact(struct key_subject *subject, const struct selector_term *term,
			  struct buf *out)
{
	const struct lsp_socket *socket = &subject->socket;
	const struct key *key = &keys[term->key];
	char address[LSP_ADDRESS_SIZE];
	const char *text = NULL;
	uint64_t number = 0;

	if (key->is_of_owner) {
		append_owner_facts(subject, (enum key_id)term->key, out);
		return;
	}
	switch (key->kind) {
	case KEY_KIND_PORTS:
		buf_printf(out, "%s/%u", lsp_proto_word(socket->proto), socket->local.port);
		break;
	case KEY_KIND_PREFIXES:
		lsp_address_format(socket->family, socket->local.address, address);
		buf_append_text(out, address);
		break;
	case KEY_KIND_WORDS:
		append_words(subject, key, out);
		break;
	case KEY_KIND_NUMBERS:
		key->number(subject, NULL, &number);
		buf_append_number(out, number);
		break;
	case KEY_KIND_TEXTS:
	case KEY_KIND_GLOBS:
	case KEY_KIND_PATHS:
		key->text(subject, NULL, &text);
		append_text(out, text);
		break;
	}
}

/* --- groups ----------------------------------------------------------------------------------- */

static bool is_listener(const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	return lsp_is_listener(&socket);
}

/* Sockets are ordered by what makes a group. */
size_t findings_group_end(const struct lsp_snapshot *snapshot, size_t first)
{
	size_t end = first + 1, count = lsp_snapshot_count(snapshot);

	while (end < count && snapshot_is_one_place(snapshot, first, end) &&
	       is_listener(snapshot, first) && is_listener(snapshot, end))
		end++;
	return end;
}

static bool is_equal_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *exe_of(const struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	size_t count;
	const struct lsp_owner *owners = lsp_snapshot_owners(snapshot, socket, &count);

	return count ? owners[0].process->exe : NULL;
}

/* Each fact is compared with the last member of which it is known. */
const char *findings_group_difference(const struct lsp_snapshot *snapshot, size_t first, size_t end)
{
	struct lsp_socket socket, user = {0}, unit = {0};
	const char *exe = NULL, *other_exe;

	for (size_t i = first; i < end; i++) {
		lsp_snapshot_socket(snapshot, i, &socket);
		if (user.has_uid && socket.has_uid && user.uid != socket.uid)
			return "users";
		other_exe = exe_of(snapshot, &socket);
		if (exe && other_exe && strcmp(exe, other_exe) != 0)
			return "programs";
		if (unit.cgroup && socket.cgroup && !is_equal_text(unit.unit, socket.unit))
			return "units";
		user = socket.has_uid ? socket : user;
		unit = socket.cgroup ? socket : unit;
		exe = other_exe ? other_exe : exe;
	}
	return NULL;
}

/* --- one listener --------------------------------------------------------------------------------
 */

static bool is_below(const char *path, const char *directory)
{
	return path && strncmp(path, directory, strlen(directory)) == 0;
}

static bool is_odd(const struct lsp_process *process)
{
	return process->exe_kind == LSP_EXE_KIND_MEMFD || is_below(process->exe, "/tmp/") ||
	       is_below(process->exe, "/var/tmp/") || is_below(process->exe, "/dev/shm/");
}

static bool is_so(enum lsp_finding_id id, const struct lsp_process *process)
{
	if (id == LSP_FINDING_DELETED_EXE)
		return process->exe_kind == LSP_EXE_KIND_DELETED;
	if (id == LSP_FINDING_ODD_EXE)
		return is_odd(process);
	return process->exe_doubt != LSP_EXE_DOUBT_NONE;
}

static void explain(enum lsp_finding_id id, const struct lsp_process *process, struct buf *out)
{
	append_process(out, process);
	if (id == LSP_FINDING_DELETED_EXE || id == LSP_FINDING_ODD_EXE) {
		buf_append_text(out, " runs ");
		append_text(out, process->exe);
		if (id == LSP_FINDING_DELETED_EXE)
			buf_append_text(out, ", which was deleted or replaced");
		return;
	}
	if (process->exe_doubt == LSP_EXE_DOUBT_USERNS)
		buf_append_text(out, " lives in another user namespace: what /proc tells of its "
				     "program proves nothing");
	else
		buf_printf(out, " has no code mapped of %s, which /proc calls its program",
			   process->exe);
}

/* About the first owner for which it is so. */
static int add_owner_finding(const struct key_subject *subject, struct lsp_snapshot *snapshot,
			     size_t index, enum lsp_finding_id id, bool has_reasons)
{
	struct buf reason = BUF_INIT;
	size_t i = 0;
	int r;

	while (i < subject->owner_count && !is_so(id, subject->owners[i].process))
		i++;
	if (i == subject->owner_count)
		return 0;
	if (!has_reasons)
		return snapshot_add_finding(snapshot, index, id, NULL);
	explain(id, subject->owners[i].process, &reason);
	r = buf_text(&reason) ? snapshot_add_finding(snapshot, index, id, reason.data) : -ENOMEM;
	buf_deinit(&reason);
	return r;
}

static int add_owner_findings(const struct key_subject *subject, struct lsp_snapshot *snapshot,
			      size_t index, bool has_reasons)
{
	static const enum lsp_finding_id ids[] = {LSP_FINDING_DELETED_EXE, LSP_FINDING_ODD_EXE,
						  LSP_FINDING_EXE_DOUBT};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(ids) / sizeof(ids[0]); i++)
		r = add_owner_finding(subject, snapshot, index, ids[i], has_reasons);
	return r;
}

/* A reason that is made only where it is asked for. */
__attribute__((format(printf, 5, 6))) static int add(struct lsp_snapshot *snapshot, size_t index,
						     enum lsp_finding_id id, bool has_reasons,
						     const char *format, ...)
{
	char reason[160];
	va_list args;

	if (!has_reasons)
		return snapshot_add_finding(snapshot, index, id, NULL);
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return snapshot_add_finding(snapshot, index, id, reason);
}

/* sk_acceptq_is_full() (include/net/sock.h) asks for more than the limit. */
static bool is_queue_full(const struct lsp_socket *socket)
{
	return socket->has_backlog && socket->recv_queue && socket->recv_queue >= socket->backlog;
}

int findings_add(const struct key_subject *subject, struct lsp_snapshot *snapshot, size_t index,
		 const char *group_difference, bool has_reasons)
{
	const struct lsp_socket *socket = &subject->socket;
	bool is_masked = snapshot_is_masked(snapshot);
	int r = add_owner_findings(subject, snapshot, index, has_reasons);

	if (r >= 0 && subject->owner_gap != LSP_OWNER_GAP_NONE && is_masked)
		r = add(snapshot, index, LSP_FINDING_MASKED, has_reasons,
			"no owner was found, and something is mounted over the directory of a "
			"process in /proc");
	else if (r >= 0 && subject->owner_gap == LSP_OWNER_GAP_UNKNOWN)
		r = add(snapshot, index, LSP_FINDING_NO_OWNER, has_reasons,
			"every process was read and none holds it: it may be on its way between "
			"two processes");
	if (r >= 0 && is_queue_full(socket))
		r = add(snapshot, index, LSP_FINDING_QUEUE_FULL, has_reasons,
			"%u connections wait to be accepted, the limit is %u", socket->recv_queue,
			socket->backlog);
	if (r >= 0 && socket->is_auto == LSP_KNOWN_NO &&
	    lsp_is_ephemeral(snapshot, socket) == LSP_KNOWN_YES)
		r = add(snapshot, index, LSP_FINDING_IN_EPHEMERAL_RANGE, has_reasons,
			"the kernel hands out port %u too: add it to "
			"net.ipv4.ip_local_reserved_ports",
			socket->local.port);
	if (r >= 0 && group_difference)
		r = add(snapshot, index, LSP_FINDING_MIXED_GROUP, has_reasons,
			"sockets of different %s share this port", group_difference);
	return r;
}
