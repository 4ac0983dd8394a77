/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part that runs in the kernel: of every descriptor of every process, those that are sockets of
 * IPv4 or IPv6 that may be wanted, and rings of io_uring, which may hold such sockets. Reads
 * nothing else and changes nothing. A thread that shares the table of its leader is left out by the
 * kernel (kernel/bpf/task_iter.c).
 *
 * Fields of the kernel are declared by name alone: where they stand is looked up when the program
 * is loaded (preserve_access_index), so one build runs on other kernels too.
 *
 * A pointer that is followed as in C costs nothing when the program runs, but a tenth of a
 * millisecond when it is loaded, since the verifier looks its type up in all of the kernel's. So
 * only what is done for every descriptor is written like that, and the rest with BPF_CORE_READ().
 */
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

#include "owners/descriptors.h"

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define RING "[io_urin" /* as much of "[io_uring]" as is compared */
#define WAITERS_MAX 4096 /* of one socket that are counted */
#define QUEUE_MAX 256    /* bytes of a lock, at most */

/* include/uapi/linux/net.h */
typedef enum { SS_FREE, SS_UNCONNECTED } socket_state;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct inode {
	unsigned long i_ino;
};

typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	atomic_long_t refcnt; /* one less than there are references (include/linux/file_ref.h) */
} file_ref_t;

struct file {
	struct path f_path;
	file_ref_t f_ref; /* since Linux 6.13 */
};

struct file___counted {
	atomic_long_t f_count; /* before */
};

struct files_struct {
	atomic_t count;
};

struct proto_ops {
	int family;
};

struct list_head {
	struct list_head *next;
};

struct wait_queue_head {
	struct list_head head;
};

struct socket_wq {
	struct wait_queue_head wait;
};

struct socket {
	socket_state state;
	short type;
	const struct proto_ops *ops;
	struct socket_wq wq;
};

/* The inode of every socket stands behind it (include/net/sock.h, SOCK_INODE()). */
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct upid {
	int nr;
	void *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1]; /* in each of its PID namespaces, from the first one on */
};

struct task_struct {
	__u32 pid, tgid;
	struct task_struct *group_leader;
	struct files_struct *files;
	struct pid *thread_pid;
};

#pragma clang attribute pop

/* These two are the same in every kernel (include/linux/bpf.h, DEFINE_BPF_ITER_FUNC). */
struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

/* Set before the program is loaded, which leaves out what they do not ask for. */
const volatile __u32 types;            /* of sockets that are wanted: 1 << SOCK_STREAM, ... */
const volatile __u32 only_unconnected; /* of streams those that may listen */
const volatile __u32 is_counting;      /* references are reported too */
/* Rings are reported too, and each process that is read; may be set between two passes. */
__u32 is_whole;
/*
 * There is one reader: the process of the last descriptor, how deep the reader lies in PID
 * namespaces, and the numbers there of the thread that was reported last.
 */
__u32 last_pid;
__u32 level, has_level;
__u32 seen_thread, seen_pid, seen_number, seen_pid_number;
__u32 seen_sharers;
__u64 seen_table;

/* The number of a thread in the PID namespace of the reader. */
static unsigned int number_of(const struct pid *pid)
{
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[level].nr);
	return (unsigned int)number;
}

/*
 * Type and state share a cache line, and every socket costs at least one. So the state and the
 * family are not read where the protocol keeps them, in other lines.
 */
static bool is_wanted(const struct socket *socket)
{
	__u32 type = (__u32)socket->type & 31;
	int family;

	if (!(types >> type & 1))
		return 0;
	/* listen(2) is refused to a stream in any other state (net/ipv4/af_inet.c). */
	if (only_unconnected && type == SOCK_STREAM && socket->state != SS_UNCONNECTED)
		return 0;
	family = socket->ops->family;
	return family == AF_INET || family == AF_INET6;
}

static unsigned int inode_of(const struct socket *socket)
{
	const struct socket_alloc *alloc = (const void *)socket;
	unsigned long inode = 0;

	bpf_probe_read_kernel(&inode, sizeof(inode), &alloc->vfs_inode.i_ino);
	/* They are of 32 bits here (fs/inode.c, get_next_ino()). */
	return (unsigned int)inode;
}

static bool is_ring(const struct file *file)
{
	char name[sizeof(RING) - 1];

	if (bpf_probe_read_kernel(name, sizeof(name), file->f_path.dentry->d_name.name) < 0)
		return 0;
		/* There is no memcmp(3) in the kernel's machine: the loop is unrolled. */
#pragma unroll
	for (unsigned int i = 0; i < sizeof(name); i++) {
		if (name[i] != RING[i])
			return 0;
	}
	return 1;
}

/* The numbers of a thread and of its process, as the reader sees them. */
static void set_numbers(const struct task_struct *task)
{
	/* The reader, who stays the same, sees no process of another namespace. */
	if (!has_level) {
		const struct task_struct *reader = bpf_get_current_task_btf();

		level = BPF_CORE_READ(reader, thread_pid, level);
		has_level = 1;
	}
	seen_thread = task->pid;
	seen_pid = task->tgid;
	seen_pid_number = number_of(BPF_CORE_READ(task, group_leader, thread_pid));
	seen_number = seen_thread == seen_pid ? seen_pid_number
					      : number_of(BPF_CORE_READ(task, thread_pid));
	seen_table = (__u64)BPF_CORE_READ(task, files);
	seen_sharers = (__u32)BPF_CORE_READ(task, files, count.counter);
}

/* The iterator holds one itself (kernel/bpf/task_iter.c). */
static unsigned int references_of(const struct file *file)
{
	const struct file___counted *counted = (const void *)file;

	if (bpf_core_field_exists(counted->f_count))
		return (unsigned int)BPF_CORE_READ(counted, f_count.counter) - 1;
	if (bpf_core_field_exists(file->f_ref))
		return (unsigned int)BPF_CORE_READ(file, f_ref.refcnt.counter);
	return 0;
}

/*
 * What poll(2) and select(2) put into the queue of a file: the same in every kernel since 4.13
 * (include/linux/poll.h, wait.h), and to look it up would take longer than all the rest.
 */
struct waiter {
	const struct file *file; /* a reference */
	unsigned long key;
	struct {
		unsigned int flags;
		void *private;
		void *function;
		const void *next, *previous;
	} entry;
	const void *queue;
};

struct waiters {
	const struct file *file;
	const void *head; /* of the list of entries */
	const void *at;   /* the next entry's place in that list */
	unsigned int count;
	bool is_end;
};

/* Others than poll(2) in the queue are told by what stands around their entry. */
static long count_waiter(__u32 index, void *data)
{
	struct waiters *waiters = data;
	struct waiter waiter;

	(void)index;
	waiters->is_end = waiters->at == waiters->head ||
			  bpf_probe_read_kernel(
				  &waiter, sizeof(waiter),
				  waiters->at - __builtin_offsetof(struct waiter, entry.next)) < 0;
	if (waiters->is_end)
		return 1;
	/* The queue begins before its list. */
	if (waiter.file == waiters->file && waiter.queue < waiters->head &&
	    waiter.queue + QUEUE_MAX > waiters->head)
		waiters->count++;
	waiters->at = waiter.entry.next;
	return 0;
}

/*
 * How often processes wait for the socket in poll(2) or select(2): each holds a reference
 * (fs/select.c, __pollwait()). WAITERS_MAX where the queue is longer.
 */
static unsigned int count_waiters(const struct file *file, const struct socket *socket)
{
	struct waiters waiters = {.file = file,
				  .head = &socket->wq.wait.head,
				  .at = BPF_CORE_READ(socket, wq.wait.head.next)};

	bpf_loop(WAITERS_MAX, count_waiter, &waiters, 0);
	return waiters.is_end ? waiters.count : WAITERS_MAX;
}

/* Without those of whoever waits for it; who comes or goes meanwhile is not there the next time. */
static unsigned int held_references(const struct file *file, const struct socket *socket)
{
	unsigned int references = references_of(file);
	unsigned int waiters = count_waiters(file, socket);

	if (!references || waiters == WAITERS_MAX)
		return 0;
	return references > waiters ? references - waiters : 1;
}

static void write(struct bpf_iter__task_file *at, const struct task_struct *task,
		  struct counted_descriptor *found)
{
	if (task->pid != seen_thread || task->tgid != seen_pid)
		set_numbers(task);
	found->of.pid = seen_pid_number;
	found->of.thread = seen_number;
	if (found->references) {
		found->table = seen_table;
		found->sharers = seen_sharers;
	}
	/* Without room the kernel comes again with this descriptor: then the mark does too. */
	if (bpf_seq_write(at->meta->seq, found, is_counting ? sizeof(*found) : sizeof(found->of)) <
	    0)
		last_pid = 0;
}

SEC("iter/task_file")
int list_descriptors(struct bpf_iter__task_file *at)
{
	const struct task_struct *task = at->task;
	struct file *file = at->file;
	struct counted_descriptor found = {0};
	struct socket *socket;

	/* Behind the last descriptor the kernel calls once more, with nothing. */
	if (!file || !task)
		return 0;
	found.of.fd = -1;
	if (is_whole && task->tgid != last_pid) {
		last_pid = task->tgid;
		write(at, task, &found);
	}
	socket = bpf_sock_from_file(file);
	if (socket ? !is_wanted(socket) : !is_whole || !is_ring(file))
		return 0;
	if (socket)
		found.of.inode = inode_of(socket);
	if (socket && is_counting)
		found.references = held_references(file, socket);
	found.of.fd = (int)at->fd;
	write(at, task, &found);
	return 0;
}

/* Helpers of the kernel are for programs under its licence. */
char program_license[] SEC("license") = "GPL";
