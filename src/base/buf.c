/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing byte buffer. Owns its bytes and knows nothing of what they mean; escaping for a
 * terminal or a format is not done here.
 */
#include "buf.h"

#include "num.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALLEST 64

void buf_deinit(struct buf *buf)
{
	if (!buf)
		return;
	free(buf->data);
	*buf = BUF_INIT;
}

int buf_reserve(struct buf *buf, size_t more)
{
	size_t wanted = buf->capacity ? buf->capacity : SMALLEST;
	char *data;

	if (buf->error)
		return buf->error;
	if (buf->capacity - buf->size >= more && buf->data)
		return 0;
	if (more > SIZE_MAX / 4 || buf->size > SIZE_MAX / 4)
		return buf->error = -ENOMEM;
	while (wanted < buf->size + more)
		wanted *= 2;
	data = realloc(buf->data, wanted);
	if (!data)
		return buf->error = -ENOMEM;
	buf->data = data;
	buf->capacity = wanted;
	return 0;
}

void buf_append_slow(struct buf *buf, const void *bytes, size_t size)
{
	if (buf_reserve(buf, size) < 0 || !size)
		return;
	memcpy(buf->data + buf->size, bytes, size);
	buf->size += size;
}

void buf_append_number(struct buf *buf, uint64_t number)
{
	char digits[NUM_DIGITS];
	const char *first = num_format(number, digits);

	buf_append(buf, first, (size_t)(digits + NUM_DIGITS - 1 - first));
}

void buf_append_hex(struct buf *buf, const void *bytes, size_t size)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		buf_append_char(buf, digit[byte[i] >> 4]);
		buf_append_char(buf, digit[byte[i] & 15]);
	}
}

void buf_append_blanks(struct buf *buf, size_t count)
{
	if (buf_reserve(buf, count) < 0 || !count)
		return;
	memset(buf->data + buf->size, ' ', count);
	buf->size += count;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0 || buf_reserve(buf, (size_t)length + 1) < 0)
		return;
	va_start(args, format);
	vsnprintf(buf->data + buf->size, (size_t)length + 1, format, args);
	va_end(args);
	buf->size += (size_t)length;
}

const char *buf_text(struct buf *buf)
{
	if (buf_reserve(buf, 1) < 0)
		return NULL;
	buf->data[buf->size] = '\0';
	return buf->data;
}

char *buf_take_text(struct buf *buf)
{
	char *text = NULL;

	if (buf_text(buf)) {
		text = buf->data;
		buf->data = NULL;
	}
	buf_deinit(buf);
	return text;
}
