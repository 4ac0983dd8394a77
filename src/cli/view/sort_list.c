/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of --sort. How two rows are compared stands in column.c. */
#include "view/sort_list.h"

int sort_list_parse(struct sort_list *list, const char *text, struct error *error)
{
	struct sort_list result = {.count = 0};

	for (;; text++) {
		struct sort_key key = {.is_descending = *text == '-'};
		bool is_known = false;
		int r;

		text += key.is_descending;
		r = column_list_take(&text, &key.column, error);
		if (r < 0)
			return r;
		/* A later key of the same column could decide nothing. */
		for (size_t i = 0; i < result.count; i++)
			is_known = is_known || result.keys[i].column.fact == key.column.fact;
		if (!is_known)
			result.keys[result.count++] = key;
		if (!*text)
			break;
	}
	*list = result;
	return 0;
}
