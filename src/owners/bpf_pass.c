/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads the program that tells the descriptors that may matter, and reads what it tells, as a
 * whole. Judges no record and knows no process.
 */
#include "owners/bpf_pass.h"

#include "buf.h"
#include "scope.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <descriptors.skel.h>

/* The kernel fills at most 8 pages for one read (kernel/bpf/bpf_iter.c). */
#define READ_SIZE ((size_t)32 << 10)

/* After a million descriptors without a record a read says EAGAIN, and goes on where it was. */
#define EMPTY_READS 1000

struct bpf_pass {
	struct descriptors *program; /* NULL: there was no memory for it */
	struct buf records;
	int r; /* of the pass that was made last */
	pthread_t thread;
	bool is_beside; /* the thread was not waited for */
};

/* What a call of the kernel failed with: that memory is short there is no failure of ours. */
static int refuse(int error)
{
	return error == ENOMEM ? -ENOBUFS : -error;
}

/* The link holds the rest: where descriptors are few, each one counts. */
static void close_but_link(struct descriptors *program)
{
	skel_closenz(program->progs.list_descriptors.prog_fd);
	skel_closenz(program->maps.bss.map_fd);
	program->progs.list_descriptors.prog_fd = program->maps.bss.map_fd = 0;
}

static int load(struct descriptors *program)
{
	int r = descriptors__load(program);

	if (r >= 0 && descriptors__attach(program) < 0)
		r = -errno;
	close_but_link(program);
	return r < 0 ? refuse(-r) : 0;
}

static int read_all(int fd, struct buf *out)
{
	unsigned empty = 0;

	for (;;) {
		ssize_t n;

		if (buf_reserve(out, READ_SIZE) < 0)
			return out->error;
		n = read(fd, out->data + out->size, out->capacity - out->size);
		if (n < 0 && (errno != EAGAIN || ++empty == EMPTY_READS) && errno != EINTR)
			return refuse(errno);
		if (n == 0)
			return 0;
		out->size += n < 0 ? 0 : (size_t)n;
	}
}

static int make_pass(struct bpf_pass *pass)
{
	union bpf_attr attr = {.iter_create.link_fd =
				       (__u32)pass->program->links.list_descriptors_fd};
	cleanup(scope_close) int fd = skel_sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return refuse(errno);
	buf_reset(&pass->records);
	return read_all(fd, &pass->records);
}

static void *load_and_pass(void *data)
{
	struct bpf_pass *pass = data;

	pass->r = load(pass->program);
	if (pass->r >= 0)
		pass->r = make_pass(pass);
	return NULL;
}

struct bpf_pass *bpf_pass_new(const struct lsp_query *query, bool is_beside)
{
	struct bpf_pass *pass = calloc(1, sizeof(*pass));
	bool has_tcp = query->protos & LSP_BIT(LSP_PROTO_TCP);
	bool has_udp = query->protos & LSP_BIT(LSP_PROTO_UDP);

	if (pass)
		pass->program = descriptors__open();
	if (!pass || !pass->program) {
		free(pass);
		return NULL;
	}
	pass->program->bss->streams = !has_tcp        ? DESCRIPTORS_STREAMS_NONE
				      : query->others ? DESCRIPTORS_STREAMS_ALL
						      : DESCRIPTORS_STREAMS_UNCONNECTED;
	pass->program->bss->others = has_udp;
	pass->is_beside =
		is_beside && pthread_create(&pass->thread, NULL, load_and_pass, pass) == 0;
	if (!pass->is_beside)
		load_and_pass(pass);
	return pass;
}

static void wait_for(struct bpf_pass *pass)
{
	if (pass->is_beside)
		pthread_join(pass->thread, NULL);
	pass->is_beside = false;
}

void bpf_pass_free(struct bpf_pass *pass)
{
	if (!pass)
		return;
	wait_for(pass);
	descriptors__destroy(pass->program);
	buf_deinit(&pass->records);
	free(pass);
}

int bpf_pass_wait(struct bpf_pass *pass, const struct descriptor **records, size_t *count)
{
	wait_for(pass);
	*records = (const void *)pass->records.data;
	*count = pass->records.size / sizeof(**records);
	return pass->r;
}

int bpf_pass_whole(struct bpf_pass *pass, const struct descriptor **records, size_t *count)
{
	/* It is the memory of the program itself. */
	pass->program->bss->is_whole = 1;
	pass->r = make_pass(pass);
	return bpf_pass_wait(pass, records, count);
}
