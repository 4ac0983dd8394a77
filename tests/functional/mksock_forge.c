// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes /proc/self/exe name another program, as any user can: a user namespace gives the capability
 * that prctl(2) asks for, and once nothing maps the own program file the kernel lets go of it
 * (replace_mm_exe_file(), kernel/fork.c). Makes no socket.
 */
#include "mksock.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define REGIONS_MAX 64

struct region {
	unsigned long start, end;
	int protection;
};

static FILE *open_self(const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "re");
	if (file == NULL)
		spec_fail(path);
	return file;
}

/* All regions that map the own program; read to the end before any of them is moved. */
static size_t read_regions(struct region *regions)
{
	char line[4096 + 128], own[4096], permissions[8];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	FILE *file = open_self("maps");
	size_t count = 0;

	if (length < 0)
		spec_fail("/proc/self/exe");
	own[length] = '\0';
	while (fgets(line, sizeof(line), file) != NULL) {
		struct region *region = &regions[count];
		int path = 0;

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &region->start, &region->end,
			   permissions, &path) < 3 ||
		    path == 0 || strcmp(line + path, own) != 0)
			continue;
		region->protection = (permissions[0] == 'r' ? PROT_READ : 0) |
				     (permissions[1] == 'w' ? PROT_WRITE : 0) |
				     (permissions[2] == 'x' ? PROT_EXEC : 0);
		if (++count == REGIONS_MAX)
			break;
	}
	fclose(file);
	return count;
}

static void replace_by_copy(const struct region *region)
{
	size_t size = region->end - region->start;
	void *at = (void *)region->start;
	void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		spec_fail("mmap");
	memcpy(copy, at, size);
	if (mprotect(copy, size, region->protection) < 0 ||
	    mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, at) != at)
		spec_fail("mremap");
}

/* The addresses that the process has, in the order of /proc/PID/stat (proc(5)). */
static void read_addresses(struct prctl_mm_map *map)
{
	unsigned long long values[53] = {0};
	char text[2048], *at;
	FILE *file = open_self("stat");
	size_t length = fread(text, 1, sizeof(text) - 1, file);

	fclose(file);
	text[length] = '\0';
	at = strrchr(text, ')');
	if (at == NULL)
		spec_fail_word(text, "no such line of /proc/PID/stat is known");
	/* The third field is a letter. */
	at += 3;
	for (int field = 4; field <= 51; field++)
		values[field] = strtoull(at, &at, 10);
	*map = (struct prctl_mm_map){
		.start_code = values[26],
		.end_code = values[27],
		.start_stack = values[28],
		.start_data = values[45],
		.end_data = values[46],
		.start_brk = values[47],
		.brk = (unsigned long)sbrk(0),
		.arg_start = values[48],
		.arg_end = values[49],
		.env_start = values[50],
		.env_end = values[51],
	};
}

void forge_exe(const char *path)
{
	struct region regions[REGIONS_MAX];
	struct prctl_mm_map map;
	size_t count = read_regions(regions);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		spec_fail(path);
	read_addresses(&map);
	map.exe_fd = (unsigned)fd;
	if (unshare(CLONE_NEWUSER) < 0)
		spec_fail("unshare");
	for (size_t i = 0; i < count; i++)
		replace_by_copy(&regions[i]);
	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) < 0)
		spec_fail("PR_SET_MM_MAP");
	close(fd);
}
