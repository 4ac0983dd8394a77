/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit status. */
#ifndef LSPORTS_CLI_STATUS_H
#define LSPORTS_CLI_STATUS_H
#pragma once

/* The same for every command; with --format monitoring it is that of a plugin (view/formats.h). */
enum status {
	STATUS_SHOWN = 0,
	STATUS_FOUND = 1, /* --check found something, or selectors found nothing */
	STATUS_FAILED = 2,
	STATUS_INCOMPLETE = 3,
};

#endif
