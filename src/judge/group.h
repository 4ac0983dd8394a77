/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that share one address and port (SO_REUSEPORT, SO_REUSEADDR: socket(7)). */
#ifndef LSPORTS_JUDGE_GROUP_H
#define LSPORTS_JUDGE_GROUP_H
#pragma once

#include <lsports/lsports.h>

/* group_end() - the index after the last listener from @first on that shares its address. */
size_t group_end(const struct lsp_snapshot *snapshot, size_t first);

/* How two sockets of the group differ: "users", "programs" or "units"; NULL when they do not. */
const char *group_difference(const struct lsp_snapshot *snapshot, size_t first, size_t end);

#endif
