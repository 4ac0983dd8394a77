/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sockets of one port. Where they do not fit one datagram, they are asked for in parts: by
 * address, by the device that they are bound to, and by the cgroup that they were made in.
 */
#ifndef LSPORTS_COLLECT_PORTSPLIT_H
#define LSPORTS_COLLECT_PORTSPLIT_H
#pragma once

#include "collect/collection.h"

/*
 * portsplit_ask() - the sockets of @request, which is for a single port, into @snapshot. What
 * agrees in all of these and still does not fit is noted by collection_note_crowded(). Return: 0 or
 * a negative errno; what was added must then be rolled back by the caller.
 */
int portsplit_ask(struct collection *collection, const struct diag_request *request,
		  struct lsp_snapshot *snapshot);

#endif
