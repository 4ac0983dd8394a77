/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns that a terminal is given back as it was found, whatever ends the program. Signals arrive by
 * a descriptor, between two steps of ours: no handler runs, and nothing is half written. Knows
 * nothing of what is drawn.
 */
#include "terminal.h"

#include "array.h"
#include "cleanup.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>

/* The other screen, no cursor, and lines that are too long end at the edge. */
static const char enter_bytes[] = "\033[?1049h\033[?25l\033[?7l\033[H\033[2J";
static const char leave_bytes[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

#define KEY_CTRL_C 3
#define KEY_CTRL_L 12
#define KEY_ESCAPE 27

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};

int64_t terminal_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void write_text(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

static int enter(struct terminal *terminal)
{
	struct termios raw;

	/* In the background this stops us until we are in the foreground. */
	if (tcgetattr(terminal->output, &terminal->saved) < 0)
		return -errno;
	raw = terminal->saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	while (tcsetattr(terminal->output, TCSADRAIN, &raw) < 0)
		if (errno != EINTR)
			return -errno;
	terminal->is_entered = true;
	write_text(terminal->output, enter_bytes);
	return 0;
}

static void leave(struct terminal *terminal)
{
	if (!terminal->is_entered)
		return;
	write_text(terminal->output, leave_bytes);
	while (tcsetattr(terminal->output, TCSADRAIN, &terminal->saved) < 0 && errno == EINTR)
		;
	terminal->is_entered = false;
}

int terminal_open(struct terminal *terminal, int output)
{
	sigset_t set;

	terminal->output = output;
	terminal->keys = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : -1;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		sigaddset(&set, caught[i]);
	terminal->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (terminal->signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &terminal->saved_mask);
	return enter(terminal);
}

void terminal_close(struct terminal *terminal)
{
	leave(terminal);
	if (terminal->signals < 0)
		return;
	cleanup_close(&terminal->signals);
	terminal->signals = -1;
	if (terminal->killed_by)
		raise(terminal->killed_by);
	sigprocmask(SIG_SETMASK, &terminal->saved_mask, NULL);
}

void terminal_size(const struct terminal *terminal, unsigned *lines, unsigned *columns)
{
	struct winsize size;

	if (ioctl(terminal->output, TIOCGWINSZ, &size) < 0)
		return;
	*lines = size.ws_row ? size.ws_row : *lines;
	*columns = size.ws_col ? size.ws_col : *columns;
}

/* --- what happens ----------------------------------------------------------------------------- */

/* Ctrl-Z: the shell gets its screen, and we stop as any program does. */
static void stop(struct terminal *terminal)
{
	sigset_t set;

	leave(terminal);
	raise(SIGTSTP);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	/* The process stops here. */
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Is there a signal that ends us? Then the screen is not entered again. */
static bool is_ending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGHUP) == 1);
}

/* After a stop that we could not see the shell has its own settings. */
static enum terminal_event resume(struct terminal *terminal)
{
	if (is_ending())
		return TERMINAL_REDRAW;
	if (terminal->is_entered)
		leave(terminal);
	return enter(terminal) < 0 ? TERMINAL_QUIT : TERMINAL_REDRAW;
}

static enum terminal_event read_signal(struct terminal *terminal)
{
	struct signalfd_siginfo info;

	if (read(terminal->signals, &info, sizeof(info)) != sizeof(info))
		return TERMINAL_TICK;
	switch (info.ssi_signo) {
	case SIGINT:
		return TERMINAL_QUIT;
	case SIGTSTP:
		stop(terminal);
		return TERMINAL_REDRAW;
	case SIGCONT:
		return resume(terminal);
	case SIGWINCH:
		return TERMINAL_REDRAW;
	}
	terminal->killed_by = (int)info.ssi_signo;
	return TERMINAL_QUIT;
}

/* Return: TERMINAL_TICK when no key has a meaning. */
static enum terminal_event read_keys(const struct terminal *terminal)
{
	char keys[64];
	ssize_t n = read(terminal->keys, keys, sizeof(keys));

	/* Nothing to read although there was: the terminal is gone. */
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return TERMINAL_QUIT;
	for (ssize_t i = 0; i < n && keys[i] != KEY_ESCAPE; i++) {
		if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == KEY_CTRL_C)
			return TERMINAL_QUIT;
		if (keys[i] == KEY_CTRL_L)
			return TERMINAL_REDRAW;
	}
	return TERMINAL_TICK;
}

enum terminal_event terminal_wait(struct terminal *terminal, int64_t deadline_msec)
{
	struct pollfd fds[] = {{.fd = terminal->signals, .events = POLLIN},
			       {.fd = terminal->keys, .events = POLLIN}};

	for (;;) {
		enum terminal_event event = TERMINAL_TICK;
		int64_t left = deadline_msec - terminal_now();
		int n;

		n = poll(fds, 2, left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left);
		if (n < 0 && errno != EINTR)
			return TERMINAL_QUIT;
		if (n > 0 && fds[0].revents)
			event = read_signal(terminal);
		else if (n > 0 && fds[1].revents)
			event = read_keys(terminal);
		if (event != TERMINAL_TICK)
			return event;
		if (n == 0 && terminal_now() >= deadline_msec)
			return TERMINAL_TICK;
	}
}
