/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main() of a fuzz target that is built without libFuzzer: runs it on every file of its
 * arguments, and on every file in directories among them. Fails if there is none.
 */
#include "fuzz.h"

#include "root.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX (16u << 20)

static size_t replay_file(int dir, const char *name)
{
	struct buf bytes = BUF_INIT;
	int r = root_read_at(dir, name, &bytes, FILE_MAX);
	void *copy;

	if (r < 0) {
		fprintf(stderr, "replay: %s: %s\n", name, strerror(-r));
		exit(1);
	}
	copy = must_copy(bytes.data, bytes.size);
	LLVMFuzzerTestOneInput(copy, bytes.size);
	free(copy);
	buf_deinit(&bytes);
	return 1;
}

static size_t replay_directory(const char *path)
{
	cleanup(cleanup_closedir) DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	if (!dir) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			count += replay_file(dirfd(dir), entry->d_name);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		struct stat status;

		if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
			count += replay_directory(argv[i]);
		else
			count += replay_file(AT_FDCWD, argv[i]);
	}
	printf("%zu inputs\n", count);
	if (!count)
		fprintf(stderr, "replay: no input was run\n");
	return count == 0;
}
