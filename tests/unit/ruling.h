/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the room judge: a machine out of a table of listeners, rules out of a text, and a
 * few names of services.
 */
#ifndef LSPORTS_TESTS_RULING_H
#define LSPORTS_TESTS_RULING_H
#pragma once

#include "support.h"

#include "judge/judge.h"
#include "model/snapshot.h"

#define RULING_OWN 4026531840u
#define RULING_WEB 4026532001u /* called "web" below /run/netns */
#define RULING_OWNERS_MAX 3

/* A socket with all that is known of it. What is 0 in .socket is filled in where 0 is no answer. */
struct ruling_row {
	struct lsp_socket socket;                     /* with .cgroup, .unit and .container */
	const char *user;                             /* name of .uid */
	struct lsp_process owners[RULING_OWNERS_MAX]; /* up to the first without a pid */
	int32_t fd;                                   /* of every owner; 0 is 3 */
};

/* Parts of rows. */
#define RULING_TCP(number)                                                                         \
	.netns = RULING_OWN, .proto = LSP_PROTO_TCP, .state = LSP_STATE_LISTEN,                    \
	.local.port = (number), .has_interface = true, .has_uid = true, .is_auto = LSP_KNOWN_NO
#define RULING_UDP(number)                                                                         \
	.netns = RULING_OWN, .proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE,                     \
	.local.port = (number), .has_interface = true, .has_uid = true, .is_auto = LSP_KNOWN_NO
#define RULING_OWNER(id, name, path)                                                               \
	{                                                                                          \
		.pid = (id), .comm = (name), .exe = (path), .exe_kind = LSP_EXE_KIND_FILE          \
	}

/* @walk: NULL is a whole one. Freed by lsp_snapshot_free(). */
struct lsp_snapshot *ruling_snapshot(const struct ruling_row *rows, size_t count,
				     const struct snapshot_walk *walk);

/* The socket with that local port; there must be one. */
size_t ruling_find(const struct lsp_snapshot *snapshot, uint16_t port);

/* ssh, domain, http with both protocols; shell/tcp and syslog/udp 514; odd 1/tcp and 2/udp. */
extern const struct selector_names ruling_names;

/* rules_parse() of bytes behind which there are no others, and which are gone afterwards. */
int ruling_parse(struct rules *rules, const char *name, const void *text, size_t size,
		 struct buf *errors);

/* Rules of the host and of the built-in table, which must be right. NULL is none. */
struct lsp_rules *ruling_rules(const char *host, const char *usual);

/* What --check asks; all that is listened on. */
struct lsp_query ruling_query(const struct lsp_rules *rules);

#endif
