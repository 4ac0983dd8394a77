/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --watch draws on a terminal: a title, the table, and what could not be seen. */
#ifndef LSPORTS_CLI_SCREEN_H
#define LSPORTS_CLI_SCREEN_H
#pragma once

#include "follow.h"

struct screen {
	struct follow *follow; /* borrowed */
	struct sink *sink;     /* the terminal, borrowed */
	struct sink table;     /* what stands below the first line, drawn once for many ticks */
	unsigned lines;        /* of the terminal */
};

void screen_init(struct screen *screen, struct follow *follow, struct sink *sink);
void screen_deinit(struct screen *screen);

/*
 * screen_draw() - @is_whole: the table has changed; else the first line alone is drawn.
 * Return: 0 or a negative errno.
 */
int screen_draw(struct screen *screen, int64_t interval_msec, bool is_whole);

#endif
