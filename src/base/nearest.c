/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nearest word by edit distance. A word more than half rewritten is no help, and a text longer
 * than any word of ours is not compared.
 */
#include "nearest.h"

#include <string.h>

#define LONGEST 32

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein with one row; both lengths at most LONGEST. */
static size_t distance_of(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t row[LONGEST + 1];

	for (size_t j = 0; j <= b_size; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			size_t above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_size];
}

void nearest_init(struct nearest *nearest, const char *wrong)
{
	size_t size = strlen(wrong);

	*nearest = (struct nearest){.wrong = wrong, .distance = size / 2 + 1};
}

void nearest_try(struct nearest *nearest, const char *word)
{
	size_t a = strlen(nearest->wrong), b = strlen(word);
	size_t distance;

	if (a > LONGEST || b > LONGEST)
		return;
	/* A word cut short is the commonest slip: "--proc" for "--processes". */
	distance = a && strncmp(nearest->wrong, word, a) == 0
			   ? 0
			   : distance_of(nearest->wrong, a, word, b);
	if (distance < nearest->distance) {
		nearest->word = word;
		nearest->distance = distance;
	}
}
