/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A forked child that answers questions and can be killed: for calls that somebody else can make
 * wait for ever. The child is started by the first question. One that is late or that dies is given
 * up, with every question that it has not answered, and the next question starts another.
 */
#ifndef LSPORTS_BASE_WORKER_H
#define LSPORTS_BASE_WORKER_H
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define WORKER_MAX 8192 /* bytes of an answer; a question is shorter */
#define WORKER_FDS 64   /* descriptors of a question */

/*
 * Runs in the child, where standard input, output and error lead nowhere, no descriptor of the
 * parent is open, and signals do what they do by default. The parent may have threads: only what is
 * safe after fork(2) may be called here, and in a library whose locks a thread may have held, the
 * deadline is what ends the wait.
 * It is called for each descriptor that came with a question, and once where none did.
 * @context: the worker's, as it was when the child was made.
 * @fd: the descriptor, or -1. The child closes it afterwards.
 * @answer: WORKER_MAX bytes.
 * Return: the size of the answer, or a negative errno.
 */
typedef ssize_t worker_function(void *context, const void *question, size_t size, int fd,
				void *answer);

struct worker {
	worker_function *function;
	void *context; /* borrowed */
	pid_t pid;     /* 0: there is no child */
	int fd;        /* owned while there is a child */
};

#define WORKER_INIT(answer) ((struct worker){.function = (answer)})

/*
 * worker_start() - starts the child before the first question does, while there are descriptors for
 * it. Return: 0, or why no child could be started.
 */
int worker_start(struct worker *worker);

/* worker_deinit() - ends the child. Takes a zeroed one too. It never waits for a stuck child. */
void worker_deinit(struct worker *worker);

/*
 * worker_send() - hands over a question, whose answers worker_receive() returns: one for each
 * descriptor, in their order, or a single one where there is none.
 * @fds: at most WORKER_FDS descriptors for the child. They stay the caller's.
 * Return: 0; -EAGAIN, -ENOMEM, -EMFILE, ...: no child could be started, or the question not be
 * sent; -EPIPE: the child died, and worker_receive() has what it answered before.
 */
int worker_send(struct worker *worker, const void *question, size_t size, const int *fds,
		size_t count);

/*
 * worker_receive() - the next answer.
 * @answer: WORKER_MAX bytes.
 * Return: its size, or what the function returned instead; -ETIMEDOUT: it was late; -EPIPE: the
 * child died. After the last two all questions under way are lost.
 */
ssize_t worker_receive(struct worker *worker, void *answer, int timeout_msec);

/*
 * worker_ask() - one question and its answer. @fd: a descriptor, or -1.
 * Return: as both of the above.
 */
ssize_t worker_ask(struct worker *worker, const void *question, size_t size, int fd, void *answer,
		   int timeout_msec);

#endif
