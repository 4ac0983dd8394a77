/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees and scripted transports for unit tests. A part that cannot be made fails the test at once:
 * a test on half a tree would pass for the wrong reason.
 */
#include "support.h"

#include "model/builder.h"

#include <endian.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- file trees --- */

int tree_setup(void **state)
{
	char *path = strdup("/tmp/lsports-unit.XXXXXX");

	umask(022); /* what others may write is refused */

	if (!path || !mkdtemp(path)) {
		free(path);
		return -1;
	}
	*state = path;
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int tree_teardown(void **state)
{
	int r = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}

static void join(char out[PATH_MAX], const char *tree, const char *path)
{
	assert_true(snprintf(out, PATH_MAX, "%s/%s", tree, path) < PATH_MAX);
}

static void make_parents(const char *tree, const char *path)
{
	char whole[PATH_MAX];

	join(whole, tree, path);
	for (char *at = whole + strlen(tree) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		expect(mkdir(whole, 0755) == 0 || errno == EEXIST, "mkdir %s", whole);
		*at = '/';
	}
}

void tree_write(const char *tree, const char *path, const void *bytes, size_t size)
{
	char whole[PATH_MAX];
	FILE *file;

	make_parents(tree, path);
	join(whole, tree, path);
	file = fopen(whole, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

void tree_write_text(const char *tree, const char *path, const char *text)
{
	tree_write(tree, path, text, strlen(text));
}

void tree_mkdir(const char *tree, const char *path)
{
	char whole[PATH_MAX];

	make_parents(tree, path);
	join(whole, tree, path);
	assert_int_equal(mkdir(whole, 0755), 0);
}

void tree_link(const char *tree, const char *path, const char *target)
{
	char whole[PATH_MAX];

	make_parents(tree, path);
	join(whole, tree, path);
	assert_int_equal(symlink(target, whole), 0);
}

void tree_remove(const char *tree, const char *path)
{
	char whole[PATH_MAX];

	join(whole, tree, path);
	expect(unlink(whole) == 0 || errno == ENOENT, "unlink %s", whole);
}

char *tree_read_text(const char *tree, const char *path)
{
	struct buf text = BUF_INIT;
	char whole[PATH_MAX], bytes[4096];
	FILE *file;
	size_t n;

	join(whole, tree, path);
	file = fopen(whole, "re");
	assert_non_null(file);
	while ((n = fread(bytes, 1, sizeof(bytes), file)))
		buf_append(&text, bytes, n);
	fclose(file);
	return buf_take_text(&text);
}

size_t tree_count(const char *tree, const char *path)
{
	char whole[PATH_MAX];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	join(whole, tree, path);
	dir = opendir(whole);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

/* --- snapshots --- */

int snapshot_setup(void **state)
{
	struct lsp_snapshot *snapshot;
	int r = builder_new(&snapshot);

	*state = snapshot;
	return r;
}

int snapshot_teardown(void **state)
{
	lsp_snapshot_free(*state);
	return 0;
}

/* --- a transport that follows a script --- */

static struct script *script_of(struct transport *transport)
{
	return (struct script *)transport;
}

static int script_send(struct transport *transport, const void *request, size_t size)
{
	struct script *script = script_of(transport);

	assert_true(script->asked_count < SCRIPT_ASKED_MAX);
	assert_true(size <= DIAG_REQUEST_SIZE);
	memcpy(script->asked[script->asked_count], request, size);
	script->asked_size[script->asked_count++] = size;
	return script->send_error;
}

static ssize_t script_receive(struct transport *transport, void *reply, size_t size)
{
	struct script *script = script_of(transport);
	const struct datagram *datagram;

	if (script->next == script->count)
		return -EAGAIN;
	datagram = &script->datagrams[script->next++];
	if (datagram->size > 0) {
		assert_true((size_t)datagram->size <= size);
		memcpy(reply, datagram->bytes, (size_t)datagram->size);
	}
	return datagram->size;
}

static void script_free(struct transport *transport)
{
	script_of(transport)->frees++;
}

static const struct transport_ops script_ops = {
	.send = script_send,
	.receive = script_receive,
	.free = script_free,
};

void script_init(struct script *script, const struct datagram *datagrams, size_t count)
{
	*script = (struct script){
		.transport.ops = &script_ops,
		.datagrams = datagrams,
		.count = count,
	};
}

void expect_child(int (*run)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(run());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT)
		fail_msg("user namespaces are needed: see sysctl user.max_user_namespaces");
	assert_int_equal(WEXITSTATUS(status), 0);
}
