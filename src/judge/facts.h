/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the contract does not tell of a category. */
#ifndef LSPORTS_JUDGE_FACTS_H
#define LSPORTS_JUDGE_FACTS_H
#pragma once

#include <lsports/lsports.h>

/* facts_ports_of() - the ports whose lsp_category_of() it is. */
struct lsp_port_range facts_ports_of(enum lsp_category category);

#endif
