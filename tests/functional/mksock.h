/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request of the command line, the sockets made for it, and the steps between. */
#ifndef TESTS_FUNCTIONAL_MKSOCK_H
#define TESTS_FUNCTIONAL_MKSOCK_H
#pragma once

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define SPEC_FORKS_MAX 64
#define SPEC_COMM_MAX 15

enum spec_kind {
	SPEC_KIND_TCP,           /* a TCP listener */
	SPEC_KIND_UDP,           /* UDP, bound, without a peer */
	SPEC_KIND_UDP_AUTO,      /* UDP that was bound by its first datagram */
	SPEC_KIND_TCP_BOUND,     /* TCP, bound, listen(2) never called */
	SPEC_KIND_TCP_PAIR,      /* a TCP listener and accepted connections to it */
	SPEC_KIND_UDP_CONNECTED, /* UDP, bound, with a peer */
};

/* What holds the socket when the line is printed. */
enum spec_holder {
	SPEC_HOLDER_PROCESS,
	SPEC_HOLDER_THREAD,      /* a thread that has a descriptor table of its own */
	SPEC_HOLDER_LEADER,      /* a thread of a process whose main thread is gone */
	SPEC_HOLDER_SCM,         /* only a message in a queue */
	SPEC_HOLDER_URING,       /* only the file table of an io_uring */
	SPEC_HOLDER_HIDDEN_RING, /* of an io_uring that has no descriptor either */
};

struct spec {
	enum spec_kind kind;
	enum spec_holder holder;
	struct sockaddr_storage address; /* port in network byte order */
	char device[IF_NAMESIZE];        /* "" for none */
	int v6only;                      /* -1: the system's own default */
	unsigned count;                  /* consecutive ports */
	unsigned group;                  /* sockets on each port, SO_REUSEPORT; 0 is one without */
	unsigned pairs;
	unsigned forks;
	bool decoy; /* a child holds descriptors too, whoever holds the socket besides */
	int backlog;
	bool full;
	bool reuseaddr;
	bool has_uid;
	uid_t uid;
	size_t comm_length; /* 0: the program's own name stays */
	char comm[SPEC_COMM_MAX + 1];
	const char *cgroup; /* directory, NULL for none; borrowed from argv */
	const char *forge;  /* program that /proc/PID/exe shall name; as cgroup */
};

/* A socket that was made, as the system calls reported it. */
struct made {
	int fd; /* -1: the kernel's half of a connection that nobody accepted */
	bool is_tcp;
	bool is_auto;
	bool has_backlog;
	bool has_peer;
	const char *state;
	struct sockaddr_storage local;
	struct sockaddr_storage peer;
	uint32_t recv_queue;
	uint32_t backlog;
	/* Read by made_read_facts() while a descriptor is still there. */
	uint64_t inode;
	uint64_t cookie;
	uid_t uid;
	int v6only;
	int reuseport;
	char device[IF_NAMESIZE];
};

struct made_list {
	struct made *items;
	size_t count;
	size_t size;
};

struct made_owners {
	pid_t pids[SPEC_FORKS_MAX + 1];
	size_t count;
	bool has_fd; /* false: held by no descriptor */
	pid_t decoy; /* holds every socket by its descriptor; 0: there is none */
};

/* Both end the program with a message on standard error. */
_Noreturn void spec_fail(const char *what);
_Noreturn void spec_fail_word(const char *word, const char *why);

void spec_parse(const char *text, struct spec *out);

void made_create(const struct spec *spec, struct made_list *list);
void made_read_facts(struct made_list *list);
void made_render(FILE *stream, const struct spec *spec, const struct made_list *list,
		 const struct made_owners *owners);

/* Moves the descriptors of @list to where @spec wants them; owners->has_fd is set to match. */
void hold_take_descriptors(const struct spec *spec, struct made_list *list,
			   struct made_owners *owners);

/*
 * Afterwards /proc/self/exe names @path, a program that the process may read. This needs no
 * privilege, but a user namespace.
 */
void forge_exe(const char *path);

/* Runs @body(@data) in the thread that @spec->holder asks for. Never returns. */
_Noreturn void hold_run_thread(enum spec_holder holder, void (*body)(void *data), void *data);

#endif
