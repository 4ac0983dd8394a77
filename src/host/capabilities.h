/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities (capabilities(7)), as /proc/PID/status has them (proc_pid_status(5)). */
#ifndef LSPORTS_HOST_CAPABILITIES_H
#define LSPORTS_HOST_CAPABILITIES_H
#pragma once

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What refused a reader that has every capability for it. */
#define CAPABILITIES_REFUSED "the kernel refused it (a security module or a user namespace)"

/* capabilities_parse() - pure: a set by the @key of its line, as "CapEff:"; one bit for each. */
bool capabilities_parse(const char *text, size_t size, const char *key, uint64_t *set);

/*
 * capabilities_read() - our own effective ones.
 * Return: false when they cannot be read; *effective is then 0.
 */
bool capabilities_read(const struct root *root, uint64_t *effective);

#endif
