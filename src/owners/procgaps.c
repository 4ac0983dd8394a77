/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finished walk could not see, as gaps with the way out, and as notes where nothing can
 * be hidden behind it. Decides nothing about sockets: that is lsp_snapshot_owner_gap()'s.
 */
#include "owners/procwalk.h"

#include "model/snapshot.h"
#include "owners/mountinfo.h"
#include "owners/procparse.h"

#include <grp.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILE (16u << 20)
#define FIRST_PID_NAMESPACE "pid:[4026531836]" /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define UNREADABLE "could not be read: "
#define WAY_OUT "(run as root, or setcap cap_sys_ptrace,cap_dac_read_search=ep)"

uint64_t procgaps_capabilities(const struct root *root)
{
	struct buf text = BUF_INIT;
	uint64_t effective = 0;

	if (root_read(root, "proc/self/status", &text, MAX_FILE) < 0 || !text.size ||
	    !procparse_capabilities(text.data, text.size, &effective))
		effective = 0;
	buf_deinit(&text);
	return effective;
}

static const char *why_refused(uint64_t capabilities)
{
	bool can_trace = capabilities & UINT64_C(1) << CAP_SYS_PTRACE;
	bool can_search = capabilities & UINT64_C(1) << CAP_DAC_READ_SEARCH;

	/* CAP_DAC_OVERRIDE opens directories too. */
	can_search |= capabilities & UINT64_C(1) << CAP_DAC_OVERRIDE ? true : false;
	if (!can_trace && !can_search)
		return UNREADABLE "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are needed " WAY_OUT;
	if (!can_trace)
		return UNREADABLE "CAP_SYS_PTRACE is needed " WAY_OUT;
	if (!can_search)
		return UNREADABLE "CAP_DAC_READ_SEARCH is needed " WAY_OUT;
	return UNREADABLE "the kernel refused it: a security module, or another user namespace";
}

/* The group of mount option "gid=" sees all processes. */
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
	/* Values in numbers and, from Linux 5.8 on, in words (fs/proc/root.c). */
	if (strncmp(hidepid, "ptraceable", 10) == 0 || hidepid[0] == '4')
		return true;
	if (strncmp(hidepid, "invisible", 9) == 0 || hidepid[0] == '2')
		return !group || !is_in_group(group);
	return false;
}

static bool is_hidden_by_mount(const struct procwalk *walk)
{
	struct buf text = BUF_INIT;
	struct mountinfo mount;
	bool is_hidden = false;
	char *cursor;

	if (root_read(walk->root, "proc/self/mountinfo", &text, MAX_FILE) == 0 && buf_text(&text)) {
		cursor = text.data;
		/* The last one covers those before it. */
		while (mountinfo_parse(&cursor, &mount)) {
			if (strcmp(mount.type, "proc") == 0 && strcmp(mount.point, "/proc") == 0)
				is_hidden = hides_processes(mount.options);
		}
	}
	buf_deinit(&text);
	return is_hidden;
}

static bool is_hidden(const struct procwalk *walk, uint64_t capabilities)
{
	/* Who made a recording may have left processes out: there PID 1 means nothing. */
	if (walk->root->is_machine && !walk->has_first)
		return true;
	return !(capabilities & UINT64_C(1) << CAP_SYS_PTRACE) && is_hidden_by_mount(walk);
}

static bool is_pid_namespace(const struct procwalk *walk)
{
	char link[64];

	return root_readlink_at(walk->proc, "self/ns/pid", link, sizeof(link)) > 0 &&
	       strcmp(link, FIRST_PID_NAMESPACE) != 0;
}

/* cgroups(7): the line of cgroup v2 reads "0::PATH", with "/" for the root. */
static bool has_cgroups(const struct procwalk *walk)
{
	struct buf text = BUF_INIT;
	const char *line = NULL;
	bool is_below = false;

	if (root_read(walk->root, "proc/1/cgroup", &text, MAX_FILE) == 0 && buf_text(&text))
		line = strncmp(text.data, "0::", 3) == 0 ? text.data : strstr(text.data, "\n0::");
	if (line)
		is_below = strncmp(strchr(line, '/') ? strchr(line, '/') : "/\n", "/\n", 2) != 0;
	buf_deinit(&text);
	return is_below;
}

static int tell(const struct procwalk *walk, uint64_t count, const char *why)
{
	return snapshot_add_gap(
		walk->snapshot,
		&(struct lsp_gap){.what = "processes", .why = why, .count = count, .hides = true});
}

static int tell_error(const struct procwalk *walk, int error, uint64_t count)
{
	const char *text = strerrordesc_np(error);
	char why[128];

	snprintf(why, sizeof(why), UNREADABLE "%s", text ? text : "unknown error");
	return tell(walk, count, why);
}

static uint64_t count_of(const struct procwalk_error errors[PROCWALK_ERRORS], int error)
{
	for (size_t i = 0; i < PROCWALK_ERRORS; i++) {
		if (errors[i].error == error)
			return errors[i].count;
	}
	return 0;
}

static int tell_errors(const struct procwalk *walk)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < PROCWALK_ERRORS && walk->errors[i].error; i++)
		r = tell_error(walk, walk->errors[i].error, walk->errors[i].count);
	/* A failure that the second pass did not repeat may have hidden one of several owners. */
	for (size_t i = 0; r >= 0 && i < PROCWALK_ERRORS && walk->earlier[i].error; i++) {
		const struct procwalk_error *earlier = &walk->earlier[i];
		uint64_t again = count_of(walk->errors, earlier->error);

		r = tell_error(walk, earlier->error,
			       earlier->count > again ? earlier->count - again : 0);
	}
	return r;
}

/* Only with sockets that nobody was seen to hold: otherwise nothing hides behind these. */
static int tell_unseen(const struct procwalk *walk, struct snapshot_walk *seen)
{
	uint64_t capabilities = procgaps_capabilities(walk->root);
	int r = 0;

	if (is_hidden(walk, capabilities)) {
		seen->is_partial = true;
		r = tell(walk, 0,
			 "hidden by /proc (mount option hidepid): CAP_SYS_PTRACE is "
			 "needed " WAY_OUT);
	}
	if (r >= 0 && walk->unreadable)
		r = tell(walk, walk->unreadable, why_refused(capabilities));
	if (r >= 0 && seen->is_pid_namespace)
		r = tell(walk, 0, "outside of this PID namespace, not to be seen from inside");
	return r;
}

/* "1 process", "2 processes" */
static const char *noun(uint64_t count)
{
	return count == 1 ? "process" : "processes";
}

static int add_notes(const struct procwalk *walk)
{
	const char *passes = walk->pass == PROCWALK_FIRST ? "one pass" : "two passes";
	/* The kernel's first pass does not tell whom it passed. */
	int r = walk->is_asked && walk->pass == PROCWALK_FIRST
			? snapshot_add_note(walk->snapshot, "owners: all processes in %s", passes)
			: snapshot_add_note(walk->snapshot, "owners: %" PRIu64 " %s%s in %s",
					    walk->processes, noun(walk->processes),
					    walk->is_asked ? " with descriptors" : "", passes);

	if (r >= 0 && walk->ended)
		r = snapshot_add_note(walk->snapshot,
				      "owners: %" PRIu64 " %s ended during the walk", walk->ended,
				      noun(walk->ended));
	if (r >= 0 && walk->unreadable && !walk->unowned)
		r = snapshot_add_note(walk->snapshot,
				      "owners: %" PRIu64 " %s could not be read (PID %" PRIu32
				      "%s), but every socket has an owner",
				      walk->unreadable, noun(walk->unreadable), walk->refused,
				      walk->unreadable > 1 ? " is one" : "");
	return r;
}

int procgaps_tell(struct procwalk *walk)
{
	struct snapshot_walk seen = {
		.is_done = true,
		.is_all_owned = !walk->unowned,
		.has_cgroups = walk->unowned && has_cgroups(walk),
		.is_masked = walk->masked != 0,
		.is_partial = walk->unreadable || walk->masked || walk->errors[0].error,
		.is_pid_namespace = is_pid_namespace(walk),
	};
	int r = add_notes(walk);

	if (r >= 0 && walk->masked)
		r = tell(walk, walk->masked,
			 "masked: something is mounted over their directory in /proc");
	if (r >= 0)
		r = tell_errors(walk);
	if (r >= 0 && walk->unowned)
		r = tell_unseen(walk, &seen);
	snapshot_set_walk(walk->snapshot, &seen);
	return r;
}
