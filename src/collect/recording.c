/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recording as a transport: what the kernel answered once, read from one file. Trusts nothing
 * in it; a cut file is an error when its end is reached.
 */
#include "collect/recording.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (64u << 20)

struct recording {
	struct transport transport;
	struct buf file;
	size_t next;  /* offset of the next reply's length, 0: the request was unknown */
	uint32_t seq; /* of the request being answered */
	bool *used;   /* runs that were answered from, by their ordinal */
	size_t run_count;
};

static struct recording *recording_of(struct transport *transport)
{
	return (struct recording *)transport;
}

/* The record at *offset; moves past it. Return: its size, 0 at the end of a run, or -EBADMSG. */
static ssize_t scan_record(const struct recording *recording, size_t *offset, const char **record)
{
	uint32_t size;

	if (recording->file.size - *offset < sizeof(size))
		return -EBADMSG;
	memcpy(&size, recording->file.data + *offset, sizeof(size));
	*offset += sizeof(size);
	if (recording->file.size - *offset < size)
		return -EBADMSG;
	*record = recording->file.data + *offset;
	*offset += size;
	return (ssize_t)size;
}

/* Equal but for sequence number and port id, which each run of a program has of its own. */
static bool is_same_request(const char *a, const char *b, size_t size)
{
	const size_t seq = offsetof(struct nlmsghdr, nlmsg_seq);
	const size_t body = sizeof(struct nlmsghdr);

	return size >= body && memcmp(a, b, seq) == 0 &&
	       memcmp(a + body, b + body, size - body) == 0;
}

static int recording_send(struct transport *transport, const void *request, size_t size)
{
	struct recording *recording = recording_of(transport);
	const struct nlmsghdr *header = request;
	size_t offset = 0;

	recording->seq = header->nlmsg_seq;
	recording->next = 0;
	for (size_t run = 0; offset < recording->file.size; run++) {
		const char *record;
		ssize_t n = scan_record(recording, &offset, &record);

		if (n < 0)
			return (int)n;
		if (run < recording->run_count && !recording->used[run] && (size_t)n == size &&
		    is_same_request(record, request, size)) {
			recording->used[run] = true;
			recording->next = offset;
			return 0;
		}
		while (n > 0)
			n = scan_record(recording, &offset, &record);
		if (n < 0)
			return (int)n;
	}
	return 0;
}

static ssize_t answer_unknown(const struct recording *recording, void *reply, size_t size)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer = {
		.header = {.nlmsg_len = sizeof(answer),
			   .nlmsg_type = NLMSG_ERROR,
			   .nlmsg_seq = recording->seq},
		.error.error = -ENOENT,
	};

	if (size < sizeof(answer))
		return -ENOSPC;
	memcpy(reply, &answer, sizeof(answer));
	return sizeof(answer);
}

/* Replies carry the sequence number and port id of the recorded run: ours are put in. */
static void adopt(char *reply, size_t size, uint32_t seq)
{
	for (size_t at = 0; size - at >= sizeof(struct nlmsghdr);) {
		struct nlmsghdr header;

		memcpy(&header, reply + at, sizeof(header));
		header.nlmsg_seq = seq;
		header.nlmsg_pid = 0;
		memcpy(reply + at, &header, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size - at)
			return;
		at += NLMSG_ALIGN(header.nlmsg_len);
		if (at > size)
			return;
	}
}

static ssize_t recording_receive(struct transport *transport, void *reply, size_t size)
{
	struct recording *recording = recording_of(transport);
	const char *record;
	ssize_t n;

	if (!recording->next)
		return answer_unknown(recording, reply, size);
	n = scan_record(recording, &recording->next, &record);
	if (n <= 0)
		return n < 0 ? n : -EAGAIN;
	if ((size_t)n > size)
		return -ENOSPC;
	memcpy(reply, record, (size_t)n);
	adopt(reply, (size_t)n, recording->seq);
	return n;
}

static void recording_free(struct transport *transport)
{
	struct recording *recording = recording_of(transport);

	buf_deinit(&recording->file);
	free(recording->used);
	free(recording);
}

static const struct transport_ops recording_ops = {
	.send = recording_send,
	.receive = recording_receive,
	.free = recording_free,
};

int recording_open(const struct root *root, struct transport **out)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int r;

	*out = NULL;
	if (!recording)
		return -ENOMEM;
	recording->transport.ops = &recording_ops;
	r = root_read(root, "netlink", &recording->file, FILE_MAX);
	if (r >= 0) {
		recording->run_count = recording->file.size / (2 * sizeof(uint32_t)) + 1;
		recording->used = calloc(recording->run_count, sizeof(*recording->used));
		if (!recording->used)
			r = -ENOMEM;
	}
	if (r < 0) {
		recording_free(&recording->transport);
		return r;
	}
	*out = &recording->transport;
	return 0;
}
