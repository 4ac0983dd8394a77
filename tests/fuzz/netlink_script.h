/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The input of fuzz_netlink: one byte of SCRIPT_* bits, then datagrams, each with its length in
 * 16 bits, low byte first. Lengths from SCRIPT_ERROR on have no bytes and are the errno in their
 * low byte, 0 an empty datagram. SCRIPT_REPEAT in a length: the datagram is filled up with copies
 * of what follows, each a socket of its own. A message with sequence number 0 answers whatever was
 * asked last.
 */
#ifndef TESTS_FUZZ_NETLINK_SCRIPT_H
#define TESTS_FUZZ_NETLINK_SCRIPT_H
#pragma once

#define SCRIPT_UDP 0x01
#define SCRIPT_IPV6 0x02
#define SCRIPT_STRICT 0x04
#define SCRIPT_AUTO 0x08
#define SCRIPT_OTHERS 0x10
#define SCRIPT_PORTS 0x20 /* 1000-1999 */
#define SCRIPT_NO_LISTENERS 0x40
#define SCRIPT_BOTH 0x80 /* both families and protocols */

#define SCRIPT_ERROR 0xff00
#define SCRIPT_REPEAT 0x8000

#endif
