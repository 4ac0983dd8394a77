/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: bytes that others chose, as every text of a snapshot, rendered in every format.
 * The input is those texts, separated by NUL, in the order of enum field; the first byte chooses
 * how a table is laid out. No format may let a control byte through, and every one but the cut
 * table must give the bytes back.
 */
#include "fuzz.h"
#include "text_check.h"

#include "message.h"
#include "model/snapshot.h"
#include "view/escape.h"
#include "view/view.h"

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

/* Where a text is found again; NULL: in no column of its own. */
static const char *const keys[FIELD_COUNT] = {"comm", "exe",       "cmdline", "interface", "cgroup",
					      "unit", "container", "user",    "service",   "why"};

struct texts {
	const char *fields[FIELD_COUNT]; /* NULL: not given */
	unsigned layout;                 /* 3 bits: groups and width; 4: columns more; 1: sockets */
	unsigned sockets;
};

/* --- the snapshot -------------------------------------------------------------------------- */

static void add_sockets(struct lsp_snapshot *snapshot, const struct texts *texts)
{
	struct lsp_socket socket = {
		.netns = 1,
		.state = LSP_STATE_LISTEN,
		.local.port = 22,
		.interface = texts->fields[FIELD_INTERFACE],
		.has_uid = true,
		.has_cookie = true,
		.has_cgroup = true,
		.uid = 7,
		.cgroup_id = 9,
	};

	for (uint32_t i = 0; i < texts->sockets; i++) {
		socket.inode = 100 + i;
		socket.cookie = 200 + i;
		FUZZ_CHECK(snapshot_add_socket(snapshot, &socket) == 0);
	}
	FUZZ_CHECK(snapshot_settle(snapshot) == 0);
}

static struct lsp_snapshot *make_snapshot(const struct texts *texts)
{
	const char *const *fields = texts->fields;
	struct lsp_process process = {.pid = 42,
				      .comm = fields[FIELD_COMM],
				      .exe = fields[FIELD_EXE],
				      .cmdline = fields[FIELD_CMDLINE],
				      .exe_kind = LSP_EXE_KIND_FILE,
				      .has_uid = true,
				      .uid = 7};
	struct lsp_gap gap = {.what = "processes", .why = fields[FIELD_WHY], .hides = true};
	struct lsp_snapshot *snapshot = NULL;
	uint32_t index;

	FUZZ_CHECK(snapshot_new(&snapshot) == 0);
	add_sockets(snapshot, texts);
	FUZZ_CHECK(snapshot_add_process(snapshot, &process, &index) == 0);
	for (uint32_t i = 0; i < texts->sockets; i++)
		FUZZ_CHECK(snapshot_add_owner(snapshot, 100 + i, index, 3) == 0);
	FUZZ_CHECK(snapshot_set_cgroup(snapshot, 9, fields[FIELD_CGROUP], fields[FIELD_UNIT],
				       fields[FIELD_CONTAINER]) == 0);
	if (fields[FIELD_USER])
		FUZZ_CHECK(snapshot_set_user(snapshot, 7, fields[FIELD_USER]) == 0);
	if (fields[FIELD_SERVICE])
		FUZZ_CHECK(snapshot_add_service(snapshot, LSP_PROTO_TCP, 22, fields[FIELD_SERVICE],
						false) == 0);
	if (fields[FIELD_WHY])
		FUZZ_CHECK(snapshot_add_gap(snapshot, &gap) == 0);
	FUZZ_CHECK(snapshot_seal(snapshot) == 0);
	return snapshot;
}

/* --- rendering ----------------------------------------------------------------------------- */

/* Less than what a sink keeps before it writes: there is no descriptor to write to. */
static void render(const char *word, const struct view *view, const struct lsp_snapshot *snapshot,
		   struct buf *out)
{
	struct sink sink;

	sink_init(&sink, -1);
	format_find(word)->render(view, snapshot, &sink);
	FUZZ_CHECK(!sink.error && !sink.buf.error);
	buf_reset(out);
	buf_append(out, sink.buf.data, sink.buf.size);
	sink_deinit(&sink);
	text_check_printable(out->data, out->size);
	FUZZ_CHECK(!out->size || out->data[out->size - 1] == '\n');
}

static size_t count_lines(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->size; i++)
		count += text->data[i] == '\n';
	return count;
}

/* What one cell must give back; NULL when no text was given for it. */
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
		FUZZ_CHECK(bytes.size == strlen(wanted) &&
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

			FUZZ_CHECK(last == (i + 1 < list->count ? ',' : '\n'));
			/* An empty text is told from none by its quotes. */
			if (row && !cell.size && find_text(texts, list->columns[i]->key))
				FUZZ_CHECK(is_quoted);
			if (row)
				check_cell(texts, list->columns[i]->key, &cell);
		}
	}
	FUZZ_CHECK(at == end);
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
	FUZZ_CHECK(count_lines(&text) == texts->sockets + 1);
	at = (const char *)memchr(text.data, '\n', text.size) + 1;
	for (size_t row = 0; row < texts->sockets; row++) {
		for (size_t i = 0; i < list->count; i++) {
			size_t left = (size_t)(text.data + text.size - at), size = 0;
			const char *wanted = find_text(texts, list->columns[i]->key);

			while (size < left && at[size] != ' ' && at[size] != '\n')
				size++;
			FUZZ_CHECK(size && at[size] == (i + 1 < list->count ? ' ' : '\n'));
			buf_reset(&cell);
			buf_append(&cell, at, size);
			at += size + 1;
			/* An empty text cannot be told from none here. */
			if (!wanted || !*wanted)
				continue;
			FUZZ_CHECK(cell.size != 1 || *cell.data != '-');
			check_cell(texts, list->columns[i]->key, &cell);
		}
	}
	FUZZ_CHECK(at == text.data + text.size);
	buf_deinit(&text);
	buf_deinit(&cell);
}

/* --- JSON ---------------------------------------------------------------------------------- */

struct members {
	const struct texts *texts;
	size_t found[FIELD_COUNT];
	bool has_raw[FIELD_COUNT];
};

/* Owners call their comm "process". */
static const char *key_of(enum field field)
{
	return field == FIELD_COMM ? "process" : keys[field];
}

static void check_raw_member(const char *wanted, const struct buf *value)
{
	char digits[3];

	FUZZ_CHECK(value && value->size == 2 * strlen(wanted));
	for (size_t i = 0; wanted[i]; i++) {
		snprintf(digits, sizeof(digits), "%02x", (unsigned char)wanted[i]);
		FUZZ_CHECK(!memcmp(value->data + 2 * i, digits, 2));
	}
}

static void check_member(const char *key, const struct buf *value, void *data)
{
	struct members *members = data;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *wanted = members->texts->fields[i], *name = key_of((enum field)i);
		size_t size = strlen(name);

		if (!wanted || strncmp(key, name, size) != 0)
			continue;
		if (!strcmp(key + size, "_raw")) {
			members->has_raw[i] = true;
			check_raw_member(wanted, value);
		} else if (!key[size] && text_check_is_utf8(wanted, strlen(wanted))) {
			members->found[i]++;
			FUZZ_CHECK(value && value->size == strlen(wanted) &&
				   !memcmp(value->size ? value->data : "", wanted, value->size));
		} else if (!key[size]) {
			members->found[i]++;
			FUZZ_CHECK(value);
		}
	}
}

static void check_members(const struct members *members, size_t sockets, bool has_gaps)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *text = members->texts->fields[i];

		if (!text || (i == FIELD_WHY && !has_gaps))
			continue;
		FUZZ_CHECK(members->found[i] >= (i == FIELD_WHY ? 1 : sockets));
		FUZZ_CHECK(members->has_raw[i] == !text_check_is_utf8(text, strlen(text)));
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
	FUZZ_CHECK(count_lines(&text) == texts->sockets);
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

	view->grouping = grouping_find(groups[layout & 3]);
	view->width = layout & 4 ? 40 + (layout >> 3 & 15) : 0;
	view->is_terminal = layout & 4;
	render("table", view, snapshot, &text);
	if (!(layout & 7))
		FUZZ_CHECK(count_lines(&text) == texts->sockets + 1);
	FUZZ_CHECK(count_lines(&text) > texts->sockets && count_lines(&text) <= texts->sockets + 3);
	buf_deinit(&text);
}

static void check_messages(const struct lsp_snapshot *snapshot, const char *why)
{
	struct buf text = BUF_INIT;

	message_format_gaps(&text, snapshot);
	FUZZ_CHECK(count_lines(&text) == (why ? 1 : 0));
	text_check_printable(text.data, text.size);
	buf_reset(&text);
	if (why)
		message_format_lines(&text, why);
	text_check_printable(text.data, text.size);
	buf_deinit(&text);
}

/* The functions below every format. */
static void check_escapes(const char *wanted)
{
	struct buf text = BUF_INIT, back = BUF_INIT;
	size_t size = strlen(wanted), width = escape_text(&text, wanted, size);

	FUZZ_CHECK(width == escape_text_width(wanted, size));
	text_check_printable(text.data, text.size);
	FUZZ_CHECK(!text.size || (text.data[0] != ' ' && text.data[text.size - 1] != ' '));
	FUZZ_CHECK(!text.size || !memmem(text.data, text.size, "  ", 2));
	text_check_unescape(&back, text.data, text.size);
	FUZZ_CHECK(back.size == size && !memcmp(back.data ? back.data : "", wanted, size));
	for (size_t limit = 1; limit < 40; limit += 6) {
		buf_reset(&text);
		width = escape_text_cut(&text, wanted, size, 0, limit);
		FUZZ_CHECK(width <= limit);
		text_check_printable(text.data, text.size);
	}
	buf_deinit(&text);
	buf_deinit(&back);
}

/* --- input --------------------------------------------------------------------------------- */

/* The columns that show foreign text: the others cost time and hold none of it. */
static void list_columns(struct column_list *list)
{
	list->count = 0;
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].may_cut || !strcmp(columns[i].key, keys[FIELD_INTERFACE]))
			list->columns[list->count++] = &columns[i];
	FUZZ_CHECK(list->count >= FIELD_WHY);
}

static void check_all(const struct texts *texts)
{
	struct lsp_snapshot *snapshot = make_snapshot(texts);
	struct view view = {.grouping = grouping_find("none"),
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
