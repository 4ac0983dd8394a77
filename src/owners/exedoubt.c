/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a process runs the program that its exe link names: with a user namespace of its own
 * anybody may point that link elsewhere (prctl(2), PR_SET_MM_MAP). Looks at links and mappings
 * alone: the program itself is never opened and never asked for its status.
 */
#include "owners/procwalk.h"

#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define MAPS_MAX (256u << 10)
#define CHUNK 4096
/* A program that starts another, or itself again, meanwhile has no mappings for a moment. */
#define TRIES 2

/* Return: whether one of the complete lines behind *at maps @exe; moves *at behind them. */
static bool has_line(const struct buf *text, size_t *at, const char *exe)
{
	const char *line = text->data + *at, *end = text->data + text->size, *newline;
	bool is_found = false;

	while (!is_found && (newline = memchr(line, '\n', (size_t)(end - line)))) {
		is_found = procparse_runs(line, (size_t)(newline - line), exe);
		line = newline + 1;
	}
	*at = (size_t)(line - text->data);
	return is_found;
}

/* Return: 1 when no line up to the end maps @exe, 0 otherwise, or -ENOMEM. */
static int lacks_mapping(int fd, const char *exe, struct buf *text)
{
	size_t at = 0;

	buf_reset(text);
	while (text->size < MAPS_MAX) {
		size_t left = MAPS_MAX - text->size;
		ssize_t n;

		if (buf_reserve(text, CHUNK) < 0)
			return text->error;
		n = read(fd, text->data + text->size, left < CHUNK ? left : CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return 0;
		if (n == 0)
			return at == text->size;
		text->size += (size_t)n;
		if (has_line(text, &at, exe))
			return 0;
	}
	return 0;
}

static int is_unmapped(const struct procwalk *walk, int dir, const char *exe)
{
	char again[PATH_MAX + sizeof(" (deleted)")];
	struct buf text = BUF_INIT;
	int r = 1;

	for (int i = 0; r > 0 && i < TRIES; i++) {
		cleanup(scope_close) int fd =
			dirscan_open(&walk->how, dir, "maps", O_RDONLY | O_NONBLOCK);

		r = fd < 0 ? 0 : lacks_mapping(fd, exe, &text);
		/* What ended, or became another program, proves nothing. */
		if (r > 0)
			r = root_readlink_at(dir, "exe", again, sizeof(again)) > 0 &&
			    strcmp(again, exe) == 0;
	}
	buf_deinit(&text);
	return r;
}

int exedoubt_find(const struct procwalk *walk, int dir, const char *exe, enum lsp_exe_doubt *doubt)
{
	char ours[64], theirs[64];
	int r;

	*doubt = LSP_EXE_DOUBT_NONE;
	if (root_readlink_at(walk->proc, "self/ns/user", ours, sizeof(ours)) < 0 ||
	    root_readlink_at(dir, "ns/user", theirs, sizeof(theirs)) < 0)
		return 0;
	if (strcmp(ours, theirs) != 0) {
		*doubt = LSP_EXE_DOUBT_USERNS;
		return 0;
	}
	r = is_unmapped(walk, dir, exe);
	if (r > 0)
		*doubt = LSP_EXE_DOUBT_UNMAPPED;
	return r < 0 ? r : 0;
}
