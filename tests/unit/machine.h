/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up machine: a test declares it as data and gets the snapshot that collecting it would
 * give. If a part cannot be made, the program ends: no test runs on half a machine.
 */
#ifndef LSPORTS_TESTS_MACHINE_H
#define LSPORTS_TESTS_MACHINE_H
#pragma once

#include "model/builder.h"
#include "protocols.h"

#include <lsports/judgement.h>

#define MACHINE_OWN 4026531840u
#define MACHINE_WEB 4026532001u /* "web" below /run/netns */
#define MACHINE_OWNERS_MAX 3
#define MACHINE_FINDINGS_MAX 3

/* A socket, everything that is known about it, and its verdict. */
struct machine_row {
	/*
	 * Includes .cgroup, .unit and .container. A missing inode, cookie or cgroup id is filled
	 * in.
	 */
	struct lsp_socket socket;
	const char *user;                              /* name of .uid */
	bool is_user_unknown;                          /* nobody gave an answer about .uid */
	struct lsp_process owners[MACHINE_OWNERS_MAX]; /* up to the first without a pid */
	int32_t fds[MACHINE_OWNERS_MAX];               /* of each owner; 0 is 3 */
	enum lsp_verdict verdict;
	const char *rule, *unknown;
	struct lsp_finding findings[MACHINE_FINDINGS_MAX]; /* up to the first without a reason */
};

/* Parts of rows. */
#define MACHINE_TCP(number)                                                                        \
	.proto = LSP_PROTO_TCP, .state = LSP_STATE_LISTEN, .is_auto = LSP_NO, MACHINE_PORT(number)
#define MACHINE_UDP(number)                                                                        \
	.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .is_auto = LSP_NO, MACHINE_PORT(number)
#define MACHINE_UDP_AUTO(number)                                                                   \
	.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .is_auto = LSP_YES, MACHINE_PORT(number)
#define MACHINE_PORT(number)                                                                       \
	.netns = MACHINE_OWN, .local.port = (number), .has_interface = true, .has_uid = true
#define MACHINE_OWNER(id, name, path)                                                              \
	{                                                                                          \
		.pid = (id), .comm = (name), .exe = (path), .exe_kind = LSP_EXE_KIND_FILE          \
	}
#define MACHINE_NEW                                                                                \
	.verdict = LSP_VERDICT_UNEXPECTED,                                                         \
	.findings = {{.id = LSP_FINDING_UNEXPECTED, .reason = "new"}}

/* What is known about the host; each list ends at its first empty element. */
struct machine_host {
	struct {
		uint32_t netns;
		const char *name;
		bool is_own;
		uint32_t unprivileged_start; /* 0: not known */
		struct lsp_port_range ephemeral;
	} netns[4];
	struct {
		unsigned proto;
		uint16_t port;
		const char *name;
		bool is_guess;
	} services[4];
};

/* Nothing is known about the host. */
extern const struct machine_host machine_no_host;

/* All listeners, with every fact that judging needs. */
extern const struct lsp_query machine_query;

struct machine {
	const struct machine_row *rows;
	size_t count;
	const struct lsp_socket *sockets; /* more sockets; nothing is filled in here */
	size_t socket_count;
	const struct lsp_query
		*query; /* the query that the snapshot answers; NULL: machine_query */
	/* NULL: MACHINE_OWN, with ports below 1024 privileged, and MACHINE_WEB; ssh and http */
	const struct machine_host *host;
	const struct snapshot_walk *walk; /* NULL: a walk that saw every owner */
	struct lsp_gap gaps[2];           /* up to the first without .what */
	const char *note;
	/* Verdicts come from these rules, or else from the rows and @missing. */
	const char *rules, *usual_rules;
	const struct lsp_missing *missing;
	size_t missing_count;
};

/* A gap that may hide listeners. */
#define MACHINE_GAP                                                                                \
	{                                                                                          \
		.what = "processes", .why = "run as root", .count = 2, .hides = true               \
	}

/* A sealed snapshot, judged if there are rules or verdicts. Free it with lsp_snapshot_free(). */
struct lsp_snapshot *machine_snapshot(const struct machine *machine);

/* The snapshot of a machine that has these rows and is otherwise usual. */
struct lsp_snapshot *machine_of(const struct machine_row *rows, size_t count);

/* Sorted sockets, not sealed: owners and names may be added. Nothing is filled in. */
struct lsp_snapshot *machine_unsealed(const struct lsp_socket *sockets, size_t count);

/* The socket with that local port; there must be one. */
size_t machine_find(const struct lsp_snapshot *snapshot, uint16_t port);

#endif
