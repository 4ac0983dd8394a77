// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mksock SPEC...: makes sockets, prints a JSON line about each, then
 * {"ready":N}, and holds them until standard input ends. Every SPEC gets a process of its own, so
 * that its owner is exactly the one in the line. Shows no other socket.
 *
 *   KIND[,KEY=VALUE]...
 *   kinds  tcp udp udp-auto tcp-bound tcp-pair udp-connected
 *   keys   addr= port= count= device= v6only=0|1 reuseport=N backlog= full=1 pairs= fork=N decoy=1
 *          reuseaddr=1 holder=process|thread|leader|scm|uring|hidden-ring comm=HEX uid=
 *          cgroup=DIRECTORY forge=PROGRAM
 */
#include "mksock.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct task {
	struct spec spec;
	int ready; /* written to when every line is out */
};

static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		spec_fail("PR_SET_PDEATHSIG");
	if (getppid() != parent)
		_exit(1);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		spec_fail("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		spec_fail("setrlimit");
}

/* The cgroup of a socket is that of its maker at the time of socket(2). */
static void enter_cgroup(const char *directory)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	file = fopen(path, "we");
	if (file == NULL || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file) != 0)
		spec_fail(path);
}

static void become_user(uid_t uid, pid_t parent)
{
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		spec_fail("setresuid");
	/* A change of user clears both. */
	if (prctl(PR_SET_DUMPABLE, 1) < 0)
		spec_fail("PR_SET_DUMPABLE");
	die_with(parent);
}

/* A child that holds what its parent holds now. */
static pid_t start_holder(int ready)
{
	pid_t self = getpid(), pid = fork();

	if (pid < 0)
		spec_fail("fork");
	if (pid == 0) {
		die_with(self);
		close(ready);
		for (;;)
			pause();
	}
	return pid;
}

static void serve(void *data)
{
	struct task *task = data;
	struct made_list list = {0};
	struct made_owners owners = {.pids = {getpid()}, .count = 1};

	made_create(&task->spec, &list);
	made_read_facts(&list);
	if (task->spec.decoy)
		owners.decoy = start_holder(task->ready);
	hold_take_descriptors(&task->spec, &list, &owners);
	for (unsigned i = 0; i < task->spec.forks; i++)
		owners.pids[owners.count++] = start_holder(task->ready);
	made_render(stdout, &task->spec, &list, &owners);
	if (fflush(stdout) != 0)
		spec_fail("stdout");
	dprintf(task->ready, "%zu\n", list.count);
	close(task->ready);
	free(list.items);
}

static _Noreturn void run_child(struct task *task, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		spec_fail("/dev/null");
	close(null);
	die_with(parent);
	if (task->spec.cgroup != NULL)
		enter_cgroup(task->spec.cgroup);
	if (task->spec.has_uid)
		become_user(task->spec.uid, parent);
	if (task->spec.comm_length > 0 && prctl(PR_SET_NAME, task->spec.comm) < 0)
		spec_fail("PR_SET_NAME");
	if (task->spec.forge != NULL)
		forge_exe(task->spec.forge);
	if (task->spec.holder == SPEC_HOLDER_THREAD || task->spec.holder == SPEC_HOLDER_LEADER)
		hold_run_thread(task->spec.holder, serve, task);
	serve(task);
	for (;;)
		pause();
}

/* Returns how many sockets the child made. */
static unsigned long start_child(const char *text, pid_t *pid)
{
	struct task *task = calloc(1, sizeof(*task));
	char answer[32] = "";
	pid_t self = getpid();
	int ready[2];

	if (task == NULL || pipe2(ready, O_CLOEXEC) < 0)
		spec_fail("start");
	spec_parse(text, &task->spec);
	task->ready = ready[1];
	*pid = fork();
	if (*pid < 0)
		spec_fail("fork");
	if (*pid == 0) {
		close(ready[0]);
		run_child(task, self);
	}
	close(ready[1]);
	if (read(ready[0], answer, sizeof(answer) - 1) <= 0)
		spec_fail_word(text, "could not be made");
	close(ready[0]);
	free(task);
	return strtoul(answer, NULL, 10);
}

/* Grandchildren are reparented to this process, so none outlives it. */
static void end_children(const pid_t *pids, int count)
{
	for (int i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		continue;
}

int main(int argc, char **argv)
{
	pid_t *pids = calloc((size_t)argc, sizeof(*pids));
	unsigned long total = 0;
	char byte;

	if (pids == NULL)
		spec_fail("calloc");
	/* Its own parent's death needs no signal: standard input ends with it. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		spec_fail("PR_SET_CHILD_SUBREAPER");
	raise_descriptor_limit();
	for (int i = 1; i < argc; i++)
		total += start_child(argv[i], &pids[i - 1]);
	printf("{\"ready\":%lu}\n", total);
	if (fflush(stdout) != 0)
		spec_fail("stdout");
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	end_children(pids, argc - 1);
	free(pids);
	return 0;
}
