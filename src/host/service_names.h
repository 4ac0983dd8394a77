/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of services by which selectors and rules name ports. */
#ifndef LSPORTS_HOST_SERVICE_NAMES_H
#define LSPORTS_HOST_SERVICE_NAMES_H
#pragma once

#include "array.h"
#include "intmap.h"
#include "nearest.h"
#include "root.h"
#include "strpool.h"

#include <lsports/lsports.h>

/* One name; 0 for a protocol that it has no port of. */
struct service_name {
	const char *text; /* in texts */
	uint16_t ports[LSP_PROTOCOLS_MAX];
};

struct service_names {
	const struct root *root; /* borrowed */
	bool is_loaded;
	struct strpool texts;
	struct array names;    /* struct service_name, in the order of the files */
	struct intmap by_text; /* address of a text -> index in names */
};

void service_names_deinit(struct service_names *names);

/*
 * service_names_find() - the ports of a service. @data: struct service_names.
 * @ports: 0 for a protocol that has none.
 * Return: 0, -ENOENT, or a negative errno when the files cannot be read.
 */
int service_names_find(void *data, const char *name, size_t size,
		       uint16_t ports[LSP_PROTOCOLS_MAX]);

/* service_names_offer() - every name. @data: struct service_names. */
void service_names_offer(void *data, struct nearest *nearest);

#endif
