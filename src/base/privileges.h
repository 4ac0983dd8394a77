/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capabilities of the calling thread (capabilities(7)): given up for good, or put aside while
 * something is opened that the user named. New threads have those of the thread that makes them.
 */
#ifndef LSPORTS_BASE_PRIVILEGES_H
#define LSPORTS_BASE_PRIVILEGES_H
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A set of them, one bit for each. */
#define PRIVILEGE(capability) (UINT64_C(1) << (capability))

/*
 * privileges_are_lent() - do we have rights that whoever started us does not have: is the program
 * file set-user-ID, or does it have capabilities?
 */
bool privileges_are_lent(void);

/*
 * privileges_begin() - nothing that we execute can gain privileges any more, and a program file
 * that is set-user-ID lends capabilities, but not its user. To be called before any thread is made.
 * Return: 0 or a negative errno.
 */
int privileges_begin(void);

/*
 * privileges_limit() - gives up all but those in @kept, for good. Where a filter of system calls
 * refuses that, they stay, unless they are lent. Return: 0 or a negative errno.
 */
int privileges_limit(uint64_t kept);

/* privileges_held() - those that we have or could have again. Return: 0 or a negative errno. */
int privileges_held(uint64_t *held);

/*
 * privileges_lower() - puts those in @set aside; @lowered is for privileges_raise(), which takes
 * them back and keeps errno. Return: 0 or a negative errno: nothing was lowered then.
 */
int privileges_lower(uint64_t set, uint64_t *lowered);
void privileges_raise(uint64_t lowered);

#endif
