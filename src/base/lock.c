/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks by open file description (fcntl(2), F_OFD_SETLK), with a bounded wait. */
#include "lock.h"

#include "cleanup.h"
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <time.h>

#define PAUSE_MSEC 50

int lock_take(const char *path, unsigned seconds)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	cleanup(cleanup_close) int fd = -1;
	uint64_t lowered;
	int r = privileges_lower(PRIVILEGE(CAP_DAC_READ_SEARCH), &lowered);

	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	privileges_raise(lowered);
	if (fd < 0)
		return -errno;
	for (unsigned waited = 0; fcntl(fd, F_OFD_SETLK, &lock) < 0; waited += PAUSE_MSEC) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -errno;
		if (waited >= seconds * 1000)
			return -EBUSY;
		nanosleep(&(struct timespec){.tv_nsec = PAUSE_MSEC * 1000000}, NULL);
	}
	return cleanup_take_fd(&fd);
}
