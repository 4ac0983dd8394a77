/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the processes that hold a socket: one row each, with what it asks of one of them.
 * Whether somebody should hold it is not asked here.
 */
#include "model/owner_facts.h"

#include "array.h"
#include "model/fact_set.h"

FACT_GET(owners)
{
	out->kind = LSP_VALUE_LIST;
}

/* Where there are owners it is none, and a selector calls it so. */
FACT_GET(owner_gap)
{
	enum lsp_owner_gap gap = LSP_OWNER_GAP_NONE;

	if (!subject->owner_count)
		gap = lsp_snapshot_owner_gap(subject->snapshot, &subject->socket);
	fact_set_word(out, lsp_words_owner_gap(gap), gap);
}

static const char *owner_gap_word(unsigned number)
{
	if (number == LSP_OWNER_GAP_NONE)
		return "none";
	return number < LSP_OWNER_GAP_COUNT ? lsp_words_owner_gap((enum lsp_owner_gap)number)
					    : NULL;
}

FACT_GET(pid)
{
	fact_set_number(out, true, owner->process->pid);
}

FACT_GET(fd)
{
	if (owner->fd >= 0)
		fact_set_number(out, true, (uint64_t)owner->fd);
}

FACT_GET(process)
{
	fact_set_known_text(out, false, lsp_process_name(owner->process));
	out->alias = lsp_process_alias(owner->process);
}

FACT_GET(comm)
{
	fact_set_known_text(out, false, owner->process->comm);
}

FACT_GET(exe)
{
	fact_set_known_text(out, false, owner->process->exe);
}

static const char *exe_kind_word(unsigned number)
{
	static const char *const words[] = {
		[LSP_EXE_KIND_UNKNOWN] = "unknown",
		[LSP_EXE_KIND_FILE] = "file",
		[LSP_EXE_KIND_DELETED] = "deleted",
		[LSP_EXE_KIND_MEMFD] = "memfd",
	};

	return number < ARRAY_SIZE(words) ? words[number] : NULL;
}

FACT_GET(exe_kind)
{
	enum lsp_exe_kind kind = owner->process->exe_kind;

	out->is_unknown = kind == LSP_EXE_KIND_UNKNOWN;
	if (!out->is_unknown)
		fact_set_word(out, exe_kind_word(kind), kind);
}

FACT_GET(cmdline)
{
	fact_set_known_text(out, false, owner->process->cmdline);
}

FACT_GET(owner_uid)
{
	fact_set_number(out, owner->process->has_uid, owner->process->uid);
}

FACT_GET(owner_user)
{
	get_owner_uid(subject, owner, out);
	if (owner->process->has_uid)
		fact_set_user(out, subject->snapshot, owner->process->uid);
}

FACT_GET(started)
{
	fact_set_number(out, owner->process->has_started, (uint64_t)owner->process->started);
}

/* --- the rows ------------------------------------------------------------------------------ */

#define OWNERS LSP_LOOKUP_OWNERS
#define OF_OWNER .of = LSP_FACT_OF_OWNER

/* clang-format off */
const struct lsp_fact owner_facts[] = {
	{ .word = "owners", .type = LSP_FACT_OWNERS, .place = 28, .get = get_owners, .lookups = OWNERS,
	  .flags = LSP_FACT_NO_MEMBER, .help = "every process that holds the socket" },
	{ .word = "owner_gap", .type = LSP_FACT_WORD, .place = 29, .get = get_owner_gap,
	  .words = owner_gap_word, .lookups = OWNERS,
	  .flags = (unsigned)LSP_FACT_NO_MEMBER | LSP_FACT_GAP,
	  .help = "why no owner is known", .values = "" },
	{ .word = "pid", OF_OWNER, .type = LSP_FACT_NUMBER, .place = 22, .get = get_pid,
	  .lookups = OWNERS, .help = "process id", .values = "812 | 800-899" },
	{ .word = "fd", OF_OWNER, .type = LSP_FACT_NUMBER, .place = 23, .get = get_fd,
	  .lookups = OWNERS, .help = "file descriptor of the socket" },
	{ .word = "process", OF_OWNER, .type = LSP_FACT_PROCESS, .place = 20, .get = get_process,
	  .lookups = (unsigned)OWNERS | LSP_LOOKUP_EXE,
	  .help = "name of the process (of its program file where the kernel cut it at 15 bytes)",
	  .values = "sshd | php*" },
	{ .word = "comm", OF_OWNER, .type = LSP_FACT_TEXT, .place = 21, .get = get_comm,
	  .lookups = OWNERS, .flags = LSP_FACT_NO_MEMBER,
	  .help = "name of the process as the kernel keeps it, at most 15 bytes" },
	{ .word = "exe", OF_OWNER, .type = LSP_FACT_PATH, .place = 24, .get = get_exe,
	  .lookups = (unsigned)OWNERS | LSP_LOOKUP_EXE,
	  .flags = (unsigned)LSP_FACT_FORGEABLE | LSP_FACT_ABSOLUTE,
	  .help = "program file", .values = "/usr/sbin/sshd | /opt/*/bin/*" },
	{ .word = "exe_kind", OF_OWNER, .type = LSP_FACT_WORD, .place = 25, .get = get_exe_kind,
	  .words = exe_kind_word, .lookups = (unsigned)OWNERS | LSP_LOOKUP_EXE,
	  .help = "kind of the program file: file, deleted, memfd" },
	{ .word = "cmdline", OF_OWNER, .type = LSP_FACT_TEXT, .place = 26, .get = get_cmdline,
	  .lookups = (unsigned)OWNERS | LSP_LOOKUP_CMDLINE, .help = "command line" },
	{ .word = "owner_uid", OF_OWNER, .member = "uid", .type = LSP_FACT_NUMBER, .place = 31,
	  .get = get_owner_uid, .lookups = OWNERS,
	  .help = "user id of the process, which may differ from that of its socket",
	  .values = "0 | 1000-" },
	{ .word = "owner_user", OF_OWNER, .member = "user", .type = LSP_FACT_NAME, .place = 30,
	  .get = get_owner_user, .lookups = (unsigned)OWNERS | LSP_LOOKUP_USERS,
	  .flags = LSP_FACT_LITERAL, .help = "user that the process runs as",
	  .values = "_rpc | nobody | 1000" },
	{ .word = "started", OF_OWNER, .type = LSP_FACT_TIME, .place = 27, .get = get_started,
	  .lookups = (unsigned)OWNERS | LSP_LOOKUP_STARTED, .help = "start time, UTC" },
};
/* clang-format on */

const size_t owner_facts_count = ARRAY_SIZE(owner_facts);
