/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4), for texts that a rule names by their digest: whoever chooses a text must
 * not find another one with the digest of a given one.
 */
#ifndef LSPORTS_BASE_SHA256_H
#define LSPORTS_BASE_SHA256_H
#pragma once

#include <stddef.h>

#define SHA256_SIZE 32

/* sha256_digest() - the digest of all @size bytes. Cannot fail. */
void sha256_digest(const void *bytes, size_t size, unsigned char out[SHA256_SIZE]);

#endif
