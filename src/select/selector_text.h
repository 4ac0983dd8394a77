/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of selectors that are texts. */
#ifndef LSPORTS_SELECT_SELECTOR_TEXT_H
#define LSPORTS_SELECT_SELECTOR_TEXT_H
#pragma once

#include "buf.h"
#include "select/selector_cursor.h"
#include "select/selector_pool.h"

/*
 * selector_text_parse() - one item: escapes are undone, and where @has_globs patterns are marked.
 * Return: 0, -EINVAL with the cursor's error set, or -ENOMEM.
 */
int selector_text_parse(struct selector_pool *pool, bool has_globs, struct selector_cursor *cursor,
			struct selector_value *out);

/* selector_text_append() - of a word that was parsed: it is foreign bytes again, not yet escaped.
 */
void selector_text_append(struct buf *out, const char *text, size_t size);

#endif
