/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/socket_table: each socket comes out once, in the order of the contract. */
#include "protocols.h"
#include "support.h"

#include "model/socket_order.h"

#include <stdlib.h>

static void add(struct socket_table *table, const struct lsp_socket *socket)
{
	assert_int_equal(socket_table_add(table, socket), 0);
}

/* Field by field: padding of two equal sockets may differ. */
static bool is_equal(const struct lsp_socket *a, const struct lsp_socket *b)
{
	return a->netns == b->netns && a->proto == b->proto && a->local.family == b->local.family &&
	       a->local.zone == b->local.zone && a->state == b->state &&
	       a->local.port == b->local.port && a->peer.port == b->peer.port &&
	       memcmp(a->local.address, b->local.address, 16) == 0 &&
	       memcmp(a->peer.address, b->peer.address, 16) == 0 && a->v6only == b->v6only &&
	       a->is_auto == b->is_auto && a->still_open == b->still_open && a->has_uid == b->has_uid &&
	       a->has_cookie == b->has_cookie && a->has_cgroup == b->has_cgroup &&
	       a->has_interface == b->has_interface && a->has_backlog == b->has_backlog &&
	       a->uid == b->uid && a->inode == b->inode && a->cookie == b->cookie &&
	       a->cgroup_id == b->cgroup_id && a->recv_queue == b->recv_queue &&
	       a->send_queue == b->send_queue && a->backlog == b->backlog;
}

static const struct lsp_socket extremes[] = {
	{0},
	{
		.netns = UINT32_MAX,
		.proto = LSP_PROTO_UDP,
		.local.family = LSP_FAMILY_IPV6,
		.state = LSP_STATE_BOUND_INACTIVE,
		.local.address = {0xfe, 0x80, [15] = 0xff},
		.local.port = 65535,
		.peer.address = {0xff, 0xff, [15] = 0x01},
		.peer.port = 65534,
		.v6only = LSP_YES,
		.is_auto = LSP_YES,
		.still_open = LSP_YES,
		.has_interface = true,
		.has_uid = true,
		.has_cookie = true,
		.has_cgroup = true,
		.has_backlog = true,
		.uid = UINT32_MAX,
		.inode = UINT32_MAX,
		.cookie = UINT64_MAX,
		.cgroup_id = UINT64_MAX,
		.local.zone = "eth0",
		.local.zone_index = UINT32_MAX,
		.recv_queue = UINT32_MAX,
		.send_queue = UINT32_MAX - 1,
		.backlog = UINT32_MAX - 2,
	},
	{.local.address = {255, 254, 253, 252},
	 .local.port = 1,
	 .peer.address = {1, 2, 3, 4},
	 .peer.port = 2,
	 .state = LSP_STATE_LISTEN},
	{.v6only = LSP_NO, .is_auto = LSP_NO, .has_cookie = true, .cookie = 1ull << 32},
	{.inode = 1, .cgroup_id = 1ull << 63, .recv_queue = 1, .send_queue = 2, .backlog = 3},
};

static void every_fact_comes_out_as_it_went_in(void **state)
{
	struct socket_table table;

	(void)state;
	socket_table_init(&table);
	for (size_t i = 0; i < ROWS(extremes); i++)
		add(&table, &extremes[i]);
	assert_int_equal(socket_table_count(&table), ROWS(extremes));
	for (size_t i = 0; i < ROWS(extremes); i++) {
		struct lsp_socket out;

		memset(&out, 0xaa, sizeof(out));
		socket_table_unpack(&table, i, &out);
		expect(is_equal(&out, &extremes[i]), "row %zu", i);
		assert_null(out.unit);
	}
	socket_table_deinit(&table);
}

static void an_empty_table_has_an_order_too(void **state)
{
	struct socket_table table;

	(void)state;
	socket_table_init(&table);
	assert_int_equal(socket_order_dedup(&table, NULL, 0), 0);
	assert_int_equal(socket_order_sort(&table), 0);
	assert_int_equal(socket_table_count(&table), 0);
	socket_table_deinit(&table);
}

/* Two sockets with the same identity or not; the second one differs. */
static void identity_is_the_cookie_or_else_the_inode(void **state)
{
	static const struct {
		const char *name;
		struct lsp_socket a, b;
		size_t kept;
	} rows[] = {
		{"equal cookies",
		 {.has_cookie = true, .cookie = 9, .inode = 1, .local.port = 1},
		 {.has_cookie = true, .cookie = 9, .inode = 2, .local.port = 2},
		 1},
		{"cookies that differ above 32 bits",
		 {.has_cookie = true, .cookie = 9, .inode = 1},
		 {.has_cookie = true, .cookie = 9 | 1ull << 32, .inode = 1},
		 2},
		{"equal cookies of two namespaces",
		 {.has_cookie = true, .cookie = 9, .netns = 1},
		 {.has_cookie = true, .cookie = 9, .netns = 2},
		 2},
		{"equal inodes", {.inode = 5, .local.port = 1}, {.inode = 5, .local.port = 2}, 1},
		{"equal inodes of two namespaces",
		 {.inode = 5, .netns = 1},
		 {.inode = 5, .netns = 2},
		 2},
		{"two inodes", {.inode = 5}, {.inode = 6}, 2},
		{"inodes of one bucket", {.inode = 5}, {.inode = 5 + 65536}, 2},
		{"no identity at all", {.local.port = 1}, {.local.port = 1}, 2},
		{"cookie against inode", {.has_cookie = true, .cookie = 5}, {.inode = 5}, 2},
		{"a cookie of zero is a cookie",
		 {.has_cookie = true, .cookie = 0},
		 {.has_cookie = true, .cookie = 0},
		 1},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct socket_table table;

		socket_table_init(&table);
		add(&table, &rows[i].a);
		add(&table, &rows[i].b);
		assert_int_equal(socket_order_dedup(&table, NULL, 0), 0);
		expect(socket_table_count(&table) == rows[i].kept, "%s: %zu are kept", rows[i].name,
		       socket_table_count(&table));
		socket_table_deinit(&table);
	}
}

static void what_has_no_identity_is_one_when_all_of_it_is_equal(void **state)
{
	struct lsp_socket socket = {.state = LSP_STATE_TIME_WAIT, .local.port = 80};
	struct socket_table table;

	(void)state;
	socket_table_init(&table);
	for (int i = 0; i < 3; i++)
		add(&table, &socket);
	socket.peer.port = 1;
	add(&table, &socket);
	socket.state = LSP_STATE_SYN_RECV;
	add(&table, &socket);
	assert_int_equal(socket_order_dedup(&table, NULL, 0), 0);
	assert_int_equal(socket_table_count(&table), 5);
	assert_int_equal(socket_order_sort(&table), 0);
	assert_int_equal(socket_table_count(&table), 3);
	socket_table_deinit(&table);
}

static void autos_are_marked_where_that_can_be_known(void **state)
{
	/* In any order; 7 is one of another namespace. */
	struct socket_mark autos[] = {
		{8, 1}, {3, 1}, {5, 1}, {2, 1}, {13, 1}, {1ull << 40, 1}, {7, 2},
	};
	struct socket_table table;
	size_t marked = 0;

	(void)state;
	socket_table_init(&table);
	for (uint64_t c = 0; c <= 20; c++) {
		/* The last cookie is above that of every auto. */
		struct lsp_socket socket = {
			.netns = 1, .has_cookie = true, .cookie = c < 20 ? c : UINT64_MAX};

		socket.is_auto = c == 13 ? LSP_UNKNOWN : LSP_NO;
		add(&table, &socket);
	}
	assert_int_equal(socket_order_dedup(&table, autos, ROWS(autos)), 0);
	for (size_t i = 0; i < socket_table_count(&table); i++) {
		struct lsp_socket socket;
		bool is_auto;

		socket_table_unpack(&table, i, &socket);
		is_auto = socket.cookie == 2 || socket.cookie == 3 || socket.cookie == 5 ||
			  socket.cookie == 8;
		marked += is_auto;
		expect(socket.is_auto == (socket.cookie == 13 ? LSP_UNKNOWN
					  : is_auto           ? LSP_YES
							      : LSP_NO),
		       "cookie %llu", (unsigned long long)socket.cookie);
	}
	assert_int_equal(marked, 4);
	socket_table_deinit(&table);
}

/* --- order against a reference: qsort of whole sockets by the words of the contract --- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_reference(const void *x, const void *y)
{
	const struct lsp_socket *a = x, *b = y;
	int r = compare_numbers(a->local.port, b->local.port);

	r = r ? r : compare_numbers(a->proto, b->proto);
	r = r ? r : compare_numbers(a->local.family, b->local.family);
	r = r ? r : memcmp(a->local.address, b->local.address, 16);
	r = r ? r : strcmp(a->local.zone ? a->local.zone : "", b->local.zone ? b->local.zone : "");
	r = r ? r : memcmp(a->peer.address, b->peer.address, 16);
	r = r ? r : compare_numbers(a->peer.port, b->peer.port);
	r = r ? r : compare_numbers(a->netns, b->netns);
	return r ? r : compare_numbers(a->cookie, b->cookie);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* @spread small: nearly everything is equal; large: nearly nothing. */
static struct lsp_socket make_random(uint64_t *seed, uint32_t spread, uint64_t cookie)
{
	/* No name sorts first. */
	static const char *const names[] = {NULL, "eth0", "eth1", "a", "wg0"};
	struct lsp_socket socket = {
		.proto = (next_random(seed) % 2),
		.local.family = (enum lsp_family)(next_random(seed) % 2),
		.state = LSP_STATE_ESTABLISHED,
		.local.port = (uint16_t)(next_random(seed) % spread),
		.peer.port = (uint16_t)(next_random(seed) % spread),
		.netns = next_random(seed) % 2,
		.local.zone = names[next_random(seed) % ROWS(names)],
		.has_cookie = true,
		.cookie = cookie,
	};

	for (int i = 0; i < (socket.local.family == LSP_FAMILY_IPV6 ? 16 : 4); i += 3) {
		socket.local.address[i] = (uint8_t)(next_random(seed) % 3 * 127);
		socket.peer.address[i] = (uint8_t)(next_random(seed) % 3 * 127);
	}
	return socket;
}

static void expect_order(size_t count, uint32_t spread)
{
	struct lsp_socket *reference = calloc(count, sizeof(*reference));
	struct socket_table table;
	uint64_t seed = count * 31 + spread;

	assert_non_null(reference);
	socket_table_init(&table);
	for (size_t i = 0; i < count; i++) {
		/* Odd factor: each cookie once, and in no order. */
		reference[i] = make_random(&seed, spread, (i + 1) * 0x9e3779b97f4a7c15u);
		add(&table, &reference[i]);
		if (i % 3 == 0) /* reported twice */
			add(&table, &reference[i]);
	}
	qsort(reference, count, sizeof(*reference), compare_reference);
	assert_int_equal(socket_order_dedup(&table, NULL, 0), 0);
	assert_int_equal(socket_order_sort(&table), 0);
	assert_int_equal(socket_table_count(&table), count);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket out;

		socket_table_unpack(&table, i, &out);
		expect(is_equal(&out, &reference[i]), "%zu of %zu, spread %u", i, count, spread);
	}
	socket_table_deinit(&table);
	free(reference);
}

static void the_order_is_that_of_a_plain_sort(void **state)
{
	static const size_t counts[] = {1, 2, 3, 4, 5, 7, 8, 31, 100, 1000, 5000};
	static const uint32_t spreads[] = {1, 2, 10, 65536};

	(void)state;
	for (size_t c = 0; c < ROWS(counts); c++) {
		for (size_t s = 0; s < ROWS(spreads); s++)
			expect_order(counts[c], spreads[s]);
	}
}

static void the_order_holds_with_100000_rows(void **state)
{
	(void)state;
	expect_order(100000, 65536);
	expect_order(100000, 3);
}

static void inodes_and_states_end_the_order(void **state)
{
	static const uint32_t inodes[] = {70000, 3, 65539, 9};
	struct socket_table table;
	uint32_t last = 0;

	(void)state;
	socket_table_init(&table);
	for (size_t i = 0; i < ROWS(inodes); i++) {
		struct lsp_socket socket = {.inode = inodes[i], .local.port = 53};

		add(&table, &socket);
	}
	assert_int_equal(socket_order_dedup(&table, NULL, 0), 0);
	assert_int_equal(socket_order_sort(&table), 0);
	assert_int_equal(socket_table_count(&table), ROWS(inodes));
	for (size_t i = 0; i < socket_table_count(&table); i++) {
		expect(socket_table_at(&table, i)->inode > last, "inode %u",
		       socket_table_at(&table, i)->inode);
		last = socket_table_at(&table, i)->inode;
	}
	socket_table_deinit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_comes_out_as_it_went_in),
		cmocka_unit_test(an_empty_table_has_an_order_too),
		cmocka_unit_test(identity_is_the_cookie_or_else_the_inode),
		cmocka_unit_test(what_has_no_identity_is_one_when_all_of_it_is_equal),
		cmocka_unit_test(autos_are_marked_where_that_can_be_known),
		cmocka_unit_test(the_order_is_that_of_a_plain_sort),
		cmocka_unit_test(the_order_holds_with_100000_rows),
		cmocka_unit_test(inodes_and_states_end_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
