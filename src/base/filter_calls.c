/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls that lsports may make (seccomp(2)), and the program of the build that turns them
 * into the filters of filter.c, one for each set of rights: building them with libseccomp in every
 * run would take longer than the run. Whatever is not listed ends the process.
 *
 * usage: filter_calls [ARCHITECTURE], by the names of libseccomp; writes C to standard output.
 *
 * Which call the C library makes for a purpose changes with its version and the machine: all of
 * them stand here. A name that the machine does not have is no rule.
 */
#include "filter.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)
#define INT UINT32_MAX /* the other half of the register means nothing */
/* The kernel takes the flags of clone(2) from its second register there. */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif
#ifndef TCGETS2
#define TCGETS2 TCGETS
#define TCSETSW2 TCSETSW
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

static const struct call {
	const char *name;
	unsigned rights; /* enum filter_right, all of which are needed */
	int missing;     /* the call is refused as if the kernel did not have it */
	int has_mask;    /* allowed if (argument & mask) == value */
	unsigned argument;
	uint64_t mask, value;
} calls[] = {
	/* Memory. Nothing new can be executed once the program runs. */
	{.name = "brk"},
	{.name = "madvise"},
	{.name = "mmap", .has_mask = 1, .argument = 2, .mask = PROT_EXEC},
	{.name = "mmap2", .has_mask = 1, .argument = 2, .mask = PROT_EXEC},
	{.name = "mprotect", .has_mask = 1, .argument = 2, .mask = PROT_EXEC},
	{.name = "mremap"},
	{.name = "munmap"},

	/* Threads, and children that can be given up; not in namespaces of their own. */
	{.name = "clone", .has_mask = 1, .argument = CLONE_FLAGS, .mask = NAMESPACES},
	/* Its flags lie in memory, which no filter sees. The C library takes clone(2) then. */
	{.name = "clone3", .missing = 1},
	{.name = "exit"},
	{.name = "exit_group"},
	{.name = "fork"},
	{.name = "futex"},
	{.name = "futex_time64"},
	{.name = "getpid"},
	{.name = "getppid"},
	{.name = "gettid"},
	{.name = "kill", .has_mask = 1, .argument = 1, .mask = INT, .value = SIGKILL},
	{.name = "pidfd_open"},
	{.name = "prctl", .has_mask = 1, .mask = INT, .value = PR_GET_SECCOMP},
	{.name = "prctl", .has_mask = 1, .mask = INT, .value = PR_SET_NAME},
	{.name = "prctl", .has_mask = 1, .mask = INT, .value = PR_SET_PDEATHSIG},
	{.name = "prctl", .has_mask = 1, .mask = INT, .value = PR_SET_VMA},
	{.name = "rseq"},
	{.name = "sched_getaffinity"},
	{.name = "sched_yield"},
	{.name = "set_robust_list"},
	{.name = "set_tid_address"},
	{.name = "tgkill"},
	{.name = "wait4"},
	{.name = "waitid"},
	{.name = "waitpid"},

	/* Signals, of a watch and of children. */
	{.name = "restart_syscall"},
	{.name = "rt_sigaction"},
	{.name = "rt_sigpending"},
	{.name = "rt_sigprocmask"},
	{.name = "rt_sigreturn"},
	{.name = "signalfd4"},
	{.name = "sigreturn"},

	/* Files of /proc, /sys and /etc, rules, and what is written. */
	{.name = "access"},
	{.name = "close"},
	{.name = "close_range"},
	{.name = "dup"},
	{.name = "dup2"},
	{.name = "dup3"},
	{.name = "faccessat"},
	{.name = "faccessat2"},
	{.name = "fchmod"},
	{.name = "fcntl"},
	{.name = "fcntl64"},
	{.name = "fstat"},
	{.name = "fstat64"},
	{.name = "fstatat64"},
	{.name = "fstatfs"},
	{.name = "fstatfs64"},
	{.name = "fsync"},
	{.name = "getdents64"},
	{.name = "_llseek"},
	{.name = "lseek"},
	{.name = "lstat"},
	{.name = "lstat64"},
	{.name = "newfstatat"},
	{.name = "open"},
	{.name = "openat"},
	{.name = "openat2"},
	{.name = "open_by_handle_at"},
	{.name = "pipe"},
	{.name = "pipe2"},
	{.name = "poll"},
	{.name = "ppoll"},
	{.name = "ppoll_time64"},
	{.name = "pread64"},
	{.name = "read"},
	{.name = "readlink"},
	{.name = "readlinkat"},
	{.name = "readv"},
	{.name = "rename"},
	{.name = "renameat"},
	{.name = "renameat2"},
	{.name = "stat"},
	{.name = "stat64"},
	{.name = "statfs"},
	{.name = "statfs64"},
	{.name = "statx"},
	{.name = "unlink"},
	{.name = "unlinkat"},
	{.name = "write"},
	{.name = "writev"},

	/* The terminal; never TIOCSTI, which types for the user. Names of devices. */
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = SIOCGIFNAME},
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = TCGETS},
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = TCGETS2},
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = TCSETSW},
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = TCSETSW2},
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = TIOCGWINSZ},

	/* Netlink, and pairs that lead to a child. No call connects. */
	{.name = "bind"},
	{.name = "getsockname"},
	{.name = "getsockopt"},
	{.name = "recvfrom"},
	{.name = "recvmsg"},
	{.name = "sendmsg"},
	{.name = "sendto"},
	{.name = "setsockopt"},
	{.name = "socket", .has_mask = 1, .mask = INT, .value = AF_NETLINK},
	{.name = "socketpair", .has_mask = 1, .mask = INT, .value = AF_UNIX},

	/* Who we are, limits, the time, random numbers. */
	{.name = "capget"},
	{.name = "capset"},
	{.name = "clock_getres"},
	{.name = "clock_gettime"},
	{.name = "clock_gettime64"},
	{.name = "clock_nanosleep"},
	{.name = "clock_nanosleep_time64"},
	{.name = "getegid"},
	{.name = "geteuid"},
	{.name = "getgid"},
	{.name = "getgroups"},
	{.name = "getgroups32"},
	{.name = "getrandom"},
	{.name = "getrlimit"},
	{.name = "gettimeofday"},
	{.name = "getuid"},
	{.name = "nanosleep"},
	{.name = "prlimit64", .has_mask = 1, .argument = 2, .mask = UINT64_MAX},
	{.name = "sysinfo"},
	{.name = "time"},
	{.name = "ugetrlimit"},
	{.name = "uname"},

	/* Descriptor tables and rings that processes share; whose a user namespace is. */
	{.name = "ioctl", .has_mask = 1, .argument = 1, .mask = INT, .value = NS_GET_OWNER_UID},
	{.name = "kcmp"},

	/* Other network namespaces, and the search for them. */
	{.name = "getxattr", .rights = FILTER_NAMESPACES},
	{.name = "ioctl",
	 .rights = FILTER_NAMESPACES,
	 .has_mask = 1,
	 .argument = 1,
	 .mask = INT,
	 .value = SIOCGSKNS},
	{.name = "pidfd_getfd", .rights = FILTER_NAMESPACES},
	{.name = "setns",
	 .rights = FILTER_NAMESPACES,
	 .has_mask = 1,
	 .argument = 1,
	 .mask = INT,
	 .value = CLONE_NEWNET},

	/* The program that reports owners. That it is ours, CAP_BPF decides: it is given up. */
	{.name = "bpf", .rights = FILTER_BPF},
	{.name = "sched_setaffinity", .rights = FILTER_BPF},

	/* Would a bind succeed? */
	{.name = "socket", .rights = FILTER_BIND, .has_mask = 1, .mask = INT, .value = AF_INET},
	{.name = "socket", .rights = FILTER_BIND, .has_mask = 1, .mask = INT, .value = AF_INET6},
};

#define CALL_COUNT (sizeof(calls) / sizeof(calls[0]))

static int add(scmp_filter_ctx filter, const struct call *call)
{
	int number = seccomp_syscall_resolve_name(call->name);
	const struct scmp_arg_cmp condition = {.arg = call->argument,
					       .op = SCMP_CMP_MASKED_EQ,
					       .datum_a = call->mask,
					       .datum_b = call->value};
	int r = -EINVAL;

	/* Younger than libseccomp: it must not be missing in silence. */
	if (number != __NR_SCMP_ERROR)
		r = seccomp_rule_add_array(filter,
					   call->missing ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW,
					   number, call->has_mask ? 1 : 0, &condition);
	/* Two of the names above may be one number. */
	r = r == -EEXIST ? 0 : r;
	if (r < 0)
		fprintf(stderr, "%s: %s\n", call->name, strerror(-r));
	return r;
}

static int set_architecture(scmp_filter_ctx filter, const char *name)
{
	uint32_t architecture = seccomp_arch_resolve_name(name);

	if (!architecture)
		return -EINVAL;
	if (architecture == seccomp_arch_native())
		return 0;
	return seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) < 0
		       ? -EINVAL
		       : seccomp_arch_add(filter, architecture);
}

static void write_step(FILE *out, const struct sock_filter *step)
{
	fprintf(out, "\t{%#x, %u, %u, %#x},\n", step->code, step->jt, step->jf, step->k);
}

/*
 * A tracer that lets a call fail (strace(1), "inject=") gives it the number -1, which libseccomp
 * takes no rule for: it is answered as the kernel does. Jumps are relative: this stands before
 * anything else.
 */
static void write_prologue(FILE *out)
{
	static const struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		write_step(out, &steps[i]);
}

/* The filter of @rights as an array of C. */
static int write_filter(FILE *out, scmp_filter_ctx filter, unsigned rights)
{
	FILE *file = tmpfile();
	struct sock_filter step;
	int r = file ? seccomp_export_bpf(filter, fileno(file)) : -errno;

	if (r >= 0) {
		rewind(file);
		fprintf(out, "static const struct sock_filter filter_%u[] = {\n", rights);
		write_prologue(out);
		while (fread(&step, sizeof(step), 1, file) == 1)
			write_step(out, &step);
		fprintf(out, "};\n");
	}
	if (file)
		fclose(file);
	return r;
}

static int make_filter(FILE *out, const char *architecture, unsigned rights)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	/* A tree of comparisons instead of a chain. */
	int r = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) : -ENOMEM;

	if (r >= 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r >= 0 && architecture)
		r = set_architecture(filter, architecture);
	for (size_t i = 0; r >= 0 && i < CALL_COUNT; i++) {
		if ((calls[i].rights & rights) == calls[i].rights)
			r = add(filter, &calls[i]);
	}
	if (r >= 0)
		r = write_filter(out, filter, rights);
	if (filter)
		seccomp_release(filter);
	return r;
}

int main(int argc, char **argv)
{
	const char *architecture = argc > 1 ? argv[1] : NULL;

	for (unsigned rights = 0; rights < FILTER_RIGHTS; rights++) {
		int r = make_filter(stdout, architecture, rights);

		if (r < 0) {
			fprintf(stderr, "filter %u: %s\n", rights, strerror(-r));
			return 1;
		}
	}
	printf("#define FILTER(rights) {ARRAY_SIZE(filter_##rights), filter_##rights}\n");
	printf("static const struct { unsigned short count; const struct sock_filter *steps; } "
	       "filters[] = {\n");
	for (unsigned rights = 0; rights < FILTER_RIGHTS; rights++)
		printf("\tFILTER(%u),\n", rights);
	printf("};\n");
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
