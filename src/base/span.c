/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing and cutting pieces of text by bytes. Allocates nothing. */
#include "span.h"

#include <string.h>

bool span_next(const char **cursor, const char *separators, struct span *out)
{
	out->text = *cursor + strspn(*cursor, separators);
	out->size = strcspn(out->text, separators);
	*cursor = out->text + out->size;
	return out->size > 0;
}

bool span_equals(struct span span, const char *text)
{
	return strlen(text) == span.size && memcmp(span.text, text, span.size) == 0;
}

bool span_consists_of(struct span span, const char *letters)
{
	for (size_t i = 0; i < span.size; i++) {
		if (!span.text[i] || !strchr(letters, span.text[i]))
			return false;
	}
	return span.size > 0;
}

bool span_strip_prefix(struct span *span, const char *prefix)
{
	size_t size = strlen(prefix);

	if (span->size <= size || memcmp(span->text, prefix, size) != 0)
		return false;
	span->text += size;
	span->size -= size;
	return true;
}

bool span_strip_suffix(struct span *span, const char *suffix)
{
	size_t size = strlen(suffix);

	if (span->size <= size || memcmp(span->text + span->size - size, suffix, size) != 0)
		return false;
	span->size -= size;
	return true;
}

const char *span_find_line(struct span text, const char *key)
{
	const char *at = text.text, *end = text.text + text.size;
	size_t key_size = strlen(key);

	while (at && (size_t)(end - at) >= key_size) {
		if (memcmp(at, key, key_size) == 0) {
			for (at += key_size; at < end && (*at == ' ' || *at == '\t'); at++)
				;
			return at;
		}
		at = memchr(at, '\n', (size_t)(end - at));
		if (at)
			at++;
	}
	return NULL;
}

size_t span_copy(struct span span, char *out, size_t size)
{
	if (span.size >= size)
		return 0;
	memcpy(out, span.text, span.size);
	out[span.size] = '\0';
	return span.size;
}
