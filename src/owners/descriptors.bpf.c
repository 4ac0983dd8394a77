/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part that runs in the kernel: of every descriptor of every process, those that are sockets of
 * IPv4 or IPv6 in a state that is wanted, and rings of io_uring, which may hold such sockets. Looks
 * at nothing else and changes nothing. A thread that shares the table of its leader is left out by
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
#define LISTEN (1u << 10) /* TCP_LISTEN, include/net/tcp_states.h */
#define RING "[io_urin"   /* as much of "[io_uring]" as is compared */

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
	struct inode *f_inode;
};

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	socket_state state;
	short type;
	struct sock *sk;
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

/* Bits of the states that are wanted (include/net/tcp_states.h); set before the program is loaded.
 */
__u32 stream_states;
__u32 other_states;
/* Rings are told too, and which processes were looked at; may be set between two passes. */
__u32 is_whole;
/*
 * There is one reader: the process whose descriptor was the last one, and how deep the reader lies
 * in PID namespaces.
 */
__u32 last_pid;
__u32 level, has_level;

/* The number of a thread in the PID namespace of the reader. */
static unsigned int number_of(const struct pid *pid)
{
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[level].nr);
	return (unsigned int)number;
}

static bool take_socket(const struct file *file, const struct socket *socket,
			struct descriptor *found)
{
	bool is_stream = socket->type == SOCK_STREAM;
	__u32 states = is_stream ? stream_states : other_states;
	const struct sock *sock;

	/* listen(2) is refused to any other one (net/ipv4/af_inet.c): no more memory is touched. */
	if (is_stream && stream_states == LISTEN && socket->state != SS_UNCONNECTED)
		return 0;
	sock = socket->sk;
	if (!sock ||
	    (sock->__sk_common.skc_family != AF_INET && sock->__sk_common.skc_family != AF_INET6))
		return 0;
	if (!(states >> sock->__sk_common.skc_state & 1))
		return 0;
	/* They are of 32 bits here (fs/inode.c, get_next_ino()). */
	found->inode = (__u32)BPF_CORE_READ(file, f_inode, i_ino);
	return 1;
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

static void write(struct bpf_iter__task_file *at, const struct task_struct *task,
		  struct descriptor *found)
{
	/* The reader, who stays the same, sees no process of another namespace. */
	if (!has_level) {
		const struct task_struct *reader = bpf_get_current_task_btf();

		level = BPF_CORE_READ(reader, thread_pid, level);
		has_level = 1;
	}
	found->pid = number_of(BPF_CORE_READ(task, group_leader, thread_pid));
	found->thread =
		task->pid == task->tgid ? found->pid : number_of(BPF_CORE_READ(task, thread_pid));
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
	if (socket ? !take_socket(file, socket, &found) : !is_whole || !is_ring(file))
		return 0;
	found.fd = (int)at->fd;
	write(at, task, &found);
	return 0;
}

/* Helpers of the kernel are for programs under its licence. */
char program_license[] SEC("license") = "GPL";
