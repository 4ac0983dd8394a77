/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/explanation: what is counted about a port, and how the result of bind is described. */
#include "protocols.h"
#include "support.h"

#include "machine.h"
#include "view/explanation_bind.h"
#include "view/explanation_steps.h"

#include <errno.h>
#include <string.h>

#define MAX 32

struct counted {
	struct lsp_snapshot *snapshot;
	uint32_t rows[MAX];
	struct view view;
	struct explanation explanation;
};

static void count(struct counted *counted, const struct machine *machine)
{
	counted->explanation = (struct explanation){.port = 80, .ports[0].is_asked = true};
	counted->snapshot = machine_snapshot(machine);
	counted->view = (struct view){.rows = counted->rows,
				      .row_count = lsp_snapshot_count(counted->snapshot)};
	assert_true(counted->view.row_count <= MAX);
	for (uint32_t i = 0; i < counted->view.row_count; i++)
		counted->rows[i] = i;
	assert_int_equal(
		explanation_count(&counted->explanation, &counted->view, counted->snapshot), 0);
}

#define PEER(number, ...)                                                                          \
	.inode = (number), .state = LSP_STATE_ESTABLISHED, .local.port = 80,                       \
	.peer.address = {__VA_ARGS__}, .peer.port = 1000 + (number)
#define MAPPED(...) [10] = 0xff, [11] = 0xff, __VA_ARGS__

static void peers_and_holders_stand_by_their_number(void **state)
{
	static const struct machine_row rows[] = {
		{.socket = {PEER(1, 10, 0, 0, 1)}, .owners = {{.pid = 9}}},
		{.socket = {PEER(2, 10, 0, 0, 9)}, .owners = {{.pid = 9}, {.pid = 5}}},
		{.socket = {.local.family = LSP_FAMILY_IPV6, PEER(3, MAPPED(10, 0, 0, 9))}},
		{.socket = {.local.family = LSP_FAMILY_IPV6, PEER(4, 0xfd, [15] = 1)}},
		{.socket = {PEER(10, 192, 0, 2, 0)}},
		{.socket = {PEER(11, 192, 0, 2, 1)}},
		{.socket = {PEER(12, 192, 0, 2, 2)}},
		{.socket = {PEER(13, 192, 0, 2, 3)}},
		{.socket = {.state = LSP_STATE_LISTEN, .local.port = 80}},
		{.socket = {.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .local.port = 80}},
	};
	static const uint8_t quiet[16] = {10, 0, 0, 1}, busy[16] = {10, 0, 0, 9};
	static struct counted counted;
	const struct explanation_port *port = &counted.explanation.ports[0];

	(void)state;
	count(&counted, &(struct machine){.rows = rows, .count = ROWS(rows)});
	assert_int_equal(port->listener_count, 1);
	assert_int_equal(port->other_count, 8);
	assert_int_equal(port->states[LSP_STATE_ESTABLISHED], 8);
	assert_int_equal(port->peer_count, 7);
	/* IPv4 within IPv6 is the same peer. */
	assert_int_equal(port->peers[0].endpoint.family, LSP_FAMILY_IPV4);
	assert_memory_equal(port->peers[0].endpoint.address, busy, 16);
	assert_int_equal(port->peers[0].count, 2);
	assert_memory_equal(port->peers[1].endpoint.address, quiet, 16);
	assert_int_equal(port->holder_count, 2);
	assert_int_equal(port->holders[0].process->pid, 9);
	assert_int_equal(port->holders[0].count, 2);
	assert_int_equal(port->holders[1].process->pid, 5);
	/* UDP was not asked for. */
	assert_int_equal(counted.explanation.ports[1].listener_count, 0);
	assert_true(explanation_has_listener(&counted.explanation));
	lsp_snapshot_free(counted.snapshot);
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
		{-EADDRINUSE, 0, "no", "other sockets hold the port on IPv4 (2 time-wait); that "},
		{0, -EADDRINUSE, "no", "other sockets hold the port on IPv6 (2 time-wait); that "},
		{-EPERM, -EPERM, "no",
		 "a security module or a BPF program of the cgroup refuses it (Operation not "
		 "permitted)"},
		{-EACCES, 0, "no", "CAP_NET_BIND_SERVICE is needed on IPv4 below "},
		{-EMFILE, 0, "no", "Too many open files on IPv4"},
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
		const char *word = explanation_bind_format(&explanation, LSP_PROTO_TCP, &reason);
		const char *text = buf_text(&reason);

		expect(strcmp(word, rows[i].word) == 0, "row %zu: %s", i, word);
		expect(strncmp(text, rows[i].reason, strlen(rows[i].reason)) == 0, "row %zu: %s", i,
		       text);
		buf_deinit(&reason);
	}
}

static void no_command_contains_what_a_shell_reads(void **state)
{
	static const char *const wheres[] = {"a;b", "$(x)", "a b", "-x",
					     "",    "a\nb", "'",   "\xc3\xa9"};
	struct explanation_step steps[EXPLANATION_STEPS];
	static struct counted counted;
	size_t found;

	(void)state;
	count(&counted, &(struct machine){.host = &machine_no_host});
	for (size_t i = 0; i < ROWS(wheres); i++) {
		counted.explanation.where = wheres[i];
		found = explanation_steps_list(&counted.explanation, &counted.view,
					       counted.snapshot, steps);
		expect(found == 0, "\"%s\"", wheres[i]);
	}
	counted.explanation.where = "blue";
	found = explanation_steps_list(&counted.explanation, &counted.view, counted.snapshot,
				       steps);
	assert_int_equal(found, 1);
	assert_string_equal(buf_text(&steps[0].command), "lsports 70-90 -N blue");
	explanation_steps_deinit(steps, found);
	lsp_snapshot_free(counted.snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_and_holders_stand_by_their_number),
		cmocka_unit_test(a_bind_is_put_into_words),
		cmocka_unit_test(no_command_contains_what_a_shell_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
