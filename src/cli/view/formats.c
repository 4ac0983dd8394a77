/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output formats: one row of data each. A renderer knows no column, a column no renderer. */
#include "view/render.h"

/* What a rule says about a listener. */
#define RULE_FACTS                                                                                 \
	((unsigned)LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_DOUBT | LSP_FACT_CGROUP |             \
	 LSP_FACT_USERS | LSP_FACT_AUTO)

const struct format formats[] = {
	{.word = "table",
	 .help = "aligned columns, in groups, for people",
	 .render = render_table,
	 .render_changes = render_changes},
	{.word = "raw", .help = "one blank between cells, for awk and cut", .render = render_raw},
	{.word = "json",
	 .default_set = SET_JSON,
	 .help = "one JSON object, with what could not be seen",
	 .render = render_json,
	 .render_changes = render_changes_json},
	{.word = "jsonl",
	 .default_set = SET_JSON,
	 .help = "one JSON object a line and socket",
	 .render = render_jsonl,
	 .render_changes = render_changes_jsonl},
	{.word = "csv",
	 .default_set = SET_CSV,
	 .help = "comma-separated values (RFC 4180)",
	 .render = render_csv},
	{.word = "rules",
	 .facts = RULE_FACTS,
	 .help = "the rules that expect these listeners, as --learn writes them",
	 .render = render_rules},
	{.word = "prometheus",
	 .facts = LSP_FACT_FINDINGS,
	 .help = "metrics for node_exporter's textfile collector",
	 .render = render_prometheus,
	 .render_changes = render_prometheus,
	 .render_failure = render_prometheus_failure},
	{.word = "monitoring",
	 .facts = LSP_FACT_FINDINGS,
	 .is_check = true,
	 .help = "the line and the exit status of a Nagios or Icinga plugin; implies --check",
	 .render_changes = render_monitoring,
	 .render_failure = render_monitoring_failure},
};

const size_t format_count = sizeof(formats) / sizeof(formats[0]);

const struct format *format_find(const char *word)
{
	for (size_t i = 0; i < format_count; i++)
		if (strcmp(formats[i].word, word) == 0)
			return &formats[i];
	return NULL;
}

void format_list_help(struct sink *sink)
{
	size_t width = 0;

	for (size_t i = 0; i < format_count; i++)
		if (strlen(formats[i].word) > width)
			width = strlen(formats[i].word);
	for (size_t i = 0; i < format_count; i++)
		buf_printf(&sink->buf, "%-*s  %s\n", (int)width, formats[i].word, formats[i].help);
	sink_flush_some(sink);
}
