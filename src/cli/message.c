/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts on standard error. Owns their wording and that every one of them is escaped, as the cells
 * of the table are; decides nothing.
 */
#include "message.h"

#include "view/escape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "lsports: "

static void append_line(struct buf *out, const char *text, size_t size)
{
	buf_append_text(out, PREFIX);
	escape_text(out, text, size);
	buf_append_char(out, '\n');
}

void message_format_line(struct buf *out, const char *text)
{
	append_line(out, text, strlen(text));
}

void message_take(struct buf *out, char *text)
{
	if (text)
		message_format_line(out, text);
	else
		out->error = -ENOMEM;
	free(text);
}

void message_format_lines(struct buf *out, const char *text)
{
	while (*text) {
		size_t size = strcspn(text, "\n");

		if (size)
			append_line(out, text, size);
		text += size;
		text += *text == '\n';
	}
}

/* "1 process", "2 processes". */
static size_t noun_size(const char *what, uint64_t count)
{
	size_t size = strlen(what);

	if (count != 1 || size < 2 || what[size - 1] != 's')
		return size;
	return size > 4 && strcmp(what + size - 4, "sses") == 0 ? size - 2 : size - 1;
}

void message_format_gaps(struct buf *out, const struct lsp_snapshot *snapshot)
{
	struct buf line = BUF_INIT;
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		buf_reset(&line);
		if (gaps[i].count) {
			buf_append_number(&line, gaps[i].count);
			buf_append_char(&line, ' ');
		}
		buf_append(&line, gaps[i].what, noun_size(gaps[i].what, gaps[i].count));
		buf_printf(&line, ": %s", gaps[i].why);
		append_line(out, line.data, line.size);
	}
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

void message_format_unknown(struct buf *out, size_t count)
{
	char text[128];

	snprintf(text, sizeof(text), "%zu socket%s may fit: what decides could not be seen", count,
		 count == 1 ? "" : "s");
	if (count)
		message_format_line(out, text);
}

void message_format_notes(struct buf *out, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const char *const *notes = lsp_snapshot_notes(snapshot, &count);

	for (size_t i = 0; i < count; i++)
		message_format_line(out, notes[i]);
}

static void append_list(struct buf *out, const char *before, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? ", " : before, texts[i]);
}

void message_format_empty(struct buf *out, const struct options *options)
{
	const unsigned states = options->states ? options->states : OPTIONS_STATE_LISTENERS;
	const bool has_both = (options->states & OPTIONS_STATE_LISTENERS) &&
			      (options->states & OPTIONS_STATE_OTHERS);
	struct buf line = BUF_INIT;

	if (states == OPTIONS_STATE_LISTENERS && !options->protos && !options->families &&
	    !options->selector_count) {
		buf_append_text(&line, "nothing is listening");
	} else {
		buf_append_text(&line, "no ");
		for (unsigned i = 0; i < LSP_PROTO_COUNT; i++)
			if (options->protos == LSP_BIT(i))
				buf_printf(&line, "%s ", lsp_proto_word((enum lsp_proto)i));
		for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++)
			if (options->families == LSP_BIT(i))
				buf_printf(&line, "%s ", lsp_family_word((enum lsp_family)i));
		buf_append_text(&line, has_both                            ? "socket"
				       : states == OPTIONS_STATE_LISTENERS ? "listener"
									   : "connected socket");
	}
	append_list(&line, " with ", (const char *const *)options->selectors,
		    options->selector_count);
	append_list(&line, " in ", options->netns.items, options->netns.count);
	append_line(out, line.data, line.size);
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

void message_format_failure(struct buf *out, int error, const char *reason)
{
	/* -EINVAL is a question that cannot be meant, not a machine that cannot be read. */
	if (error != -EINVAL)
		message_format_line(out, "nothing could be read:");
	message_format_lines(out, reason && *reason ? reason : strerror(-error));
}

/* What stands at @path, where only a regular file can be replaced. */
static const char *kind_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return "no regular file";
	switch (st.st_mode & S_IFMT) {
	case S_IFLNK:
		return "a symbolic link";
	case S_IFCHR:
		return "a character device";
	case S_IFBLK:
		return "a block device";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	}
	return "no regular file";
}

void message_format_write_failure(struct buf *out, const char *path, int error)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "cannot write %s: ", path ? path : "standard output");
	if (path && error == -EISDIR)
		buf_append_text(&line, "it is a directory: only a regular file can be replaced");
	else if (path && error == -EMEDIUMTYPE)
		buf_printf(&line, "it is %s: only a regular file can be replaced; use > FILE",
			   kind_of(path));
	else
		buf_append_text(&line, strerror(-error));
	append_line(out, line.data, line.size);
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

void message_print(struct buf *out)
{
	static const char no_memory[] = PREFIX "out of memory\n";
	const char *at = out->error ? no_memory : out->data;
	size_t left = out->error ? sizeof(no_memory) - 1 : out->size;

	while (left) {
		ssize_t n = write(STDERR_FILENO, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
		left -= (size_t)n;
	}
	buf_reset(out);
}
