/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: foreign bytes as every text of a snapshot, rendered in every format.
 * The input is those texts, separated by NUL, in the order of enum field; the first byte chooses
 * how a table is laid out. No format may print a control byte, and every format except the
 * truncated table must give the bytes back.
 */
#include "../unit/protocols.h"
#include "fuzz.h"
#include "text_check.h"

#include "message.h"
#include "unit/machine.h"
#include "view/escape.h"
#include "view/formats.h"

#include <errno.h>

enum field {
	FIELD_COMM,
	FIELD_EXE,
	FIELD_CMDLINE,
	FIELD_INTERFACE,
	FIELD_CGROUP,
	FIELD_UNIT,
	FIELD_CONTAINER,
	FIELD_USER,
	FIELD_SERVICE,
	FIELD_WHY,
	FIELD_COUNT,
};

#define INPUT_MAX 800

/* The column of each text; NULL: it has none. */
static const char *const keys[FIELD_COUNT] = {"comm", "exe",       "cmdline", "interface", "cgroup",
					      "unit", "container", "user",    "service",   "why"};

struct texts {
	const char *fields[FIELD_COUNT]; /* NULL: not given */
	unsigned layout;                 /* 3 bits: groups and width; 4: columns more; 1: sockets */
	unsigned sockets;
};

/* --- the snapshot -------------------------------------------------------------------------- */

static struct lsp_snapshot *make_snapshot(const struct texts *texts)
{
	const char *const *fields = texts->fields;
	const struct machine_host host = {
		.services = {{LSP_PROTO_TCP, 22, fields[FIELD_SERVICE], false}}};
	const struct machine_row row = {
		.socket = {MACHINE_TCP(22), .uid = 7, .local.zone = fields[FIELD_INTERFACE],
			   .cgroup = fields[FIELD_CGROUP], .unit = fields[FIELD_UNIT],
			   .container = fields[FIELD_CONTAINER]},
		.user = fields[FIELD_USER],
		.owners = {{.pid = 42,
			    .comm = fields[FIELD_COMM],
			    .exe = fields[FIELD_EXE],
			    .cmdline = fields[FIELD_CMDLINE],
			    .exe_kind = LSP_EXE_KIND_FILE,
			    .has_uid = true,
			    .uid = 7}},
	};
	const struct machine_row rows[] = {row, row};

	return machine_snapshot(&(struct machine){
		.rows = rows,
		.count = texts->sockets,
		.host = &host,
		.gaps = {{.what = fields[FIELD_WHY] ? "processes" : NULL,
			  .why = fields[FIELD_WHY],
			  .hides = true}},
	});
}

/* --- rendering ----------------------------------------------------------------------------- */

/* The output is smaller than the buffer of a sink, which has no descriptor here. */
static void render(const char *word, const struct view *view, const struct lsp_snapshot *snapshot,
		   struct buf *out)
{
	struct sink sink;

	sink_init(&sink, -1);
	formats_find(word)->render(view, snapshot, &sink);
	MUST(!sink.error && !sink.buf.error);
	buf_reset(out);
	buf_append(out, sink.buf.data, sink.buf.size);
	sink_deinit(&sink);
	text_check_printable(out->data, out->size);
	MUST(!out->size || out->data[out->size - 1] == '\n');
}

static size_t count_lines(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->size; i++)
		count += text->data[i] == '\n';
	return count;
}

/* The text that a cell must give back; NULL if there is none. */
static const char *find_text(const struct texts *texts, const char *key)
{
	for (size_t i = 0; i < FIELD_WHY; i++)
		if (!strcmp(keys[i], key))
			return texts->fields[i];
	return NULL;
}

static void check_cell(const struct texts *texts, const char *key, const struct buf *cell)
{
	const char *wanted = find_text(texts, key);
	struct buf bytes = BUF_INIT;

	text_check_unescape(&bytes, cell->data, cell->size);
	if (wanted)
		MUST(bytes.size == strlen(wanted) &&
		     !memcmp(bytes.data ? bytes.data : "", wanted, bytes.size));
	buf_deinit(&bytes);
}

static void check_csv(const struct view *view, const struct lsp_snapshot *snapshot,
		      const struct texts *texts)
{
	const struct column_list *list = &view->columns;
	struct buf text = BUF_INIT, cell = BUF_INIT;
	const char *at, *end;
	bool is_quoted;

	render("csv", view, snapshot, &text);
	at = text.data;
	end = at + text.size;
	for (size_t row = 0; row < texts->sockets + 1; row++) {
		for (size_t i = 0; i < list->count; i++) {
			char last = text_check_csv(&at, end, &cell, &is_quoted);

			MUST(last == (i + 1 < list->count ? ',' : '\n'));
			/* Quotes distinguish an empty text from no text. */
			if (row && !cell.size && find_text(texts, list->columns[i].fact->word))
				MUST(is_quoted);
			if (row)
				check_cell(texts, list->columns[i].fact->word, &cell);
		}
	}
	MUST(at == end);
	buf_deinit(&text);
	buf_deinit(&cell);
}

static void check_raw(const struct view *view, const struct lsp_snapshot *snapshot,
		      const struct texts *texts)
{
	const struct column_list *list = &view->columns;
	struct buf text = BUF_INIT, cell = BUF_INIT;
	const char *at;

	render("raw", view, snapshot, &text);
	MUST(count_lines(&text) == texts->sockets + 1);
	at = (const char *)memchr(text.data, '\n', text.size) + 1;
	for (size_t row = 0; row < texts->sockets; row++) {
		for (size_t i = 0; i < list->count; i++) {
			size_t left = (size_t)(text.data + text.size - at), size = 0;
			const char *wanted = find_text(texts, list->columns[i].fact->word);

			while (size < left && at[size] != ' ' && at[size] != '\n')
				size++;
			MUST(size && at[size] == (i + 1 < list->count ? ' ' : '\n'));
			buf_reset(&cell);
			buf_append(&cell, at, size);
			at += size + 1;
			/* Here an empty text looks like no text. */
			if (!wanted || !*wanted)
				continue;
			MUST(cell.size != 1 || *cell.data != '-');
			check_cell(texts, list->columns[i].fact->word, &cell);
		}
	}
	MUST(at == text.data + text.size);
	buf_deinit(&text);
	buf_deinit(&cell);
}

/* --- JSON ---------------------------------------------------------------------------------- */

struct members {
	const struct texts *texts;
	size_t found[FIELD_COUNT];
	bool has_raw[FIELD_COUNT];
};

/* In owners the member of comm is called "process". */
static const char *key_of(enum field field)
{
	return field == FIELD_COMM ? "process" : keys[field];
}

static void check_raw_member(const char *wanted, const json_t *value)
{
	char digits[3];

	MUST(json_string_length(value) == 2 * strlen(wanted));
	for (size_t i = 0; wanted[i]; i++) {
		snprintf(digits, sizeof(digits), "%02x", (unsigned char)wanted[i]);
		MUST(!memcmp(json_string_value(value) + 2 * i, digits, 2));
	}
}

static void check_member(const char *key, const json_t *value, void *data)
{
	struct members *members = data;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *wanted = members->texts->fields[i], *name = key_of((enum field)i);
		size_t size = strlen(name);

		if (!wanted || strncmp(key, name, size) != 0)
			continue;
		if (key[size] && strcmp(key + size, "_raw") != 0)
			continue;
		MUST(json_is_string(value));
		if (key[size]) {
			members->has_raw[i] = true;
			check_raw_member(wanted, value);
			continue;
		}
		members->found[i]++;
		if (text_check_is_utf8(wanted, strlen(wanted)))
			MUST(!strcmp(json_string_value(value), wanted));
	}
}

static void check_members(const struct members *members, size_t sockets, bool has_gaps)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *text = members->texts->fields[i];

		if (!text || (i == FIELD_WHY && !has_gaps))
			continue;
		MUST(members->found[i] >= (i == FIELD_WHY ? 1 : sockets));
		MUST(members->has_raw[i] == !text_check_is_utf8(text, strlen(text)));
	}
}

static void check_json(const struct view *view, const struct lsp_snapshot *snapshot,
		       const struct texts *texts)
{
	struct members whole = {.texts = texts};
	struct buf text = BUF_INIT;
	const char *at;

	render("json", view, snapshot, &text);
	text_check_json(text.data, text.size, check_member, &whole);
	check_members(&whole, texts->sockets, true);
	render("jsonl", view, snapshot, &text);
	MUST(count_lines(&text) == texts->sockets);
	at = text.data;
	while (at < text.data + text.size) {
		size_t left = (size_t)(text.data + text.size - at);
		size_t size = (size_t)((const char *)memchr(at, '\n', left) - at);
		struct members line = {.texts = texts};

		text_check_json(at, size, check_member, &line);
		check_members(&line, 1, false);
		at += size + 1;
	}
	buf_deinit(&text);
}

/* --- tables and messages ------------------------------------------------------------------- */

static void check_table(struct view *view, const struct lsp_snapshot *snapshot,
			const struct texts *texts)
{
	static const char *const groups[] = {"none", "user", "process", "unit"};
	const unsigned layout = texts->layout;
	struct buf text = BUF_INIT;

	view->grouping = groupings_find(groups[layout & 3]);
	view->width = layout & 4 ? 40 + (layout >> 3 & 15) : 0;
	view->is_terminal = layout & 4;
	render("table", view, snapshot, &text);
	if (!(layout & 7))
		MUST(count_lines(&text) == texts->sockets + 1);
	MUST(count_lines(&text) > texts->sockets && count_lines(&text) <= texts->sockets + 3);
	buf_deinit(&text);
}

static void check_messages(const struct lsp_snapshot *snapshot, const char *why)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;

	message_format_gaps(&text, snapshot, false);
	MUST(count_lines(&text) == (why ? 1 : 0));
	text_check_printable(text.data, text.size);
	buf_reset(&text);
	if (why) {
		error_set(&error, -EINVAL, "%s", why);
		message_add_error(&text, &error);
		MUST(count_lines(&text) == 1);
		error_add(&error, -EINVAL, "%s", why);
		message_add_error(&text, &error);
	}
	text_check_printable(text.data, text.size);
	buf_deinit(&text);
	error_deinit(&error);
}

/* The functions below every format. */
static void check_escapes(const char *wanted)
{
	struct buf text = BUF_INIT, back = BUF_INIT;
	size_t size = strlen(wanted), width = escape_text(&text, wanted, size);

	MUST(width == escape_text_width(wanted, size));
	text_check_printable(text.data, text.size);
	MUST(!text.size || (text.data[0] != ' ' && text.data[text.size - 1] != ' '));
	MUST(!text.size || !memmem(text.data, text.size, "  ", 2));
	text_check_unescape(&back, text.data, text.size);
	MUST(back.size == size && !memcmp(back.data ? back.data : "", wanted, size));
	for (size_t limit = 1; limit < 40; limit += 6) {
		buf_reset(&text);
		width = escape_text_cut(&text, wanted, size, 0, limit);
		MUST(width <= limit);
		text_check_printable(text.data, text.size);
	}
	buf_deinit(&text);
	buf_deinit(&back);
}

/* --- input --------------------------------------------------------------------------------- */

/* Only the columns that show foreign text: the others would cost time. */
static void list_columns(struct column_list *list)
{
	struct column column;

	list->count = 0;
	for (size_t i = 0; column_at(i, &column); i++)
		if (column.may_cut || !strcmp(column.fact->word, keys[FIELD_INTERFACE]))
			list->columns[list->count++] = column;
	MUST(list->count >= FIELD_WHY);
}

static void check_all(const struct texts *texts)
{
	struct lsp_snapshot *snapshot = make_snapshot(texts);
	struct view view = {.grouping = groupings_find("none"),
			    .has_header = true,
			    .host = texts->fields[FIELD_COMM],
			    .version = "1"};

	list_columns(&view.columns);
	check_csv(&view, snapshot, texts);
	check_raw(&view, snapshot, texts);
	check_json(&view, snapshot, texts);
	check_table(&view, snapshot, texts);
	check_messages(snapshot, texts->fields[FIELD_WHY]);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (texts->fields[i])
			check_escapes(texts->fields[i]);
	lsp_snapshot_free(snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct texts texts = {0};
	char bytes[INPUT_MAX];
	size_t at = 0;

	if (!size || size > INPUT_MAX)
		return 0;
	texts.layout = data[0];
	texts.sockets = 1 + (data[0] >> 7);
	memcpy(bytes, data + 1, size - 1);
	bytes[size - 1] = '\0';
	for (size_t i = 0; i < FIELD_COUNT && at < size; i++) {
		texts.fields[i] = bytes + at;
		at += strlen(bytes + at) + 1;
	}
	check_all(&texts);
	return 0;
}
