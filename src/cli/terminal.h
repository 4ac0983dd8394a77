/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal that is drawn on: the other screen, keys without Enter, and the way back. */
#ifndef LSPORTS_CLI_TERMINAL_H
#define LSPORTS_CLI_TERMINAL_H
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct terminal {
	int output;  /* borrowed */
	int keys;    /* borrowed; -1: none */
	int signals; /* signalfd, -1: none */
	struct termios saved;
	sigset_t saved_mask;
	bool is_entered;
	int killed_by; /* the signal that ends the program once all is restored, 0: none */
};

#define TERMINAL_INIT ((struct terminal){.output = -1, .keys = -1, .signals = -1})

enum terminal_event {
	TERMINAL_TICK,   /* the time has come */
	TERMINAL_REDRAW, /* another size, back from the shell, Ctrl-L */
	TERMINAL_QUIT,
};

/*
 * terminal_open() - signals are caught from here on, and the screen is ours. @terminal:
 * TERMINAL_INIT. @output: a terminal; keys are read from standard input if that is one too.
 * Return: 0 or a negative errno; terminal_close() may be called in either case.
 */
int terminal_open(struct terminal *terminal, int output);

/* terminal_wait() - until @deadline_msec of terminal_now() or something else happens. */
enum terminal_event terminal_wait(struct terminal *terminal, int64_t deadline_msec);

/* Lines and columns; a number that is not known stays as it is. */
void terminal_size(const struct terminal *terminal, unsigned *lines, unsigned *columns);

/* Restores what was there before terminal_open(). A signal that was to end the program does so now.
 */
void terminal_close(struct terminal *terminal);

int64_t terminal_now(void); /* milliseconds of a clock that only goes forward */

#endif
