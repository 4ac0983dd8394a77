/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule_reader: the lines of a rule file, and every error. */
#include "support.h"

#include "judge/rule_reader.h"
#include "ruling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A text with its size: it may hold NUL. */
#define TEXT(literal) (literal), sizeof(literal) - 1

/* "line:text" of each rule, "!" behind a required one. */
static const char *describe(const struct rule_table *rules, struct buf *out)
{
	for (size_t i = 0; i < rule_table_count(rules); i++) {
		const struct rule *rule = rule_table_at(rules, i);

		buf_printf(out, "%u:", rule->line);
		rule_table_format_text(rules, rule, out);
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
		/* inside a word it is an ordinary byte */
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
		struct rule_table rules = {0};

		expect(ruling_parse(&rules, "f", rows[i].text, rows[i].size, &errors) == 0,
		       "row %zu: %s", i, buf_text(&errors));
		expect(strcmp(describe(&rules, &out), rows[i].expected) == 0, "row %zu: %s", i,
		       out.data);
		expect(!errors.size, "row %zu: %s", i, buf_text(&errors));
		buf_deinit(&errors);
		buf_deinit(&out);
		rule_table_deinit(&rules);
	}
}

#define CUT ": the last line does not end with a newline; the file may be cut off\n"
#define BEFORE_END(word) ": \"" word "\": must stand before \"required\" and accept=\n"
#define NO_SELECTOR ": \"required\" needs a selector before it\n"
#define NO_TEXT(column, byte) ": column " #column ": byte 0x" #byte " is not text\n"

static void an_error_has_its_position(void **state)
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
		{TEXT("required\n"), "f:1" NO_SELECTOR},
		{TEXT("  required # yes\n"), "f:1" NO_SELECTOR},
		{TEXT("22 required user=root\n"), "f:1" BEFORE_END("user=root")},
		{TEXT("required 22\n"), "f:1" BEFORE_END("22")},
		{TEXT("22 accept=queue-full user=root\n"), "f:1" BEFORE_END("user=root")},
		{TEXT("accept=queue-full 22\n"), "f:1" BEFORE_END("22")},
		{TEXT("accept=queue-full\n"), "f:1: accept= needs a selector before it\n"},
		{TEXT("accept=queue-full required\n"), "f:1" NO_SELECTOR},
		{TEXT("tcp/22,exe=/x\n"),
		 "f:1: \"tcp/22,exe=/x\": column 1: unknown key \"tcp/22,exe\"; separate selectors "
		 "by blanks, not by commas\n"},
		{TEXT("22 accept=odd-ex\n"), "f:1: \"accept=odd-ex\": column 11: no finding is "
					     "called \"odd-ex\" (nearest: odd-exe)\n"},
		{TEXT("22 required required\n"),
		 "f:1: \"required\": column 13: stands there twice\n"},
		{TEXT("22 accept=\n"), "f:1: \"accept=\": column 11: a value is missing\n"},
		{TEXT("22 accept=exe?,,\n"),
		 "f:1: \"accept=exe?,,\": column 16: a value is missing\n"},
		{TEXT("22 accept=queue-full,changed\n"),
		 "f:1: \"accept=queue-full,changed\": column 22: a rule expects its listener: "
		 "accept= is "
		 "for findings about the listener itself\n"},
		{TEXT("22 accept=unexpecte\n"),
		 "f:1: \"accept=unexpecte\": column 11: no finding is called \"unexpecte\": "
		 "deleted-exe, odd-exe, exe?, masked, no-owner, held-elsewhere, flapping, "
		 "queue-full, in-ephemeral-range, mixed-group\n"},
		{TEXT("22 Required\n"), "f:1: \"Required\": column 4: \"Required\" is "
					"not a port, a service name or KEY=VALUE "
					"(for example process=NAME) (nearest: required)\n"},
		{TEXT("22 acept=exe?\n"),
		 "f:1: \"acept=exe?\": column 4: unknown key \"acept\" (nearest: accept)\n"},
		{TEXT("22 requierd\n"), "f:1: \"requierd\": column 4: \"requierd\" is "
					"not a port, a service name or KEY=VALUE "
					"(for example process=NAME) (nearest: required)\n"},
		{TEXT("22 finding=odd-exe\n"), "f:1: a rule cannot use finding=\n"},
		{TEXT("finding!=missing 22\n"), "f:1: a rule cannot use finding=\n"},
		{TEXT("22 exe=/a\\\n"),
		 "f:1: \"exe=/a\\\": column 10: a backslash needs a character after it\n"},
		/* all of them at once */
		{TEXT("pid=x uid=y 1-0\n# fine\n80\nuser\n"),
		 "f:1: \"pid=x\": column 5: pid must be a number from 0 to 4294967295; for a name "
		 "write process=x\n"
		 "f:1: \"uid=y\": column 11: uid must be a number from 0 to 4294967295; for a name "
		 "write user=y\n"
		 "f:1: \"1-0\": column 13: the range ends below its start\n"
		 "f:4: \"user\": column 1: \"user\" wants a value: user=...\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf errors = BUF_INIT;
		struct rule_table rules = {0};

		expect(ruling_parse(&rules, "f", rows[i].text, rows[i].size, &errors) == -EINVAL,
		       "row %zu is taken", i);
		expect(strcmp(buf_text(&errors), rows[i].expected) == 0, "row %zu: %s", i,
		       errors.data);
		buf_deinit(&errors);
		rule_table_deinit(&rules);
	}
}

static void a_hundred_errors_are_enough(void **state)
{
	struct buf errors = BUF_INIT, text = BUF_INIT;
	struct rule_table rules = {0};
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
	rule_table_deinit(&rules);
}

/* As long as its file, it is repeated no further than its beginning. */
static void a_long_word_is_cut_where_it_is_refused(void **state)
{
	static const size_t sizes[] = {196, 197, 1000, 8 << 20};

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct buf text = BUF_INIT, expected = BUF_INIT, errors = BUF_INIT;
		struct rule_table rules = {0};

		buf_append_text(&text, "80 no1=");
		buf_append_text(&expected, "f:1: \"no1=");
		for (size_t n = 0; n < sizes[i]; n++) {
			buf_append_char(&text, 'x');
			if (n < 196)
				buf_append_char(&expected, 'x');
		}
		buf_append_char(&text, '\n');
		if (sizes[i] > 196)
			buf_printf(&expected, " [... %zu bytes left out ...]", sizes[i] - 196);
		buf_append_text(&expected, sizes[i] > UINT16_MAX
						   ? "\": column 4: longer than a selector can be\n"
						   : "\": column 4: unknown key \"no1\"\n");
		assert_int_equal(ruling_parse(&rules, "f", text.data, text.size, &errors), -EINVAL);
		assert_string_equal(buf_text(&errors), buf_text(&expected));
		rule_table_deinit(&rules);
		buf_deinit(&text);
		buf_deinit(&expected);
		buf_deinit(&errors);
	}
}

static void files_follow_one_another(void **state)
{
	struct buf errors = BUF_INIT, place = BUF_INIT;
	struct rule_table rules = {0};

	(void)state;
	assert_int_equal(ruling_parse(&rules, "a", TEXT("22\n\n80\n"), &errors), 0);
	assert_int_equal(ruling_parse(&rules, "b", TEXT("x=1\n443 user=root\n"), &errors), -EINVAL);
	assert_int_equal(ruling_parse(&rules, "c c", TEXT("8080 exe=/a"), &errors), -EINVAL);
	assert_int_equal(ruling_parse(&rules, "d", TEXT("udp/auto exe=/a\n"), &errors), 0);
	assert_string_equal(buf_text(&errors),
			    "b:1: \"x=1\": column 1: unknown key \"x\"\nc c:1" CUT);
	/* valid lines are kept */
	assert_int_equal(rule_table_count(&rules), 4);
	for (size_t i = 0; i < rule_table_count(&rules); i++) {
		rule_table_format_location(&rules, rule_table_at(&rules, i), &place);
		buf_append_char(&place, ' ');
	}
	assert_string_equal(buf_text(&place), "a:1 a:3 b:2 d:1 ");
	buf_deinit(&errors);
	buf_deinit(&place);
	rule_table_deinit(&rules);
	rule_table_deinit(&rules); /* a zeroed one */
	rule_table_deinit(NULL);
}

/* The numbers of all terms, "key=1,2-3", and the text that is kept */
static void describe_numbers(const struct rule_table *rules, const struct rule *rule,
			     struct buf *out)
{
	rule_table_format_text(rules, rule, out);
	buf_printf(out, "%s %x ", rule->is_required ? "!" : "", rule->has_port);
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);
		const struct selector_value *values = selector_pool_values(&rules->pool, term);

		buf_printf(out, "%s%s", lsp_fact_key_word(lsp_fact_at(term->fact)),
			   term->is_negative ? "!=" : "=");
		for (uint32_t v = 0; v < term->value_count; v++) {
			if (term->fact == FACT_PORT)
				buf_printf(out, "%u-%u/%u,", values[v].ports.first,
					   values[v].ports.last, values[v].ports.protos);
			else
				buf_printf(out, "%llu,",
					   (unsigned long long)values[v].numbers.last);
		}
	}
}

/* A word that occurs on other lines, alone and with more values, keeps its meaning. */
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
		/* other lines end with the same words */
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
	struct rule_table rules = {0};
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
		struct rule_table alone = {0};

		buf_reset(&errors);
		if (ruling_parse(&alone, "f", line, strlen(line), &errors) < 0)
			refused++;
		if (rule_table_count(&alone)) {
			describe_numbers(&alone, rule_table_at(&alone, 0), &expected);
			describe_numbers(&rules, rule_table_at(&rules, next), &found);
			assert_int_equal(rule_table_at(&rules, next++)->line, i + 1);
			assert_string_equal(buf_text(&found), buf_text(&expected));
		}
		rule_table_deinit(&alone);
		buf_deinit(&found);
		buf_deinit(&expected);
	}
	assert_int_equal(next, rule_table_count(&rules));
	assert_int_equal(refused, 3 * 6);
	assert_int_equal(next + refused, 3 * ROWS(lines));
	buf_deinit(&text);
	buf_deinit(&errors);
	rule_table_deinit(&rules);
}

/* A wrong word does not affect the next rule. */
static void a_wrong_rule_is_no_rule(void **state)
{
	struct buf errors = BUF_INIT;
	struct rule_table rules = {0};
	const struct selector_term *term;

	(void)state;
	assert_int_equal(
		ruling_parse(&rules, "f", TEXT("80 user=a user=\n80 uid=1 80,x\n443\n"), &errors),
		-EINVAL);
	assert_int_equal(rule_table_count(&rules), 1);
	assert_int_equal(rule_table_at(&rules, 0)->selector.term_count, 1);
	term = selector_pool_term(&rules.pool, &rule_table_at(&rules, 0)->selector, 0);
	assert_int_equal(term->fact, FACT_PORT);
	assert_int_equal(term->value_count, 1);
	assert_int_equal(selector_pool_values(&rules.pool, term)[0].ports.first, 443);
	buf_deinit(&errors);
	rule_table_deinit(&rules);
}

static int fail_to_find(void *data, const char *name, size_t size,
			uint16_t ports[LSP_PROTOCOLS_MAX])
{
	(void)name;
	(void)size;
	(void)ports;
	return *(int *)data;
}

/* If service names cannot be read, the word is an error, but reading goes on. */
static void names_that_cannot_be_read(void **state)
{
	int error = -EACCES;
	const struct selector_names names = {.find = fail_to_find, .data = &error};
	struct error errors = ERROR_INIT;
	struct rule_table rules = {0};

	(void)state;
	assert_int_equal(rule_reader_parse(&rules, "f", "22\nssh\n1-0\n", 11, &names, &errors),
			 -EINVAL);
	assert_string_equal(error_text(&errors),
			    "f:2: \"ssh\": names of services could not be read: "
			    "Permission denied\n"
			    "f:3: \"1-0\": column 1: the range ends below its start");
	error = -ENOMEM;
	assert_int_equal(rule_reader_parse(&rules, "g", "ssh\n", 4, &names, &errors), -ENOMEM);
	error_deinit(&errors);
	rule_table_deinit(&rules);
}

/* A truncated file is refused, or consists of its first lines. */
static void a_cut_file_is_never_another_one(void **state)
{
	static const char text[] = "# web\ntcp/80 user=www exe=/usr/sbin/nginx\n\n"
				   "udp/53 user=bind unit=- required # dns\ntcp/22 user=root\n";
	const size_t size = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		struct buf errors = BUF_INIT;
		struct rule_table rules = {0};
		bool is_whole = !cut || text[cut - 1] == '\n';
		size_t lines = 0;

		for (size_t i = 0; i < cut; i++)
			lines += text[i] == '\n';
		assert_int_equal(ruling_parse(&rules, "f", text, cut, &errors),
				 is_whole ? 0 : -EINVAL);
		expect(rule_table_count(&rules) == (size_t)(lines >= 4) + (lines >= 2),
		       "%zu rules of %zu lines", rule_table_count(&rules), lines);
		buf_deinit(&errors);
		rule_table_deinit(&rules);
	}
}

/* Lines arrive in pieces of any size; an incomplete line comes again with the next piece. */
static void pieces_are_one_file(void **state)
{
	static const char text[] = "# web\ntcp/80 user=www\n\ntcp/81 user=www # x\n443 user=www\n"
				   "foo=1\n 22\trequired \n99999 uid=x\nudp/53 user=www\ntcp/7";
	const size_t size = sizeof(text) - 1;
	struct buf whole = BUF_INIT, whole_errors = BUF_INIT, all = BUF_INIT;
	struct rule_table rules = {0};

	(void)state;
	assert_int_equal(ruling_parse(&rules, "f", text, size, &whole_errors), -EINVAL);
	describe(&rules, &whole);
	rule_table_deinit(&rules);
	for (size_t step = 1; step <= size; step++) {
		struct buf piece = BUF_INIT, out = BUF_INIT;
		struct error errors = ERROR_INIT;
		struct rule_reader reader;

		assert_int_equal(rule_reader_init(&reader, &rules, "f", &ruling_names, &errors), 0);
		for (size_t at = 0; at < size; at += step) {
			ssize_t scanned;

			buf_append(&piece, text + at, at + step < size ? step : size - at);
			scanned = rule_reader_scan(&reader, piece.data, piece.size);
			assert_true(scanned >= 0);
			piece.size -= (size_t)scanned;
			memmove(piece.data, piece.data + scanned, piece.size);
		}
		assert_int_equal(rule_reader_end(&reader, piece.size), -EINVAL);
		assert_string_equal(describe(&rules, &out), whole.data);
		buf_append_text(&all, error_text(&errors));
		buf_append_char(&all, '\n');
		assert_string_equal(buf_text(&all), buf_text(&whole_errors));
		buf_reset(&all);
		rule_reader_deinit(&reader);
		error_deinit(&errors);
		buf_deinit(&piece);
		buf_deinit(&out);
		rule_table_deinit(&rules);
	}
	buf_deinit(&all);
	buf_deinit(&whole);
	buf_deinit(&whole_errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_rule),
		cmocka_unit_test(an_error_has_its_position),
		cmocka_unit_test(a_hundred_errors_are_enough),
		cmocka_unit_test(a_long_word_is_cut_where_it_is_refused),
		cmocka_unit_test(files_follow_one_another),
		cmocka_unit_test(lines_do_not_change_each_other),
		cmocka_unit_test(a_wrong_rule_is_no_rule),
		cmocka_unit_test(names_that_cannot_be_read),
		cmocka_unit_test(a_cut_file_is_never_another_one),
		cmocka_unit_test(pieces_are_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
