/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The valid word that a mistyped one is closest to. */
#ifndef LSPORTS_BASE_NEAREST_H
#define LSPORTS_BASE_NEAREST_H
#pragma once

#include <stddef.h>

struct nearest {
	const char *wrong;
	const char *word; /* the best so far, NULL: none is near */
	size_t distance;
};

/* nearest_init() - @wrong is borrowed. */
void nearest_init(struct nearest *nearest, const char *wrong);

/* nearest_try() - offer one valid word; it is borrowed. The first of equals wins. */
void nearest_try(struct nearest *nearest, const char *word);

#endif
