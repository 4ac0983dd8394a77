/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of what was said about a listener. */
#ifndef LSPORTS_MODEL_JUDGEMENT_FACTS_H
#define LSPORTS_MODEL_JUDGEMENT_FACTS_H
#pragma once

#include <lsports/fact.h>

extern const struct lsp_fact judgement_facts[];
extern const size_t judgement_facts_count;

#endif
