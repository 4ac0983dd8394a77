/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word that is no selector was meant to be. */
#ifndef LSPORTS_SELECT_SELECTOR_OFFER_H
#define LSPORTS_SELECT_SELECTOR_OFFER_H
#pragma once

#include "error.h"

#include <stdbool.h>

/*
 * selector_offer() - a word that was refused: an address, or an address and port, as ss(8) and
 * netstat(8) write them, or several selectors with commas between them.
 * @error: what is wrong with it; gets the way out where there is one.
 * Return: true when the word as a whole is wrong, wherever it was refused.
 */
bool selector_offer(const char *word, size_t size, struct error *error);

#endif
