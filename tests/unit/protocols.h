/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Indices of protocols for tables in tests; test_protocol.c checks them against the rows. */
#ifndef LSPORTS_TESTS_PROTOCOLS_H
#define LSPORTS_TESTS_PROTOCOLS_H
#pragma once

enum { LSP_PROTO_TCP, LSP_PROTO_UDP, LSP_PROTO_UDPLITE, LSP_PROTO_COUNT };

/* The set of all, as a constant. */
#define LSP_PROTO_ALL (LSP_BIT(LSP_PROTO_COUNT) - 1)

#endif
