/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, pushed piece by piece into a buffer: nothing is kept but whether a comma is due. Texts are
 * foreign bytes; keys are words of our own.
 */
#ifndef LSPORTS_CLI_VIEW_EMIT_H
#define LSPORTS_CLI_VIEW_EMIT_H
#pragma once

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct emit {
	struct buf *out; /* borrowed */
	bool needs_comma;
	bool needs_break;
};

#define EMIT_INIT(buffer) ((struct emit){.out = (buffer)})

void emit_open(struct emit *emit, char bracket); /* '{' or '[' */
void emit_close(struct emit *emit, char bracket);
void emit_break(struct emit *emit); /* what comes next starts a line */

/* The key of a member: its value follows. */
void emit_key_size(struct emit *emit, const char *key, size_t size);

static inline void emit_key(struct emit *emit, const char *key)
{
	emit_key_size(emit, key, strlen(key));
}

void emit_null(struct emit *emit);
void emit_boolean(struct emit *emit, bool value);
void emit_number(struct emit *emit, uint64_t value); /* above 2^53 a string: readers use doubles */
void emit_word(struct emit *emit, const char *word, size_t size); /* text with nothing to escape */

/* Return: false when bytes that are not UTF-8 were replaced. */
bool emit_text(struct emit *emit, const char *text, size_t size);

/* KEY_raw, beside a text with replaced bytes: all of its bytes in hex. */
void emit_raw_member(struct emit *emit, const char *key, const char *text, size_t size);

/* emit_text_member() - key, terminated text, and the sibling where it is due; NULL is null. */
void emit_text_member(struct emit *emit, const char *key, const char *text);

#endif
