/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of lines for people, where no table gives them their place. */
#ifndef LSPORTS_CLI_VIEW_PARTS_H
#define LSPORTS_CLI_VIEW_PARTS_H
#pragma once

#include "buf.h"

#include <lsports/lsports.h>

void part_append_text(struct buf *out, const char *text); /* foreign bytes, escaped */

/* "[::1]:22%lo"; "*" takes IPv4 and IPv6 in one. */
void part_append_endpoint(struct buf *out, const struct lsp_socket *socket);

/* Local time to the minute, as people write it; "?" for what is no time. */
void part_append_minute(struct buf *out, int64_t seconds);

#endif
