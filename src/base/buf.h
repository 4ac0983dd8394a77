/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing byte buffer. The first failed allocation sticks: later appends do nothing and
 * `error` says -ENOMEM, so that a run of appends needs one check at its end.
 */
#ifndef LSPORTS_BASE_BUF_H
#define LSPORTS_BASE_BUF_H
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *data; /* owned; not terminated, see buf_text() */
	size_t size, capacity;
	int error; /* 0 or -ENOMEM */
};

#define BUF_INIT ((struct buf){0})

/* --- create and free --- */
void buf_deinit(struct buf *buf); /* takes a zeroed one too, leaves it zeroed */

/* Empties; memory stays. The error is forgotten. */
static inline void buf_reset(struct buf *buf)
{
	buf->size = 0;
	buf->error = 0;
}

/* --- fill --- */
int buf_reserve(struct buf *buf, size_t more); /* room for @more bytes; 0 or -ENOMEM */
void buf_append_slow(struct buf *buf, const void *bytes, size_t size);
void buf_append_number(struct buf *buf, uint64_t number);
void buf_append_hex(struct buf *buf, const void *bytes, size_t size);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);

static inline void buf_append(struct buf *buf, const void *bytes, size_t size)
{
	if (buf->error || buf->capacity - buf->size < size) {
		buf_append_slow(buf, bytes, size);
		return;
	}
	if (size)
		memcpy(buf->data + buf->size, bytes, size);
	buf->size += size;
}

static inline void buf_append_text(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

static inline void buf_append_char(struct buf *buf, char c)
{
	buf_append(buf, &c, 1);
}

void buf_append_blanks(struct buf *buf, size_t count);

/* --- ask --- */
const char *buf_text(struct buf *buf); /* terminated and borrowed; NULL when memory ran out */

/* The terminated text, owned by the caller; NULL when memory ran out. @buf is left zeroed. */
char *buf_take_text(struct buf *buf);

#endif
