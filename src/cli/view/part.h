/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of lines for people, outside of tables. */
#ifndef LSPORTS_CLI_VIEW_PART_H
#define LSPORTS_CLI_VIEW_PART_H
#pragma once

#include "buf.h"

#include <lsports/lsports.h>

void part_append_text(struct buf *out, const char *text); /* foreign bytes, escaped */

/* A rule, or a part of one, in the words of its file: nothing is escaped twice. */
void part_append_rule(struct buf *out, const char *text);

/* "sshd(812)" */
void part_append_process(struct buf *out, const struct lsp_process *process);

/* "[fe80::1%eth0]:123"; "*:22" takes IPv4 and IPv6 in one. */
void part_append_endpoint(struct buf *out, const struct lsp_socket *socket);

/* Local time to the minute, as people write it; "?" for what is not a time. */
void part_append_minute(struct buf *out, int64_t seconds);

/* One listener in the words of --check: where it is, who has it, since when. */
void part_append_listener(struct buf *out, const struct lsp_snapshot *snapshot, size_t index);

#endif
