/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners against rules: verdicts and findings of a sealed snapshot. Pure. */
#ifndef LSPORTS_JUDGE_JUDGE_H
#define LSPORTS_JUDGE_JUDGE_H
#pragma once

#include "judge/rules.h"

struct lsp_rules {
	struct rules host;  /* what the admin expects */
	struct rules usual; /* the built-in table: counts only while host has no file */
};

/* Facts that verdicts and findings need. */
#define JUDGE_FACTS                                                                                \
	((unsigned)LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_CGROUP | LSP_FACT_AUTO |              \
	 LSP_FACT_SERVICES | LSP_FACT_USERS | LSP_FACT_DOUBT)

/* --- parts of lsp_judge() --- */

/* Sockets from @first on that share one address and port; the index behind the last of them. */
size_t findings_group_end(const struct lsp_snapshot *snapshot, size_t first);

/* How two sockets of the group differ: "users", "programs" or "units"; NULL when they do not. */
const char *findings_group_difference(const struct lsp_snapshot *snapshot, size_t first,
				      size_t end);

/* Findings of one listener that no rule decides, added to the snapshot. */
int findings_add(const struct key_subject *subject, struct lsp_snapshot *snapshot, size_t index,
		 const char *group_difference, bool has_reasons);

/* What stands where @term fails: "/tmp/sshd", "www-data", "none". */
void findings_format_fact(struct key_subject *subject, const struct selector_term *term,
			  struct buf *out);

#endif
