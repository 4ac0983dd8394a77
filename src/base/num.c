/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict numbers: what strtoul(3) accepts beyond digits (signs, blanks, 0x, overflow) is refused.
 */
#include "num.h"

#include <string.h>

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

bool num_scan(const char **cursor, const char *end, unsigned base, uint64_t max, uint64_t *out)
{
	const char *at = *cursor;
	uint64_t value = 0, limit = max / base;
	unsigned digit;

	for (; at < end && (digit = digit_of(*at)) < base; at++) {
		if (value > limit || value * base > max - digit || digit > max)
			return false;
		value = value * base + digit;
	}
	if (at == *cursor)
		return false;
	*cursor = at;
	*out = value;
	return true;
}

bool num_parse(const char *text, uint64_t max, uint64_t *out)
{
	const char *end = text + strlen(text);

	return num_scan(&text, end, 10, max, out) && text == end;
}

bool num_parse_list(const char *text, size_t size, uint64_t max, uint64_t *out, size_t count)
{
	const char *at = text, *end = text + size;

	for (size_t i = 0; i < count; i++) {
		const char *blank = at;

		while (i && at < end && (*at == ' ' || *at == '\t'))
			at++;
		if ((i && at == blank) || !num_scan(&at, end, 10, max, &out[i]))
			return false;
	}
	return at == end || (end - at == 1 && *at == '\n');
}

const char *num_format(uint64_t value, char out[NUM_DIGITS])
{
	char *at = out + NUM_DIGITS - 1;

	*at = '\0';
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return at;
}
