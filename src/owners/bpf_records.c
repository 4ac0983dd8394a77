/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the program in the kernel, process by process. The kernel says which descriptor is
 * which socket; what a process is, /proc says.
 */
#include "owners/bpf_records.h"

#include "deadline.h"
#include "owners/iouring.h"

#include <stdio.h>
#include <unistd.h>

/* What is open while the records of one thread come, one behind another. */
struct holder {
	struct visit visit;
	uint32_t thread;
	int dir; /* of the thread, borrowed where it is the visit's */
};

static void leave_thread(struct holder *holder)
{
	if (holder->dir >= 0 && holder->dir != holder->visit.dir)
		close(holder->dir);
	holder->dir = -1;
	holder->thread = 0;
}

static void leave_process(struct walk *walk, struct holder *holder)
{
	leave_thread(holder);
	if (holder->visit.pid)
		tally_add(&walk->tally, &holder->visit);
	visit_end(&holder->visit);
}

static void enter_process(struct walk *walk, struct holder *holder, uint32_t pid)
{
	char name[16];

	leave_process(walk, holder);
	snprintf(name, sizeof(name), "%u", pid);
	visit_begin(&holder->visit, &walk->proc, name, pid);
	holder->visit.end = walk->deadline;
}

static void enter_thread(struct walk *walk, struct holder *holder, uint32_t thread)
{
	char name[32];

	leave_thread(holder);
	holder->thread = thread;
	holder->dir = holder->visit.dir;
	if (thread == holder->visit.pid || holder->dir < 0)
		return;
	snprintf(name, sizeof(name), "task/%u", thread);
	holder->dir = procfs_open_below(&walk->proc, holder->visit.dir, name);
}

/* The sockets of a ring are in its fdinfo. */
static int add_ring(struct walk *walk, struct holder *holder, const struct descriptor *record)
{
	char name[16];

	if (holder->dir < 0)
		return 0;
	snprintf(name, sizeof(name), "%d", record->fd);
	return iouring_add_owners(walk, &holder->visit, holder->dir, name);
}

static int add_socket(struct walk *walk, struct holder *holder, const struct descriptor *record)
{
	/* The PID may be another process by now: walk_add_owner() looks whether it holds it. */
	if (holder->dir < 0)
		return 0;
	return walk_add_owner(walk, &holder->visit, holder->dir, record->inode, record->fd);
}

/* Does the snapshot have the process? Then nothing need be opened or checked for it. */
static bool is_known(const struct holder *holder, const struct descriptor *record)
{
	return holder->visit.is_added && record->pid == holder->visit.pid;
}

static int add_record(struct walk *walk, struct holder *holder, const struct descriptor *record)
{
	bool is_socket = record->inode, is_mark = !is_socket && record->fd < 0;

	if (is_mark)
		return intmap_put(&walk->checked, record->pid, 0);
	/* No process is entered in vain; walk_add_owner() asks again where it is known. */
	if (is_socket ? !is_known(holder, record) && !wanted_find(&walk->wanted, record->inode)
		      : !walk->wanted.is_whole)
		return 0;
	if (record->pid != holder->visit.pid)
		enter_process(walk, holder, record->pid);
	if (record->thread != holder->thread)
		enter_thread(walk, holder, record->thread);
	return is_socket ? add_socket(walk, holder, record) : add_ring(walk, holder, record);
}

int bpf_records_add(struct walk *walk, const struct bpf_pass_records *records)
{
	struct holder holder = {.visit = VISIT_NONE, .dir = -1};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < records->count; i++) {
		if (deadline_is_over(walk->deadline)) {
			walk->tally.is_cut = true;
			break;
		}
		r = add_record(walk, &holder, bpf_pass_record(records, i));
	}
	leave_process(walk, &holder);
	return r < 0 ? r : 0;
}
