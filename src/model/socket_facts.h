/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of a socket. */
#ifndef LSPORTS_MODEL_SOCKET_FACTS_H
#define LSPORTS_MODEL_SOCKET_FACTS_H
#pragma once

#include <lsports/fact.h>

extern const struct lsp_fact socket_facts[];
extern const size_t socket_facts_count;

#endif
