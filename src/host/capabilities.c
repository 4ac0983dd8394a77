/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads our own capabilities. What a capability allows is for the callers to know. */
#include "host/capabilities.h"

#include "num.h"
#include "span.h"

#define STATUS_MAX (64u << 10)

bool capabilities_parse(const char *text, size_t size, const char *key, uint64_t *set)
{
	const char *end = text + size, *at = span_find_line((struct span){text, size}, key);

	/* A text that was cut inside the number holds another number. */
	return at && num_scan(&at, end, 16, UINT64_MAX, set) && at < end;
}

bool capabilities_read(const struct root *root, uint64_t *effective)
{
	struct buf text = BUF_INIT;
	bool is_known = root_read(root, "proc/self/status", &text, STATUS_MAX) >= 0 && text.size &&
			capabilities_parse(text.data, text.size, "CapEff:", effective);

	if (!is_known)
		*effective = 0;
	buf_deinit(&text);
	return is_known;
}
