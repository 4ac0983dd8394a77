/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name service for glibc with one account, whose uid is that of DIRECTORY_UID. How it answers is
 * the first word of DIRECTORY_MODE, with an errno as the second one; each question leaves a byte in
 * the file DIRECTORY_LOG.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAME "alice"

enum nss_status _nss_lsportstest_getpwuid_r(uid_t uid, struct passwd *entry, char *texts,
					    size_t size, int *error);

static void leave_byte(void)
{
	const char *path = getenv("DIRECTORY_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

	if (fd >= 0 && write(fd, "?", 1) != 1)
		abort();
	close(fd);
}

static bool is_privileged(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &header, data) < 0 || data[0].permitted || data[1].permitted;
}

/* "unavailable 110" */
static enum nss_status answer_mode(const char *mode, int *error)
{
	char word[32] = "";
	int number = 0;

	sscanf(mode, "%31s %d", word, &number);
	if (strcmp(word, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(word, "crash") == 0)
		abort();
	if (strcmp(word, "exit") == 0)
		exit(0);
	if (strcmp(word, "print") == 0) {
		printf("printed by a name service\n");
		fflush(stdout);
		fprintf(stderr, "printed by a name service\n");
		return NSS_STATUS_SUCCESS;
	}
	if (strcmp(word, "unprivileged") == 0 && !is_privileged())
		return NSS_STATUS_SUCCESS;
	/* Some modules leave errno to the call that failed, some set none. */
	errno = number;
	*error = number;
	return strcmp(word, "unavailable") == 0 || strcmp(word, "unprivileged") == 0
		       ? NSS_STATUS_UNAVAIL
	       : strcmp(word, "again") == 0 ? NSS_STATUS_TRYAGAIN
	       : strcmp(word, "none") == 0  ? NSS_STATUS_NOTFOUND
					    : NSS_STATUS_SUCCESS;
}

enum nss_status _nss_lsportstest_getpwuid_r(uid_t uid, struct passwd *entry, char *texts,
					    size_t size, int *error)
{
	const char *mode = getenv("DIRECTORY_MODE"), *known = getenv("DIRECTORY_UID");
	enum nss_status status;

	leave_byte();
	status = answer_mode(mode ? mode : "", error);
	if (status != NSS_STATUS_SUCCESS)
		return status;
	if (!known || uid != (uid_t)strtoul(known, NULL, 10)) {
		*error = ENOENT;
		return NSS_STATUS_NOTFOUND;
	}
	/* An entry of more than the room that is offered first. */
	if (size < 10000) {
		*error = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	memset(texts, 0, size);
	memcpy(texts, NAME, sizeof(NAME));
	*entry = (struct passwd){.pw_name = texts,
				 .pw_passwd = texts + sizeof(NAME),
				 .pw_uid = uid,
				 .pw_gecos = texts + sizeof(NAME),
				 .pw_dir = texts + sizeof(NAME),
				 .pw_shell = texts + sizeof(NAME)};
	return NSS_STATUS_SUCCESS;
}
