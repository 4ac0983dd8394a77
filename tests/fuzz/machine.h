/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For fuzz targets of the room judge: a small machine that stays the same, and names of services.
 */
#ifndef TESTS_FUZZ_MACHINE_H
#define TESTS_FUZZ_MACHINE_H
#pragma once

#include "fuzz.h"

#include "judge/judge.h"
#include "model/snapshot.h"

/* Sockets of all kinds, with facts that are known, known to be none, and not known. */
struct lsp_snapshot *machine_new(void);

/* A listener on tcp/22 whose every text is @text. */
struct lsp_snapshot *machine_new_of_text(const char *text);

/* ssh, http and domain; syslog of UDP alone. */
extern const struct selector_names machine_names;

/* All listeners, every one of them judged. */
struct lsp_query machine_query(const struct lsp_rules *rules);

#endif
