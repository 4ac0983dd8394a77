/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The selector of a command line. Pure: how names of services are found is handed over. */
#ifndef LSPORTS_SELECT_SELECTOR_H
#define LSPORTS_SELECT_SELECTOR_H
#pragma once

#include "select/selector_cursor.h"

#include <lsports/judgement.h>

/*
 * selector_new() - the words of a command line.
 * @out: for lsp_selector_free(), NULL on failure.
 * @error: on -EINVAL what is wrong.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int selector_new(const char *const *texts, size_t count, const struct selector_names *names,
		 struct lsp_selector **out, struct error *error);

#endif
