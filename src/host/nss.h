/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the name services of this machine say about an account (nsswitch.conf(5)). */
#ifndef LSPORTS_HOST_NSS_H
#define LSPORTS_HOST_NSS_H
#pragma once

#include <sys/types.h>

/*
 * nss_answer_uid() - a worker_function: the name of the account with a uid. Only for a child: it
 * may take for ever, and crash.
 * @question: a uint32_t.
 * @answer: the name, terminated.
 * Return: the size of the answer; 0: every service says that there is no such account; a negative
 * errno: one of them gave no answer.
 */
ssize_t nss_answer_uid(void *context, const void *question, size_t size, int fd, void *answer);

#endif
