/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/portsplit: the sockets of one port arrive in parts that each fit one datagram, and the
 * parts leave nothing out. A fake kernel with any number of sockets answers.
 */
#include "protocols.h"
#include "support.h"

#include "collect/portsplit.h"
#include "collecting.h"

#include <stdlib.h>
#include <string.h>

#define PORT 443
/* Of the contract in dump.h. */
#define PART_BYTES 30720
#define PROBES 3000

struct shape {
	enum lsp_family family;
	void (*place)(struct lsp_socket *socket, unsigned i);
	unsigned count;
	size_t requests_max;
	bool has_no_cgroups; /* the kernel gives no cgroup ids */
};

static void put_number(struct lsp_socket *socket, size_t at, uint32_t number)
{
	for (size_t i = 0; i < 4; i++)
		socket->local.address[at + i] = (uint8_t)(number >> (24 - 8 * i));
}

static void by_loopback(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, 0x7f000001u + i);
}

static void by_far_address(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, i * 2654435761u);
}

static void by_host_of_one_net(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, 0x20010db8u);
	put_number(socket, 12, i);
}

static void by_net(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, 0x20010db8u + i / 7);
	put_number(socket, 12, i % 7);
}

/* Each leaves the common prefix of the others at another bit. */
static void by_comb(struct lsp_socket *socket, unsigned i)
{
	unsigned bit = i % 128;

	socket->local.address[bit / 8] = (uint8_t)(0x80u >> bit % 8);
}

static void at_one_endpoint(struct lsp_socket *socket, unsigned i)
{
	(void)socket;
	(void)i;
}

static void by_device(struct lsp_socket *socket, unsigned i)
{
	socket->local.zone_index = 2 + i % 300;
}

static void by_cgroup(struct lsp_socket *socket, unsigned i)
{
	socket->cgroup_id = UINT64_C(1) << 40 | i % 50;
}

static void by_all(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, i % 3 ? 0 : 0x0a000000u + i % 11);
	socket->local.zone_index = i / 3 % 5;
	socket->cgroup_id = 1 + i / 15 % 20;
}

static void one_address_of_many(struct lsp_socket *socket, unsigned i)
{
	put_number(socket, 0, i < 400 ? 0x7f000001u : 0x7f000001u + i);
}

static struct lsp_socket socket_at(const struct shape *shape, unsigned i)
{
	struct lsp_socket socket = {
		.state = LSP_STATE_LISTEN,
		.local.family = shape->family,
		.local.port = PORT,
		.cookie = i + 1,
		.inode = i + 1,
		.has_cgroup = !shape->has_no_cgroups,
		.cgroup_id = 1,
	};

	shape->place(&socket, i);
	return socket;
}

static void begin(struct collecting *scene, const struct shape *shape)
{
	collecting_init(scene, NULL, &(struct lsp_query){0}, 7);
	for (unsigned i = 0; i < shape->count; i++) {
		struct lsp_socket socket = socket_at(shape, i);

		buf_append(&scene->text, &socket, sizeof(socket));
	}
	assert_int_equal(scene->text.error, 0);
	collecting_from_kernel(scene, (const void *)scene->text.data, shape->count);
}

static struct diag_request request_of(const struct shape *shape)
{
	return (struct diag_request){
		.family = shape->family,
		.states = 1u << LSP_STATE_LISTEN,
		.ports = {PORT, PORT},
	};
}

static void expect_each_once(const struct collecting *scene, size_t count)
{
	uint8_t *seen = calloc(count + 1, 1);

	assert_non_null(seen);
	expect(collecting_count(scene) == count, "%zu of %zu sockets", collecting_count(scene),
	       count);
	for (size_t i = 0; i < collecting_count(scene); i++) {
		struct lsp_socket socket;

		builder_peek(scene->snapshot, i, &socket);
		expect(socket.cookie >= 1 && socket.cookie <= count && !seen[socket.cookie]++,
		       "cookie %llu", (unsigned long long)socket.cookie);
	}
	free(seen);
}

static bool is_whole(const struct fake_request *asked)
{
	return asked->datagrams <= 1 && asked->largest <= PART_BYTES;
}

/* What looks cut at a page is asked for once more. */
static bool is_repeated(const struct fake_kernel *kernel, size_t i)
{
	const struct fake_request *asked = &kernel->asked[i], *next = asked + 1;

	return i + 1 < kernel->asked_count && next->code_size == asked->code_size &&
	       memcmp(next->code, asked->code, asked->code_size) == 0;
}

/* How many answers that count would have had this socket. */
static unsigned count_answers(const struct fake_kernel *kernel, const struct lsp_socket *socket)
{
	unsigned count = 0;

	for (size_t i = 0; i < kernel->asked_count; i++) {
		const struct fake_request *asked = &kernel->asked[i];

		count += is_whole(asked) && !is_repeated(kernel, i) &&
			 bytecode_accepts(asked->code, asked->code_size, socket);
	}
	return count;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* A socket that no reply showed, anywhere, is one of exactly one part. */
static void expect_no_hole(const struct collecting *scene, const struct shape *shape)
{
	uint32_t seed = 1;

	for (unsigned i = 0; i < PROBES; i++) {
		struct lsp_socket probe = socket_at(shape, next_random(&seed) % shape->count);
		size_t size = shape->family == LSP_FAMILY_IPV6 ? 16 : 4;
		unsigned bit = next_random(&seed) % (unsigned)(8 * size);
		unsigned count;

		if (i % 2)
			probe.local.address[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (i % 3 == 1)
			probe.local.zone_index = next_random(&seed) % 400;
		if (i % 5 == 1)
			probe.cgroup_id = next_random(&seed);
		count = count_answers(&scene->kernel, &probe);
		expect(count == 1, "probe %u: in %u parts", i, count);
	}
}

static void what_one_port_has_is_split_until_it_fits(void **state)
{
	static const struct shape shapes[] = {
		{LSP_FAMILY_IPV4, at_one_endpoint, 300, 1, false},
		{LSP_FAMILY_IPV4, by_loopback, 320, 10, false},
		{LSP_FAMILY_IPV4, by_loopback, 3000, 80, false},
		{LSP_FAMILY_IPV4, by_loopback, 20000, 600, true},
		{LSP_FAMILY_IPV4, by_far_address, 3000, 80, false},
		{LSP_FAMILY_IPV6, by_host_of_one_net, 3000, 80, false},
		{LSP_FAMILY_IPV6, by_net, 3000, 80, false},
		{LSP_FAMILY_IPV6, by_comb, 640, 300, false},
		{LSP_FAMILY_IPV4, by_device, 600, 310, false},
		{LSP_FAMILY_IPV6, by_device, 400, 310, true},
		{LSP_FAMILY_IPV4, by_cgroup, 1000, 60, false},
		{LSP_FAMILY_IPV4, by_all, 3000, 200, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(shapes); i++) {
		struct diag_request request = request_of(&shapes[i]);
		struct collecting scene;
		size_t gaps;

		begin(&scene, &shapes[i]);
		assert_int_equal(portsplit_ask(&scene.collection, &request, scene.snapshot), 0);
		assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
		lsp_snapshot_gaps(scene.snapshot, &gaps);
		expect(gaps == 0, "shape %zu: %zu gaps", i, gaps);
		expect(scene.kernel.asked_count <= shapes[i].requests_max,
		       "shape %zu: %zu requests", i, scene.kernel.asked_count);
		expect_each_once(&scene, shapes[i].count);
		expect_no_hole(&scene, &shapes[i]);
		collecting_deinit(&scene);
	}
}

/* Where the crowd is, others may have been passed over: whatever differs from it is in a part. */
static void expect_no_hole_elsewhere(const struct collecting *scene, const struct shape *shape)
{
	uint32_t seed = 1;

	for (unsigned i = 0; i < PROBES; i++) {
		struct lsp_socket probe = socket_at(shape, 0);
		unsigned count;

		put_number(&probe, 0, 0x55000000u | next_random(&seed));
		count = count_answers(&scene->kernel, &probe);
		expect(count == 1, "probe %u: in %u parts", i, count);
	}
}

/* Each split is tried once where none can help. */
static void what_cannot_be_split_is_a_gap_with_the_port(void **state)
{
	static const struct shape shapes[] = {
		{LSP_FAMILY_IPV4, at_one_endpoint, 1000, 7, false},
		{LSP_FAMILY_IPV6, at_one_endpoint, 1000, 5, true},
		{LSP_FAMILY_IPV4, one_address_of_many, 2000, 80, false},
		/* More of them than a request has room for. */
		{LSP_FAMILY_IPV4, by_device, 300 * 310, 910, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(shapes); i++) {
		struct diag_request request = request_of(&shapes[i]);
		struct collecting scene;
		const struct lsp_gap *gap;

		begin(&scene, &shapes[i]);
		assert_int_equal(portsplit_ask(&scene.collection, &request, scene.snapshot), 0);
		/* The same port in another family is the same one. */
		assert_int_equal(collection_note_crowded(&scene.collection, PORT), 0);
		assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
		gap = collecting_gap(&scene, "tcp sockets",
				     "may be missing: more of them share one address than the "
				     "kernel reports at once, on port 443");
		assert_non_null(gap);
		assert_true(gap->hides && !gap->is_blind);
		expect(scene.kernel.asked_count <= shapes[i].requests_max,
		       "shape %zu: %zu requests", i, scene.kernel.asked_count);
		expect_each_once(&scene, shapes[i].count);
		expect_no_hole_elsewhere(&scene, &shapes[i]);
		collecting_deinit(&scene);
	}
}

static void many_crowded_ports_are_one_gap(void **state)
{
	struct collecting scene;
	const struct lsp_gap *gaps;
	size_t count;

	(void)state;
	collecting_init(&scene, NULL, &(struct lsp_query){0}, 7);
	for (uint16_t port = 1; port <= 13; port++)
		assert_int_equal(collection_note_crowded(&scene.collection, port), 0);
	assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
	/* It is said, and forgotten. */
	assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
	gaps = lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 1);
	assert_non_null(strstr(gaps[0].why, "on port 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more"));
	collecting_deinit(&scene);
}

/* An older kernel refuses the question: it is asked the first one again, and the rest is a gap. */
static void a_kernel_that_cannot_be_asked_by_cgroup_leaves_a_gap(void **state)
{
	static const struct shape shape = {LSP_FAMILY_IPV4, by_cgroup, 320, 0, false};
	const struct diag_request request = request_of(&shape);
	const uint64_t no_device = 0;
	struct diag_request part = request;
	struct buf file = BUF_INIT;
	struct collecting scene;

	begin(&scene, &shape);
	scene.kernel.has_no_cgroups = true;
	/* A transport is closed behind an error: the next one is the recording. */
	part.inside = (struct endpoint_prefix){.bits = 32, .family = LSP_FAMILY_IPV4};
	part.devices = (struct diag_set){.values = &no_device, .count = 1};
	recording_append(&file, &part, scene.kernel.sockets, shape.count, 0);
	part.devices.is_other = true;
	recording_append(&file, &part, NULL, 0, 0);
	tree_write(*state, "netlink", file.data, file.size);
	root_deinit(&scene.root);
	assert_int_equal(root_init(&scene.root, *state), 0);
	assert_int_equal(portsplit_ask(&scene.collection, &request, scene.snapshot), 0);
	assert_int_equal(collection_add_crowded_gap(&scene.collection, LSP_PROTO_TCP), 0);
	assert_non_null(collecting_gap(&scene, "tcp sockets", "on port 443"));
	expect_each_once(&scene, shape.count);
	collecting_deinit(&scene);
	buf_deinit(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_port_has_is_split_until_it_fits),
		cmocka_unit_test(what_cannot_be_split_is_a_gap_with_the_port),
		cmocka_unit_test(many_crowded_ports_are_one_gap),
		TREE_TEST(a_kernel_that_cannot_be_asked_by_cgroup_leaves_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
