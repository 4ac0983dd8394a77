/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mutations that know the form of fuzz_netlink's input. Half of the time the lengths of datagrams,
 * messages and attributes are corrected afterwards; otherwise most inputs would end at the first
 * check. Needs libFuzzer.
 */
#include "fuzz.h"
#include "netlink_script.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

/* Attributes up to @size bytes; the last one takes what is left. */
static void repair_attributes(uint8_t *bytes, size_t size)
{
	while (size >= NLA_HDRLEN) {
		struct nlattr attribute;

		memcpy(&attribute, bytes, sizeof(attribute));
		if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > size)
			attribute.nla_len = (uint16_t)(size < 12 ? size : 12);
		memcpy(bytes, &attribute, sizeof(attribute));
		if ((size_t)NLA_ALIGN(attribute.nla_len) >= size)
			return;
		bytes += NLA_ALIGN(attribute.nla_len);
		size -= NLA_ALIGN(attribute.nla_len);
	}
}

static void repair_messages(uint8_t *bytes, size_t size)
{
	const size_t behind = sizeof(struct nlmsghdr) + sizeof(struct inet_diag_msg);

	while (size >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr header;

		memcpy(&header, bytes, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size)
			header.nlmsg_len = (uint32_t)size;
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY && size >= behind &&
		    header.nlmsg_len < behind)
			header.nlmsg_len = (uint32_t)behind;
		if (header.nlmsg_pid != 77)
			header.nlmsg_pid = 0;
		if (header.nlmsg_seq > 64)
			header.nlmsg_seq = 0;
		memcpy(bytes, &header, sizeof(header));
		if (header.nlmsg_len > behind)
			repair_attributes(bytes + behind, header.nlmsg_len - behind);
		if (NLMSG_ALIGN(header.nlmsg_len) >= size)
			return;
		bytes += NLMSG_ALIGN(header.nlmsg_len);
		size -= NLMSG_ALIGN(header.nlmsg_len);
	}
}

static void repair(uint8_t *data, size_t size)
{
	size_t at = 1;

	while (at + 2 < size) {
		size_t length = data[at] | (size_t)data[at + 1] << 8, flag;

		at += 2;
		if (length >= SCRIPT_ERROR)
			continue;
		flag = length & SCRIPT_REPEAT;
		length &= SCRIPT_REPEAT - 1;
		if (length > size - at)
			length = size - at;
		data[at - 2] = (uint8_t)(length | flag);
		data[at - 1] = (uint8_t)((length | flag) >> 8);
		repair_messages(data + at, length);
		at += length;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed & 1)
		repair(data, size);
	return size;
}
