/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output formats: one row of data each. A renderer knows no column, a column no renderer. */
#include "view/formats.h"

#include "array.h"
#include "view/render_changes.h"
#include "view/render_changes_json.h"
#include "view/render_csv.h"
#include "view/render_json.h"
#include "view/render_monitoring.h"
#include "view/render_prometheus.h"
#include "view/render_raw.h"
#include "view/render_rules.h"
#include "view/render_table.h"

/* What a rule says about a listener. */
#define RULE_LOOKUPS                                                                               \
	((unsigned)LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE | LSP_LOOKUP_VERIFY | LSP_LOOKUP_CGROUP |    \
	 LSP_LOOKUP_USERS | LSP_LOOKUP_AUTO)

const struct format formats[] = {
	{.word = "table",
	 .help = "aligned columns, in groups, for people",
	 .render = render_table,
	 .render_changes = render_changes},
	{.word = "raw", .help = "one blank between cells, for awk and cut", .render = render_raw},
	{.word = "json",
	 .default_set = SET_JSON,
	 .help = "one JSON object, including the list of what could not be read",
	 .render = render_json,
	 .render_changes = render_changes_json},
	{.word = "jsonl",
	 .default_set = SET_JSON,
	 .help = "one JSON object per socket, each on its own line",
	 .render = render_json_lines,
	 .render_changes = render_changes_json_lines},
	{.word = "csv",
	 .default_set = SET_CSV,
	 .help = "comma-separated values (RFC 4180)",
	 .render = render_csv},
	{.word = "rules",
	 .lookups = RULE_LOOKUPS,
	 .is_of_listeners = true,
	 .help = "the rules that expect these listeners, as --learn writes them",
	 .render = render_rules},
	{.word = "prometheus",
	 .lookups = LSP_LOOKUP_FINDINGS,
	 .is_of_listeners = true,
	 .help = "metrics for node_exporter's textfile collector",
	 .render = render_prometheus,
	 .render_changes = render_prometheus,
	 .render_failure = render_prometheus_failure},
	{.word = "monitoring",
	 .lookups = LSP_LOOKUP_FINDINGS,
	 .is_check = true,
	 .help = "the line and the exit status of a Nagios or Icinga plugin; implies --check",
	 .render_changes = render_monitoring,
	 .render_failure = render_monitoring_failure,
	 .exit_status = render_monitoring_status},
};

const size_t formats_count = ARRAY_SIZE(formats);

const struct format *formats_find(const char *word)
{
	for (size_t i = 0; i < formats_count; i++)
		if (strcmp(formats[i].word, word) == 0)
			return &formats[i];
	return NULL;
}

void formats_help(struct sink *sink)
{
	size_t width = 0;

	for (size_t i = 0; i < formats_count; i++)
		if (strlen(formats[i].word) > width)
			width = strlen(formats[i].word);
	for (size_t i = 0; i < formats_count; i++)
		buf_printf(&sink->buf, "%-*s  %s\n", (int)width, formats[i].word, formats[i].help);
	sink_flush_some(sink);
}
