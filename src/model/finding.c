/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings: one row each, in the order in which they are reported of a listener. Knows no rule:
 * what rules decide has a row here and no check.
 */
#include "model/finding.h"

#include "model/process.h"

#include "array.h"
#include "model/snapshot.h"

#include <string.h>

/* --- about owners -------------------------------------------------------------------------- */

/* The first owner of whom it is so; NULL for nobody. */
static const struct lsp_process *find_owner(const struct finding_case *about,
					    bool (*is_so)(const struct lsp_process *process))
{
	const struct lsp_subject *subject = about->subject;

	for (size_t i = 0; i < subject->owner_count; i++)
		if (is_so(subject->owners[i].process))
			return subject->owners[i].process;
	return NULL;
}

static void append_program(struct buf *reason, const struct lsp_process *process, const char *end)
{
	if (!reason)
		return;
	process_append(reason, process);
	buf_printf(reason, " runs %s%s", process->exe ? process->exe : "none", end);
}

static bool is_deleted(const struct lsp_process *process)
{
	return process->exe_kind == LSP_EXE_KIND_DELETED;
}

static bool deleted_exe(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_process *process = find_owner(about, is_deleted);

	if (process)
		append_program(reason, process, ", which was deleted or replaced");
	return process;
}

static bool is_below(const char *path, const char *directory)
{
	return path && strncmp(path, directory, strlen(directory)) == 0;
}

static bool is_odd(const struct lsp_process *process)
{
	return process->exe_kind == LSP_EXE_KIND_MEMFD || is_below(process->exe, "/tmp/") ||
	       is_below(process->exe, "/var/tmp/") || is_below(process->exe, "/dev/shm/");
}

static bool odd_exe(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_process *process = find_owner(about, is_odd);

	if (process)
		append_program(reason, process, "");
	return process;
}

/* A program of another file tree, or one that could not be compared, is nothing odd by itself. */
static bool may_be_forged(const struct lsp_process *process)
{
	return process->exe_unverified == LSP_EXE_UNVERIFIED_USERNS ||
	       process->exe_unverified == LSP_EXE_UNVERIFIED_FILE;
}

static bool unverified_exe(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_process *process = find_owner(about, may_be_forged);

	if (!process || !reason)
		return process;
	process_append(reason, process);
	if (process->exe_unverified == LSP_EXE_UNVERIFIED_USERNS)
		buf_append_text(reason, " runs in another user namespace, where it may have made "
					"/proc name any program");
	else if (process->exe_kind == LSP_EXE_KIND_DELETED)
		buf_printf(reason, " runs a deleted file, and nothing shows that it was %s",
			   process->exe);
	else
		buf_printf(reason, " runs another file than %s, which /proc names", process->exe);
	return true;
}

/* --- about who is missing ------------------------------------------------------------------- */

static enum lsp_owner_gap gap_of(const struct finding_case *about)
{
	const struct lsp_subject *subject = about->subject;

	return subject->owner_count ? LSP_OWNER_GAP_NONE
				    : lsp_snapshot_owner_gap(subject->snapshot, &subject->socket);
}

static bool masked(const struct finding_case *about, struct buf *reason)
{
	if (gap_of(about) == LSP_OWNER_GAP_NONE ||
	    !snapshot_is_overmounted(about->subject->snapshot))
		return false;
	if (reason)
		buf_append_text(reason, "no owner was found, and something is mounted over the "
					"directory of a process in /proc");
	return true;
}

static bool no_owner(const struct finding_case *about, struct buf *reason)
{
	if (gap_of(about) != LSP_OWNER_GAP_UNKNOWN ||
	    snapshot_is_overmounted(about->subject->snapshot))
		return false;
	if (reason)
		buf_append_text(reason, "every process was read and none holds it: it may be on "
					"its way between two processes");
	return true;
}

static bool held_elsewhere(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_subject *subject = about->subject;
	uint32_t references = snapshot_references_elsewhere(subject->snapshot, &subject->socket);

	if (!references || !subject->owner_count)
		return false;
	if (reason)
		buf_printf(reason,
			   "the kernel counts %u more reference%s to the socket than its owners "
			   "hold: in a message between two processes, in an io_uring without "
			   "descriptor, or out of sight",
			   references, references == 1 ? "" : "s");
	return true;
}

static bool flapping(const struct finding_case *about, struct buf *reason)
{
	if (about->subject->socket.still_open != LSP_NO)
		return false;
	if (reason)
		buf_append_text(reason,
				"it closed before its owner was found; a program that opens "
				"its socket again and again stays unseen like this");
	return true;
}

/* --- about the socket ----------------------------------------------------------------------- */

static bool queue_full(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_socket *socket = &about->subject->socket;

	if (!lsp_socket_is_queue_full(socket))
		return false;
	if (reason)
		buf_printf(reason, "%u connections wait to be accepted, the limit is %u",
			   socket->recv_queue, socket->backlog);
	return true;
}

static bool in_ephemeral_range(const struct finding_case *about, struct buf *reason)
{
	const struct lsp_socket *socket = &about->subject->socket;

	if (socket->is_auto != LSP_NO ||
	    lsp_snapshot_is_ephemeral(about->subject->snapshot, socket) != LSP_YES)
		return false;
	if (reason)
		buf_printf(reason,
			   "the kernel hands out port %u too: add it to "
			   "net.ipv4.ip_local_reserved_ports",
			   socket->local.port);
	return true;
}

static bool mixed_group(const struct finding_case *about, struct buf *reason)
{
	if (about->group_difference && reason)
		buf_printf(reason, "sockets of different %s share this port",
			   about->group_difference);
	return about->group_difference;
}

/* --- the rows ------------------------------------------------------------------------------- */

static const struct finding {
	const char *word, *help;
	bool is_alarming; /* it may mean an intruder */
	bool (*holds)(const struct finding_case *about, struct buf *reason);
} findings[] = {
	[LSP_FINDING_UNEXPECTED] = {"unexpected",
				    "no rule expects it; without rules: not a usual program of a "
				    "privileged or well-known port",
				    true, NULL},
	[LSP_FINDING_CHANGED] = {"changed",
				 "a rule covers this port, but another fact (user, program, scope "
				 "...) differs",
				 true, NULL},
	[LSP_FINDING_MISSING] = {"missing", "a required rule has no listener", false, NULL},
	{"deleted-exe", "the program file was deleted or replaced", false, deleted_exe},
	{"odd-exe", "the program is in memory or below /tmp, /var/tmp or /dev/shm", true, odd_exe},
	{"exe?", "the program file that /proc names may be forged", true, unverified_exe},
	{"masked", "no owner was found, and something is mounted over a directory of /proc", true,
	 masked},
	{"no-owner", "every process was read, and none holds it", false, no_owner},
	{"held-elsewhere", "the socket has more references than its owners hold", true,
	 held_elsewhere},
	{"flapping", "it closed before its owner was found", true, flapping},
	{"queue-full", "the accept queue is full: new connections wait or fail", false, queue_full},
	{"in-ephemeral-range",
	 "a fixed port among those that the kernel hands out: it may be taken before a restart",
	 false, in_ephemeral_range},
	{"mixed-group", "sockets that share the port have different users, programs or units",
	 false, mixed_group},
};

#define FINDING_COUNT ARRAY_SIZE(findings)

_Static_assert(FINDING_COUNT <= LSP_FINDINGS_MAX, "a set of findings has a bit for each");

size_t lsp_finding_count(void)
{
	return FINDING_COUNT;
}

const char *lsp_finding_word(unsigned id)
{
	return findings[id].word;
}

const char *lsp_finding_help(unsigned id)
{
	return findings[id].help;
}

bool lsp_finding_is_alarming(unsigned id)
{
	return findings[id].is_alarming;
}

unsigned finding_next(unsigned id, const struct finding_case *about, struct buf *reason)
{
	while (id < FINDING_COUNT && !findings[id].holds(about, reason))
		id++;
	return id;
}
