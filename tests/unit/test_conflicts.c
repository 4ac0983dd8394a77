/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/conflicts: options that cannot be combined are refused with the way out; all others are
 * accepted. */
#include "support.h"

#include "arguments.h"
#include "conflicts.h"

#include "view/formats.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 12

/* Return: that of conflicts_check(); the words are taken. */
static int check(const char *line, struct error *error)
{
	char text[200], *words[WORDS_MAX + 1], *rest = text;
	struct options options;
	int count = 0, r;

	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	while ((words[count] = strsep(&rest, " ")))
		assert_true(++count < WORDS_MAX);
	expect(arguments_parse(count, words, &options, error) == 0, "%s: %s", line,
	       error_text(error));
	r = conflicts_check(&options, error);
	options_deinit(&options);
	return r;
}

static void what_cannot_be_combined_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{"--explain 22 --check", "--explain and --check cannot be combined: "},
		{"--explain 22 --report-once x", "--explain and --check cannot be combined: "},
		{"--explain 22 --learn x", "--explain and --learn cannot be combined: "},
		{"--explain 22 --watch", "use lsports --watch PORT"},
		{"--explain 22 80",
		 "--explain takes one port and no selectors: to list sockets, use lsports 22 80"},
		{"--explain ssh tcp/80 user=root", "use lsports ssh tcp/80 user=root"},
		{"--explain 22 unit=a*", "use lsports PORT SELECTOR..."},
		{"--explain 22 -l", "--explain shows listeners and connections: -l, -a and "},
		{"--explain 22 -a", "--explain shows listeners and connections: -l, -a and "},
		{"--explain 22 --connected", "--explain shows listeners and connections: -l, "},
		{"--explain 22 -n", "-n and -P cannot be combined with it"},
		{"--explain 22 -P", "-n and -P cannot be combined with it"},
		{"--explain 22 -o port",
		 "--explain has no columns: -o, -O, --sort and --group-by "},
		{"--explain 22 -O", "--explain has no columns: "},
		{"--explain 22 --sort port", "--explain has no columns: "},
		{"--explain 22 --group-by user", "--explain has no columns: "},
		{"--explain 22 --all-netns", "use at most one -N, and not --all-netns"},
		{"--explain 22 -N a -N b", "use at most one -N, and not --all-netns"},
		{"--explain 22 --format csv", "--format csv: --explain writes table or json"},
		{"--explain 22 --format monitoring",
		 "--format monitoring: --explain writes table or json"},
		{"--report-once x", "--report-once works only with --check"},
		{"--watch --check", "--watch and --check cannot be combined: "},
		{"--watch --learn x", "--watch and --learn cannot be combined: "},
		{"--watch --output-file x", "use > FILE"},
		{"--watch -J", "--format json: --watch writes table or jsonl"},
		{"--watch --format monitoring",
		 "--format monitoring: --watch writes table or jsonl"},
		{"--learn x --check", "run --learn first, then --check"},
		{"--learn x --format monitoring", "run --learn first, then --check"},
		{"--learn x 22",
		 "--learn covers every listener: selectors, -t, -u, --udplite, -4, -6, -a and "},
		{"--learn x -t", "--learn covers every listener: "},
		{"--learn x -u", "--learn covers every listener: "},
		{"--learn x -4", "--learn covers every listener: "},
		{"--learn x -6", "--learn covers every listener: "},
		{"--learn x -a", "--learn covers every listener: "},
		{"--learn x --connected", "--learn covers every listener: "},
		{"--check -a", "--check compares listeners: -a and --connected cannot be "},
		{"--format monitoring --connected", "--check compares listeners: "},
		{"--check --format csv",
		 "--format csv: --check writes table, json, jsonl, prometheus or monitoring"},
		{"--format prometheus --connected",
		 "--format prometheus: connections, as of -a and --connected, are shown by table, "
		 "raw, json, jsonl or csv"},
		{"--format rules -a", "--format rules: connections, "},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct error error = ERROR_INIT;
		char line[200];

		snprintf(line, sizeof(line), "lsports %s", rows[i][0]);
		expect(check(line, &error) == -EINVAL, "%s: taken", line);
		expect(strstr(error_text(&error), rows[i][1]), "%s: %s", line, error_text(&error));
		expect(!strchr(error_text(&error), '\n'), "%s: more than one line", line);
		error_deinit(&error);
	}
}

static void all_else_is_taken(void **state)
{
	static const char *const lines[] = {
		"lsports",
		"lsports -tulpn 22 user=root --format csv --output-file x",
		"lsports -ane -O --sort port --group-by user --all-netns",
		"lsports --check 22 -t -4 --report-once x -N a -N b",
		"lsports --check -l --output-file x",
		"lsports --format monitoring --report-once x",
		"lsports --format prometheus --output-file x",
		"lsports --format prometheus -l",
		"lsports --learn x -l -N a",
		"lsports --explain 22 -t -N a -e --output-file x",
		"lsports --explain 22 -J",
		"lsports --watch 22 -a -o port",
		"lsports --watch --format jsonl",
		/* an unknown word is refused elsewhere */
		"lsports --check --format jsno",
		/* --help works with anything */
		"lsports --check --watch --explain 22 --help",
		"lsports --complete word --check -- --watch",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct error error = ERROR_INIT;

		expect(check(lines[i], &error) == 0, "%s: %s", lines[i], error_text(&error));
		assert_int_equal(error.number, 0);
	}
}

/* A new format is refused where it has nothing to write. */
static void every_format_of_a_check_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < formats_count; i++) {
		struct error error = ERROR_INIT;
		char line[200];

		snprintf(line, sizeof(line), "lsports --check --format %s", formats[i].word);
		expect((check(line, &error) == 0) == (formats[i].render_changes != NULL), "%s",
		       line);
		error_deinit(&error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_combined_is_refused),
		cmocka_unit_test(all_else_is_taken),
		cmocka_unit_test(every_format_of_a_check_is_known),
	};

	return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}
