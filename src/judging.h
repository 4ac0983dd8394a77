/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of services by which selectors and rules name ports. */
#ifndef LSPORTS_JUDGING_H
#define LSPORTS_JUDGING_H
#pragma once

#include "judge/selector.h"
#include "root.h"

/* Looked up when the first name is met: most selectors and rules have numbers. */
struct judging_names {
	const struct root *root; /* borrowed */
	bool is_loaded;
	struct strpool strings;
	struct intmap ports; /* string id -> TCP port << 16 | UDP port, 0 for none */
};

void judging_names_deinit(struct judging_names *names);

/* judging_names_of() - as the parser of selectors wants them; borrows @names. */
struct selector_names judging_names_of(struct judging_names *names);

#endif
