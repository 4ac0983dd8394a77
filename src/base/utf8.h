/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict UTF-8 (RFC 3629): shortest form, no surrogate, nothing above U+10FFFF. */
#ifndef LSPORTS_BASE_UTF8_H
#define LSPORTS_BASE_UTF8_H
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * utf8_decode() - the character at @text, of which @left bytes (1 or more) may be read.
 * Return: how many bytes it takes, 0 when the first byte begins none.
 */
size_t utf8_decode(const char *text, size_t left, uint32_t *point);

#endif
