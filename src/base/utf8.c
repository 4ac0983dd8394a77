/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding of UTF-8. What of it may be shown is not decided here. */
#include "utf8.h"

size_t utf8_decode(const char *text, size_t left, uint32_t *point)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char lead = (unsigned char)*text;
	size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	uint32_t found = lead & (0x7fu >> size);

	if (lead < 0x80) {
		*point = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		found = found << 6 | (byte & 0x3f);
	}
	if (found < smallest[size] || (found >= 0xd800 && found <= 0xdfff) || found > 0x10ffff)
		return 0;
	*point = found;
	return size;
}
