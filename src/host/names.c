/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child that has others ask the name services. What their modules do nobody can list, and they
 * may take for ever or crash: each is a child of this one, which is made before the caller limits
 * what it and its children may do, and which replaces it when it is late or dead.
 */
#include "host/names.h"

#include "host/nss.h"
#include "privileges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The child itself never waits longer than it is told: it only has to be scheduled. */
#define SLACK_MSEC 500

struct question {
	uint32_t uid;
	int timeout_msec;
};

struct lsp_names {
	struct worker host;
	struct worker asker; /* in the host */
	int error;           /* why there is no host */
	bool has_asked;
};

/* In the host. */
static ssize_t answer_uid(void *context, const void *bytes, size_t size, int fd, void *answer)
{
	struct question question;
	int r;

	(void)fd;
	/* The host is about to end: nobody else would wait for its child. */
	if (!size) {
		worker_deinit(context);
		return 0;
	}
	r = privileges_limit(0);
	if (r < 0 || size != sizeof(question))
		return r < 0 ? r : -EINVAL;
	memcpy(&question, bytes, sizeof(question));
	return worker_ask(context, &question.uid, sizeof(question.uid), -1, answer,
			  question.timeout_msec);
}

int lsp_names_start(struct lsp_names **out)
{
	struct lsp_names *names = calloc(1, sizeof(*names));

	*out = names;
	if (!names)
		return -ENOMEM;
	names->asker = WORKER_INIT(nss_answer_uid);
	names->host = WORKER_INIT(answer_uid);
	names->host.context = &names->asker;
	names->error = worker_start(&names->host);
	return 0;
}

void lsp_names_free(struct lsp_names *names)
{
	char answer[NAMES_MAX];

	if (!names)
		return;
	if (names->has_asked && names->host.pid)
		worker_ask(&names->host, NULL, 0, -1, answer, SLACK_MSEC);
	worker_deinit(&names->host);
	free(names);
}

ssize_t names_ask_uid(struct lsp_names *names, uint32_t uid, char *answer, int timeout_msec)
{
	const struct question question = {uid, timeout_msec};

	if (names->error < 0)
		return names->error;
	names->has_asked = true;
	return worker_ask(&names->host, &question, sizeof(question), -1, answer,
			  timeout_msec + SLACK_MSEC);
}
