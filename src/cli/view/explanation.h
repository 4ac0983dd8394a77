/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --explain knows about one port: facts of a sealed snapshot, counted, and how a bind went.
 * Card and JSON are made from it and say the same.
 */
#ifndef LSPORTS_CLI_VIEW_EXPLANATION_H
#define LSPORTS_CLI_VIEW_EXPLANATION_H
#pragma once

#include "view/view.h"

#include <lsports/judgement.h>

#define EXPLANATION_MOST 5 /* of peers and holders so many are named, the busiest first */

/* One address of peers; IPv4 within IPv6 is IPv4. */
struct explanation_peer {
	struct lsp_endpoint endpoint; /* its port says nothing */
	size_t count;                 /* connections */
};

/* A process with sockets of the port that do not listen. */
struct explanation_holder {
	const struct lsp_process *process; /* borrowed from the snapshot */
	size_t count;                      /* sockets */
};

/* A bind of one family: lsp_bind_try(). */
struct explanation_try {
	bool is_asked, was_tried;
	int result;
};

/* The port of one protocol. */
struct explanation_port {
	bool is_asked;
	const char *service; /* borrowed, NULL: none is registered */
	bool is_guess;
	size_t listener_count, other_count;
	size_t states[LSP_STATE_COUNT]; /* of the others */
	struct explanation_peer peers[EXPLANATION_MOST];
	size_t peer_count; /* of all, not only of the named ones */
	struct explanation_holder holders[EXPLANATION_MOST];
	size_t holder_count; /* likewise */
	struct explanation_try tries[LSP_FAMILY_COUNT];
};

struct explanation {
	uint16_t port;
	uint32_t netns;
	struct lsp_port_policy policy;
	struct explanation_port ports[LSP_PROTOCOLS_MAX];
	const char *untried; /* why no bind was tried, NULL: it was where nothing listens */
	const char *where;   /* argument of -N, NULL for our own network namespace */
};

/*
 * explanation_count() - counts the rows of @view. .port, .netns and ports[].is_asked are
 * there already.
 * Return: 0 or -ENOMEM.
 */
int explanation_count(struct explanation *explanation, const struct view *view,
		      const struct lsp_snapshot *snapshot);

/* Does anybody listen on a port that was asked for? */
bool explanation_has_listener(const struct explanation *explanation);

#endif
