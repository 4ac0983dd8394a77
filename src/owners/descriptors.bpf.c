/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part that runs in the kernel: of every descriptor of every process, those that are sockets of
 * IPv4 or IPv6 that may be wanted, and rings of io_uring, which may hold such sockets. Looks at
 * nothing else and changes nothing. A thread that shares the table of its leader is left out by
 * the kernel (kernel/bpf/task_iter.c).
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

struct file {
	struct path f_path;
};

struct proto_ops {
	int family;
};

struct socket {
	socket_state state;
	short type;
	const struct proto_ops *ops;
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
	struct upid
		numbers[1]; /* of each namespace that the process is in, from the first one on */
};

struct task_struct {
	__u32 pid, tgid;
	struct task_struct *group_leader;
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

/* Which ones are wanted; set before the program is loaded. */
__u32 streams; /* enum descriptors_streams */
__u32 others;  /* those of other types: 1 wanted */
/* Rings are told too, and which processes were looked at; may be set between two passes. */
__u32 is_whole;
/*
 * There is one reader: whose descriptor was the last one, how deep the reader lies in PID
 * namespaces, and the numbers there of the thread that was told last.
 */
__u32 last_pid;
__u32 level, has_level;
__u32 told_thread, told_pid, told_number, told_pid_number;

/* The number of a thread in the PID namespace of the reader. */
static unsigned int number_of(const struct pid *pid)
{
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[level].nr);
	return (unsigned int)number;
}

/*
 * What is asked stands in one line of memory, for every socket it is another one: so neither the
 * state nor the family is read where the protocol keeps it.
 */
static bool is_wanted(const struct socket *socket)
{
	bool is_stream = socket->type == SOCK_STREAM;
	int family;

	if (is_stream ? !streams : !others)
		return 0;
	/* listen(2) is refused to any other one (net/ipv4/af_inet.c). */
	if (is_stream && streams == DESCRIPTORS_STREAMS_UNCONNECTED &&
	    socket->state != SS_UNCONNECTED)
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
static void find_numbers(const struct task_struct *task)
{
	/* The reader, who stays the same, sees no process of another namespace. */
	if (!has_level) {
		const struct task_struct *reader = bpf_get_current_task_btf();

		level = BPF_CORE_READ(reader, thread_pid, level);
		has_level = 1;
	}
	told_thread = task->pid;
	told_pid = task->tgid;
	told_pid_number = number_of(BPF_CORE_READ(task, group_leader, thread_pid));
	told_number = told_thread == told_pid ? told_pid_number
					      : number_of(BPF_CORE_READ(task, thread_pid));
}

static void write(struct bpf_iter__task_file *at, const struct task_struct *task,
		  struct descriptor *found)
{
	if (task->pid != told_thread || task->tgid != told_pid)
		find_numbers(task);
	found->pid = told_pid_number;
	found->thread = told_number;
	/* Where no room is left the kernel comes again with this descriptor: then the mark does
	 * too. */
	if (bpf_seq_write(at->meta->seq, found, sizeof(*found)) < 0)
		last_pid = 0;
}

SEC("iter/task_file")
int list_descriptors(struct bpf_iter__task_file *at)
{
	const struct task_struct *task = at->task;
	struct file *file = at->file;
	struct descriptor found = {.fd = -1};
	struct socket *socket;

	/* Once more behind the last one, with nothing. */
	if (!file || !task)
		return 0;
	if (is_whole && task->tgid != last_pid) {
		last_pid = task->tgid;
		write(at, task, &found);
	}
	socket = bpf_sock_from_file(file);
	if (socket ? !is_wanted(socket) : !is_whole || !is_ring(file))
		return 0;
	if (socket)
		found.inode = inode_of(socket);
	found.fd = (int)at->fd;
	write(at, task, &found);
	return 0;
}

/* Helpers of the kernel are for programs under its licence. */
char program_license[] SEC("license") = "GPL";
