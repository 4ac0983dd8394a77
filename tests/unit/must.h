/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks without which a unit test or fuzz target cannot go on. */
#ifndef LSPORTS_TESTS_MUST_H
#define LSPORTS_TESTS_MUST_H
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* An exact copy: reading past its end is detected. free() is the caller's. */
static inline void *must_copy(const void *bytes, size_t size)
{
	char *copy = malloc(size ? size : 1);

	MUST(copy);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

#endif
