/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps that lose nothing. A dump of several datagrams is resumed by bucket and ordinal
 * (net/ipv4/inet_diag.c), so that a socket which was open all the time is passed over when
 * others before it in its bucket close in between, and an attacker can arrange that. A dump
 * that ends inside one datagram visits each bucket once, under its lock.
 */
#ifndef LSPORTS_COLLECT_SWEEP_H
#define LSPORTS_COLLECT_SWEEP_H
#pragma once

#include "collect/collection.h"

/*
 * Above so many sockets of one protocol and family a plain listing keeps the wide dump. Narrow
 * ones grow with the square of the number: 2 ms with 2,000, 11 ms with 5,000, 80 ms with 15,000,
 * where a wide one takes 4 ms.
 */
#define SWEEP_WIDE_ABOVE 5000

/*
 * sweep_listeners() - the sockets of @request into @snapshot, by port ranges split until each
 * fits one datagram with room left. Wide when that is not query->strict and there are many.
 * Return: 0 or a negative errno; what was added must then be rolled back by the caller.
 */
int sweep_listeners(struct collection *collection, const struct diag_request *request,
		    struct lsp_snapshot *snapshot);

#endif
