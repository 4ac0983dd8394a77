/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on standard error. Owns their wording, and that each of them is escaped as the cells of
 * a table are; decides nothing.
 */
#include "message.h"

#include "array.h"

#include "view/escape.h"

#include <lsports/judgement.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "lsports: "

static void append_line(struct buf *out, const char *text, size_t size)
{
	struct buf line = BUF_INIT;

	error_append_short(&line, text, size);
	buf_append_text(out, PREFIX);
	escape_text(out, line.data, line.size);
	buf_append_char(out, '\n');
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

void message_format_line(struct buf *out, const char *text)
{
	append_line(out, text, strlen(text));
}

void message_add(struct buf *out, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		out->error = -ENOMEM;
	} else {
		message_format_line(out, text);
		free(text);
	}
	va_end(args);
}

void message_add_error(struct buf *out, const struct error *error)
{
	const char *line;
	size_t size;

	if (error->text.error || (error->number == -ENOMEM && !error->text.size))
		out->error = -ENOMEM;
	for (size_t i = 0; (line = error_line(error, i, &size)); i++)
		append_line(out, line, size);
}

/* "1 process", "2 processes". */
static size_t noun_size(const char *what, uint64_t count)
{
	size_t size = strlen(what);

	if (count != 1 || size < 2 || what[size - 1] != 's')
		return size;
	return size > 4 && strcmp(what + size - 4, "sses") == 0 ? size - 2 : size - 1;
}

static void append_what(struct buf *out, const struct lsp_gap *gap)
{
	if (gap->count) {
		buf_append_number(out, gap->count);
		buf_append_char(out, ' ');
	}
	buf_append(out, gap->what, noun_size(gap->what, gap->count));
}

/* Beginnings of lsp_gap.why, and what a message begins with instead: "could not read 2 processes".
 */
static const struct {
	const char *passive, *active;
} verbs[] = {
	{"could not be read", "could not read "},
	{"could not be looked up", "could not look up "},
	{"could not be entered", "could not enter "},
	{"could not be asked for their network namespace",
	 "could not read the network namespace of "},
};

void message_describe_gap(struct buf *out, const struct lsp_gap *gap)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		size_t size = strlen(verbs[i].passive);

		if (strncmp(gap->why, verbs[i].passive, size) != 0)
			continue;
		buf_append_text(out, verbs[i].active);
		append_what(out, gap);
		buf_append_text(out, gap->why + size);
		return;
	}
	append_what(out, gap);
	buf_append_char(out, ' ');
	buf_append_text(out, gap->why);
}

void message_format_gaps(struct buf *out, const struct lsp_snapshot *snapshot, bool is_judged)
{
	struct buf line = BUF_INIT;
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_judged && gaps[i].is_in_facts)
			continue;
		buf_reset(&line);
		message_describe_gap(&line, &gaps[i]);
		append_line(out, line.data, line.size);
	}
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

void message_format_unknown(struct buf *out, size_t count)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "%zu more socket%s may match; a fact that decides could not be read", count,
		 count == 1 ? "" : "s");
	if (count)
		message_format_line(out, text);
}

void message_format_unjudged(struct buf *out, const struct lsp_snapshot *snapshot, size_t index,
			     size_t count)
{
	struct lsp_judgement judgement;
	struct lsp_socket socket;
	struct buf line = BUF_INIT;

	lsp_snapshot_socket(snapshot, index, &socket);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	buf_append_text(&line, "could not judge ");
	if (count > 1)
		buf_printf(&line, "%zu listeners, such as ", count);
	buf_printf(&line, "%s/%u: ", lsp_protocol_word(socket.proto), socket.local.port);
	buf_append_text(&line, judgement.unknown ? judgement.unknown : "a fact could not be read");
	append_line(out, line.data, line.size);
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

/* "tcp", "tcp and udp", "tcp, udp and udplite" */
static void append_protocols(struct buf *out, unsigned protos)
{
	for (unsigned i = 0; protos; i++) {
		if (!(protos & LSP_BIT(i)))
			continue;
		protos &= ~LSP_BIT(i);
		buf_append_text(out, lsp_protocol_word(i));
		if (protos)
			buf_append_text(out, protos & (protos - 1) ? ", " : " and ");
	}
}

void message_format_unread(struct buf *out, const struct lsp_snapshot *snapshot, size_t judged)
{
	unsigned unread = lsp_snapshot_unread(snapshot);
	size_t rules = lsp_snapshot_unread_rules(snapshot);
	struct buf line = BUF_INIT;

	if (!unread)
		return;
	buf_printf(&line, "judged %zu listener%s; not judged: the ", judged,
		   judged == 1 ? "" : "s");
	append_protocols(&line, unread);
	buf_append_text(&line, " listeners that could not be read");
	if (rules)
		buf_printf(&line, ", and %zu required rule%s that they could satisfy", rules,
			   rules == 1 ? "" : "s");
	append_line(out, line.data, line.size);
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
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
		for (unsigned i = 0; i < lsp_protocol_count(); i++)
			if (options->protos == LSP_BIT(i))
				buf_printf(&line, "%s ", lsp_protocol_word(i));
		for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++)
			if (options->families == LSP_BIT(i))
				buf_printf(&line, "%s ",
					   lsp_endpoint_family_word((enum lsp_family)i));
		buf_append_text(&line, has_both                            ? "socket"
				       : states == OPTIONS_STATE_LISTENERS ? "listener"
									   : "connected socket");
	}
	append_list(&line, " with ", (const char *const *)options->selectors,
		    options->selector_count);
	append_list(&line, " in ", options->netns.data, options->netns.count);
	append_line(out, line.data, line.size);
	if (line.error)
		out->error = line.error;
	buf_deinit(&line);
}

/* What stands at @path, where only a regular file can be replaced. */
static const char *kind_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return "not a regular file";
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
	return "not a regular file";
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
