/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of what a walk could not read. What they mean, owners/procgaps.c decides. */
#include "owners/tally.h"

#include "deadline.h"

#include <string.h>

void tally_begin_pass(struct tally *tally)
{
	tally->processes = tally->refused = tally->overmounted = 0;
	tally->was_cut |= tally->is_cut;
	tally->earlier_unvisited = tally->unvisited;
	tally->earlier_late = tally->late;
	tally->is_cut = false;
	tally->unvisited = tally->late = 0;
	memcpy(tally->earlier, tally->errors, sizeof(tally->earlier));
	memset(tally->errors, 0, sizeof(tally->errors));
}

static void note_time(struct tally *tally, const struct visit *visit)
{
	int64_t took = visit->start ? deadline_now() - visit->start : 0;

	if (took <= tally->longest)
		return;
	tally->longest = took;
	tally->longest_pid = visit->pid;
}

void tally_add(struct tally *tally, const struct visit *visit)
{
	note_time(tally, visit);
	tally->ended += visit->is_gone;
	if (visit->is_refused && !visit->is_gone) {
		tally->refused++;
		tally->refused_pid = visit->pid;
	}
	tally->overmounted += visit->is_overmounted;
	if (visit->is_late && !tally->late++)
		tally->late_pid = visit->pid;
	if (visit->error) {
		tally->failed_pid = visit->pid;
		tally_add_error(tally, visit->error, 1);
	}
}

void tally_add_error(struct tally *tally, int error, uint64_t count)
{
	for (size_t i = 0; i < TALLY_ERRORS; i++) {
		struct tally_error *slot = &tally->errors[i];

		/* The last slot takes what has no slot of its own: better misnamed than lost. */
		if (!slot->error || i == TALLY_ERRORS - 1)
			slot->error = error;
		if (slot->error == error) {
			slot->count += count;
			return;
		}
	}
}

uint64_t tally_find_error(const struct tally_error errors[TALLY_ERRORS], int error)
{
	for (size_t i = 0; i < TALLY_ERRORS; i++) {
		if (errors[i].error == error)
			return errors[i].count;
	}
	return 0;
}
