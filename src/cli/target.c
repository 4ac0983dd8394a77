/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard output and the environment, read once: no other file of the program reads the
 * environment.
 */
#include "target.h"

#include "num.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned terminal_width(void)
{
	const char *columns_text = secure_getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return columns_text && num_parse(columns_text, UINT16_MAX, &width) ? (unsigned)width : 0;
}

void target_init(struct target *target, const struct options *options)
{
	*target = (struct target){0};
	target->is_terminal = !options->output_file && isatty(STDOUT_FILENO) == 1;
	target->width = target->is_terminal ? terminal_width() : 0;
	target->term = secure_getenv("TERM");
	target->no_color = secure_getenv("NO_COLOR");
}
