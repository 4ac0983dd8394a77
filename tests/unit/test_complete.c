/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/complete: what is being completed on a command line, and which words are offered. */
#include "protocols.h"
#include "support.h"

#include "complete_live.h"

#include <lsports/judgement.h>

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

static void find_context(struct line *line, const char *text, struct complete_context *context)
{
	split(line, text);
	complete_context_parse(line->words, line->count, context);
}

/* --- contexts ---------------------------------------------------------------------------- */

struct context_case {
	const char *text;
	enum complete_context_kind kind;
	const char *name; /* of the option, or the selector key */
	unsigned protos;
	const char *part; /* what is to be completed */
};

static const struct context_case context_cases[] = {
	{"", COMPLETE_CONTEXT_SELECTOR, NULL, 0, ""},
	{"22", COMPLETE_CONTEXT_SELECTOR, NULL, 0, "22"},
	{"22 ss", COMPLETE_CONTEXT_SELECTOR, NULL, 0, "ss"},
	{":8", COMPLETE_CONTEXT_PORT, NULL, 0, "8"},
	{"22,8", COMPLETE_CONTEXT_PORT, NULL, 0, "8"},
	{"22,", COMPLETE_CONTEXT_PORT, NULL, 0, ""},
	{"tcp/", COMPLETE_CONTEXT_PORT, NULL, TCP, ""},
	{"22,udp/5", COMPLETE_CONTEXT_PORT, NULL, UDP, "5"},
	{"tcp", COMPLETE_CONTEXT_SELECTOR, NULL, 0, "tcp"},
	{"port=22,tcp/8", COMPLETE_CONTEXT_PORT, NULL, TCP, "8"},
	{"port!=8", COMPLETE_CONTEXT_PORT, NULL, 0, "8"},
	{"user=", COMPLETE_CONTEXT_KEY, "user", 0, ""},
	{"user!=ro", COMPLETE_CONTEXT_KEY, "user", 0, "ro"},
	{"user=root,www", COMPLETE_CONTEXT_KEY, "user", 0, "www"},
	{"process=a=b", COMPLETE_CONTEXT_KEY, "process", 0, "a=b"},
	{"use=", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"=", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"!=", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"a,b=c", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"-", COMPLETE_CONTEXT_OPTION, NULL, 0, "-"},
	{"--", COMPLETE_CONTEXT_OPTION, NULL, 0, "--"},
	{"--for", COMPLETE_CONTEXT_OPTION, NULL, 0, "--for"},
	{"-tul", COMPLETE_CONTEXT_LETTERS, "listening", 0, "-tul"},
	{"-tnj", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"-K", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"--format ", COMPLETE_CONTEXT_FORMATS, "format", 0, ""},
	{"--form ", COMPLETE_CONTEXT_FORMATS, "format", 0, ""},
	{"--format=js", COMPLETE_CONTEXT_FORMATS, "format", 0, "js"},
	{"--format json ", COMPLETE_CONTEXT_SELECTOR, NULL, 0, ""},
	{"--format=json ", COMPLETE_CONTEXT_SELECTOR, NULL, 0, ""},
	{"--json=", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"--=", COMPLETE_CONTEXT_NOTHING, NULL, 0, NULL},
	{"-o ", COMPLETE_CONTEXT_COLUMNS, "output", 0, ""},
	{"-o po", COMPLETE_CONTEXT_COLUMNS, "output", 0, "po"},
	{"-opo", COMPLETE_CONTEXT_COLUMNS, "output", 0, "po"},
	{"-tnopo", COMPLETE_CONTEXT_COLUMNS, "output", 0, "po"},
	{"-tno po", COMPLETE_CONTEXT_COLUMNS, "output", 0, "po"},
	{"-o +exe,pi", COMPLETE_CONTEXT_COLUMNS, "output", 0, "pi"},
	{"-o +pi", COMPLETE_CONTEXT_COLUMNS, "output", 0, "pi"},
	{"-o -pi", COMPLETE_CONTEXT_COLUMNS, "output", 0, "-pi"},
	{"--sort -po", COMPLETE_CONTEXT_COLUMNS, "sort", 0, "po"},
	{"--sort=-port,-us", COMPLETE_CONTEXT_COLUMNS, "sort", 0, "us"},
	{"--sort +po", COMPLETE_CONTEXT_COLUMNS, "sort", 0, "+po"},
	{"-opo po", COMPLETE_CONTEXT_SELECTOR, NULL, 0, "po"},
	{"--group-by ", COMPLETE_CONTEXT_GROUPINGS, "group-by", 0, ""},
	{"--color ", COMPLETE_CONTEXT_SELECTOR, "color", 0, ""},
	{"--color=", COMPLETE_CONTEXT_WORDS, "color", 0, ""},
	{"--color never ", COMPLETE_CONTEXT_SELECTOR, NULL, 0, ""},
	{"--color --for", COMPLETE_CONTEXT_OPTION, NULL, 0, "--for"},
	{"--source ", COMPLETE_CONTEXT_WORDS, "source", 0, ""},
	{"-N ", COMPLETE_CONTEXT_NETNS, "netns", 0, ""},
	{"-N -- -", COMPLETE_CONTEXT_OPTION, NULL, 0, "-"},
	{"--expected x", COMPLETE_CONTEXT_RULE_FILE, "expected", 0, "x"},
	{"--learn=", COMPLETE_CONTEXT_RULE_FILE, "learn", 0, ""},
	{"--output-file ", COMPLETE_CONTEXT_FILE, "output-file", 0, ""},
	{"--report-once=/v", COMPLETE_CONTEXT_FILE, "report-once", 0, "/v"},
	{"--sysroot ", COMPLETE_CONTEXT_DIRECTORY, "sysroot", 0, ""},
	{"-- --for", COMPLETE_CONTEXT_SELECTOR, NULL, 0, "--for"},
	{"-- --format ", COMPLETE_CONTEXT_SELECTOR, NULL, 0, ""},
};

static void test_contexts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(context_cases) / sizeof(context_cases[0]); i++) {
		const struct context_case *c = &context_cases[i];
		struct complete_context context;
		const char *name = NULL;
		struct line line;

		find_context(&line, c->text, &context);
		if (context.kind == COMPLETE_CONTEXT_KEY)
			name = lsp_fact_key_word(context.key);
		else if (context.row && context.kind != COMPLETE_CONTEXT_NOTHING)
			name = context.row->name;
		expect(context.kind == c->kind, "%s: kind %u", c->text, context.kind);
		expect(context.protos == c->protos, "%s: protos %u", c->text, context.protos);
		expect(!name == !c->name && (!name || strcmp(name, c->name) == 0), "%s: %s",
		       c->text, name ? name : "-");
		expect(!c->part || strcmp(line.words[line.count - 1] + context.kept, c->part) == 0,
		       "%s: kept %zu", c->text, context.kept);
	}
}

/* --- tables -------------------------------------------------------------------------------- */

static void test_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_rows_count; i++)
		expect(complete_context_knows(&option_rows[i]), "--%s %s", option_rows_name(&option_rows[i]),
		       option_rows[i].argument);
}

static void test_keys(void **state)
{
	const struct lsp_fact *key;
	size_t i;

	(void)state;
	for (i = 0; (key = lsp_fact_key_at(i)); i++)
		expect(*lsp_fact_key_word(key) && *key->help, "%s=", key->word);
	assert_in_range(i, 20, 100);
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

		find_context(&line, c->text, &completion.context);
		completion.word = line.words[line.count - 1];
		complete_line_add_foreign(&completion, c->value, c->description);
		expect(strcmp(buf_text(&out), c->out) == 0, "%s + %s: %s", c->text, c->value,
		       buf_text(&out));
		buf_deinit(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
