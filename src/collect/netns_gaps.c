/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for what failed. Which capability is named is decided by what is missing. */
#include "collect/netns_gaps.h"

#include "buf.h"
#include "error.h"
#include "host/capabilities.h"

#include <errno.h>
#include <linux/capability.h>

static const struct {
	const char *what, *why;
	unsigned capability;
	const char *needed;
	bool is_counted;
} steps[] = {
	[NETNS_STEP_OWN] = {"network namespaces",
			    "other than our own are not listed: which one is ours is not known",
			    CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
	[NETNS_STEP_COMPARE] =
		{"network namespaces",
		 "could not be compared with our own: which one is ours is not known",
		 CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
	[NETNS_STEP_HOME] = {"network namespaces",
			     "other than our own are not searched for: there is no way back to it",
			     CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
	[NETNS_STEP_NAMES] = {"network namespaces", "may be missing: /run/netns could not be read",
			      CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", false},
	[NETNS_STEP_PROCESSES] = {"processes", "could not be asked for their network namespace",
				  CAP_SYS_PTRACE, "CAP_SYS_PTRACE", true},
	[NETNS_STEP_LIST_END] = {"network namespaces",
				 "may be missing: not all names and processes were asked",
				 CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
	[NETNS_STEP_ENTER] = {"network namespaces", "could not be entered", CAP_SYS_ADMIN,
			      "CAP_SYS_ADMIN", true},
	[NETNS_STEP_SEARCH] = {"processes",
			       "could not be searched for descriptors of network namespaces",
			       CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", true},
	[NETNS_STEP_SEARCH_END] = {"network namespaces",
				   "may be missing: the search of descriptors did not end",
				   CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
	[NETNS_STEP_DESCRIPTOR] = {"network namespaces", "could not be read from a descriptor",
				   CAP_NET_ADMIN, "CAP_NET_ADMIN", false},
	[NETNS_STEP_MOUNTS] = {"network namespaces", "could not be reached where they are mounted",
			       CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
};

/* Could the capability have helped? */
static bool is_missing(const struct root *root, unsigned capability)
{
	uint64_t capabilities;

	capabilities_read(root, &capabilities);
	return !(capabilities & UINT64_C(1) << capability);
}

void netns_gaps_append_refusal(struct buf *out, const struct root *root, enum netns_step step)
{
	if (is_missing(root, steps[step].capability))
		buf_printf(out, "%s is needed", steps[step].needed);
	else
		buf_append_text(out, CAPABILITIES_REFUSED);
}

static void append_reason(struct buf *why, const struct root *root, enum netns_step step, int error)
{
	buf_append_text(why, ": ");
	if (error == -EPERM || error == -EACCES)
		netns_gaps_append_refusal(why, root, step);
	else if (error == -EXDEV)
		buf_append_text(why, "something is mounted over /proc/PID");
	else
		buf_append_text(why, error_describe(error));
}

int netns_gaps_add(struct lsp_snapshot *snapshot, const struct root *root, enum netns_step step,
		   int error, const char *where)
{
	struct buf why = BUF_INIT;
	int r = -ENOMEM;

	/* It ended between being listed and being read. */
	if (error == -ENOENT || error == -ESRCH)
		return 0;
	buf_append_text(&why, steps[step].why);
	if (where)
		buf_printf(&why, " (%s)", where);
	append_reason(&why, root, step, error);
	if (buf_text(&why))
		r = builder_add_gap(snapshot, &(struct lsp_gap){.what = steps[step].what,
								.why = why.data,
								.count = steps[step].is_counted,
								.hides = true});
	buf_deinit(&why);
	return r;
}
