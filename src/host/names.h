/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the name services of the machine, by a child of lsp_names_start(). */
#ifndef LSPORTS_HOST_NAMES_H
#define LSPORTS_HOST_NAMES_H
#pragma once

#include "worker.h"

#include <lsports/lsports.h>

#include <stdint.h>

#define NAMES_MAX WORKER_MAX

/*
 * names_ask_uid() - the name of the account with a uid.
 * @answer: NAMES_MAX bytes for the name, terminated.
 * Return: the size of the name; 0: there is no such account; -ETIMEDOUT: no answer within
 * @timeout_msec; -EPIPE: a name service crashed; another negative errno: none of them could answer,
 * or no child could be started.
 */
ssize_t names_ask_uid(struct lsp_names *names, uint32_t uid, char *answer, int timeout_msec);

#endif
