/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's half of sock_diag, for tests: its messages, its interpreter of port bytecode, and a
 * transport that answers dumps from a list of sockets as the kernel would.
 */
#ifndef LSPORTS_TESTS_FAKEDIAG_H
#define LSPORTS_TESTS_FAKEDIAG_H
#pragma once

#include "buf.h"
#include "collect/diag.h"
#include "collect/transport.h"

#include <lsports/lsports.h>

/* --- messages, appended to a datagram --- */

struct reply {
	uint32_t seq, portid;
	uint16_t flags; /* besides NLM_F_MULTI */
};

void reply_header(struct buf *out, const struct reply *reply, uint16_t type, size_t payload);

/* has_cgroup and a known v6only become attributes. */
void reply_socket(struct buf *out, const struct reply *reply, const struct lsp_socket *socket,
		  uint32_t ifindex);

/* One attribute; the length of the message that begins at @start grows with it. */
void reply_attribute(struct buf *out, size_t start, uint16_t type, const void *bytes, size_t size);

/* NLMSG_DONE and NLMSG_ERROR with a number. */
void reply_done(struct buf *out, const struct reply *reply, int32_t error);
void reply_error(struct buf *out, const struct reply *reply, int32_t error);

/*
 * A run of a recording ("netlink" below a root): @request is answered with one datagram of sockets
 * and an end with @error.
 */
void recording_append(struct buf *file, const struct diag_request *request,
		      const struct lsp_socket *sockets, size_t count, int32_t error);

/* --- bytecode (net/ipv4/inet_diag.c) --- */

/* inet_diag_bc_audit(): does the kernel take this program at all? */
bool bytecode_is_valid(const uint8_t *code, size_t size);

/*
 * inet_diag_bc_run(): the program ends at exactly its length. @socket: is_auto YES passes
 * INET_DIAG_BC_AUTO, and zone_index is the device.
 */
bool bytecode_accepts(const uint8_t *code, size_t size, const struct lsp_socket *socket);

/* Does it ask by more than the port: by address, device or cgroup? */
bool bytecode_is_part(const uint8_t *code, size_t size);

/* --- a kernel that holds sockets --- */

#define FAKE_ASKED_MAX 8192

struct fake_request {
	struct lsp_port_range ports; /* as found by running the bytecode over every port, without
				      * what it asks by besides */
	size_t datagrams;            /* with sockets, handed out for it */
	size_t sockets;
	size_t largest; /* bytes of the largest of them */
	bool is_auto_only;
	uint8_t *code; /* owned: the bytecode */
	size_t code_size;
};

struct fake_kernel {
	struct transport transport;
	const struct lsp_socket *sockets; /* borrowed; is_auto YES passes INET_DIAG_BC_AUTO */
	size_t count;
	size_t first_count;  /* so many are there during the first dump; 0: all */
	size_t datagram_max; /* 32 KiB, or less when its memory is short */
	int64_t *deadline;   /* NULL, or what is over once @late_after requests were made */
	size_t late_after;
	unsigned interrupts; /* so many dumps are marked NLM_F_DUMP_INTR */
	bool has_no_cgroups; /* its audit does not know INET_DIAG_BC_CGROUP_COND */
	struct fake_request *asked;
	size_t asked_count;
	/* of the dump that is going on */
	size_t at;
	uint32_t seq, states;
	uint8_t extensions;
	uint8_t family, protocol;
	bool is_done;
};

void fake_kernel_init(struct fake_kernel *kernel, const struct lsp_socket *sockets, size_t count);
void fake_kernel_deinit(struct fake_kernel *kernel);

#endif
