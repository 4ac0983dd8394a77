/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that a rule may have: what a terminal or an editor shows otherwise hides a rule. */
#include "judge/rule_text.h"

#include "utf8.h"

const char *rule_text_find_wrong(const char *at, const char *end)
{
	while (at < end) {
		unsigned char byte = (unsigned char)*at;
		uint32_t point;
		size_t size = 1;

		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			break;
		if (byte >= 0x80)
			size = utf8_decode(at, (size_t)(end - at), &point);
		/* C1 controls, and the mark that some editors begin a file with. */
		if (!size || (size > 1 && (point < 0xa0 || point == 0xfeff)))
			break;
		at += size;
	}
	return at;
}
