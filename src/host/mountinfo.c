/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser for /proc/self/mountinfo. Pure; what a mount means is for the callers to know.
 */
#include "host/mountinfo.h"

#include <string.h>

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The kernel writes blank, tab, newline, '#' and backslash as \ooo (fs/proc_namespace.c). */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; out++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && is_octal(text[2]) &&
		    is_octal(text[3])) {
			*out = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				      (text[3] - '0'));
			text += 4;
		} else {
			*out = *text++;
		}
	}
	*out = '\0';
}

static bool parse_line(char *line, struct mountinfo *out)
{
	char *save = NULL, *fields[6], *field;

	/* id, parent, device, root, point, options of the mount */
	for (unsigned i = 0; i < 6; i++) {
		fields[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!fields[i])
			return false;
	}
	/* any number of optional fields, then "-" */
	do {
		field = strtok_r(NULL, " ", &save);
	} while (field && strcmp(field, "-") != 0);
	if (!field)
		return false;
	out->type = strtok_r(NULL, " ", &save);
	/* An empty source is two blanks in a row: the options are the last field in any case. */
	out->options = save ? strrchr(save, ' ') : NULL;
	out->options = out->options ? out->options + 1 : save;
	if (!out->type || !out->options)
		return false;
	unescape(fields[3]);
	unescape(fields[4]);
	out->root = fields[3];
	out->point = fields[4];
	return true;
}

bool mountinfo_parse(char **cursor, struct mountinfo *out)
{
	while (**cursor) {
		char *line = *cursor, *end = strchrnul(line, '\n');

		*cursor = *end ? end + 1 : end;
		*end = '\0';
		if (parse_line(line, out))
			return true;
	}
	return false;
}

const char *mountinfo_find_option(const char *options, const char *name)
{
	size_t size = strlen(name);

	while (options) {
		if (strncmp(options, name, size) == 0 && options[size] == '=')
			return options + size + 1;
		options = strchr(options, ',');
		if (options)
			options++;
	}
	return NULL;
}
