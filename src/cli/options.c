/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that were given. Knows neither how they are written nor what they ask for. */
#include "options.h"

#include "nearest.h"

#include <errno.h>

int options_refuse_word(const char *option, const char *value, const char *const *words,
			struct error *error)
{
	struct buf text = BUF_INIT;
	struct nearest nearest;

	if (words[0] && !words[1])
		return error_set(error, -EINVAL, "%s must be %s, not \"%s\"", option, words[0],
				 value);
	nearest_init(&nearest, value);
	buf_printf(&text, "%s: \"%s\" is not one of ", option, value);
	for (size_t i = 0; words[i]; i++) {
		buf_printf(&text, "%s%s", i ? ", " : "", words[i]);
		nearest_try(&nearest, words[i]);
	}
	if (nearest.word)
		buf_printf(&text, " (nearest: %s)", nearest.word);
	return error_take(error, -EINVAL, &text);
}

void options_deinit(struct options *options)
{
	if (!options)
		return;
	array_deinit(&options->netns);
	array_deinit(&options->expected);
	*options = (struct options){0};
}
