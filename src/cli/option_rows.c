/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option table, and --help made from it. Owns what an option is called, what it wants and
 * what people are told about it; refuses to read argv (options.c).
 */
#include "options.h"

#include <lsports/lsports.h>

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
_Static_assert(OPTIONS_ACTION_LIST_KEYS == OPTIONS_ACTION_LIST_COLUMNS + 1 &&
		       OPTIONS_ACTION_LIST_FORMATS == OPTIONS_ACTION_LIST_COLUMNS + 2 &&
		       OPTIONS_ACTION_LIST_FINDINGS == OPTIONS_ACTION_LIST_COLUMNS + 3,
	       "list_words");

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
#define RESERVED(letter_, help_) \
	{ .letter = (letter_), .group = OPTION_GROUP_RESERVED, .kind = OPTION_KIND_ERROR, .help = help_ }

const struct option_row option_rows[] = {
	{ 'l', "listening", NULL, WHAT, BITS(states, OPTIONS_STATE_LISTENERS),
	  .help = "TCP in LISTEN and UDP without a peer (default)" },
	{ 'a', "all", NULL, WHAT, BITS(states, OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS),
	  .help = "sockets of every state: -l --connected is -a" },
	{ 0, "connected", NULL, WHAT, BITS(states, OPTIONS_STATE_OTHERS),
	  .help = "sockets of every state but listeners; -l adds those" },
	{ 't', "tcp", NULL, WHAT, BITS(protos, LSP_BIT(LSP_PROTO_TCP)), .help = "TCP" },
	{ 'u', "udp", NULL, WHAT, BITS(protos, LSP_BIT(LSP_PROTO_UDP)), .help = "UDP" },
	{ '4', "ipv4", NULL, WHAT, BITS(families, LSP_BIT(LSP_FAMILY_IPV4)),
	  .help = "IPv4" },
	{ '6', "ipv6", NULL, WHAT, BITS(families, LSP_BIT(LSP_FAMILY_IPV6)),
	  .help = "IPv6, dual-stack sockets too" },
	{ 'N', "netns", "NAME|PID|PATH", WHAT, .kind = OPTION_KIND_TEXTS, .member = AT(netns),
	  .help = "look into this network namespace, not ours; may be repeated" },
	{ 0, "all-netns", NULL, WHAT, FLAG(has_all_netns),
	  .help = "look into every network namespace that can be found" },

	{ 'n', "numeric", NULL, SHOW, FLAG(is_numeric),
	  .help = "look nothing up: no service and user names, no owners; -p and -o ask for "
		  "them again" },
	{ 'P', NULL, NULL, SHOW, FLAG(has_no_service_names), .help = "no service names" },
	{ 'p', "processes", NULL, SHOW, FLAG(has_processes),
	  .help = "owners, with -n too (without -n they are there already)" },
	{ 'i', NULL, NULL, SHOW, FLAG(has_processes),
	  .help = "as -p, for fingers used to lsof -nPi :8080" },
	{ 'e', "extended", NULL, SHOW, FLAG(is_extended), .help = "more columns" },
	{ 'o', "output", "LIST", SHOW, TEXT(output),
	  .help = "these columns; +COL,... adds to the usual ones; see --list columns" },
	{ 'O', "output-all", NULL, SHOW, FLAG(has_all_columns), .help = "all columns" },
	{ 'H', "no-header", NULL, SHOW, FLAG(has_no_header), .help = "no heading lines (also --noheadings)" },
	{ 'H', "noheadings", NULL, .group = OPTION_GROUP_HIDDEN, FLAG(has_no_header) },
	{ 0, "group-by", "WORD", SHOW, TEXT(group_by),
	  .help = "category, process, user, unit, scope, netns or none; category is the default "
		  "for listeners, else none" },
	{ 0, "sort", "[-]COL,...", SHOW, TEXT(sort),
	  .help = "order by these columns, - for descending" },
	{ 0, "color", "WHEN", SHOW, WORD(color, color_words), .is_optional = true, .text = "always",
	  .help = "auto (default), always or never" },
	{ 0, "watch", "SECONDS", SHOW, TEXT(watch), .is_optional = true, .text = "1",
	  .help = "look again and again: drawn on a terminal (q quits), else events, one a line" },

	{ 0, "format", "FORMAT", FORMAT, TEXT(format),
	  .help = "table (default), raw, json, jsonl, csv, rules, prometheus or monitoring; see "
		  "--list formats" },
	{ 'J', "json", NULL, FORMAT, TEXT(format), .text = "json", .help = "--format json" },
	{ 'r', "raw", NULL, FORMAT, TEXT(format), .text = "raw", .help = "--format raw" },
	{ 0, "output-file", "FILE", FORMAT, TEXT(output_file),
	  .help = "write to FILE, which is replaced whole or not at all; - is standard output" },

	{ 0, "check", NULL, JUDGE, FLAG(is_check),
	  .help = "only what is not as the rules expect: + new, - missing, ~ changed; exit status 1 "
		  "when there is something" },
	{ 0, "report-once", "FILE", JUDGE, TEXT(report_once),
	  .help = "with --check: what was told is kept in FILE and not told again until it has ended" },
	{ 0, "learn", "FILE", JUDGE, TEXT(learn),
	  .help = "add to FILE a rule for each listener that no rule covers" },
	{ 0, "expected", "FILE", JUDGE, .kind = OPTION_KIND_TEXTS, .member = AT(expected),
	  .help = "rules are in FILE, not in /etc/lsports/expected.d and "
		  "/var/lib/lsports/learned.rules; may be repeated" },
	{ 0, "explain", "PORT", JUDGE, TEXT(explain),
	  .help = "all about one port (22, tcp/22, ssh); exit status 1 when nobody listens" },

	{ 0, "source", "WHENCE", SOURCE, WORD(source, source_words),
	  .help = "auto (default), netlink or proc: where sockets are read" },
	{ 0, "owners", "HOW", SOURCE, WORD(owners, owner_words),
	  .help = "auto (default), bpf, proc or none: how owners are found" },
	{ 0, "strict", NULL, SOURCE, FLAG(is_strict),
	  .help = "the surest way of reading, and exit status 3 when something could be hidden" },
	{ 0, "sysroot", "DIR", SOURCE, TEXT(sysroot),
	  .help = "read the recorded tree below DIR, not the machine" },

	{ 0, "list", "WHAT", META, WORD(action, list_words), .value = OPTIONS_ACTION_LIST_COLUMNS,
	  .help = "list columns, keys, formats or findings, each with its meaning" },
	{ 0, "complete", "KIND", .group = OPTION_GROUP_HIDDEN, WORD(action, complete_words),
	  .value = OPTIONS_ACTION_COMPLETE,
	  .help = "for shells: what can stand at the end of the words behind --" },
	{ 'v', "verbose", NULL, META, FLAG(is_verbose), .help = "say how the facts were got" },
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

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTION_ROWS_MAX, "option_rows");

/* --- help ------------------------------------------------------------------------ */

#define WIDTH 80
#define TEXT_COLUMN 28

static const char intro[] =
	"Usage: lsports [OPTION]... [SELECTOR]...\n"
	"What listens on this machine, who owns it, and should it be there?\n"
	"\n"
	"Examples:\n"
	"  lsports                   every listener, grouped by the category of its port\n"
	"  lsports 22 8000-8999      who listens there; exit status 1 when nobody does\n"
	"  lsports -tulpn            what ss and netstat would be asked\n"
	"  lsports -o +exe,cmdline   with two more columns\n"
	"  lsports -tna 443          every TCP socket of port 443, names not looked up\n"
	"  lsports user=root scope=any\n"
	"                            listeners of root that take any address\n"
	"  lsports -J                as JSON\n"
	"  lsports --check           what is not as the rules expect\n"
	"  lsports --explain 22      all about one port, and what to type next\n"
	"  lsports --watch           what comes and what goes\n"
	"\n"
	"SELECTOR is a local port (22, :22, 80,443, 8000-8999, 49152-, ssh, tcp/22,\n"
	"tcp/auto) or KEY=VALUE,... or KEY!=VALUE,...: see --list keys.\n";

static const char *const group_titles[] = {
	[OPTION_GROUP_WHAT] = "What",     [OPTION_GROUP_SHOW] = "Show",
	[OPTION_GROUP_FORMAT] = "Format", [OPTION_GROUP_JUDGE] = "Judge",
	[OPTION_GROUP_SOURCE] = "Source", [OPTION_GROUP_META] = "Meta",
};

#define GROUP_COUNT (sizeof(group_titles) / sizeof(group_titles[0]))

/* Words of @text from column @column on, the next lines from TEXT_COLUMN. */
static void append_wrapped(struct buf *out, size_t column, const char *text)
{
	if (column + 2 > TEXT_COLUMN) {
		buf_append_char(out, '\n');
		column = 0;
	}
	buf_append_blanks(out, TEXT_COLUMN - column);
	column = TEXT_COLUMN;
	while (*text) {
		size_t size = strcspn(text, " ");

		if (column > TEXT_COLUMN && column + 1 + size > WIDTH) {
			buf_append_char(out, '\n');
			buf_append_blanks(out, TEXT_COLUMN);
			column = TEXT_COLUMN;
		} else if (column > TEXT_COLUMN) {
			buf_append_char(out, ' ');
			column++;
		}
		buf_append(out, text, size);
		column += size;
		text += size;
		text += strspn(text, " ");
	}
	buf_append_char(out, '\n');
}

static void append_row(struct buf *out, const struct option_row *row)
{
	size_t start = out->size;

	if (row->letter)
		buf_printf(out, "  -%c%s", row->letter, row->name ? "," : "");
	else
		buf_append_text(out, "     ");
	if (row->name)
		buf_printf(out, " --%s", row->name);
	if (row->argument)
		buf_printf(out, row->is_optional ? "[=%s]" : " %s", row->argument);
	append_wrapped(out, out->size - start, row->help);
}

void options_format_help(struct buf *out)
{
	buf_append_text(out, intro);
	for (size_t group = 0; group < GROUP_COUNT; group++) {
		buf_printf(out, "\n%s:\n", group_titles[group]);
		for (size_t i = 0; i < option_row_count; i++)
			if ((size_t)option_rows[i].group == group)
				append_row(out, &option_rows[i]);
	}
	buf_append_text(out, "\nExit status: 0 shown, 1 --check found something or nothing fits "
			     "SELECTOR,\n2 usage or nothing could be read or written, 3 incomplete "
			     "view with --check or\n--strict. More in lsports(8).\n");
}
