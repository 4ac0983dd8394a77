/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finished walk could not see, as gaps with the way out, and as notes where nothing can
 * be hidden behind it. Decides nothing about sockets: that is lsp_snapshot_owner_gap()'s.
 */
#include "owners/procgaps.h"

#include "buf.h"
#include "deadline.h"
#include "error.h"
#include "host/capabilities.h"
#include "host/mountinfo.h"
#include "model/builder.h"
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (16u << 20)
#define FIRST_PID_NAMESPACE "pid:[4026531836]" /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define UNREADABLE "could not be read"

/* Which capabilities are needed, and how to get them. */
static void append_needed(struct buf *out, bool can_trace, bool can_search)
{
	buf_printf(out, "%s%s%s needed%s", can_trace ? "" : "CAP_SYS_PTRACE",
		   can_trace || can_search ? "" : " and ",
		   can_search  ? " is"
		   : can_trace ? "CAP_DAC_READ_SEARCH is"
			       : "CAP_DAC_READ_SEARCH are",
		   geteuid() == 0 ? ", which root lacks here" : " (run as root)");
}

/* "could not be read (PID 812): ...": why the kernel did not let us read them. */
static void append_refusal(struct buf *out, const struct tally *tally, uint64_t capabilities)
{
	const bool is_one = tally->refused == 1;
	bool can_trace = capabilities & PRIVILEGE(CAP_SYS_PTRACE);
	/* CAP_DAC_OVERRIDE opens directories too. */
	bool can_search =
		capabilities & (PRIVILEGE(CAP_DAC_READ_SEARCH) | PRIVILEGE(CAP_DAC_OVERRIDE));

	buf_append_text(out, UNREADABLE);
	if (is_one)
		buf_printf(out, " (PID %" PRIu32 ")", tally->refused_pid);
	buf_append_text(out, ": ");
	if (can_trace && can_search)
		buf_printf(out, CAPABILITIES_REFUSED "; sockets that %s may have no owner",
			   is_one ? "it holds" : "they hold");
	else
		append_needed(out, can_trace, can_search);
}

/* Members of the group of mount option "gid=" see all processes. */
static bool is_in_group(const char *number)
{
	gid_t *groups, group = (gid_t)strtoul(number, NULL, 10);
	int count = getgroups(0, NULL);
	bool is_in = group == getegid();

	if (count <= 0)
		return is_in;
	groups = calloc((size_t)count, sizeof(*groups));
	count = groups ? getgroups(count, groups) : 0;
	for (int i = 0; i < count; i++)
		is_in |= groups[i] == group;
	free(groups);
	return is_in;
}

static bool hides_processes(const char *options)
{
	const char *hidepid = mountinfo_find_option(options, "hidepid");
	const char *group = mountinfo_find_option(options, "gid");

	if (!hidepid)
		return false;
	/* Values are numbers and, from Linux 5.8 on, words (fs/proc/root.c). */
	if (strncmp(hidepid, "ptraceable", 10) == 0 || hidepid[0] == '4')
		return true;
	if (strncmp(hidepid, "invisible", 9) == 0 || hidepid[0] == '2')
		return !group || !is_in_group(group);
	return false;
}

static bool is_hidden_by_mount(const struct walk *walk)
{
	struct buf text = BUF_INIT;
	struct mountinfo mount;
	bool is_hidden = false;
	char *cursor;

	if (root_read(walk->proc.root, "proc/self/mountinfo", &text, MAX_FILE) == 0 &&
	    buf_text(&text)) {
		cursor = text.data;
		/* The last mount covers those before it. */
		while (mountinfo_parse(&cursor, &mount)) {
			if (strcmp(mount.type, "proc") == 0 && strcmp(mount.point, "/proc") == 0)
				is_hidden = hides_processes(mount.options);
		}
	}
	buf_deinit(&text);
	return is_hidden;
}

static bool is_hidden(const struct walk *walk, uint64_t capabilities)
{
	struct stat status;

	/* PID 1 is always there; a recording may lack it, as it may lack any process. */
	if (walk->proc.root->is_machine &&
	    fstatat(walk->proc.fd, "1", &status, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	return !(capabilities & PRIVILEGE(CAP_SYS_PTRACE)) && is_hidden_by_mount(walk);
}

static bool is_pid_namespace(const struct walk *walk)
{
	char link[64];

	return root_readlink_at(walk->proc.fd, "self/ns/pid", link, sizeof(link)) > 0 &&
	       strcmp(link, FIRST_PID_NAMESPACE) != 0;
}

/* cgroups(7): the line of cgroup v2 reads "0::PATH", with "/" for the root. */
static bool has_cgroups(const struct walk *walk)
{
	struct buf text = BUF_INIT;
	const char *line = NULL;
	bool is_below = false;

	if (root_read(walk->proc.root, "proc/1/cgroup", &text, MAX_FILE) == 0 && buf_text(&text))
		line = strncmp(text.data, "0::", 3) == 0 ? text.data : strstr(text.data, "\n0::");
	if (line)
		is_below = strncmp(strchr(line, '/') ? strchr(line, '/') : "/\n", "/\n", 2) != 0;
	buf_deinit(&text);
	return is_below;
}

/* "1 process", "2 processes" */
static const char *noun(uint64_t count)
{
	return count == 1 ? "process" : "processes";
}

static int add_gap(const struct walk *walk, uint64_t count, const char *why, bool is_in_facts)
{
	return builder_add_gap(walk->snapshot, &(struct lsp_gap){
						       .what = "processes",
						       .why = why,
						       .count = count,
						       .hides = true,
						       .is_in_facts = is_in_facts,
					       });
}

static int add_error(const struct walk *walk, int error, uint64_t count)
{
	char why[128];

	snprintf(why, sizeof(why), UNREADABLE ": %s", error_describe(-error));
	return add_gap(walk, count, why, false);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool is_late(const struct tally *tally)
{
	return tally->is_cut || tally->was_cut || tally->unvisited || tally->earlier_unvisited ||
	       tally->late || tally->earlier_late;
}

/* What the time did not suffice for. */
static int add_late(const struct walk *walk)
{
	const struct tally *tally = &walk->tally;
	/* What the second pass had time for may still have hidden one of several owners. */
	uint64_t unvisited = larger(tally->unvisited, tally->earlier_unvisited);
	uint64_t late = larger(tally->late, tally->earlier_late);
	bool is_cut = tally->is_cut || tally->was_cut;
	char why[160] = UNREADABLE ": the time limit was reached", others[48] = "";
	size_t length = strlen(why);
	int r = 0;

	if (tally->longest)
		snprintf(why + length, sizeof(why) - length,
			 " (process %" PRIu32 " took longest: %" PRId64 " ms)", tally->longest_pid,
			 tally->longest / DEADLINE_NSEC_PER_MSEC);
	if (unvisited || is_cut)
		r = add_gap(walk, is_cut ? 0 : unvisited, why, false);
	if (r < 0 || !late)
		return r;
	if (late > 1)
		snprintf(others, sizeof(others), " and of %" PRIu64 " other %s", late - 1,
			 noun(late - 1));
	snprintf(why, sizeof(why),
		 "of process %" PRIu32 "%s could not all be read in time: one process has "
		 "%" PRId64 " ms",
		 tally->late_pid, others, walk->budget / DEADLINE_NSEC_PER_MSEC);
	return builder_add_gap(walk->snapshot,
			       &(struct lsp_gap){.what = "descriptors", .why = why, .hides = true});
}

static int add_errors(const struct walk *walk)
{
	const struct tally_error *errors = walk->tally.errors, *earlier = walk->tally.earlier;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < TALLY_ERRORS && errors[i].error; i++)
		r = add_error(walk, errors[i].error, errors[i].count);
	/* A failure that the second pass did not repeat may have hidden one of several owners. */
	for (size_t i = 0; r >= 0 && i < TALLY_ERRORS && earlier[i].error; i++) {
		uint64_t again = tally_find_error(errors, earlier[i].error);

		r = add_error(walk, earlier[i].error,
			      earlier[i].count > again ? earlier[i].count - again : 0);
	}
	return r;
}

/*
 * Only where a socket has no owner: otherwise nothing hides behind these. What does is the owner of
 * that socket, which lsp_snapshot_owner_gap() says.
 */
static int add_hiding(const struct walk *walk, struct snapshot_walk *seen)
{
	uint64_t capabilities;
	struct buf why = BUF_INIT;
	int r = 0;

	capabilities_read(walk->proc.root, &capabilities);
	if (is_hidden(walk, capabilities)) {
		seen->is_partial = true;
		buf_append_text(&why, "are hidden by /proc (mount option hidepid): ");
		append_needed(&why, false, true);
		r = buf_text(&why) ? add_gap(walk, 0, why.data, true) : -ENOMEM;
	}
	buf_reset(&why);
	if (r >= 0 && walk->tally.refused) {
		append_refusal(&why, &walk->tally, capabilities);
		r = buf_text(&why) ? add_gap(walk, walk->tally.refused, why.data, true) : -ENOMEM;
	}
	buf_deinit(&why);
	if (r >= 0 && seen->is_pid_namespace)
		r = add_gap(walk, 0, "outside this PID namespace cannot be seen", true);
	return r;
}

static int add_notes(const struct walk *walk)
{
	const struct tally *tally = &walk->tally;
	int r = 0;

	if (tally->ended)
		r = builder_add_note(walk->snapshot, "owners: %" PRIu64 " %s ended during the walk",
				     tally->ended, noun(tally->ended));
	if (r >= 0 && tally->refused && walk->wanted.unowned)
		r = builder_add_note(walk->snapshot, "owners: PID %" PRIu32 "%s could not be read",
				     tally->refused_pid, tally->refused > 1 ? ", and others," : "");
	if (r >= 0 && tally->failed_pid)
		r = builder_add_note(walk->snapshot, "owners: reading PID %" PRIu32 " failed",
				     tally->failed_pid);
	if (r >= 0 && tally->refused && !walk->wanted.unowned)
		r = builder_add_note(walk->snapshot,
				     "owners: %" PRIu64 " %s could not be read (PID %" PRIu32
				     "%s), but every socket has an owner",
				     tally->refused, noun(tally->refused), tally->refused_pid,
				     tally->refused > 1 ? " is one" : "");
	return r;
}

int procgaps_report(const struct walk *walk, bool is_by_kernel)
{
	const struct tally *tally = &walk->tally;
	const bool has_unowned = walk->wanted.unowned > 0;
	struct snapshot_walk seen = {
		.is_done = true,
		.is_all_owned = !has_unowned,
		.has_cgroups = has_unowned && has_cgroups(walk),
		.is_overmounted = tally->overmounted > 0,
		.is_late = is_late(tally),
		.is_partial = tally->refused || tally->overmounted || tally->errors[0].error,
		.is_pid_namespace = is_pid_namespace(walk),
		.passes = walk->wanted.pass,
		/* Unless all owners are wanted the kernel does not name those that hold nothing. */
		.processes = !is_by_kernel || walk->wanted.is_whole ? tally->processes : 0,
	};
	int r = add_notes(walk);

	if (r >= 0 && tally->overmounted)
		r = add_gap(walk, tally->overmounted,
			    UNREADABLE ": something is mounted over /proc/PID", false);
	if (r >= 0)
		r = add_late(walk);
	if (r >= 0)
		r = add_errors(walk);
	if (r >= 0 && has_unowned)
		r = add_hiding(walk, &seen);
	builder_set_walk(walk->snapshot, &seen);
	return r;
}
