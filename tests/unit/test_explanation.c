/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --explain counts, and how a bind is put into words. */
#include "support.h"

#include "view/explanation.h"

#include "model/snapshot.h"

#include <errno.h>
#include <string.h>

#define MAX 32

struct machine {
	struct lsp_snapshot *snapshot;
	uint32_t rows[MAX];
	struct view view;
	struct explanation explanation;
};

static void add(struct machine *machine, const struct lsp_socket *socket)
{
	assert_int_equal(snapshot_add_socket(machine->snapshot, socket), 0);
}

static void count(struct machine *machine)
{
	machine->view.rows = machine->rows;
	machine->view.row_count = lsp_snapshot_count(machine->snapshot);
	assert_true(machine->view.row_count <= MAX);
	for (uint32_t i = 0; i < machine->view.row_count; i++)
		machine->rows[i] = i;
	assert_int_equal(
		explanation_count(&machine->explanation, &machine->view, machine->snapshot), 0);
}

static void connect(struct machine *machine, enum lsp_family family, const uint8_t peer[16],
		    uint32_t inode)
{
	struct lsp_socket socket = {.family = family,
				    .state = LSP_STATE_ESTABLISHED,
				    .local.port = 80,
				    .peer.port = (uint16_t)(1000 + inode),
				    .inode = inode,
				    .has_cookie = true,
				    .cookie = inode};

	memcpy(socket.peer.address, peer, 16);
	add(machine, &socket);
}

static void peers_and_holders_stand_by_their_number(void **state)
{
	static const uint8_t quiet[16] = {10, 0, 0, 1}, busy[16] = {10, 0, 0, 9};
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 9};
	static const uint8_t six[16] = {0xfd, [15] = 1};
	struct machine machine = {.explanation = {.port = 80, .ports[0].is_asked = true}};
	const struct explanation_port *port = &machine.explanation.ports[0];
	uint32_t one, two;

	(void)state;
	assert_int_equal(snapshot_new(&machine.snapshot), 0);
	connect(&machine, LSP_FAMILY_IPV4, quiet, 1);
	connect(&machine, LSP_FAMILY_IPV4, busy, 2);
	connect(&machine, LSP_FAMILY_IPV6, mapped, 3);
	connect(&machine, LSP_FAMILY_IPV6, six, 4);
	for (uint8_t i = 0; i < 4; i++)
		connect(&machine, LSP_FAMILY_IPV4, (const uint8_t[16]){192, 0, 2, i}, 10u + i);
	add(&machine, &(struct lsp_socket){.state = LSP_STATE_LISTEN, .local.port = 80});
	add(&machine, &(struct lsp_socket){
			      .proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .local.port = 80});
	assert_int_equal(snapshot_settle(machine.snapshot), 0);
	assert_int_equal(
		snapshot_add_process(machine.snapshot, &(struct lsp_process){.pid = 9}, &one), 0);
	assert_int_equal(
		snapshot_add_process(machine.snapshot, &(struct lsp_process){.pid = 5}, &two), 0);
	assert_int_equal(snapshot_add_owner(machine.snapshot, 1, one, 3), 0);
	assert_int_equal(snapshot_add_owner(machine.snapshot, 2, one, 4), 0);
	assert_int_equal(snapshot_add_owner(machine.snapshot, 2, two, 4), 0);
	assert_int_equal(snapshot_seal(machine.snapshot), 0);
	count(&machine);
	assert_int_equal(port->listener_count, 1);
	assert_int_equal(port->other_count, 8);
	assert_int_equal(port->states[LSP_STATE_ESTABLISHED], 8);
	assert_int_equal(port->peer_count, 7);
	/* IPv4 within IPv6 is the same peer. */
	assert_int_equal(port->peers[0].family, LSP_FAMILY_IPV4);
	assert_memory_equal(port->peers[0].address, busy, 16);
	assert_int_equal(port->peers[0].count, 2);
	assert_memory_equal(port->peers[1].address, quiet, 16);
	assert_int_equal(port->holder_count, 2);
	assert_int_equal(port->holders[0].process->pid, 9);
	assert_int_equal(port->holders[0].count, 2);
	assert_int_equal(port->holders[1].process->pid, 5);
	/* UDP was not asked for. */
	assert_int_equal(machine.explanation.ports[1].listener_count, 0);
	assert_true(explanation_has_listener(&machine.explanation));
	lsp_snapshot_free(machine.snapshot);
}

static void a_bind_is_put_into_words(void **state)
{
	static const struct {
		int ipv4, ipv6;
		const char *word, *reason;
	} rows[] = {
		{0, 0, "yes", "bind(2) was tried on 0.0.0.0 and ::"},
		{0, -EAFNOSUPPORT, "yes", "bind(2) was tried on 0.0.0.0"},
		{-EACCES, -EACCES, "no",
		 "CAP_NET_BIND_SERVICE is needed below net.ipv4.ip_unprivileged_port_start, which "
		 "is 1024"},
		{-EADDRINUSE, 0, "no", "IPv4: the address is in use: 2 time-wait; "},
		{0, -EADDRINUSE, "no", "IPv6: the address is in use: 2 time-wait; "},
		{-EPERM, -EPERM, "no",
		 "Operation not permitted: a security module or a BPF program of the cgroup "
		 "refuses"},
		{-EMFILE, -EMFILE, "no", "Too many open files"},
		{-EAFNOSUPPORT, -EAFNOSUPPORT, "unknown",
		 "the kernel has none of the families that were asked for"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct explanation explanation = {
			.port = 80,
			.policy = {.has_start = true, .start = 1024},
			.ports[0] = {.other_count = 2,
				     .states[LSP_STATE_TIME_WAIT] = 2,
				     .tries = {{true, true, rows[i].ipv4},
					       {true, true, rows[i].ipv6}}},
		};
		struct buf reason = BUF_INIT;
		const char *word = explanation_format_bind(&explanation, LSP_PROTO_TCP, &reason);
		const char *text = buf_text(&reason);

		expect(strcmp(word, rows[i].word) == 0, "row %zu: %s", i, word);
		expect(strncmp(text, rows[i].reason, strlen(rows[i].reason)) == 0, "row %zu: %s", i,
		       text);
		buf_deinit(&reason);
	}
}

static void no_command_holds_what_a_shell_reads(void **state)
{
	static const char *const wheres[] = {"a;b", "$(x)", "a b", "-x",
					     "",    "a\nb", "'",   "\xc3\xa9"};
	struct explanation_step steps[EXPLANATION_STEPS];
	struct machine machine = {.explanation = {.port = 80, .ports[0].is_asked = true}};
	size_t found;

	(void)state;
	assert_int_equal(snapshot_new(&machine.snapshot), 0);
	assert_int_equal(snapshot_settle(machine.snapshot), 0);
	assert_int_equal(snapshot_seal(machine.snapshot), 0);
	count(&machine);
	for (size_t i = 0; i < ROWS(wheres); i++) {
		machine.explanation.where = wheres[i];
		found = explanation_list_steps(&machine.explanation, &machine.view,
					       machine.snapshot, steps);
		expect(found == 0, "\"%s\"", wheres[i]);
	}
	machine.explanation.where = "blue";
	found = explanation_list_steps(&machine.explanation, &machine.view, machine.snapshot,
				       steps);
	assert_int_equal(found, 1);
	assert_string_equal(buf_text(&steps[0].command), "lsports 70-90 -N blue");
	explanation_steps_deinit(steps, found);
	lsp_snapshot_free(machine.snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_and_holders_stand_by_their_number),
		cmocka_unit_test(a_bind_is_put_into_words),
		cmocka_unit_test(no_command_holds_what_a_shell_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
