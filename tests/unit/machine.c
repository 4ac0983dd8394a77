/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds the snapshot of a declared machine. Knows nothing about the code under test. */
#include "machine.h"

#include "judge/judge.h"
#include "model/verdicts.h"
#include "must.h"
#include "ruling.h"

#define FIRST_INODE 1000u

const struct machine_host machine_no_host;

static const struct machine_host usual_host = {
	.netns = {{.netns = MACHINE_OWN,
		   .is_own = true,
		   .unprivileged_start = 1024,
		   .ephemeral = {32768, 60999}},
		  {.netns = MACHINE_WEB, .name = "web"}},
	.services = {{LSP_PROTO_TCP, 22, "ssh", false}, {LSP_PROTO_TCP, 80, "http", false}},
};

const struct lsp_query machine_query = {
	.protos = LSP_PROTO_ALL,
	.families = LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6),
	.listeners = true,
	.lookups = LSP_LOOKUP_FINDINGS | LSP_LOOKUP_REASONS | JUDGE_LOOKUPS,
};

/* --- sockets --------------------------------------------------------------------------------- */

static struct lsp_socket whole_socket(const struct machine *machine, size_t at)
{
	struct lsp_socket socket = machine->rows[at].socket;

	if (!socket.inode)
		socket.inode = FIRST_INODE + (uint32_t)at;
	if (!socket.has_cookie) {
		socket.has_cookie = true;
		socket.cookie = socket.inode;
	}
	if ((socket.unit || socket.container) && !socket.cgroup)
		socket.cgroup = "/some.slice";
	if ((socket.cgroup || socket.unit_state == LSP_UNIT_ENDED) && !socket.has_cgroup) {
		socket.has_cgroup = true;
		socket.cgroup_id = socket.inode;
	}
	return socket;
}

static void add_socket(struct lsp_snapshot *snapshot, struct lsp_socket socket)
{
	bool is_auto = socket.is_auto == LSP_YES;

	if (is_auto)
		socket.is_auto = LSP_NO;
	MUST(builder_add_socket(snapshot, &socket) == 0);
	if (is_auto)
		MUST(builder_add_auto(snapshot, socket.netns, socket.cookie) == 0);
}

struct lsp_snapshot *machine_unsealed(const struct lsp_socket *sockets, size_t count)
{
	struct lsp_snapshot *snapshot;

	MUST(builder_new(&snapshot) == 0);
	for (size_t i = 0; i < count; i++)
		add_socket(snapshot, sockets[i]);
	MUST(builder_sort_dedup(snapshot) == 0);
	return snapshot;
}

/* --- owners and names ------------------------------------------------------------------------ */

struct processes {
	const struct lsp_process **known; /* by their index in the snapshot */
	uint32_t count;
};

/* A process that owns many sockets is added once. */
static uint32_t add_process(struct lsp_snapshot *snapshot, struct processes *processes,
			    const struct lsp_process *process)
{
	uint32_t index;

	for (index = 0; index < processes->count; index++) {
		const struct lsp_process *other = processes->known[index];

		if (other->pid == process->pid && other->comm == process->comm &&
		    other->exe == process->exe)
			return index;
	}
	MUST(builder_add_process(snapshot, process, &index) == 0);
	MUST(index == processes->count);
	processes->known[processes->count++] = process;
	return index;
}

static void add_names(struct lsp_snapshot *snapshot, const struct machine *machine)
{
	struct processes processes = {
		.known = calloc(machine->count * MACHINE_OWNERS_MAX + 1, sizeof(void *))};

	MUST(processes.known);
	for (size_t i = 0; i < machine->count; i++) {
		const struct machine_row *row = &machine->rows[i];
		struct lsp_socket socket = whole_socket(machine, i);

		if (socket.cgroup || socket.unit_state == LSP_UNIT_ENDED)
			MUST(builder_set_cgroup(snapshot, socket.cgroup_id, socket.cgroup,
						socket.unit, socket.container) == 0);
		if (row->user)
			MUST(builder_set_user(snapshot, socket.uid, row->user) == 0);
		if (row->is_user_unknown)
			MUST(builder_set_user_unknown(snapshot, socket.uid) == 0);
		for (size_t j = 0; j < MACHINE_OWNERS_MAX && row->owners[j].pid; j++)
			MUST(builder_add_owner(snapshot, socket.inode,
					       add_process(snapshot, &processes, &row->owners[j]),
					       row->fds[j] ? row->fds[j] : 3) == 0);
	}
	free(processes.known);
}

static void add_host(struct lsp_snapshot *snapshot, const struct machine_host *host)
{
	for (size_t i = 0; host->netns[i].netns; i++) {
		uint32_t netns = host->netns[i].netns, start = host->netns[i].unprivileged_start;

		MUST(builder_add_netns(snapshot, netns, host->netns[i].name,
				       host->netns[i].is_own) == 0);
		if (start)
			MUST(builder_set_unprivileged_start(snapshot, netns, start) == 0);
		if (host->netns[i].ephemeral.last)
			MUST(builder_set_ephemeral(snapshot, netns, &host->netns[i].ephemeral, 1) ==
			     0);
	}
	for (size_t i = 0; host->services[i].name; i++)
		MUST(builder_add_service(snapshot, host->services[i].proto, host->services[i].port,
					 host->services[i].name, host->services[i].is_guess) == 0);
}

/* --- verdicts -------------------------------------------------------------------------------- */

static void judge_by_rules(struct lsp_snapshot *snapshot, const struct machine *machine)
{
	struct lsp_rules *rules = ruling_rules(machine->rules, machine->usual_rules);

	MUST(lsp_judge(snapshot, rules, LSP_JUDGE_ALL) == 0);
	/* Verdicts do not refer to the rules. */
	lsp_rules_free(rules);
}

static bool has_verdict(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		if (machine->rows[i].verdict || machine->rows[i].findings[0].reason)
			return true;
	}
	return machine->missing_count;
}

/* A snapshot has its own order; the inode identifies the row. */
static const struct machine_row *row_of(const struct machine *machine,
					const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	for (size_t i = 0; i < machine->count; i++) {
		if (whole_socket(machine, i).inode == socket.inode)
			return &machine->rows[i];
	}
	abort();
}

static void judge_by_rows(struct lsp_snapshot *snapshot, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct machine_row *row = row_of(machine, snapshot, i);

		MUST(verdicts_set(snapshot, i, row->verdict, row->rule, row->unknown) == 0);
		for (size_t j = 0; j < MACHINE_FINDINGS_MAX && row->findings[j].reason; j++)
			MUST(verdicts_add_finding(snapshot, i, &row->findings[j]) == 0);
	}
	for (size_t i = 0; i < machine->missing_count; i++)
		MUST(verdicts_add_missing(snapshot, &machine->missing[i]) == 0);
}

/* --- all of it ------------------------------------------------------------------------------- */

struct lsp_snapshot *machine_snapshot(const struct machine *machine)
{
	static const struct snapshot_walk whole_walk = {.is_done = true};
	struct lsp_snapshot *snapshot;

	MUST(builder_new(&snapshot) == 0);
	MUST(builder_set_query(snapshot, machine->query ? machine->query : &machine_query) == 0);
	for (size_t i = 0; i < machine->count; i++)
		add_socket(snapshot, whole_socket(machine, i));
	for (size_t i = 0; i < machine->socket_count; i++)
		add_socket(snapshot, machine->sockets[i]);
	add_host(snapshot, machine->host ? machine->host : &usual_host);
	for (size_t i = 0; i < 2 && machine->gaps[i].what; i++)
		MUST(builder_add_gap(snapshot, &machine->gaps[i]) == 0);
	if (machine->note)
		MUST(builder_add_note(snapshot, "%s", machine->note) == 0);
	MUST(builder_sort_dedup(snapshot) == 0);
	add_names(snapshot, machine);
	builder_set_walk(snapshot, machine->walk ? machine->walk : &whole_walk);
	MUST(builder_seal(snapshot) == 0);
	MUST(lsp_snapshot_count(snapshot) == machine->count + machine->socket_count);
	if (machine->rules || machine->usual_rules)
		judge_by_rules(snapshot, machine);
	else if (has_verdict(machine))
		judge_by_rows(snapshot, machine);
	return snapshot;
}

struct lsp_snapshot *machine_of(const struct machine_row *rows, size_t count)
{
	return machine_snapshot(&(struct machine){.rows = rows, .count = count});
}

size_t machine_find(const struct lsp_snapshot *snapshot, uint16_t port)
{
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (socket.local.port == port)
			return i;
	}
	fprintf(stderr, "no socket has port %u\n", port);
	abort();
}
