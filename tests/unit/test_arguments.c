/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: clusters, habits of ss, netstat and lsof, and every way to get it wrong. */
#include "protocols.h"
#include "support.h"

#include "arguments.h"
#include "option_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ARGS_MAX 12
#define LISTENERS OPTIONS_STATE_LISTENERS
#define ALL (OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS)
#define TCP LSP_BIT(LSP_PROTO_TCP)
#define UDP LSP_BIT(LSP_PROTO_UDP)
#define IPV4 LSP_BIT(LSP_FAMILY_IPV4)
#define IPV6 LSP_BIT(LSP_FAMILY_IPV6)

/* Arguments of one call, split at blanks; "''" is an empty one. */
struct line {
	char text[200];
	char *argv[ARGS_MAX + 1];
	int argc;
};

static void split(struct line *line, const char *text)
{
	char *rest = NULL;

	assert_true(strlen(text) < sizeof(line->text));
	strcpy(line->text, text);
	line->argc = 0;
	for (char *word = strtok_r(line->text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(line->argc < ARGS_MAX);
		line->argv[line->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	line->argv[line->argc] = NULL;
}

static void parse(struct line *line, const char *text, struct options *options)
{
	struct error error = ERROR_INIT;

	split(line, text);
	expect(!arguments_parse(line->argc, line->argv, options, &error), "%s: %s", text,
	       error_text(&error));
	assert_int_equal(error.number, 0);
}

static void assert_same_text(const char *got, const char *expected)
{
	if (got && expected)
		assert_string_equal(got, expected);
	else
		assert_ptr_equal(got, expected);
}

/* --- what is taken ------------------------------------------------------------------ */

/* Everything but lists; a case names what is not zero. */
static const struct {
	const char *line;
	struct options expected;
	size_t selector_count;
} taken[] = {
	{"lsports", {0}, 0},
	{"lsports -l", {.states = LISTENERS}, 0},
	{"lsports --listening", {.states = LISTENERS}, 0},
	{"lsports -a", {.states = ALL}, 0},
	{"lsports -al", {.states = ALL}, 0},
	{"lsports -la", {.states = ALL}, 0},
	{"lsports --connected", {.states = OPTIONS_STATE_OTHERS}, 0},
	{"lsports --connected --listening", {.states = ALL}, 0},
	{"lsports -l --connected", {.states = ALL}, 0},
	{"lsports -tulpn",
	 {.states = LISTENERS, .protos = TCP | UDP, .has_processes = true, .is_numeric = true},
	 0},
	{"lsports -plunt",
	 {.states = LISTENERS, .protos = TCP | UDP, .has_processes = true, .is_numeric = true},
	 0},
	{"lsports -Htln",
	 {.states = LISTENERS, .protos = TCP, .has_no_header = true, .is_numeric = true},
	 0},
	{"lsports -tanp",
	 {.states = ALL, .protos = TCP, .has_processes = true, .is_numeric = true},
	 0},
	{"lsports -plant",
	 {.states = ALL, .protos = TCP, .has_processes = true, .is_numeric = true},
	 0},
	{"lsports -tulpen",
	 {.states = LISTENERS,
	  .protos = TCP | UDP,
	  .has_processes = true,
	  .is_extended = true,
	  .is_numeric = true},
	 0},
	{"lsports -nPi :8080",
	 {.is_numeric = true, .has_no_service_names = true, .has_processes = true},
	 1},
	{"lsports -i", {.has_processes = true}, 0},
	{"lsports -4", {.families = IPV4}, 0},
	{"lsports -6t", {.families = IPV6, .protos = TCP}, 0},
	{"lsports -46", {.families = IPV4 | IPV6}, 0},
	{"lsports --tcp --udp --ipv4 --ipv6", {.protos = TCP | UDP, .families = IPV4 | IPV6}, 0},
	{"lsports 22 -t 80,443 -n", {.protos = TCP, .is_numeric = true}, 2},
	{"lsports -t -- -n", {.protos = TCP}, 1},
	{"lsports -J", {.format = "json"}, 0},
	{"lsports --json", {.format = "json"}, 0},
	{"lsports -r", {.format = "raw"}, 0},
	{"lsports -J --format csv", {.format = "csv"}, 0},
	{"lsports -o proto,port", {.output = "proto,port", .is_output_short = true}, 0},
	{"lsports -oport", {.output = "port", .is_output_short = true}, 0},
	{"lsports -o pid --output port", {.output = "port"}, 0},
	{"lsports --output=+exe", {.output = "+exe"}, 0},
	{"lsports -O", {.has_all_columns = true}, 0},
	{"lsports --no-header", {.has_no_header = true}, 0},
	{"lsports --noheadings", {.has_no_header = true}, 0},
	{"lsports --no", {.has_no_header = true}, 0},
	{"lsports --sort -port", {.sort = "-port"}, 0},
	{"lsports --group-by unit", {.group_by = "unit"}, 0},
	{"lsports --color", {.color = OPTIONS_COLOR_ALWAYS}, 0},
	{"lsports --color=never", {.color = OPTIONS_COLOR_NEVER}, 0},
	{"lsports --color never", {.color = OPTIONS_COLOR_NEVER}, 0},
	{"lsports 22 --color auto 80", {.color = OPTIONS_COLOR_AUTO}, 2},
	{"lsports --color 80", {.color = OPTIONS_COLOR_ALWAYS}, 1},
	{"lsports --strict", {.is_strict = true}, 0},
	{"lsports --source netlink", {.source = LSP_SOURCE_NETLINK}, 0},
	{"lsports --source=proc", {.source = LSP_SOURCE_PROC}, 0},
	{"lsports --source proc --source auto", {.source = LSP_SOURCE_AUTO}, 0},
	{"lsports --owners proc", {.owners = LSP_OWNERS_PROC}, 0},
	{"lsports --owners none", {.owners = LSP_OWNERS_NONE}, 0},
	{"lsports --output-file /tmp/x", {.output_file = "/tmp/x"}, 0},
	{"lsports --output-file -", {0}, 0},
	{"lsports --output-file ./-", {.output_file = "./-"}, 0},
	{"lsports --sysroot /tmp/y", {.sysroot = "/tmp/y"}, 0},
	{"lsports --all-netns", {.has_all_netns = true}, 0},
	{"lsports -v", {.is_verbose = true}, 0},
	{"lsports -h", {.action = OPTIONS_ACTION_HELP}, 0},
	{"lsports --version", {.action = OPTIONS_ACTION_VERSION}, 0},
	{"lsports --list columns", {.action = OPTIONS_ACTION_LIST_COLUMNS}, 0},
	{"lsports --list formats", {.action = OPTIONS_ACTION_LIST_FORMATS}, 0},
	{"lsports --list keys", {.action = OPTIONS_ACTION_LIST_KEYS}, 0},
	{"lsports --list findings", {.action = OPTIONS_ACTION_LIST_FINDINGS}, 0},
	{"lsports --listen", {.states = LISTENERS}, 0},
	{"lsports --check", {.is_check = true}, 0},
	{"lsports --check --report-once /t 22", {.is_check = true, .report_once = "/t"}, 1},
	{"lsports --learn=/tmp/x.rules", {.learn = "/tmp/x.rules"}, 0},
};

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(taken); i++) {
		const struct options *expected = &taken[i].expected;
		struct options got;
		struct line line;

		parse(&line, taken[i].line, &got);
		assert_int_equal(got.action, expected->action);
		assert_int_equal(got.states, expected->states);
		assert_int_equal(got.protos, expected->protos);
		assert_int_equal(got.families, expected->families);
		assert_int_equal(got.color, expected->color);
		assert_int_equal(got.source, expected->source);
		assert_int_equal(got.owners, expected->owners);
		assert_int_equal(got.has_all_netns, expected->has_all_netns);
		assert_int_equal(got.is_numeric, expected->is_numeric);
		assert_int_equal(got.has_no_service_names, expected->has_no_service_names);
		assert_int_equal(got.has_processes, expected->has_processes);
		assert_int_equal(got.is_extended, expected->is_extended);
		assert_int_equal(got.has_all_columns, expected->has_all_columns);
		assert_int_equal(got.has_no_header, expected->has_no_header);
		assert_int_equal(got.is_strict, expected->is_strict);
		assert_int_equal(got.is_verbose, expected->is_verbose);
		assert_int_equal(got.is_check, expected->is_check);
		assert_same_text(got.learn, expected->learn);
		assert_same_text(got.report_once, expected->report_once);
		assert_same_text(got.output, expected->output);
		assert_int_equal(got.is_output_short, expected->is_output_short);
		assert_same_text(got.sort, expected->sort);
		assert_same_text(got.group_by, expected->group_by);
		assert_same_text(got.format, expected->format);
		assert_same_text(got.output_file, expected->output_file);
		assert_same_text(got.sysroot, expected->sysroot);
		assert_int_equal(got.netns.count, 0);
		assert_int_equal(got.expected.count, 0);
		assert_int_equal(got.selector_count, taken[i].selector_count);
		options_deinit(&got);
	}
}

static void test_lists(void **state)
{
	struct options options;
	struct line line;

	(void)state;
	parse(&line, "lsports :8080 -N blue 22 --netns=/run/netns/red 80-90 -N1", &options);
	assert_int_equal(options.netns.count, 3);
	assert_string_equal(((const char **)options.netns.data)[0], "blue");
	assert_string_equal(((const char **)options.netns.data)[1], "/run/netns/red");
	assert_string_equal(((const char **)options.netns.data)[2], "1");
	assert_int_equal(options.selector_count, 3);
	assert_string_equal(options.selectors[0], ":8080");
	assert_string_equal(options.selectors[1], "22");
	assert_string_equal(options.selectors[2], "80-90");
	options_deinit(&options);
	options_deinit(&options);
	parse(&line, "lsports --expected a.rules --check --expected=b.rules", &options);
	assert_int_equal(options.expected.count, 2);
	assert_string_equal(((const char **)options.expected.data)[0], "a.rules");
	assert_string_equal(((const char **)options.expected.data)[1], "b.rules");
	options_deinit(&options);
}

/* --- what is refused ------------------------------------------------------------------ */

static const struct {
	const char *line, *message;
} refused[] = {
	{"lsports --listning",
	 "unknown option \"--listning\" (nearest: --listening); see lsports --help"},
	{"lsports --listning=x",
	 "unknown option \"--listning\" (nearest: --listening); see lsports --help"},
	{"lsports 22 --verbos3 80",
	 "unknown option \"--verbos3\" (nearest: --verbose); see lsports --help"},
	{"lsports --zzzzzzzz", "unknown option \"--zzzzzzzz\"; see lsports --help"},
	{"lsports --=", "unknown option \"--\"; see lsports --help"},
	{"lsports --\x1b[2J", "unknown option \"--\x1b[2J\"; see lsports --help"},
	{"lsports -q", "unknown option \"-q\"; see lsports --help"},
	{"lsports -tulpnq", "unknown option \"-q\"; see lsports --help"},
	{"lsports -\xff", "unknown option \"-\xff\"; see lsports --help"},
	{"lsports -i:8080",
	 "unknown option \"-:\": write the port as a word of its own, as in lsports -i "
	 ":8080; see lsports --help"},
	{"lsports -listening",
	 "unknown option \"-listening\" (nearest: --listening); see lsports --help"},
	{"lsports -json", "unknown option \"-json\" (nearest: --json); see lsports --help"},
	{"lsports --out", "option \"--out\" could mean --output, --output-all, --output-file"},
	{"lsports --co", "option \"--co\" could mean --connected, --color"},
	{"lsports --com", "unknown option \"--com\"; see lsports --help"},
	{"lsports --complet=word", "unknown option \"--complet\"; see lsports --help"},
	{"lsports -complete", "unknown option \"-c\"; see lsports --help"},
	{"lsports --complete", "--complete needs KIND: word"},
	{"lsports --complete=foo", "--complete must be word, not \"foo\""},
	{"lsports --all=3", "--all takes no value; see lsports --help"},
	{"lsports --json=yes", "--json takes no value; see lsports --help"},
	{"lsports -K",
	 "-K is reserved: in ss it kills sockets; lsports never kills; see lsports --help"},
	{"lsports -tK",
	 "-K is reserved: in ss it kills sockets; lsports never kills; see lsports --help"},
	{"lsports -tE",
	 "-E is reserved: in ss it follows sockets as they are destroyed; lsports does "
	 "not do that; see lsports --help"},
	{"lsports -Z",
	 "-Z is reserved: in ss it shows security contexts; lsports does not do that; "
	 "see lsports --help"},
	{"lsports -tmn", "-m is reserved: in ss it shows socket memory; lsports does not do that; "
			 "see lsports --help"},
	{"lsports -w", "-w is reserved: in ss it shows raw sockets; lsports does not do that; see "
		       "lsports --help"},
	{"lsports -tux", "-x is reserved: in ss it shows Unix domain sockets; lsports does not do "
			 "that; see lsports --help"},
	{"lsports -s", "-s is reserved: in ss it prints a summary; lsports does not do that; see "
		       "lsports --help"},
	{"lsports -ano",
	 "-o needs a list of columns, as in -o proto,address,port (see lsports --list "
	 "columns); without a list, drop the o"},
	{"lsports --output",
	 "--output needs a list of columns, as in -o proto,address,port (see lsports --list "
	 "columns); without a list, drop the o"},
	{"lsports -o ''",
	 "-o needs a list of columns, as in -o proto,address,port (see lsports --list "
	 "columns); without a list, drop the o"},
	{"lsports -N", "-N needs NAME|PID|PATH, as in -N 1"},
	{"lsports --netns", "--netns needs NAME|PID|PATH, as in --netns 1"},
	{"lsports --explain", "--explain needs PORT, as in --explain 22"},
	{"lsports --watch=", "--watch needs SECONDS, as in --watch=5"},
	{"lsports --owners", "--owners needs METHOD: auto, bpf, proc, none"},
	{"lsports --sysroot=", "--sysroot needs DIR"},
	{"lsports --source netlnk",
	 "--source: \"netlnk\" is not one of auto, netlink, proc (nearest: netlink)"},
	{"lsports --owners walk", "--owners: \"walk\" is not one of auto, bpf, proc, none"},
	{"lsports --color=alway",
	 "--color: \"alway\" is not one of auto, always, never (nearest: always)"},
	{"lsports --list colums",
	 "--list: \"colums\" is not one of columns, keys, formats, findings (nearest: columns)"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(refused); i++) {
		struct options options;
		struct error error = ERROR_INIT;
		struct line line;

		split(&line, refused[i].line);
		assert_int_equal(arguments_parse(line.argc, line.argv, &options, &error), -EINVAL);
		assert_int_equal(error.number, -EINVAL);
		assert_string_equal(error_text(&error), refused[i].message);
		error_deinit(&error);
	}
}

/* An option without its argument is answered with every word that it takes. */
static void test_words_are_listed(void **state)
{
	static const struct {
		const char *line, *words[8];
	} rows[] = {
		{"lsports --format",
		 {"--format needs", "table", "raw", "json", "jsonl", "csv", "rules", "prometheus"}},
		{"lsports --list", {"--list needs", "columns", "keys", "formats", "findings"}},
		{"lsports --group-by",
		 {"--group-by needs", "category", "process", "user", "unit", "scope", "netns",
		  "none"}},
		{"lsports --color=", {"--color needs", "auto", "always", "never"}},
		{"lsports --source", {"--source needs", "auto", "netlink", "proc"}},
		{"lsports --owners=", {"--owners needs", "auto", "proc", "none"}},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct options options;
		struct error error = ERROR_INIT;
		struct line line;

		split(&line, rows[i].line);
		assert_int_equal(arguments_parse(line.argc, line.argv, &options, &error), -EINVAL);
		assert_int_equal(error.number, -EINVAL);
		for (size_t j = 0; j < 8 && rows[i].words[j]; j++)
			expect(strstr(error_text(&error), rows[i].words[j]), "%s: no %s in: %s",
			       rows[i].line, rows[i].words[j], error_text(&error));
		error_deinit(&error);
	}
}

/* --- the table --------------------------------------------------------------------------- */

static void test_rows(void **state)
{
	(void)state;
	assert_in_range(option_rows_count, 30, OPTION_ROWS_MAX);
	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->kind == OPTION_KIND_PROTOCOL && row->value >= lsp_protocol_count()) {
			assert_false(option_rows_is_shown(row));
			continue;
		}
		assert_true(option_rows_letter(row) || option_rows_name(row));
		/* A second name stands right below the first and does the same. */
		if (row->group == OPTION_GROUP_HIDDEN) {
			assert_true(i > 0 &&
				    option_rows_letter(row) == option_rows_letter(row - 1) &&
				    row->kind == row[-1].kind && row->member == row[-1].member &&
				    row->value == row[-1].value);
			continue;
		}
		assert_non_null(option_rows_help(row));
		for (size_t j = 0; j < i; j++) {
			if (option_rows_letter(row) && option_rows[j].group != OPTION_GROUP_HIDDEN)
				assert_int_not_equal(option_rows_letter(row),
						     option_rows_letter(&option_rows[j]));
			if (option_rows_name(row) && option_rows_name(&option_rows[j]))
				assert_string_not_equal(option_rows_name(row),
							option_rows_name(&option_rows[j]));
		}
		if (row->is_optional)
			assert_non_null(row->text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_words_are_listed),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
