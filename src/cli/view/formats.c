/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output formats: one row of data each. A renderer knows no column, a column no renderer. */
#include "view/render.h"

const struct format formats[] = {
	{"table", 0, "aligned columns, in groups, for people", render_table},
	{"raw", 0, "one blank between cells, for awk and cut", render_raw},
	{"json", SET_JSON, "one JSON object, with what could not be seen", render_json},
	{"jsonl", SET_JSON, "one JSON object a line and socket", render_jsonl},
	{"csv", 0, "comma-separated values (RFC 4180)", render_csv},
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
