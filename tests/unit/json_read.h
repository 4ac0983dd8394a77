/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict reader of JSON (RFC 8259), so that what was written is checked by reading it back. It
 * shares nothing with the emitter. The whole text is checked, whatever is asked for.
 */
#ifndef LSPORTS_TESTS_JSON_READ_H
#define LSPORTS_TESTS_JSON_READ_H
#pragma once

#include "buf.h"

#include <stdbool.h>

/*
 * json_read() - @path names a value by keys and indices: "sockets.0.owners.1.pid", "" is all.
 * @out: a string decoded to UTF-8, a number or a word as it stands, "{N}" and "[N]" for an object
 * or array of N members. Return: false when the text is not JSON, a string is not UTF-8, a key
 * stands twice in the object on the way, or the path leads nowhere.
 */
bool json_read(const char *text, size_t size, const char *path, struct buf *out);

#endif
