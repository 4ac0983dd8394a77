/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners against rules: verdicts and findings of a sealed snapshot. Pure. */
#ifndef LSPORTS_JUDGE_JUDGE_H
#define LSPORTS_JUDGE_JUDGE_H
#pragma once

#include <lsports/judgement.h>

/* Facts that verdicts and findings need; lsp_rules_need_users() says whether they need users too.
 */
#define JUDGE_LOOKUPS                                                                              \
	((unsigned)LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE | LSP_LOOKUP_CGROUP | LSP_LOOKUP_AUTO |      \
	 LSP_LOOKUP_SERVICES | LSP_LOOKUP_VERIFY)

#endif
