/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uid -> account name. */
#ifndef LSPORTS_HOST_ACCOUNTS_H
#define LSPORTS_HOST_ACCOUNTS_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

/*
 * accounts_resolve() - the name of every uid in a snapshot: etc/passwd below the root first, then
 * on the machine itself what NSS knows. A uid that this user namespace does not map has none. A uid
 * about which nobody gave an answer in time is unknown, and a gap counts it.
 * Return: 0 or -ENOMEM.
 */
int accounts_resolve(const struct root *root, struct lsp_snapshot *snapshot);

#endif
