/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of the processes that hold a socket. */
#ifndef LSPORTS_MODEL_OWNER_FACTS_H
#define LSPORTS_MODEL_OWNER_FACTS_H
#pragma once

#include <lsports/fact.h>

extern const struct lsp_fact owner_facts[];
extern const size_t owner_facts_count;

#endif
