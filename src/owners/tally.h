/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many processes a walk saw, and how many of them it could not read. */
#ifndef LSPORTS_OWNERS_TALLY_H
#define LSPORTS_OWNERS_TALLY_H
#pragma once

#include "owners/visit.h"

#include <stdint.h>

#define TALLY_ERRORS 8

/* How many processes failed with one error. */
struct tally_error {
	int error; /* positive errno, 0: unused */
	uint64_t count;
};

struct tally {
	/* of this pass */
	uint64_t processes;
	uint64_t refused;     /* the kernel did not let us read them */
	uint32_t refused_pid; /* the last of these */
	bool is_cut;          /* the time limit was reached, and how many are left is unknown */
	uint64_t unvisited;   /* there was no time for them */
	uint64_t late;        /* there was no time to read them to their end */
	uint32_t late_pid;    /* the first of these, in the last pass that had one */
	uint64_t overmounted; /* something is mounted over them */
	struct tally_error errors[TALLY_ERRORS];
	/* of the pass before */
	struct tally_error earlier[TALLY_ERRORS];
	bool was_cut;
	uint64_t earlier_unvisited, earlier_late;
	/* of all passes */
	int64_t longest; /* nanoseconds that one process took */
	uint32_t longest_pid;
	uint64_t ended;      /* while they were read */
	uint32_t failed_pid; /* the last one that failed, 0: none */
};

/* tally_begin_pass() - begins the counts of another pass. */
void tally_begin_pass(struct tally *tally);

/* tally_add() - what could not be read of a process, when its visit ends. */
void tally_add(struct tally *tally, const struct visit *visit);

/* tally_add_error() - @count processes failed with @error, positive; 0: the number is unknown. */
void tally_add_error(struct tally *tally, int error, uint64_t count);

/* tally_find_error() - how many failed with @error; 0 for none. */
uint64_t tally_find_error(const struct tally_error errors[TALLY_ERRORS], int error);

#endif
