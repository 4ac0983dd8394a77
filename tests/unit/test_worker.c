/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/worker: questions are answered, and nothing that the child does holds up the parent. */
#include "support.h"

#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* milliseconds, for an answer that comes */
#define LATE 30

/* What the child does with "echo", "read", ... */
static ssize_t serve(void *context, const void *question, size_t size, int fd, void *answer)
{
	const char *word = question;

	(void)context;
	if (size == 4 && memcmp(word, "hang", 4) == 0)
		for (;;)
			pause();
	if (size == 3 && memcmp(word, "die", 3) == 0)
		_exit(0);
	if (size == 5 && memcmp(word, "crash", 5) == 0)
		raise(SIGSEGV);
	if (size == 4 && memcmp(word, "fail", 4) == 0)
		return -ENOTTY;
	if (size == 4 && memcmp(word, "read", 4) == 0)
		return read(fd, answer, WORKER_MAX);
	if (size == 5 && memcmp(word, "fds??", 5) == 0) {
		int count = 0;

		for (int i = 0; i < 256; i++)
			count += fcntl(i, F_GETFD) >= 0;
		return snprintf(answer, WORKER_MAX, "%d", count);
	}
	if (size == 4 && memcmp(word, "term", 4) == 0) {
		struct sigaction action;

		sigaction(SIGTERM, NULL, &action);
		return snprintf(answer, WORKER_MAX, "%d", action.sa_handler == SIG_DFL);
	}
	if (size == 5 && memcmp(word, "print", 5) == 0)
		return snprintf(answer, WORKER_MAX, "%d", write(1, "x", 1) < 0 ? errno : 0);
	memcpy(answer, question, size);
	return (ssize_t)size;
}

static ssize_t ask(struct worker *worker, const char *question, char *answer)
{
	return worker_ask(worker, question, strlen(question), -1, answer, PATIENCE);
}

static void check_echo(struct worker *worker, const char *text)
{
	char answer[WORKER_MAX];

	assert_int_equal(ask(worker, text, answer), strlen(text));
	assert_memory_equal(answer, text, strlen(text));
}

static void check_number(struct worker *worker, const char *question, int expected)
{
	char answer[WORKER_MAX], wanted[16];
	int size = snprintf(wanted, sizeof(wanted), "%d", expected);

	assert_int_equal(ask(worker, question, answer), size);
	assert_memory_equal(answer, wanted, (size_t)size);
}

static void a_question_is_answered(void **state)
{
	struct worker worker = WORKER_INIT(serve), none = {0};
	char answer[WORKER_MAX], big[WORKER_MAX];

	(void)state;
	assert_int_equal(worker.pid, 0);
	check_echo(&worker, "one");
	check_echo(&worker, "");
	assert_int_equal(ask(&worker, "fail", answer), -ENOTTY);
	memset(big, 'x', sizeof(big));
	assert_int_equal(worker_ask(&worker, big, sizeof(big) - 1, -1, answer, PATIENCE),
			 sizeof(big) - 1);
	assert_memory_equal(answer, big, sizeof(big) - 1);
	assert_int_equal(worker_ask(&worker, big, sizeof(big), -1, answer, PATIENCE), -EMSGSIZE);
	worker_deinit(&worker);
	assert_int_equal(worker.pid, 0);
	worker_deinit(&worker);
	worker_deinit(&none);
}

static void one_child_answers_many_questions(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	pid_t pid;

	(void)state;
	check_echo(&worker, "first");
	pid = worker.pid;
	for (unsigned i = 0; i < 2000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", i);
		check_echo(&worker, text);
	}
	assert_int_equal(worker.pid, pid);
	worker_deinit(&worker);
}

static void questions_under_way_are_answered_in_their_order(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	char answer[WORKER_MAX];

	(void)state;
	for (char c = 'a'; c <= 'z'; c++)
		assert_int_equal(worker_send(&worker, &c, 1, NULL, 0), 0);
	for (char c = 'a'; c <= 'z'; c++) {
		assert_int_equal(worker_receive(&worker, answer, PATIENCE), 1);
		assert_int_equal(*answer, c);
	}
	worker_deinit(&worker);
}

static void a_late_child_is_given_up(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	char answer[WORKER_MAX];
	int status = SIGKILL;
	pid_t pid;

	(void)state;
	check_echo(&worker, "before");
	pid = worker.pid;
	assert_int_equal(worker_ask(&worker, "hang", 4, -1, answer, LATE), -ETIMEDOUT);
	assert_int_equal(worker.pid, 0);
	/* It was reaped, unless the machine is so slow that this is left to do. */
	expect(waitpid(pid, &status, 0) == pid || errno == ECHILD, "not a child any more");
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	check_echo(&worker, "after");
	assert_int_equal(worker_ask(&worker, "hang", 4, -1, answer, 0), -ETIMEDOUT);
	check_echo(&worker, "again");
	worker_deinit(&worker);
}

static void a_child_that_dies_is_an_error_and_another_one_starts(void **state)
{
	static const char *const ways[] = {"die", "crash"};
	struct rlimit no_core = {0};
	struct worker worker = WORKER_INIT(serve);
	char answer[WORKER_MAX];

	(void)state;
	setrlimit(RLIMIT_CORE, &no_core);
	for (size_t i = 0; i < ROWS(ways); i++) {
		assert_int_equal(ask(&worker, ways[i], answer), -EPIPE);
		check_echo(&worker, "after");
	}
	/* With questions behind the deadly one. */
	assert_int_equal(worker_send(&worker, "x", 1, NULL, 0), 0);
	assert_int_equal(worker_send(&worker, "die", 3, NULL, 0), 0);
	for (int i = 0, r = 0; r >= 0 && i < 100; i++)
		r = worker_send(&worker, "y", 1, NULL, 0);
	assert_int_equal(worker_receive(&worker, answer, PATIENCE), 1);
	assert_int_equal(worker_receive(&worker, answer, PATIENCE), -EPIPE);
	assert_int_equal(worker_receive(&worker, answer, PATIENCE), -EPIPE);
	/* Between two questions. */
	check_echo(&worker, "after");
	kill(worker.pid, SIGKILL);
	while (waitpid(worker.pid, NULL, 0) < 0 && errno == EINTR)
		;
	check_echo(&worker, "and on");
	worker_deinit(&worker);
}

static void a_descriptor_comes_along(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	char answer[WORKER_MAX];
	int fds[WORKER_FDS + 1] = {0}, ends[2];

	(void)state;
	for (char c = 'a'; c < 'e'; c++) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], &c, 1), 1);
		assert_int_equal(worker_send(&worker, "read", 4, ends, 1), 0);
		close(ends[0]);
		close(ends[1]);
	}
	for (char c = 'a'; c < 'e'; c++) {
		assert_int_equal(worker_receive(&worker, answer, PATIENCE), 1);
		assert_int_equal(*answer, c);
	}
	/* Many at once: an answer to each. */
	for (int i = 0; i < WORKER_FDS; i++) {
		char c = (char)('A' + i % 26);

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], &c, 1), 1);
		close(ends[1]);
		fds[i] = ends[0];
	}
	assert_int_equal(worker_send(&worker, "read", 4, fds, WORKER_FDS), 0);
	for (int i = 0; i < WORKER_FDS; i++) {
		close(fds[i]);
		assert_int_equal(worker_receive(&worker, answer, PATIENCE), 1);
		assert_int_equal(*answer, 'A' + i % 26);
	}
	assert_int_equal(worker_send(&worker, "read", 4, fds, WORKER_FDS + 1), -EMSGSIZE);
	/* What was passed is closed: nowhere three times, and the channel. */
	check_number(&worker, "fds??", 4);
	worker_deinit(&worker);
}

static void the_child_holds_and_writes_nothing_of_ours(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	int ends[2], high;
	char c;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	high = fcntl(ends[1], F_DUPFD, 200);
	assert_true(high >= 200);
	signal(SIGTERM, SIG_IGN);
	check_number(&worker, "fds??", 4);
	check_number(&worker, "print", EBADF);
	check_number(&worker, "term", 1);
	signal(SIGTERM, SIG_DFL);
	/* The pipe ends with its last writer, which is not the child. */
	close(ends[1]);
	close(high);
	assert_int_equal(read(ends[0], &c, 1), 0);
	close(ends[0]);
	worker_deinit(&worker);
}

/* From now on this process cannot make another one. */
static bool forbid_fork(int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_fork
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fork, 3, 0),
#else
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 3, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	};
	struct sock_fprog program = {ROWS(filter), filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void a_child_that_cannot_be_started_is_an_error(void **state)
{
	static const int errors[] = {EAGAIN, ENOMEM};

	(void)state;
	for (size_t i = 0; i < ROWS(errors); i++) {
		int status;
		pid_t pid = fork();

		if (!pid) {
			struct worker worker = WORKER_INIT(serve);
			char answer[WORKER_MAX];
			bool is_right = forbid_fork(errors[i]) &&
					ask(&worker, "x", answer) == -errors[i] && !worker.pid &&
					ask(&worker, "x", answer) == -errors[i];

			_exit(is_right ? 0 : 1);
		}
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "errno %d", errors[i]);
	}
}

static void a_channel_that_cannot_be_made_is_an_error(void **state)
{
	struct worker worker = WORKER_INIT(serve);
	struct rlimit old, none;
	char answer[WORKER_MAX];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(ask(&worker, "x", answer), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	check_echo(&worker, "after");
	worker_deinit(&worker);
}

static void the_child_ends_with_its_parent(void **state)
{
	int ends[2];
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		struct worker worker = WORKER_INIT(serve);

		/* The child of the child holds the pipe as long as it lives. */
		worker_send(&worker, "hang", 4, ends + 1, 1);
		_exit(0);
	}
	assert_true(pid > 0);
	close(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 0);
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_answered),
		cmocka_unit_test(one_child_answers_many_questions),
		cmocka_unit_test(questions_under_way_are_answered_in_their_order),
		cmocka_unit_test(a_late_child_is_given_up),
		cmocka_unit_test(a_child_that_dies_is_an_error_and_another_one_starts),
		cmocka_unit_test(a_descriptor_comes_along),
		cmocka_unit_test(the_child_holds_and_writes_nothing_of_ours),
		cmocka_unit_test(a_child_that_cannot_be_started_is_an_error),
		cmocka_unit_test(a_channel_that_cannot_be_made_is_an_error),
		cmocka_unit_test(the_child_ends_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
