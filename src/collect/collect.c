/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of collectors and the rule of falling back: each protocol by the first that works,
 * the reason of each refusal kept. A collector that fails half-way leaves nothing behind.
 */
#include "collect/collect.h"

#include "collect/procnet.h"
#include "collect/sockdiag.h"
#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct collector *const collectors[] = {&sockdiag_collector, &procnet_collector};

/* Of the kernel's list of protocols, which has about 30 lines. */
#define LIST_MAX (64u << 10)

/* No source could read @proto. */
static int add_blind_gap(struct collection *collection, unsigned proto,
			 const struct error *refusals)
{
	struct buf why = BUF_INIT;
	const char *line;
	size_t size;
	int r = -ENOMEM;

	for (size_t i = 0; (line = error_line(refusals, i, &size)); i++) {
		buf_append_text(&why, i ? ";" : "could not be read: ");
		buf_append(&why, line, size);
	}
	if (buf_text(&why))
		r = collection_add_blind_gap(collection, proto, why.data);
	buf_deinit(&why);
	return r;
}

/* One protocol. Return: 0, -ENOMEM, or the errno of the last collector, of each that failed a line
 * in @refusals. */
static int collect_proto(struct collection *collection, unsigned proto, struct error *refusals)
{
	size_t mark = builder_mark(collection->snapshot);
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++) {
		const struct collector *collector = collectors[i];

		if (collection->query->source != LSP_SOURCE_AUTO &&
		    collection->query->source != collector->source)
			continue;
		r = collector->collect(collection, proto);
		if (r >= 0)
			return builder_add_note(collection->snapshot, "%s: read through %s",
						lsp_protocol_word(proto), collector->name);
		builder_rollback(collection->snapshot, mark);
		error_add(refusals, r, "%s through %s: %s", lsp_protocol_word(proto),
			  collector->name, error_describe(r));
		if (r == -ENOMEM)
			return r;
	}
	return r;
}

static bool has_table(const struct root *root, unsigned proto)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "proc/net/%s", lsp_protocol_at(proto)->proc_name);
	fd = root_open(root, path, O_RDONLY);
	if (fd >= 0)
		close(fd);
	/* What cannot be read is there. */
	return fd != -ENOENT;
}

/*
 * Is there a table of the protocol whose ports this one has, but none of its own? The kernel makes
 * one with the protocol (udplite4_proc_init()), and a recorded tree may be older than the row.
 */
static bool is_left_out(const struct root *root, unsigned proto)
{
	const char *word = lsp_protocol_at(proto)->services_word;
	size_t relative = lsp_protocol_find(word, strlen(word));

	return relative < lsp_protocol_count() && relative != proto &&
	       has_table(root, (unsigned)relative) && !has_table(root, proto);
}

/*
 * Does the kernel list its protocols, and not this one? To ask for a socket instead could load the
 * module that has it.
 */
static bool is_unsupported(const struct root *root, unsigned proto)
{
	const char *title = lsp_protocol_at(proto)->title, *cursor, *at;
	bool is_list = false, is_listed = false;
	struct buf text = BUF_INIT;
	struct span line, word;
	int r = root_read(root, "proc/net/protocols", &text, LIST_MAX);

	cursor = r < 0 ? NULL : buf_text(&text);
	while (cursor && !is_listed && span_next(&cursor, "\n", &line)) {
		at = line.text;
		if (!span_next(&at, " \n", &word) || (!is_list && !span_equals(word, "protocol")))
			break;
		is_listed = is_list && span_equals(word, title);
		is_list = true; /* behind its heading */
	}
	buf_deinit(&text);
	return is_list ? !is_listed : is_left_out(root, proto);
}

int collect_sockets(struct collection *collection, struct error *error)
{
	bool is_any = false;
	int r = 0, failed = 0;

	for (unsigned proto = 0; r >= 0 && proto < lsp_protocol_count(); proto++) {
		struct error refusals = ERROR_INIT;

		if (!(collection->query->protos & LSP_BIT(proto)))
			continue;
		r = collect_proto(collection, proto, &refusals);
		if (r >= 0) {
			is_any = true;
			/* A refusal that was made good is still worth a word. */
			if (refusals.number)
				r = builder_add_note(collection->snapshot, "%s",
						     error_text(&refusals));
		} else if (r != -ENOMEM && is_unsupported(collection->root, proto)) {
			/* Nothing can listen there. */
			is_any = true;
			r = builder_add_note(collection->snapshot,
					     "%s: this kernel does not support it",
					     lsp_protocol_word(proto));
		} else {
			failed = r;
			error_append(error, &refusals);
			r = add_blind_gap(collection, proto, &refusals);
		}
		error_deinit(&refusals);
	}
	if (r < 0)
		return r;
	return is_any ? 0 : failed;
}
