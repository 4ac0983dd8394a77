/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registered names of ports: services(5) and the shipped list. */
#ifndef LSPORTS_HOST_SERVICES_H
#define LSPORTS_HOST_SERVICES_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

struct service {
	const char *name; /* borrowed */
	unsigned protos;  /* LSP_BIT() of each protocol whose port it is */
	uint16_t port;
	bool is_alias; /* not the first name of the line */
	bool is_guess; /* of the shipped list */
};

/* Return: 0, or a negative errno, which ends the reading. */
typedef int service_fn(const struct service *service, void *data);

/*
 * services_parse() - pure: text of services(5), name by name. Lines that are not of that form are
 * passed over. Return: 0 or what @each failed with.
 */
int services_parse(const char *text, size_t size, bool is_guess, service_fn *each, void *data);

/*
 * services_load() - etc/services below the root, then the shipped list (LSP_SERVICES_FILE), whose
 * names are guesses. A file that is absent is empty.
 * @failed: the path that could not be read, NULL for none; the other file was read all the same.
 */
int services_load(const struct root *root, service_fn *each, void *data, const char **failed);

/* services_keep() - a service_fn: the name of a port into the snapshot @data, unless it has one. */
int services_keep(const struct service *service, void *data);

/*
 * services_resolve() - the name of each port into the snapshot, the first one that is no alias.
 * What cannot be read is a gap that hides nothing. Return: 0 or -ENOMEM.
 */
int services_resolve(const struct root *root, struct lsp_snapshot *snapshot);

#endif
