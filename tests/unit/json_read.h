/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lsports writes as JSON, read back by jansson. Shares nothing with the emitter. */
#ifndef LSPORTS_TESTS_JSON_READ_H
#define LSPORTS_TESTS_JSON_READ_H
#pragma once

#include "buf.h"

#include <jansson.h>
#include <stdbool.h>

/*
 * json_read() - a whole text, one value.
 * Return: json_decref() is the caller's. NULL when the text is not JSON, a string is not UTF-8, a
 * key stands twice in an object, or a number has a sign or a fraction, which none of ours has.
 */
json_t *json_read(const char *text, size_t size);

/*
 * json_describe() - @path names a value by keys and indices: "sockets.0.owners.1.pid", "" is all.
 * @out: the bytes of a string, a number or a word as it is written, "{N}" and "[N]" for an object
 * or array of N members. Return: false when the path leads nowhere.
 */
bool json_describe(const json_t *json, const char *path, struct buf *out);

#endif
