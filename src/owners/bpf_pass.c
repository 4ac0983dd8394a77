/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads the program that reports the descriptors that may matter, and reads everything it reports.
 * Judges no record and knows no process.
 */
#include "owners/bpf_pass.h"

#include "buf.h"
#include "cleanup.h"
#include "deadline.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <descriptors.skel.h>

/* The kernel fills at most 8 pages for one read (kernel/bpf/bpf_iter.c). */
#define READ_SIZE ((size_t)32 << 10)

/* After a million descriptors without a record a read fails with EAGAIN; the next one goes on. */
#define EMPTY_READS 1000

struct bpf_pass {
	struct descriptors *program; /* NULL: there was no memory for it */
	struct buf records;
	size_t record_size;
	int64_t deadline;
	bool was_cut; /* by the deadline */
	int r;        /* of the pass that was made last */
	pthread_t thread;
	cpu_set_t processors; /* those that we may run on */
	bool is_running; /* the thread was not waited for */
};

/* Our own -ENOMEM ends everything; that the kernel is short of memory only ends this source. */
static int kernel_error(int error)
{
	return error == ENOMEM ? -ENOBUFS : -error;
}

/* The link holds the rest: where descriptors are few, each one counts. */
static void close_but_link(struct descriptors *program)
{
	skel_closenz(program->progs.list_descriptors.prog_fd);
	skel_closenz(program->maps.bss.map_fd);
	skel_closenz(program->maps.rodata.map_fd);
	program->progs.list_descriptors.prog_fd = 0;
	program->maps.bss.map_fd = program->maps.rodata.map_fd = 0;
}

static int load(struct descriptors *program)
{
	int r = descriptors__load(program);

	if (r >= 0 && descriptors__attach(program) < 0)
		r = -errno;
	close_but_link(program);
	return r < 0 ? kernel_error(-r) : 0;
}

/* A read of the kernel's ends after a million descriptors at the latest. */
static int read_all(int fd, struct bpf_pass *pass)
{
	struct buf *out = &pass->records;
	unsigned empty = 0;

	for (;;) {
		ssize_t n;

		if (buf_reserve(out, READ_SIZE) < 0)
			return out->error;
		n = read(fd, out->data + out->size, out->capacity - out->size);
		if (n < 0 && (errno != EAGAIN || ++empty == EMPTY_READS) && errno != EINTR)
			return kernel_error(errno);
		if (n == 0)
			return 0;
		out->size += n < 0 ? 0 : (size_t)n;
		pass->was_cut = deadline_is_over(pass->deadline);
		if (pass->was_cut)
			return 0;
	}
}

static int run(struct bpf_pass *pass)
{
	union bpf_attr attr = {.iter_create.link_fd =
				       (__u32)pass->program->links.list_descriptors_fd};
	cleanup(cleanup_close) int fd = skel_sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return kernel_error(errno);
	buf_reset(&pass->records);
	return read_all(fd, pass);
}

static void *load_and_run(void *data)
{
	struct bpf_pass *pass = data;

	pass->r = load(pass->program);
	if (pass->r >= 0)
		pass->r = run(pass);
	return NULL;
}

static void *begin(void *data)
{
	struct bpf_pass *pass = data;

	/* Once it runs it may run anywhere. */
	sched_setaffinity(0, sizeof(pass->processors), &pass->processors);
	return load_and_run(pass);
}

/*
 * On another processor than ours: a new thread may stand in the queue of its creator's until a tick
 * finds another one idle (kernel/sched/fair.c), which takes as long as the whole pass.
 */
static bool start(struct bpf_pass *pass)
{
	cpu_set_t others;
	pthread_attr_t how;
	bool is_started;

	CPU_ZERO(&pass->processors);
	sched_getaffinity(0, sizeof(pass->processors), &pass->processors);
	others = pass->processors;
	CPU_CLR((size_t)sched_getcpu(), &others);
	pthread_attr_init(&how);
	if (CPU_COUNT(&others))
		pthread_attr_setaffinity_np(&how, sizeof(others), &others);
	is_started = pthread_create(&pass->thread, &how, begin, pass) == 0;
	pthread_attr_destroy(&how);
	return is_started;
}

struct bpf_pass *bpf_pass_new(unsigned types, bool only_unconnected, bool is_whole,
			      int64_t deadline, bool is_aside)
{
	struct bpf_pass *pass = calloc(1, sizeof(*pass));

	if (pass)
		pass->program = descriptors__open();
	if (!pass || !pass->program) {
		free(pass);
		return NULL;
	}
	pass->deadline = deadline;
	pass->record_size =
		is_whole ? sizeof(struct counted_descriptor) : sizeof(struct descriptor);
	pass->program->rodata->types = types;
	pass->program->rodata->only_unconnected = only_unconnected;
	pass->program->rodata->is_counting = is_whole;
	pass->program->bss->is_whole = is_whole;
	pass->is_running = is_aside && start(pass);
	if (!pass->is_running)
		load_and_run(pass);
	return pass;
}

static void wait_for(struct bpf_pass *pass)
{
	if (pass->is_running)
		pthread_join(pass->thread, NULL);
	pass->is_running = false;
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

int bpf_pass_wait(struct bpf_pass *pass, struct bpf_pass_records *records)
{
	wait_for(pass);
	records->bytes = pass->records.data;
	records->size = pass->record_size;
	records->count = pass->records.size / records->size;
	return pass->r;
}

int bpf_pass_run_whole(struct bpf_pass *pass, struct bpf_pass_records *records)
{
	/* The program shares this memory. */
	pass->program->bss->is_whole = 1;
	pass->r = run(pass);
	return bpf_pass_wait(pass, records);
}

bool bpf_pass_was_cut(const struct bpf_pass *pass)
{
	return pass->was_cut;
}
