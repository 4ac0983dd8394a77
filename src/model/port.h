/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the contract does not tell of a category. */
#ifndef LSPORTS_MODEL_PORT_H
#define LSPORTS_MODEL_PORT_H
#pragma once

#include <lsports/lsports.h>

/* port_category_range() - the ports whose lsp_port_category() it is. */
struct lsp_port_range port_category_range(enum lsp_category category);

#endif
