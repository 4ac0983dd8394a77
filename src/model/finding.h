/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth a look about a listener: a row each, with what makes it hold. */
#ifndef LSPORTS_MODEL_FINDING_H
#define LSPORTS_MODEL_FINDING_H
#pragma once

#include "buf.h"

#include <lsports/fact.h>

struct finding_case {
	const struct lsp_subject *subject;
	const char *group_difference; /* how the sockets of its port differ, NULL: they do not */
};

/*
 * finding_next() - the first finding from @id on that holds.
 * @id: behind LSP_FINDING_MISSING: up to that one only rules decide.
 * @reason: a sentence for people, appended; NULL where nobody wants it.
 * Return: lsp_finding_count() where none does.
 */
unsigned finding_next(unsigned id, const struct finding_case *about, struct buf *reason);

#endif
