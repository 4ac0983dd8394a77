// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded: allocations fail. NOMALLOC is "K", the K-th one of the program, or "K+", that and all
 * after it; children that it forks count on. What the dynamic linker needs is not counted. Where
 * NOMALLOC_COUNT names a file, the program writes there at its end how many there were.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of the C library, below the names that are replaced here (malloc/malloc.c). */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong asked;
static unsigned long first, last;
static bool is_begun;
static pid_t program;

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("NOMALLOC");
	char *end;

	if (text) {
		first = strtoul(text, &end, 10);
		last = *end == '+' ? ULONG_MAX : first;
	}
	program = getpid();
	is_begun = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("NOMALLOC_COUNT");
	char text[24];
	FILE *file;

	if (!path || getpid() != program)
		return;
	snprintf(text, sizeof(text), "%lu", atomic_load(&asked));
	is_begun = false;
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		_exit(125);
}

static bool fails(void)
{
	unsigned long number;

	if (!is_begun)
		return false;
	number = atomic_fetch_add(&asked, 1) + 1;
	if (!first || number < first || number > last)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	void *memory = memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*out = memory;
	return 0;
}
