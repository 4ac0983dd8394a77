/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/nearest: a typing mistake finds its word, and unrelated words are not offered. */
#include "support.h"

#include "nearest.h"

static void the_word_that_was_meant_is_found(void **state)
{
	static const char *const words[] = {"port", "proto", "process", "address", "user"};
	static const struct {
		const char *wrong, *expected;
	} rows[] = {
		{"", NULL},
		{"port", "port"},
		{"prot", "proto"}, /* cut short, though "port" is an edit away */
		{"porto", "port"},
		{"protocol", "proto"},
		{"proc", "process"}, /* cut short */
		{"p", "port"},       /* the first of equals */
		{"u", "user"},
		{"addres", "address"},
		{"adress", "address"},
		{"addresss", "address"},
		{"addr", "address"},
		{"USER", NULL},
		{"zzzz", NULL},
		{"x", NULL},
		{"processes-of-everyone", NULL},
		{"\xff\xff\xff", NULL},
		{"addressaddressaddressaddressaddressaddress", NULL}, /* longer than is compared */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct nearest nearest;

		nearest_init(&nearest, rows[i].wrong);
		for (size_t w = 0; w < ROWS(words); w++)
			nearest_try(&nearest, words[w]);
		if (rows[i].expected)
			expect(nearest.word && strcmp(nearest.word, rows[i].expected) == 0,
			       "\"%s\" finds %s", rows[i].wrong,
			       nearest.word ? nearest.word : "nothing");
		else
			expect(!nearest.word, "\"%s\" finds %s", rows[i].wrong, nearest.word);
	}
}

static void the_distance_counts_single_edits(void **state)
{
	static const struct {
		const char *wrong, *word;
		size_t distance;
	} rows[] = {
		{"kitten", "sitting", 3}, {"flaw", "lawn", 2},     {"abcdef", "abcdefgh", 0},
		{"abcd", "abXd", 1},      {"abcd", "bcd", 1},      {"abcd", "Xabcd", 1},
		{"abcd", "abcd", 0},      {"abcdef", "badcef", 3}, /* no transpositions */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct nearest nearest;
		bool is_near = rows[i].distance < strlen(rows[i].wrong) / 2 + 1;

		nearest_init(&nearest, rows[i].wrong);
		nearest_try(&nearest, rows[i].word);
		expect((nearest.word != NULL) == is_near, "%s %s", rows[i].wrong, rows[i].word);
		expect(!is_near || nearest.distance == rows[i].distance, "%s %s is %zu",
		       rows[i].wrong, rows[i].word, nearest.distance);
	}
}

static void the_longest_words_are_compared_and_longer_ones_are_not(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz012345";
	char wrong[] = "Xbcdefghijklmnopqrstuvwxyz012345", longer[sizeof(longest) + 1];
	struct nearest nearest;

	(void)state;
	assert_int_equal(strlen(longest), 32);
	nearest_init(&nearest, wrong);
	nearest_try(&nearest, longest);
	assert_string_equal(nearest.word, longest);
	memcpy(longer, longest, sizeof(longest));
	memcpy(longer + 32, "6", 2);
	nearest_init(&nearest, wrong);
	nearest_try(&nearest, longer);
	assert_null(nearest.word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_that_was_meant_is_found),
		cmocka_unit_test(the_distance_counts_single_edits),
		cmocka_unit_test(the_longest_words_are_compared_and_longer_ones_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
