/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rules: lines of a rule file, and every error in it. */
#include "ruling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A text with its size: it may hold NUL. */
#define TEXT(literal) (literal), sizeof(literal) - 1

/* "line:text" of each rule, "!" behind a required one. */
static const char *describe(const struct rules *rules, struct buf *out)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];

		buf_printf(out, "%u:", rule->line);
		rule_format_text(rules, rule, out);
		buf_append_text(out, rule->is_required ? "!|" : "|");
	}
	return buf_text(out);
}

static void a_line_is_a_rule(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *expected;
	} rows[] = {
		{TEXT(""), ""},
		{TEXT("\n"), ""},
		{TEXT("\n\n\n"), ""},
		{TEXT("# nothing\n"), ""},
		{TEXT("#\n#\n \t # x\n"), ""},
		{TEXT("22\n"), "1:22|"},
		{TEXT("tcp/22 user=root\n"), "1:tcp/22 user=root|"},
		{TEXT("  22 \t user=root\t\n"), "1:22 \t user=root|"},
		{TEXT("22 # ssh\n"), "1:22|"},
		{TEXT("22 #\n"), "1:22|"},
		{TEXT("# first\n\n22\n80 # web\n"), "3:22|4:80|"},
		{TEXT("22 required\n"), "1:22 required!|"},
		{TEXT("22 required # really\n"), "1:22 required!|"},
		{TEXT("22 user=required\n"), "1:22 user=required|"},
		{TEXT("exe=/a\\ b 22\n"), "1:exe=/a\\ b 22|"},
		{TEXT("exe=/a\\# 22 # b\n"), "1:exe=/a\\# 22|"},
		/* within a word it is a byte like any other */
		{TEXT("exe=/a#b\n"), "1:exe=/a#b|"},
		{TEXT("# caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n22\n"), "2:22|"},
		{TEXT("exe=/caf\xc3\xa9\n"), "1:exe=/caf\xc3\xa9|"},
		{TEXT("# \xc2\xa0 a blank that does not break\n"), ""},
		{TEXT("22 22\n22\n"), "1:22 22|2:22|"},
		{TEXT("user!=root\n"), "1:user!=root|"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf errors = BUF_INIT, out = BUF_INIT;
		struct rules rules = {0};

		expect(ruling_parse(&rules, "f", rows[i].text, rows[i].size, &errors) == 0,
		       "row %zu: %s", i, buf_text(&errors));
		expect(strcmp(describe(&rules, &out), rows[i].expected) == 0, "row %zu: %s", i,
		       out.data);
		expect(!errors.size, "row %zu: %s", i, buf_text(&errors));
		buf_deinit(&errors);
		buf_deinit(&out);
		rules_deinit(&rules);
	}
}

#define CUT ": the last line has no end: it may have been cut\n"
#define NO_TEXT(column, byte) ": column " #column ": byte 0x" #byte " is not text\n"

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *expected;
	} rows[] = {
		/* cut */
		{TEXT("22"), "f:1" CUT},
		{TEXT("22\n80 user=roo"), "f:2" CUT},
		{TEXT("# comment"), "f:1" CUT},
		{TEXT(" "), "f:1" CUT},
		{TEXT("x=1\n22"), "f:1: \"x=1\": column 1: unknown key \"x\"\nf:2" CUT},
		/* no text */
		{TEXT("22\r\n"), "f:1: the line ends in a carriage return (0x0d)\n"},
		{TEXT("\r\n"), "f:1: the line ends in a carriage return (0x0d)\n"},
		{TEXT("22\r \n"), "f:1" NO_TEXT(3, 0d)},
		{TEXT("22\0\n"), "f:1" NO_TEXT(3, 00)},
		{TEXT("\0"), "f:1" CUT},
		{TEXT("\0\n"), "f:1" NO_TEXT(1, 00)},
		{TEXT("22 # \0\n"), "f:1" NO_TEXT(6, 00)},
		{TEXT("\xef\xbb\xbf"
		      "22\n"),
		 "f:1" NO_TEXT(1, ef)},
		{TEXT("22 # \xef\xbb\xbf\n"), "f:1" NO_TEXT(6, ef)},
		{TEXT("22 \x1b[0m\n"), "f:1" NO_TEXT(4, 1b)},
		{TEXT("22\v\n"), "f:1" NO_TEXT(3, 0b)},
		{TEXT("22\f\n"), "f:1" NO_TEXT(3, 0c)},
		{TEXT("22\x7f\n"), "f:1" NO_TEXT(3, 7f)},
		{TEXT("exe=/\xff\n"), "f:1" NO_TEXT(6, ff)},
		{TEXT("# caf\xe9\n"), "f:1" NO_TEXT(6, e9)},
		{TEXT("# \xc2\x80\n"), "f:1" NO_TEXT(3, c2)}, /* C1 */
		{TEXT("# \xc2\x9b"
		      "31m\n"),
		 "f:1" NO_TEXT(3, c2)},
		{TEXT("# \xc0\xaf\n"), "f:1" NO_TEXT(3, c0)},
		{TEXT("# \xed\xa0\x80\n"), "f:1" NO_TEXT(3, ed)},
		{TEXT("# \xe2\x82\n"), "f:1" NO_TEXT(3, e2)}, /* cut within a character */
		/* words */
		{TEXT("user=\n"), "f:1: \"user=\": column 6: a value is missing\n"},
		{TEXT("22 user=\n"), "f:1: \"user=\": column 9: a value is missing\n"},
		{TEXT("22 prot=tcp\n"),
		 "f:1: \"prot=tcp\": column 4: unknown key \"prot\" (nearest: proto)\n"},
		{TEXT("\t22 99999\n"), "f:1: \"99999\": column 5: a port is at most 65535\n"},
		{TEXT("required\n"), "f:1: the rule selects nothing\n"},
		{TEXT("  required # yes\n"), "f:1: the rule selects nothing\n"},
		{TEXT("22 required user=root\n"), "f:1: nothing may stand behind \"required\"\n"},
		{TEXT("required 22\n"), "f:1: nothing may stand behind \"required\"\n"},
		{TEXT("22 required required\n"), "f:1: nothing may stand behind \"required\"\n"},
		{TEXT("22 Required\n"), "f:1: \"Required\": column 4: \"Required\" is "
					"no port, no name of a service and no KEY=VALUE, as "
					"process=NAME or address=ADDRESS\n"},
		{TEXT("22 finding=odd-exe\n"),
		 "f:1: finding= cannot stand in a rule: findings come from rules\n"},
		{TEXT("finding!=missing 22\n"),
		 "f:1: finding= cannot stand in a rule: findings come from rules\n"},
		{TEXT("22 exe=/a\\\n"),
		 "f:1: \"exe=/a\\\": column 10: nothing stands behind the backslash\n"},
		/* all of them at once */
		{TEXT("pid=x uid=y 1-0\n# fine\n80\nuser\n"),
		 "f:1: \"pid=x\": column 5: this is a number from 0 to 4294967295\n"
		 "f:1: \"uid=y\": column 11: this is a number from 0 to 4294967295\n"
		 "f:1: \"1-0\": column 13: the range ends below its start\n"
		 "f:4: \"user\": column 1: \"user\" wants a value: user=...\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf errors = BUF_INIT;
		struct rules rules = {0};

		expect(ruling_parse(&rules, "f", rows[i].text, rows[i].size, &errors) == -EINVAL,
		       "row %zu is taken", i);
		expect(strcmp(buf_text(&errors), rows[i].expected) == 0, "row %zu: %s", i,
		       errors.data);
		buf_deinit(&errors);
		rules_deinit(&rules);
	}
}

static void a_hundred_errors_are_enough(void **state)
{
	struct buf errors = BUF_INIT, text = BUF_INIT;
	struct rules rules = {0};
	size_t lines = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		buf_append_text(&text, "foo=1\n");
	assert_int_equal(ruling_parse(&rules, "f", text.data, text.size, &errors), -EINVAL);
	for (const char *at = buf_text(&errors); (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 101);
	assert_non_null(strstr(errors.data, "\nf:100: \"foo=1\""));
	assert_null(strstr(errors.data, "f:101:"));
	assert_non_null(strstr(errors.data, "\nf: more than 100 errors, the rest was not read\n"));
	buf_deinit(&errors);
	buf_deinit(&text);
	rules_deinit(&rules);
}

static void files_follow_one_another(void **state)
{
	struct buf errors = BUF_INIT, place = BUF_INIT;
	struct rules rules = {0};

	(void)state;
	assert_int_equal(ruling_parse(&rules, "a", TEXT("22\n\n80\n"), &errors), 0);
	assert_int_equal(ruling_parse(&rules, "b", TEXT("x=1\n443 user=root\n"), &errors), -EINVAL);
	assert_int_equal(ruling_parse(&rules, "c c", TEXT("8080 exe=/a"), &errors), -EINVAL);
	assert_int_equal(ruling_parse(&rules, "d", TEXT("udp/auto exe=/a\n"), &errors), 0);
	assert_string_equal(buf_text(&errors),
			    "b:1: \"x=1\": column 1: unknown key \"x\"\nc c:1" CUT);
	/* what is right is there all the same */
	assert_int_equal(rules.count, 4);
	for (size_t i = 0; i < rules.count; i++) {
		rule_format_place(&rules, &rules.rules[i], &place);
		buf_append_char(&place, ' ');
	}
	assert_string_equal(buf_text(&place), "a:1 a:3 b:2 d:1 ");
	assert_int_equal(rules.facts,
			 LSP_FACT_USERS | LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_AUTO);
	buf_deinit(&errors);
	buf_deinit(&place);
	rules_deinit(&rules);
	rules_deinit(&rules); /* a zeroed one */
	rules_deinit(NULL);
}

/* Numbers of all terms, "key=1,2-3", and what is kept of the line */
static void describe_numbers(const struct rules *rules, const struct rule *rule, struct buf *out)
{
	rule_format_text(rules, rule, out);
	buf_printf(out, "%s %x ", rule->is_required ? "!" : "", rule->has_port);
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);
		const struct selector_value *values = &rules->pool.values[term->first_value];

		buf_printf(out, "%s%s", keys[term->key].shown.word, term->is_negative ? "!=" : "=");
		for (uint32_t v = 0; v < term->value_count; v++) {
			if (term->key == KEY_PORT)
				buf_printf(out, "%u-%u/%u,", values[v].ports.first,
					   values[v].ports.last, values[v].ports.protos);
			else
				buf_printf(out, "%llu,",
					   (unsigned long long)values[v].numbers.last);
		}
	}
}

/* A word that comes again in other lines, alone and with more of its key, means what it says. */
static void lines_do_not_change_each_other(void **state)
{
	static const char *const lines[] = {
		"tcp/22 uid=1\n",
		"tcp/22 uid=1 uid=2\n",
		"tcp/22 uid=1\n",
		"uid=1 tcp/22 80\n",
		"80 tcp/22 uid=2 uid=1 uid=3\n",
		"tcp/22 tcp/22 uid=1 uid=1\n",
		"tcp/22 uid!=1\n",
		"uid!=1 uid=1 uid!=2 uid=2 tcp/22\n",
		"80 80 80\n",
		"80 uid=3 required\n",
		"tcp/22 uid=1 # uid=2\n",
		"uid=1,2 uid=1 uid=2\n",
		"uid=1 uid=x\n",
		"80 uid=1\n",
		/* what stands behind the first word stands behind others too */
		"81 uid=1 family=ipv4\n",
		"82 uid=1 family=ipv4\n",
		"uid=2 uid=1 family=ipv4\n",
		"uid!=2 uid=1 family=ipv4\n",
		"family=ipv4 uid=1 family=ipv4\n",
		"82 uid=1 family=ipv4 # more\n",
		"83 uid=1 family=ipv4 # more\n",
		"82  uid=1 family=ipv4 \n",
		"83  uid=1 family=ipv4 \n",
		"81 82 uid=3 uid=4\n",
		"uid=7 82 uid=3 uid=4\n",
		"proto=tcp 82 uid=3 uid=4\n",
		"84 uid=3 uid=4 required\n",
		"85 uid=3 uid=4 required\n",
		"86 uid=3 uid=4 required uid=5\n",
		"84 finding=masked\n",
		"85 finding=masked\n",
		"86 required\n",
		"87 required\n",
		"required\n",
		"required required\n",
	};
	struct buf text = BUF_INIT, errors = BUF_INIT;
	struct rules rules = {0};
	size_t next = 0, refused = 0;

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = 0; i < ROWS(lines); i++)
			buf_append_text(&text, lines[(i * 6 + round) % ROWS(lines)]);
	}
	assert_int_equal(ruling_parse(&rules, "f", text.data, text.size, &errors), -EINVAL);
	for (size_t i = 0; i < 3 * ROWS(lines); i++) {
		const char *line = lines[(i % ROWS(lines) * 6 + i / ROWS(lines)) % ROWS(lines)];
		struct buf found = BUF_INIT, expected = BUF_INIT;
		struct rules alone = {0};

		buf_reset(&errors);
		if (ruling_parse(&alone, "f", line, strlen(line), &errors) < 0)
			refused++;
		if (alone.count) {
			describe_numbers(&alone, &alone.rules[0], &expected);
			describe_numbers(&rules, &rules.rules[next], &found);
			assert_int_equal(rules.rules[next++].line, i + 1);
			assert_string_equal(buf_text(&found), buf_text(&expected));
		}
		rules_deinit(&alone);
		buf_deinit(&found);
		buf_deinit(&expected);
	}
	assert_int_equal(next, rules.count);
	assert_int_equal(refused, 3 * 6);
	assert_int_equal(next + refused, 3 * ROWS(lines));
	buf_deinit(&text);
	buf_deinit(&errors);
	rules_deinit(&rules);
}

/* A wrong word leaves nothing behind in the rule that follows. */
static void a_wrong_rule_is_no_rule(void **state)
{
	struct buf errors = BUF_INIT;
	struct rules rules = {0};
	const struct selector_term *term;

	(void)state;
	assert_int_equal(
		ruling_parse(&rules, "f", TEXT("80 user=a user=\n80 uid=1 80,x\n443\n"), &errors),
		-EINVAL);
	assert_int_equal(rules.count, 1);
	assert_int_equal(rules.rules[0].selector.term_count, 1);
	term = selector_term_at(&rules.pool, &rules.rules[0].selector, 0);
	assert_int_equal(term->key, KEY_PORT);
	assert_int_equal(term->value_count, 1);
	assert_int_equal(rules.pool.values[term->first_value].ports.first, 443);
	buf_deinit(&errors);
	rules_deinit(&rules);
}

static int fail_to_find(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTO_COUNT])
{
	(void)name;
	(void)size;
	(void)ports;
	return *(int *)data;
}

/* Names that could not be read are an error of the word, and no end of the reading. */
static void names_that_cannot_be_read(void **state)
{
	int error = -EACCES;
	const struct selector_names names = {.find = fail_to_find, .data = &error};
	struct buf errors = BUF_INIT;
	struct rules rules = {0};

	(void)state;
	assert_int_equal(rules_parse(&rules, "f", "22\nssh\n1-0\n", 11, &names, &errors), -EINVAL);
	assert_string_equal(buf_text(&errors),
			    "f:2: \"ssh\": names of services could not be read: "
			    "Permission denied\n"
			    "f:3: \"1-0\": column 1: the range ends below its start\n");
	error = -ENOMEM;
	assert_int_equal(rules_parse(&rules, "g", "ssh\n", 4, &names, &errors), -ENOMEM);
	buf_deinit(&errors);
	rules_deinit(&rules);
}

/* Wherever a file is cut, it is refused or it is the first of its lines. */
static void a_cut_file_is_never_another_one(void **state)
{
	static const char text[] = "# web\ntcp/80 user=www exe=/usr/sbin/nginx\n\n"
				   "udp/53 user=bind unit=- required # dns\ntcp/22 user=root\n";
	const size_t size = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		struct buf errors = BUF_INIT;
		struct rules rules = {0};
		bool is_whole = !cut || text[cut - 1] == '\n';
		size_t lines = 0;

		for (size_t i = 0; i < cut; i++)
			lines += text[i] == '\n';
		assert_int_equal(ruling_parse(&rules, "f", text, cut, &errors),
				 is_whole ? 0 : -EINVAL);
		expect(rules.count == (size_t)(lines >= 4) + (lines >= 2), "%zu rules of %zu lines",
		       rules.count, lines);
		buf_deinit(&errors);
		rules_deinit(&rules);
	}
}

/* Lines come in pieces of any size: what is left of one comes again with the next. */
static void pieces_are_one_file(void **state)
{
	static const char text[] = "# web\ntcp/80 user=www\n\ntcp/81 user=www # x\n443 user=www\n"
				   "foo=1\n 22\trequired \n99999 uid=x\nudp/53 user=www\ntcp/7";
	const size_t size = sizeof(text) - 1;
	struct buf whole = BUF_INIT, whole_errors = BUF_INIT;
	struct rules rules = {0};

	(void)state;
	assert_int_equal(ruling_parse(&rules, "f", text, size, &whole_errors), -EINVAL);
	describe(&rules, &whole);
	rules_deinit(&rules);
	for (size_t step = 1; step <= size; step++) {
		struct buf errors = BUF_INIT, piece = BUF_INIT, out = BUF_INIT;
		struct rule_reader *reader = rule_reader_new(&rules, "f", &ruling_names, &errors);

		assert_non_null(reader);
		for (size_t at = 0; at < size; at += step) {
			ssize_t taken;

			buf_append(&piece, text + at, at + step < size ? step : size - at);
			taken = rule_reader_take(reader, piece.data, piece.size);
			assert_true(taken >= 0);
			piece.size -= (size_t)taken;
			memmove(piece.data, piece.data + taken, piece.size);
		}
		assert_int_equal(rule_reader_end(reader, piece.size), -EINVAL);
		assert_string_equal(describe(&rules, &out), whole.data);
		assert_string_equal(buf_text(&errors), buf_text(&whole_errors));
		buf_deinit(&errors);
		buf_deinit(&piece);
		buf_deinit(&out);
		rules_deinit(&rules);
	}
	rule_reader_free(NULL);
	buf_deinit(&whole);
	buf_deinit(&whole_errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_rule),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(a_hundred_errors_are_enough),
		cmocka_unit_test(files_follow_one_another),
		cmocka_unit_test(lines_do_not_change_each_other),
		cmocka_unit_test(a_wrong_rule_is_no_rule),
		cmocka_unit_test(names_that_cannot_be_read),
		cmocka_unit_test(a_cut_file_is_never_another_one),
		cmocka_unit_test(pieces_are_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
