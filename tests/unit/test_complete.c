/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cursor is on a command line, and which names may be offered there. */
#include "support.h"

#include "complete.h"

#include <stdlib.h>

#define WORDS_MAX 12
#define TCP LSP_BIT(LSP_PROTO_TCP)
#define UDP LSP_BIT(LSP_PROTO_UDP)

/* Words split at blanks; an empty one stands behind a blank at the end. */
struct line {
	char text[200];
	const char *words[WORDS_MAX];
	size_t count;
};

static void split(struct line *line, const char *text)
{
	char *rest = line->text, *word;

	assert_true(strlen(text) < sizeof(line->text));
	strcpy(line->text, text);
	line->count = 0;
	while ((word = strsep(&rest, " "))) {
		assert_true(line->count < WORDS_MAX);
		line->words[line->count++] = word;
	}
}

static void find_place(struct line *line, const char *text, struct complete_place *place)
{
	split(line, text);
	complete_find_place(line->words, line->count, place);
}

/* --- places ------------------------------------------------------------------------------ */

struct place_case {
	const char *text;
	enum complete_kind kind;
	const char *name; /* of the option, or the selector key */
	unsigned protos;
	const char *part; /* what is to be completed */
};

static const struct place_case place_cases[] = {
	{"", COMPLETE_KIND_SELECTOR, NULL, 0, ""},
	{"22", COMPLETE_KIND_SELECTOR, NULL, 0, "22"},
	{"22 ss", COMPLETE_KIND_SELECTOR, NULL, 0, "ss"},
	{":8", COMPLETE_KIND_PORT, NULL, 0, "8"},
	{"22,8", COMPLETE_KIND_PORT, NULL, 0, "8"},
	{"22,", COMPLETE_KIND_PORT, NULL, 0, ""},
	{"tcp/", COMPLETE_KIND_PORT, NULL, TCP, ""},
	{"22,udp/5", COMPLETE_KIND_PORT, NULL, UDP, "5"},
	{"tcp", COMPLETE_KIND_SELECTOR, NULL, 0, "tcp"},
	{"port=22,tcp/8", COMPLETE_KIND_PORT, NULL, TCP, "8"},
	{"port!=8", COMPLETE_KIND_PORT, NULL, 0, "8"},
	{"user=", COMPLETE_KIND_KEY, "user", 0, ""},
	{"user!=ro", COMPLETE_KIND_KEY, "user", 0, "ro"},
	{"user=root,www", COMPLETE_KIND_KEY, "user", 0, "www"},
	{"process=a=b", COMPLETE_KIND_KEY, "process", 0, "a=b"},
	{"use=", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"=", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"!=", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"a,b=c", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"-", COMPLETE_KIND_OPTION, NULL, 0, "-"},
	{"--", COMPLETE_KIND_OPTION, NULL, 0, "--"},
	{"--for", COMPLETE_KIND_OPTION, NULL, 0, "--for"},
	{"-tul", COMPLETE_KIND_LETTERS, "listening", 0, "-tul"},
	{"-tnj", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"-K", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"--format ", COMPLETE_KIND_FORMATS, "format", 0, ""},
	{"--form ", COMPLETE_KIND_FORMATS, "format", 0, ""},
	{"--format=js", COMPLETE_KIND_FORMATS, "format", 0, "js"},
	{"--format json ", COMPLETE_KIND_SELECTOR, NULL, 0, ""},
	{"--format=json ", COMPLETE_KIND_SELECTOR, NULL, 0, ""},
	{"--json=", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"--=", COMPLETE_KIND_NOTHING, NULL, 0, NULL},
	{"-o ", COMPLETE_KIND_COLUMNS, "output", 0, ""},
	{"-o po", COMPLETE_KIND_COLUMNS, "output", 0, "po"},
	{"-opo", COMPLETE_KIND_COLUMNS, "output", 0, "po"},
	{"-tnopo", COMPLETE_KIND_COLUMNS, "output", 0, "po"},
	{"-tno po", COMPLETE_KIND_COLUMNS, "output", 0, "po"},
	{"-o +exe,pi", COMPLETE_KIND_COLUMNS, "output", 0, "pi"},
	{"-o +pi", COMPLETE_KIND_COLUMNS, "output", 0, "pi"},
	{"-o -pi", COMPLETE_KIND_COLUMNS, "output", 0, "-pi"},
	{"--sort -po", COMPLETE_KIND_COLUMNS, "sort", 0, "po"},
	{"--sort=-port,-us", COMPLETE_KIND_COLUMNS, "sort", 0, "us"},
	{"--sort +po", COMPLETE_KIND_COLUMNS, "sort", 0, "+po"},
	{"-opo po", COMPLETE_KIND_SELECTOR, NULL, 0, "po"},
	{"--group-by ", COMPLETE_KIND_GROUPINGS, "group-by", 0, ""},
	{"--color ", COMPLETE_KIND_SELECTOR, "color", 0, ""},
	{"--color=", COMPLETE_KIND_WORDS, "color", 0, ""},
	{"--color never ", COMPLETE_KIND_SELECTOR, NULL, 0, ""},
	{"--color --for", COMPLETE_KIND_OPTION, NULL, 0, "--for"},
	{"--source ", COMPLETE_KIND_WORDS, "source", 0, ""},
	{"-N ", COMPLETE_KIND_NETNS, "netns", 0, ""},
	{"-N -- -", COMPLETE_KIND_OPTION, NULL, 0, "-"},
	{"--expected x", COMPLETE_KIND_RULE_FILE, "expected", 0, "x"},
	{"--learn=", COMPLETE_KIND_RULE_FILE, "learn", 0, ""},
	{"--output-file ", COMPLETE_KIND_FILE, "output-file", 0, ""},
	{"--report-once=/v", COMPLETE_KIND_FILE, "report-once", 0, "/v"},
	{"--sysroot ", COMPLETE_KIND_DIRECTORY, "sysroot", 0, ""},
	{"-- --for", COMPLETE_KIND_SELECTOR, NULL, 0, "--for"},
	{"-- --format ", COMPLETE_KIND_SELECTOR, NULL, 0, ""},
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(place_cases) / sizeof(place_cases[0]); i++) {
		const struct place_case *c = &place_cases[i];
		struct complete_place place;
		const char *name = NULL;
		struct line line;

		find_place(&line, c->text, &place);
		if (place.kind == COMPLETE_KIND_KEY)
			name = lsp_key_at(place.key)->word;
		else if (place.row && place.kind != COMPLETE_KIND_NOTHING)
			name = place.row->name;
		expect(place.kind == c->kind, "%s: kind %u", c->text, place.kind);
		expect(place.protos == c->protos, "%s: protos %u", c->text, place.protos);
		expect(!name == !c->name && (!name || strcmp(name, c->name) == 0), "%s: %s",
		       c->text, name ? name : "-");
		expect(!c->part || strcmp(line.words[line.count - 1] + place.kept, c->part) == 0,
		       "%s: kept %zu", c->text, place.kept);
	}
}

/* --- tables -------------------------------------------------------------------------------- */

static void test_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_row_count; i++)
		expect(complete_knows_argument(&option_rows[i]), "--%s %s", option_rows[i].name,
		       option_rows[i].argument);
}

static void test_keys(void **state)
{
	const struct lsp_key *key;
	size_t i;

	(void)state;
	for (i = 0; (key = lsp_key_at(i)); i++)
		expect(lsp_key_word(i, 0) || complete_is_live(key->word) ||
			       strcmp(key->word, "netns") == 0,
		       "%s=", key->word);
	assert_in_range(i, 20, 100);
	assert_null(lsp_key_word(i, 0));
}

/* --- what is offered -------------------------------------------------------------------------- */

struct offer_case {
	const char *text, *value, *description;
	const char *out;
};

static const struct offer_case offer_cases[] = {
	{"", "22", "ssh", "22\tssh\n"},
	{"user=", "root", NULL, "user=root\t\n"},
	{"user=r", "root", "a", "user=root\ta\n"},
	{"user=x", "root", "a", ""},
	{"user=root,", "root", "a", ""},
	{"user=rootx,", "root", "a", "user=rootx,root\ta\n"},
	{"user=a,root,", "root", "a", ""},
	{"-o port,", "port", "a", ""},
	{"-o +port,", "port", "a", ""},
	{"--sort -port,", "port", "a", ""},
	{"--sort -port,-", "port", "a", ""},
	{"--sort -port,-", "user", "a", "-port,-user\ta\n"},
	{"unit=", "user@1000.service", "a", "unit=user@1000.service\ta\n"},
	{"exe=", "/usr/bin/x-1_2", "a", "exe=/usr/bin/x-1_2\ta\n"},
	{"user=", "", "a", ""},
	{"user=", "a b", "a", ""},
	{"user=", "$(id)", "a", ""},
	{"user=", "`id`", "a", ""},
	{"user=", "a\nb", "a", ""},
	{"user=", "a\tb", "a", ""},
	{"user=", "a'b", "a", ""},
	{"user=", "a\"b", "a", ""},
	{"user=", "a\\b", "a", ""},
	{"user=", "a,b", "a", ""},
	{"user=", "a*", "a", ""},
	{"user=", "~a", "a", ""},
	{"user=", "a;b", "a", ""},
	{"user=", "\x1b[31m", "a", ""},
	{"user=", "\xc3\xa9", "a", ""},
	{"user=", "root", "a\tb\nc\x1b", "user=root\ta\\x09b\\x0ac\\x1b\n"},
};

static void test_offers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(offer_cases) / sizeof(offer_cases[0]); i++) {
		const struct offer_case *c = &offer_cases[i];
		struct buf out = BUF_INIT;
		struct completion completion = {.out = &out};
		struct line line;

		find_place(&line, c->text, &completion.place);
		completion.word = line.words[line.count - 1];
		complete_offer(&completion, c->value, c->description);
		expect(strcmp(buf_text(&out), c->out) == 0, "%s + %s: %s", c->text, c->value,
		       buf_text(&out));
		buf_deinit(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
