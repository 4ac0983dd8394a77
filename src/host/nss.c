/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getpwuid_r(3), and whether its "no such account" is to be believed. The function returns what the
 * last service said: in "passwd: ldap files" that is "not found" of the file, though the directory
 * gave no answer; a service that is unavailable without setting errno looks like "not found" too,
 * and so does a daemon that caches (glibc 2.36, nss/getXXbyYY_r.c, nscd/nscd_getpw_r.c). So "no
 * such account" is only believed when each service says it by itself.
 */
#include "host/nss.h"

#include "buf.h"
#include "cleanup.h"
#include "privileges.h"
#include "worker.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SWITCH_FILE "/etc/nsswitch.conf"
#define DATABASE "passwd:"
#define FIRST_SIZE 4096
#define MAX_SIZE (1u << 20) /* of an entry */
#define NAME_SIZE 64        /* of a service */

typedef enum nss_status get_function(uid_t uid, struct passwd *entry, char *texts, size_t size,
				     int *error);

/* --- one service ------------------------------------------------------------------------------ */

/* Return: 0 when the service knows the account or says that there is none, or a negative errno. */
static int ask_function(get_function *get, uid_t uid, struct buf *texts)
{
	struct passwd entry;
	enum nss_status status;
	int error;

	do {
		error = 0;
		status = get(uid, &entry, texts->data, texts->capacity, &error);
	} while (status == NSS_STATUS_TRYAGAIN && error == ERANGE && texts->capacity < MAX_SIZE &&
		 buf_reserve(texts, texts->capacity * 2) == 0);
	if (status == NSS_STATUS_SUCCESS || status == NSS_STATUS_NOTFOUND)
		return 0;
	return error > 0 ? -error : -EIO;
}

/* A service that is not installed is passed over, as glibc does. */
static int ask_service(const char *service, uid_t uid, struct buf *texts)
{
	char name[NAME_SIZE + 32];
	get_function *get = NULL;
	void *module;

	snprintf(name, sizeof(name), "libnss_%s.so.2", service);
	module = dlopen(name, RTLD_NOW);
	snprintf(name, sizeof(name), "_nss_%s_getpwuid_r", service);
	/* POSIX: the object pointer is one to a function. */
	if (module)
		*(void **)&get = dlsym(module, name);
	return get ? ask_function(get, uid, texts) : 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The next name of a service in a line of nsswitch.conf, without what stands in brackets. */
static bool next_service(const char **at, char name[NAME_SIZE])
{
	const char *from = *at;
	size_t size;

	for (;;) {
		while (isspace((unsigned char)*from))
			from++;
		if (*from != '[')
			break;
		from += strcspn(from, "]");
		from += *from == ']';
	}
	size = strcspn(from, " \t\n[#");
	*at = from + size;
	if (!size || size >= NAME_SIZE)
		return false;
	memcpy(name, from, size);
	name[size] = '\0';
	return true;
}

/* The file itself was read already, and glibc has it built in. */
static int ask_services(const char *line, uid_t uid, struct buf *texts)
{
	char name[NAME_SIZE];
	int r = 0;

	while (r >= 0 && next_service(&line, name)) {
		if (strcmp(name, "files") != 0)
			r = ask_service(name, uid, texts);
	}
	return r;
}

/* Return: 0 when no service contradicts that there is no such account, or a negative errno. */
static int confirm_none(uid_t uid, struct buf *texts)
{
	cleanup(cleanup_fclose) FILE *file = fopen(SWITCH_FILE, "re");
	cleanup(cleanup_free) char *line = NULL;
	size_t size = 0;
	int r = 0;

	/* Without the file glibc asks no other service. */
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (r >= 0 && getline(&line, &size, file) > 0) {
		const char *at = line + strspn(line, " \t");

		if (strncmp(at, DATABASE, strlen(DATABASE)) == 0)
			r = ask_services(at + strlen(DATABASE), uid, texts);
	}
	return r >= 0 && ferror(file) ? -EIO : r;
}

ssize_t nss_answer_uid(void *context, const void *question, size_t size, int fd, void *answer)
{
	struct buf texts = BUF_INIT;
	struct passwd entry, *found = NULL;
	uint32_t uid;
	/* Modules of others run here, with what a name server sends them. */
	int error = -privileges_limit(0);

	(void)context;
	(void)fd;
	if (error)
		return -error;
	if (size != sizeof(uid) || buf_reserve(&texts, FIRST_SIZE) < 0)
		return -ENOMEM;
	memcpy(&uid, question, sizeof(uid));
	do {
		error = getpwuid_r(uid, &entry, texts.data, texts.capacity, &found);
	} while (error == ERANGE && texts.capacity < MAX_SIZE &&
		 buf_reserve(&texts, texts.capacity * 2) == 0);
	if (!error && found) {
		size = strlen(entry.pw_name) + 1;
		if (size <= WORKER_MAX)
			memcpy(answer, entry.pw_name, size);
		else
			error = ENAMETOOLONG;
	} else if (!error) {
		size = 0;
		error = -confirm_none(uid, &texts);
	}
	buf_deinit(&texts);
	return error ? -(ssize_t)error : (ssize_t)size;
}
