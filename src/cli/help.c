/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts about the program itself, made from the tables that they describe: options, columns, keys,
 * formats and findings. Collects nothing.
 */
#include "help.h"

#include "array.h"
#include "filter.h"
#include "message.h"
#include "option_rows.h"
#include "output.h"

#include "view/formats.h"

#include <lsports/judgement.h>

/* --- --help ------------------------------------------------------------------------------- */

#define WIDTH 80
#define TEXT_COLUMN 28

static const char intro[] =
	"Usage: lsports [OPTION]... [SELECTOR]...\n"
	"What listens on this machine, who owns it, and should it be there?\n"
	"\n"
	"Examples:\n"
	"  lsports                   every listener, grouped by the category of its port\n"
	"  lsports 22 8000-8999      who listens there; exit status 1 if nobody does\n"
	"  lsports -tulpn            the options that ss and netstat take\n"
	"  lsports -o +exe,cmdline   with two more columns\n"
	"  lsports -tna 443          every TCP socket on port 443, without look-ups\n"
	"  lsports user=root scope=any\n"
	"                            listeners of root on every address\n"
	"  lsports -J                as JSON\n"
	"  lsports --check           differences from the rules\n"
	"  lsports --explain 22      all about one port, and what to type next\n"
	"  lsports --watch           sockets as they come and go\n"
	"\n"
	"SELECTOR is a local port (22, :22, 80,443, 8000-8999, 49152-, ssh, tcp/22,\n"
	"tcp/auto) or KEY=VALUE,... or KEY!=VALUE,...: see --list keys.\n";

static const char exit_statuses[] =
	"\n"
	"Exit status:\n"
	"  0  what was asked for is shown, even if it is empty\n"
	"  1  --check found a difference, no socket matches SELECTOR, or --explain found\n"
	"     no listener\n"
	"  2  the command line or a rule file has an error, a whole protocol could not be\n"
	"     read, or the output could not be written\n"
	"  3  with --check, --strict or --learn: the view is incomplete\n"
	"More in lsports(8).\n";

static const char *const group_titles[] = {
	[OPTION_GROUP_WHAT] = "What",     [OPTION_GROUP_SHOW] = "Show",
	[OPTION_GROUP_FORMAT] = "Format", [OPTION_GROUP_JUDGE] = "Judge",
	[OPTION_GROUP_SOURCE] = "Source", [OPTION_GROUP_META] = "Meta",
};

#define GROUP_COUNT ARRAY_SIZE(group_titles)

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

	if (option_rows_letter(row))
		buf_printf(out, "  -%c%s", option_rows_letter(row),
			   option_rows_name(row) ? "," : "");
	else
		buf_append_text(out, "     ");
	if (option_rows_name(row))
		buf_printf(out, " --%s", option_rows_name(row));
	if (row->argument)
		buf_printf(out, row->is_optional ? "[=%s]" : " %s", row->argument);
	append_wrapped(out, out->size - start, option_rows_help(row));
}

void help_format(struct buf *out)
{
	buf_append_text(out, intro);
	for (size_t group = 0; group < GROUP_COUNT; group++) {
		buf_printf(out, "\n%s:\n", group_titles[group]);
		for (size_t i = 0; i < option_rows_count; i++)
			if ((size_t)option_rows[i].group == group &&
			    option_rows_is_shown(&option_rows[i]))
				append_row(out, &option_rows[i]);
	}
	buf_append_text(out, exit_statuses);
}

static void write_help(struct sink *sink)
{
	help_format(&sink->buf);
}

/* --- other texts ---------------------------------------------------------------------------- */

static void write_version(struct sink *sink)
{
	buf_append_text(&sink->buf, "lsports " LSP_VERSION "\n");
	buf_append_text(&sink->buf, LSP_HAS_BPF ? "owners: bpf, proc\n" : "owners: proc\n");
	buf_append_text(&sink->buf,
			filter_is_built() ? "seccomp: built in\n" : "seccomp: not built in\n");
}

static void write_keys(struct sink *sink)
{
	const struct lsp_fact *key;

	for (size_t i = 0; (key = lsp_fact_key_at(i)); i++) {
		buf_printf(&sink->buf, "%-10s  %s  (%s", lsp_fact_key_word(key), key->help,
			   key->values);
		if (!*key->values)
			column_append_words(key, " | ", true, &sink->buf);
		buf_append_text(&sink->buf, ")\n");
	}
}

static void write_findings(struct sink *sink)
{
	for (unsigned i = 0; i < lsp_finding_count(); i++)
		buf_printf(&sink->buf, "%-18s  %s\n", lsp_finding_word(i), lsp_finding_help(i));
}

/* --- the command ---------------------------------------------------------------------------- */

static const struct {
	enum options_action action;
	void (*write)(struct sink *sink);
} texts[] = {
	{OPTIONS_ACTION_HELP, write_help},
	{OPTIONS_ACTION_VERSION, write_version},
	{OPTIONS_ACTION_LIST_COLUMNS, column_list_help},
	{OPTIONS_ACTION_LIST_KEYS, write_keys},
	{OPTIONS_ACTION_LIST_FORMATS, formats_help},
	{OPTIONS_ACTION_LIST_FINDINGS, write_findings},
};

#define TEXT_COUNT ARRAY_SIZE(texts)

static size_t find_text(const struct options *options)
{
	size_t i = 0;

	while (i < TEXT_COUNT && (unsigned)texts[i].action != options->action)
		i++;
	return i;
}

bool help_is_asked(const struct options *options)
{
	return find_text(options) < TEXT_COUNT;
}

enum status help_run(const struct options *options, const struct target *target,
		     struct buf *messages)
{
	struct output output;
	int r = output_open(&output, NULL);

	(void)target;
	if (r == 0) {
		texts[find_text(options)].write(&output.sink);
		r = output_close(&output);
	}
	if (r == 0)
		return STATUS_SHOWN;
	message_format_write_failure(messages, NULL, r);
	return STATUS_FAILED;
}
