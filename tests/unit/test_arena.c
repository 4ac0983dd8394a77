/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/arena: what was added stays where it is, and nothing overlaps. */
#include "support.h"

#include "arena.h"

#include <stdio.h>

#define MANY 20000u

static void an_empty_arena_owns_nothing(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	arena_deinit(&arena);
	arena_deinit(&arena);
	arena_deinit(NULL);
	assert_null(arena.newest);
}

/* Sizes below and above that of every chunk, each filled with bytes of its own. */
static void nothing_overlaps_and_nothing_moves(void **state)
{
	static unsigned char *added[MANY];
	static size_t sizes[MANY];
	struct arena arena = ARENA_INIT;
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		random = random * 1664525u + 1013904223u;
		sizes[i] = random >> 24;
		if (i % 1000 == 999)
			sizes[i] = random >> 12;
		added[i] = arena_add(&arena, sizes[i], 1);
		expect(added[i] != NULL, "%zu: %zu bytes", i, sizes[i]);
		memset(added[i], (int)i, sizes[i]);
	}
	for (size_t i = 0; i < MANY; i++) {
		for (size_t at = 0; at < sizes[i]; at++)
			expect(added[i][at] == (unsigned char)i, "%zu: byte %zu", i, at);
	}
	arena_deinit(&arena);
}

static void addresses_are_aligned(void **state)
{
	static const size_t alignments[] = {1, 2, 4, 8, _Alignof(max_align_t)};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		size_t alignment = alignments[i % ROWS(alignments)];
		void *added = arena_add(&arena, i % 7, alignment);

		assert_non_null(added);
		expect((uintptr_t)added % alignment == 0, "%zu: alignment %zu", i, alignment);
	}
	arena_deinit(&arena);
}

static void texts_end(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *empty, *text, *part;

	(void)state;
	empty = arena_add_text(&arena, NULL, 0);
	text = arena_add_text(&arena, "text", 4);
	part = arena_add_text(&arena, "text", 2);
	assert_string_equal(empty, "");
	assert_string_equal(text, "text");
	assert_string_equal(part, "te");
	arena_deinit(&arena);
}

static void memory_that_is_short_changes_nothing(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *text = arena_add_text(&arena, "text", 4);

	(void)state;
	/* More bytes than an address has bits for. */
	assert_null(arena_add(&arena, SIZE_MAX, 1));
	assert_null(arena_add(&arena, SIZE_MAX - 64, 8));
	assert_null(arena_add_text(&arena, "x", SIZE_MAX));
	assert_string_equal(text, "text");
	assert_string_equal(arena_add_text(&arena, "more", 4), "more");
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_arena_owns_nothing),
		cmocka_unit_test(nothing_overlaps_and_nothing_moves),
		cmocka_unit_test(addresses_are_aligned),
		cmocka_unit_test(texts_end),
		cmocka_unit_test(memory_that_is_short_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
