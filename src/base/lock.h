/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock between processes: on a file of its own, since one that is replaced takes its locks with
 * it. It ends with the descriptor, so that a process that was killed leaves none.
 */
#ifndef LSPORTS_BASE_LOCK_H
#define LSPORTS_BASE_LOCK_H
#pragma once

/*
 * lock_take() - the lock @path, a file that is made when it is not there and stays there.
 * Waits for at most @seconds.
 * Return: a descriptor, owned by the caller: closing it gives the lock back; or a negative errno,
 * -EBUSY when somebody else held it all the time, -ELOOP when it is a symbolic link.
 */
int lock_take(const char *path, unsigned seconds);

#endif
