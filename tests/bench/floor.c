// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor dump|descriptors: how long the kernel alone takes to answer; the answer is thrown away.
 *
 *   dump         every TCP socket through netlink
 *   descriptors  every descriptor of every process through BPF, connections too
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if LSP_HAS_BPF
#include <descriptors.skel.h>
#endif

static char bytes[1 << 16];

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static bool is_last(const char *at, ssize_t size)
{
	const struct nlmsghdr *header = (const void *)at;
	int left = (int)size;

	for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
		if (header->nlmsg_type == NLMSG_ERROR)
			fail("the kernel refused");
		if (header->nlmsg_type == NLMSG_DONE)
			return true;
	}
	return false;
}

static void dump_family(int fd, unsigned char family)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = family,
			 .sdiag_protocol = IPPROTO_TCP,
			 .idiag_states = ~0u},
	};
	ssize_t n;

	if (send(fd, &request, sizeof(request), 0) < 0)
		fail("send");
	do {
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n < 0)
			fail("recv");
	} while (!is_last(bytes, n));
}

static void dump(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		fail("socket");
	dump_family(fd, AF_INET);
	dump_family(fd, AF_INET6);
	close(fd);
}

static void read_descriptors(void)
{
#if LSP_HAS_BPF
	struct descriptors *program = descriptors__open();
	union bpf_attr attr = {0};
	ssize_t n;
	int fd;

	if (!program)
		fail("open");
	program->rodata->types = 1u << SOCK_STREAM | 1u << SOCK_DGRAM;
	if (descriptors__load(program) < 0 || descriptors__attach(program) < 0)
		fail("load");
	attr.iter_create.link_fd = (__u32)program->links.list_descriptors_fd;
	fd = skel_sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		fail("iterator");
	do {
		n = read(fd, bytes, sizeof(bytes));
	} while (n > 0 || (n < 0 && errno == EAGAIN));
	if (n < 0)
		fail("read");
	close(fd);
	descriptors__destroy(program);
#else
	fail("built without BPF");
#endif
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "dump") == 0) {
		dump();
	} else if (argc == 2 && strcmp(argv[1], "descriptors") == 0) {
		read_descriptors();
	} else {
		fputs("usage: floor dump|descriptors\n", stderr);
		return 2;
	}
	return 0;
}
