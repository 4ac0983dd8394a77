/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sysctls of a network namespace that say what its port numbers mean (ip(7)). */
#ifndef LSPORTS_HOST_PORTSYSCTL_H
#define LSPORTS_HOST_PORTSYSCTL_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

#define PORTSYSCTL_COUNT 65536u

/*
 * portsysctl_load() - the sysctls of the network namespace that we are in, into the snapshot as
 * those of @netns. What cannot be read stays unknown. Return: 0 or -ENOMEM.
 */
int portsysctl_load(const struct root *root, uint32_t netns, struct lsp_snapshot *snapshot);

/* --- pure --- */

/*
 * portsysctl_parse_ports() - "8080,9148-9150\n", or nothing but the newline.
 * @has: set to true for each port of the list, not touched for the others.
 * Return: false for any other text, and for one that may have been cut; @has is then worthless.
 */
bool portsysctl_parse_ports(const char *text, size_t size, bool has[PORTSYSCTL_COUNT]);

#endif
