/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines to match fuzzed selectors and rules against. */
#ifndef TESTS_FUZZ_SAMPLE_H
#define TESTS_FUZZ_SAMPLE_H
#pragma once

#include "unit/machine.h"

/* Sockets of all kinds, with facts that are known, known to be absent, and unknown. */
struct lsp_snapshot *sample_new(void);

/* A listener on tcp/22 whose every text is @text. */
struct lsp_snapshot *sample_new_of_text(const char *text);

#endif
