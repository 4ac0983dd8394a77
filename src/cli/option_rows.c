/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option table. Owns what an option is called, what argument it takes and its line of --help;
 * does not read argv (arguments.c).
 */
#include "option_rows.h"

#include "array.h"
#include "options.h"

#include <lsports/judgement.h>

#define AT(member_) offsetof(struct options, member_)

static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const source_words[] = {"auto", "netlink", "proc", NULL};
static const char *const owner_words[] = {"auto", "bpf", "proc", "none", NULL};
static const char *const list_words[] = {"columns", "keys", "formats", "findings", NULL};
static const char *const complete_words[] = {"word", NULL};

/* Words stand in the order of their enums. */
_Static_assert(OPTIONS_COLOR_AUTO == 0 && OPTIONS_COLOR_ALWAYS == 1 && OPTIONS_COLOR_NEVER == 2,
	       "color_words");
_Static_assert(LSP_SOURCE_AUTO == 0 && LSP_SOURCE_NETLINK == 1 && LSP_SOURCE_PROC == 2,
	       "source_words");
_Static_assert(LSP_OWNERS_AUTO == 0 && LSP_OWNERS_BPF == 1 && LSP_OWNERS_PROC == 2 &&
		       LSP_OWNERS_NONE == 3,
	       "owner_words");
_Static_assert(LSP_PROTOCOLS_MAX == 8, "a row for each protocol that there may be");
_Static_assert(OPTIONS_ACTION_LIST_KEYS == OPTIONS_ACTION_LIST_COLUMNS + 1 &&
		       OPTIONS_ACTION_LIST_FORMATS == OPTIONS_ACTION_LIST_COLUMNS + 2 &&
		       OPTIONS_ACTION_LIST_FINDINGS == OPTIONS_ACTION_LIST_COLUMNS + 3,
	       "list_words");

/* Two messages say each: --help, and an option without its argument. */
#define FORMATS "table (default), raw, json, jsonl, csv, rules, prometheus or monitoring"
#define GROUPINGS "category, process, user, unit, scope, netns or none"

/* clang-format off */
#define WHAT    .group = OPTION_GROUP_WHAT
#define SHOW    .group = OPTION_GROUP_SHOW
#define FORMAT  .group = OPTION_GROUP_FORMAT
#define JUDGE   .group = OPTION_GROUP_JUDGE
#define SOURCE  .group = OPTION_GROUP_SOURCE
#define META    .group = OPTION_GROUP_META
#define FLAG(member_)          .kind = OPTION_KIND_FLAG, .member = AT(member_)
#define BITS(member_, value_)  .kind = OPTION_KIND_BITS, .member = AT(member_), .value = (value_)
#define VALUE(member_, value_) .kind = OPTION_KIND_VALUE, .member = AT(member_), .value = (value_)
#define WORD(member_, words_)  .kind = OPTION_KIND_WORD, .member = AT(member_), .words = (words_)
#define TEXT(member_)          .kind = OPTION_KIND_TEXT, .member = AT(member_)
#define PROTOCOL(index_) \
	{ WHAT, .kind = OPTION_KIND_PROTOCOL, .member = AT(protos), .value = (index_) }
#define RESERVED(letter_, help_) \
	{ .letter = (letter_), .group = OPTION_GROUP_RESERVED, .kind = OPTION_KIND_ERROR, .help = help_ }

const struct option_row option_rows[] = {
	{ 'l', "listening", NULL, WHAT, BITS(states, OPTIONS_STATE_LISTENERS),
	  .help = "TCP in LISTEN and UDP without a peer (default)" },
	{ 'a', "all", NULL, WHAT, BITS(states, OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS),
	  .help = "listeners and connections, in every state" },
	{ 0, "connected", NULL, WHAT, BITS(states, OPTIONS_STATE_OTHERS),
	  .help = "connections only, in every state; -l adds listeners" },
	PROTOCOL(0), PROTOCOL(1), PROTOCOL(2), PROTOCOL(3),
	PROTOCOL(4), PROTOCOL(5), PROTOCOL(6), PROTOCOL(7),
	{ '4', "ipv4", NULL, WHAT, BITS(families, LSP_BIT(LSP_FAMILY_IPV4)),
	  .help = "IPv4" },
	{ '6', "ipv6", NULL, WHAT, BITS(families, LSP_BIT(LSP_FAMILY_IPV6)),
	  .help = "IPv6, including dual-stack sockets" },
	{ 'N', "netns", "NAME|PID|PATH", WHAT, .kind = OPTION_KIND_TEXTS, .member = AT(netns),
	  .example = "1",
	  .help = "sockets of this network namespace instead of ours; may be repeated" },
	{ 0, "all-netns", NULL, WHAT, FLAG(has_all_netns),
	  .help = "sockets of every network namespace that can be found" },

	{ 'n', "numeric", NULL, SHOW, FLAG(is_numeric),
	  .help = "do not look up service names, user names or owners; -p shows owners "
		  "all the same" },
	{ 'P', NULL, NULL, SHOW, FLAG(has_no_service_names), .help = "no service names" },
	{ 'p', "processes", NULL, SHOW, FLAG(has_processes),
	  .help = "show owners even with -n (they are shown by default)" },
	{ 'i', NULL, NULL, SHOW, FLAG(has_processes),
	  .help = "same as -p; accepted so that lsof -nPi :8080 works" },
	{ 'e', "extended", NULL, SHOW, FLAG(is_extended), .help = "more columns" },
	{ 'o', "output", "LIST", SHOW, TEXT(output),
	  .help = "show these columns; +COL,... adds to the default ones; see --list columns" },
	{ 'O', "output-all", NULL, SHOW, FLAG(has_all_columns), .help = "all columns" },
	{ 'H', "no-header", NULL, SHOW, FLAG(has_no_header), .help = "no heading lines (also --noheadings)" },
	{ 'H', "noheadings", NULL, .group = OPTION_GROUP_HIDDEN, FLAG(has_no_header) },
	{ 0, "group-by", "WORD", SHOW, TEXT(group_by),
	  .choices = GROUPINGS,
	  .help = GROUPINGS "; the default is "
		  "category for listeners, otherwise none" },
	{ 0, "sort", "[-]COL,...", SHOW, TEXT(sort),
	  .example = "-port",
	  .help = "sort by these columns; - sorts in descending order" },
	{ 0, "color", "WHEN", SHOW, WORD(color, color_words), .is_optional = true, .text = "always",
	  .help = "auto (default), always or never" },
	{ 0, "watch", "SECONDS", SHOW, TEXT(watch), .is_optional = true, .text = "1",
	  .example = "5",
	  .help = "repeat: a full-screen table on a terminal (q quits), otherwise one event "
		  "per line" },

	{ 0, "format", "FORMAT", FORMAT, TEXT(format),
	  .choices = FORMATS, .help = FORMATS "; see --list formats" },
	{ 'J', "json", NULL, FORMAT, TEXT(format), .text = "json", .help = "--format json" },
	{ 'r', "raw", NULL, FORMAT, TEXT(format), .text = "raw", .help = "--format raw" },
	{ 0, "output-file", "FILE", FORMAT, TEXT(output_file),
	  .help = "write to FILE, which is replaced as a whole or not at all; - is standard output" },

	{ 0, "check", NULL, JUDGE, FLAG(is_check),
	  .help = "show only differences from the rules: + new, - missing, ~ changed, ? could "
		  "not be judged; exit status 1 for a difference, 3 if there are only ? lines" },
	{ 0, "report-once", "FILE", JUDGE, TEXT(report_once),
	  .help = "with --check: report each difference once, until it ends; FILE keeps what "
		  "was reported" },
	{ 0, "learn", "FILE", JUDGE, TEXT(learn),
	  .help = "add to FILE a rule for each listener that no rule covers, neither in FILE "
		  "nor in the rules in force" },
	{ 0, "expected", "FILE", JUDGE, .kind = OPTION_KIND_TEXTS, .member = AT(expected),
	  .help = "read rules from FILE instead of " LSP_RULES_DIR " and " LSP_RULES_LEARNED
		  "; may be repeated" },
	{ 0, "explain", "PORT", JUDGE, TEXT(explain),
	  .example = "22",
	  .help = "explain one port (22, tcp/22, ssh); exit status 1 if nothing listens on it" },

	{ 0, "source", "METHOD", SOURCE, WORD(source, source_words),
	  .help = "auto (default), netlink or proc: how sockets are read" },
	{ 0, "owners", "METHOD", SOURCE, WORD(owners, owner_words),
	  .help = "auto (default), bpf, proc or none: how owners are found" },
	{ 0, "strict", NULL, SOURCE, FLAG(is_strict),
	  .help = "never miss a listener that stays open, whatever it costs; exit status 3 "
		  "if something could be hidden" },
	{ 0, "timeout", "SECONDS", SOURCE, TEXT(timeout),
	  .example = "10",
	  .help = "after so many seconds end with what is known; the rest is reported as not "
		  "seen (30 for --check, --learn, prometheus and monitoring, else none)" },
	{ 0, "sysroot", "DIR", SOURCE, TEXT(sysroot),
	  .help = "read the recorded tree below DIR instead of the machine" },

	{ 0, "list", "WHAT", META, WORD(action, list_words), .value = OPTIONS_ACTION_LIST_COLUMNS,
	  .help = "list columns, keys, formats or findings, each with its meaning" },
	{ 0, "complete", "KIND", .group = OPTION_GROUP_INTERNAL, WORD(action, complete_words),
	  .value = OPTIONS_ACTION_COMPLETE,
	  .help = "for shells: what the last word after -- can be" },
	{ 'v', "verbose", NULL, META, FLAG(is_verbose), .help = "report how the data was obtained" },
	{ 'h', "help", NULL, META, VALUE(action, OPTIONS_ACTION_HELP), .help = "this text" },
	{ 'V', "version", NULL, META, VALUE(action, OPTIONS_ACTION_VERSION), .help = "the version" },

	RESERVED('K', "in ss it kills sockets; lsports never kills"),
	RESERVED('E', "in ss it follows sockets as they are destroyed; lsports does not do that"),
	RESERVED('Z', "in ss it shows security contexts; lsports does not do that"),
	RESERVED('m', "in ss it shows socket memory; lsports does not do that"),
	RESERVED('w', "in ss it shows raw sockets; lsports does not do that"),
	RESERVED('x', "in ss it shows Unix domain sockets; lsports does not do that"),
	RESERVED('s', "in ss it prints a summary; lsports does not do that"),
};
/* clang-format on */

const size_t option_rows_count = ARRAY_SIZE(option_rows);

_Static_assert(ARRAY_SIZE(option_rows) <= OPTION_ROWS_MAX, "option_rows");

/* NULL for a row that is no protocol's, and where there are fewer protocols than rows. */
static const struct lsp_protocol *protocol_of(const struct option_row *row)
{
	return row->kind == OPTION_KIND_PROTOCOL ? lsp_protocol_at(row->value) : NULL;
}

int option_rows_letter(const struct option_row *row)
{
	const struct lsp_protocol *protocol = protocol_of(row);

	return protocol ? protocol->letter : row->letter;
}

const char *option_rows_name(const struct option_row *row)
{
	const struct lsp_protocol *protocol = protocol_of(row);

	return protocol ? protocol->word : row->name;
}

const char *option_rows_help(const struct option_row *row)
{
	const struct lsp_protocol *protocol = protocol_of(row);

	return protocol ? protocol->title : row->help;
}

const char *option_rows_public_name(const struct option_row *row)
{
	return row->group == OPTION_GROUP_INTERNAL ? NULL : option_rows_name(row);
}

bool option_rows_is_shown(const struct option_row *row)
{
	return row->group != OPTION_GROUP_HIDDEN && row->group != OPTION_GROUP_INTERNAL &&
	       row->group != OPTION_GROUP_RESERVED &&
	       (option_rows_letter(row) || option_rows_name(row));
}
