/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts by the number of their row. */
#ifndef LSPORTS_MODEL_FACT_H
#define LSPORTS_MODEL_FACT_H
#pragma once

#include <lsports/fact.h>

/* The rows that the library asks for by name: they are the first ones, in this order. */
enum fact_id {
	FACT_NETNS,
	FACT_PROTO,
	FACT_FAMILY,
	FACT_STATE,
	FACT_ADDRESS,
	FACT_PORT,
};

/* A set of facts has a bit for each. */
#define FACTS_MAX 64

/* fact_key_index() - the row of the key called so; FACTS_MAX for none. */
size_t fact_key_index(const char *key, size_t size);

#endif
