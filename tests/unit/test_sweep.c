/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/sweep: every range arrives in one datagram, or there is a gap. A fake kernel with any
 * number of sockets answers.
 */
#include "protocols.h"
#include "support.h"

#include "collect/sweep.h"
#include "collecting.h"

#include <stdlib.h>
#include <unistd.h>

/* Of the contract in sweep.c: half a datagram stays empty, but for one port alone. */
#define RANGE_BYTES 16384

#define MESSAGE_BYTES 100 /* header, body and a cgroup id */

static const struct diag_request tcp = {.states = 1u << LSP_STATE_LISTEN, .ports = {0, 65535}};

/* @port_of: where each of @count listeners stands. */
static void begin(struct collecting *collecting, size_t count, uint16_t (*port_of)(size_t i))
{
	collecting_init(collecting, NULL, &(struct lsp_query){0}, 7);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket = {
			.state = LSP_STATE_LISTEN,
			.local.port = port_of(i),
			.is_auto = i % 2 ? LSP_YES : LSP_NO,
			.cookie = i + 1,
			.inode = (uint32_t)i + 1,
			.has_cgroup = true,
			.cgroup_id = 1,
		};

		buf_append(&collecting->text, &socket, sizeof(socket));
	}
	assert_int_equal(collecting->text.error, 0);
	collecting_from_kernel(collecting, (const void *)collecting->text.data, count);
}

static uint16_t spread(size_t i)
{
	return (uint16_t)(i * 7919 % 65536);
}

static uint16_t dense(size_t i)
{
	return (uint16_t)(8000 + i);
}

static uint16_t ends(size_t i)
{
	return i % 2 ? UINT16_MAX : 0;
}

static uint16_t one_port(size_t i)
{
	(void)i;
	return 443;
}

static bool is_inside(const struct fake_request *inner, const struct fake_request *outer)
{
	return inner->ports.first >= outer->ports.first && inner->ports.last <= outer->ports.last;
}

/* A request that no later one asks a part of: its answer is used. */
static bool is_final(const struct fake_kernel *kernel, size_t index)
{
	for (size_t i = index + 1; i < kernel->asked_count; i++) {
		if (is_inside(&kernel->asked[i], &kernel->asked[index]))
			return false;
	}
	return true;
}

/* Final ranges fit, and cover the request's ports without overlap or hole. */
static void expect_cover(const struct fake_kernel *kernel, struct lsp_port_range ports)
{
	uint8_t *covered = calloc(65536, 1);

	assert_non_null(covered);
	for (size_t i = 0; i < kernel->asked_count; i++) {
		const struct fake_request *asked = &kernel->asked[i];

		if (!is_final(kernel, i))
			continue;
		expect(asked->datagrams <= 1 || asked->ports.first == asked->ports.last,
		       "%u-%u came in %zu datagrams", asked->ports.first, asked->ports.last,
		       asked->datagrams);
		expect(asked->largest <= RANGE_BYTES || asked->ports.first == asked->ports.last,
		       "%u-%u filled %zu bytes", asked->ports.first, asked->ports.last,
		       asked->largest);
		for (unsigned p = asked->ports.first; p <= asked->ports.last; p++)
			expect(!covered[p]++, "port %u was asked for twice", p);
	}
	for (unsigned p = 0; p <= UINT16_MAX; p++)
		expect(covered[p] == (p >= ports.first && p <= ports.last), "port %u: %u", p,
		       covered[p]);
	free(covered);
}

/* Each socket exactly once, before duplicates are dropped. */
static void expect_each_once(const struct collecting *scene, size_t count)
{
	uint8_t *seen = calloc(count + 1, 1);

	assert_non_null(seen);
	expect(collecting_count(scene) == count, "%zu of %zu sockets", collecting_count(scene),
	       count);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;

		builder_peek(scene->snapshot, i, &socket);
		expect(socket.cookie >= 1 && socket.cookie <= count && !seen[socket.cookie]++,
		       "cookie %llu", (unsigned long long)socket.cookie);
		expect(socket.local.port == scene->kernel.sockets[socket.cookie - 1].local.port,
		       "port");
		expect(socket.netns == 7, "namespace");
	}
	free(seen);
}

static size_t count_gaps(const struct collecting *scene)
{
	size_t count;

	lsp_snapshot_gaps(scene->snapshot, &count);
	return count;
}

static void what_fits_one_datagram_is_asked_for_once(void **state)
{
	static const size_t counts[] = {0, 1, 20, 45, RANGE_BYTES / MESSAGE_BYTES};

	(void)state;
	for (size_t i = 0; i < ROWS(counts); i++) {
		struct collecting scene;

		begin(&scene, counts[i], spread);
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect(scene.kernel.asked_count == 1, "%zu sockets: %zu requests", counts[i],
		       scene.kernel.asked_count);
		expect_each_once(&scene, counts[i]);
		assert_int_equal(count_gaps(&scene), 0);
		collecting_deinit(&scene);
	}
}

static void what_does_not_fit_is_split_until_it_does(void **state)
{
	static const struct {
		size_t count;
		uint16_t (*port_of)(size_t i);
		bool strict;
		size_t requests_max;
	} rows[] = {
		{RANGE_BYTES / MESSAGE_BYTES + 1, spread, false, 4},
		{1000, spread, false, 20},
		{1000, dense, true, 20},
		{3000, spread, false, 60},
		{3000, dense, false, 60},
		{SWEEP_WIDE_ABOVE, spread, false, 100},
		{SWEEP_WIDE_ABOVE + 1, dense, true, 100},
		{15000, spread, true, 300},
		{300, ends, true, 8},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct collecting scene;

		begin(&scene, rows[i].count, rows[i].port_of);
		scene.query.strict = rows[i].strict;
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect_cover(&scene.kernel, tcp.ports);
		expect_each_once(&scene, rows[i].count);
		expect(scene.kernel.asked_count > 2 &&
			       scene.kernel.asked_count <= rows[i].requests_max,
		       "row %zu: %zu requests", i, scene.kernel.asked_count);
		assert_int_equal(count_gaps(&scene), 0);
		collecting_deinit(&scene);
	}
}

/* The first dump made the plan; sockets that came later must be split too. */
static void what_came_after_the_plan_is_split_too(void **state)
{
	struct collecting scene;

	(void)state;
	begin(&scene, 3000, spread);
	scene.kernel.first_count = 200;
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
	expect_cover(&scene.kernel, tcp.ports);
	expect_each_once(&scene, 3000);
	collecting_deinit(&scene);
}

static void only_the_requests_own_ports_are_asked_for(void **state)
{
	static const struct lsp_port_range ranges[] = {{1000, 40000}, {0, 30000}, {65000, 65535}};

	(void)state;
	for (size_t i = 0; i < ROWS(ranges); i++) {
		struct diag_request request = tcp;
		struct collecting scene;
		size_t expected = 0;

		request.ports = ranges[i];
		begin(&scene, 30000, spread);
		scene.query.strict = true;
		for (size_t s = 0; s < 30000; s++)
			expected += spread(s) >= ranges[i].first && spread(s) <= ranges[i].last;
		assert_int_equal(sweep_listeners(&scene.collection, &request, scene.snapshot), 0);
		expect_cover(&scene.kernel, ranges[i]);
		assert_int_equal(collecting_count(&scene), expected);
		collecting_deinit(&scene);
	}
}

static void only_autos_are_asked_for_where_only_they_are_wanted(void **state)
{
	struct diag_request request = tcp;
	struct collecting scene;

	(void)state;
	request.only_auto = true;
	begin(&scene, 2000, spread);
	assert_int_equal(sweep_listeners(&scene.collection, &request, scene.snapshot), 0);
	assert_int_equal(collecting_count(&scene), 1000);
	for (size_t i = 0; i < scene.kernel.asked_count; i++)
		expect(scene.kernel.asked[i].is_auto_only, "request %zu", i);
	collecting_deinit(&scene);
}

/* 36 messages end just below a page; longer messages show whether they were cut there. */
static void one_port_that_fills_a_page_is_asked_again(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	if (page >= RANGE_BYTES)
		skip(); /* there a page holds more than a range may fill */
	for (int is_short = 0; is_short <= 1; is_short++) {
		size_t count = (page - 400) / MESSAGE_BYTES;
		struct collecting scene;

		begin(&scene, count, one_port);
		if (is_short)
			scene.kernel.datagram_max = page - 320;
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect_each_once(&scene, count);
		expect(scene.collection.crowded.count == (size_t)is_short, "%zu crowded",
		       scene.collection.crowded.count);
		collecting_deinit(&scene);
	}
}

static void a_port_that_overfills_it_is_a_gap(void **state)
{
	struct collecting scene;

	(void)state;
	/* So many just fill it, which one port may. */
	begin(&scene, 300, one_port);
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
	assert_int_equal(count_gaps(&scene), 0);
	expect_each_once(&scene, 300);
	collecting_deinit(&scene);
	begin(&scene, 400, one_port);
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
	assert_int_equal(count_gaps(&scene), 0);
	assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
	assert_non_null(collecting_gap(&scene, "tcp sockets", "on port 443"));
	expect_each_once(&scene, 400);
	expect_cover(&scene.kernel, tcp.ports);
	collecting_deinit(&scene);
}

static void many_sockets_stay_wide_unless_strict(void **state)
{
	const char *const *notes;
	struct collecting scene;
	size_t count;

	(void)state;
	begin(&scene, SWEEP_WIDE_ABOVE + 1, spread);
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
	assert_int_equal(scene.kernel.asked_count, 1);
	expect_each_once(&scene, SWEEP_WIDE_ABOVE + 1);
	notes = lsp_snapshot_notes(scene.snapshot, &count);
	assert_int_equal(count, 1);
	assert_non_null(strstr(notes[0], "wide dump of 5001 sockets"));
	collecting_deinit(&scene);
}

/* A datagram that ends just below a page may have been cut for lack of memory. */
static void a_datagram_of_a_page_is_taken_for_cut(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const struct {
		size_t bytes;
		bool is_asked_again;
	} rows[] = {
		{page - 1500, false}, {page - 1200, false}, {page - 900, true},
		{page - 400, true},   {page - 100, true},   {page + 200, false},
	};

	(void)state;
	if (page >= RANGE_BYTES)
		skip(); /* there every range that fits is smaller than a page */
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t count = rows[i].bytes / MESSAGE_BYTES;
		struct collecting scene;

		begin(&scene, count, spread);
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect((scene.kernel.asked_count > 1) == rows[i].is_asked_again,
		       "%zu bytes: %zu requests", count * MESSAGE_BYTES, scene.kernel.asked_count);
		expect_each_once(&scene, count);
		collecting_deinit(&scene);
	}
}

static void short_memory_in_the_kernel_only_makes_ranges_smaller(void **state)
{
	static const struct {
		size_t count, datagram_max;
	} rows[] = {
		{2000, 3776}, /* NLMSG_GOODSIZE with pages of 4 KiB */
		{300, 1000},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct collecting scene;

		begin(&scene, rows[i].count, spread);
		scene.kernel.datagram_max = rows[i].datagram_max;
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect_cover(&scene.kernel, tcp.ports);
		expect_each_once(&scene, rows[i].count);
		assert_int_equal(count_gaps(&scene), 0);
		collecting_deinit(&scene);
	}
}

static void what_was_collected_before_stays(void **state)
{
	struct lsp_socket first = {.state = LSP_STATE_LISTEN, .local.port = 9}, out;
	struct collecting scene;

	(void)state;
	begin(&scene, 1000, spread);
	assert_int_equal(builder_add_socket(scene.snapshot, &first), 0);
	scene.kernel.interrupts = 2;
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
	assert_int_equal(collecting_count(&scene), 1001);
	builder_peek(scene.snapshot, 0, &out);
	assert_int_equal(out.local.port, 9);
	assert_int_equal(out.netns, 0);
	collecting_deinit(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_one_datagram_is_asked_for_once),
		cmocka_unit_test(what_does_not_fit_is_split_until_it_does),
		cmocka_unit_test(what_came_after_the_plan_is_split_too),
		cmocka_unit_test(only_the_requests_own_ports_are_asked_for),
		cmocka_unit_test(only_autos_are_asked_for_where_only_they_are_wanted),
		cmocka_unit_test(one_port_that_fills_a_page_is_asked_again),
		cmocka_unit_test(a_port_that_overfills_it_is_a_gap),
		cmocka_unit_test(many_sockets_stay_wide_unless_strict),
		cmocka_unit_test(a_datagram_of_a_page_is_taken_for_cut),
		cmocka_unit_test(short_memory_in_the_kernel_only_makes_ranges_smaller),
		cmocka_unit_test(what_was_collected_before_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
