/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rule names of a text that is too long for it, and of more programs than it lists: a
 * digest. Others choose how long and how many these are, and a rule must stay short.
 */
#ifndef LSPORTS_MODEL_IDENTITY_H
#define LSPORTS_MODEL_IDENTITY_H
#pragma once

#include "array.h"

#include <lsports/fact.h>

/* A text of more bytes is named by its first ones, IDENTITY_MARK and its digest. */
#define IDENTITY_LONG 200
#define IDENTITY_KEPT 100
#define IDENTITY_MARK "...#"
#define IDENTITY_DIGITS 32 /* of 16 bytes: nobody finds a second text for them */

/* identity_format() - the digits of @size bytes, with a NUL. */
void identity_format(const void *bytes, size_t size, char out[IDENTITY_DIGITS + 1]);

/*
 * identity_list_programs() - the programs of all owners, each once, in an order that does not
 * depend on which process came first.
 * @out: const char *, borrowed from the snapshot; for array_deinit(), also on failure.
 * Return: 0; -ENODATA when one of them is not known; -ENOMEM.
 */
int identity_list_programs(const struct lsp_subject *subject, struct array *out);

/* identity_format_programs() - the digits of such a list. Return: 0 or -ENOMEM. */
int identity_format_programs(const struct array *programs, char out[IDENTITY_DIGITS + 1]);

#endif
