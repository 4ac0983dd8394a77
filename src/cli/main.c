/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lsports: arguments -> options that go together -> the command that they ask for -> messages and
 * exit status. Each command is a file of its own.
 */
#include "arguments.h"
#include "check.h"
#include "complete.h"
#include "confinement.h"
#include "conflicts.h"
#include "explain.h"
#include "help.h"
#include "kept.h"
#include "learn.h"
#include "list.h"
#include "message.h"
#include "output.h"
#include "privileges.h"
#include "watch.h"

/* What the program can do; the first row that is asked for runs. */
static const struct command {
	bool (*is_asked)(const struct options *options); /* NULL: whatever the options are */
	enum status (*run)(const struct options *options, const struct target *target,
			   struct buf *messages);
} commands[] = {
	/* clang-format off */
	{help_is_asked, help_run},
	{complete_is_asked, complete_run},
	{explain_is_asked, explain_run},
	{watch_is_asked, watch_run},
	{learn_is_asked, learn_run},
	{check_is_asked, check_run},
	{NULL, list_run},
	/* clang-format on */
};

static enum status run(const struct options *options, struct buf *messages)
{
	const struct command *command = commands;
	enum status status = STATUS_FAILED;
	struct error error = ERROR_INIT;
	struct target target;

	while (command->is_asked && !command->is_asked(options))
		command++;
	target_init(&target, options);
	if (confinement_begin(options, &target.names, &error) < 0)
		message_add_error(messages, &error);
	else
		status = command->run(options, &target, messages);
	lsp_names_free(target.names);
	error_deinit(&error);
	return status;
}

int main(int argc, char **argv)
{
	struct buf messages = BUF_INIT;
	enum status status = STATUS_FAILED;
	struct error error = ERROR_INIT;
	struct options options = {0};
	int r;

	if (output_sanitize_std_fds() < 0)
		return STATUS_FAILED;
	r = privileges_begin();
	if (r < 0)
		error_set_errno(&error, r, "could not give up the way to more privileges");
	if (r < 0 || arguments_parse(argc, argv, &options, &error) < 0 ||
	    conflicts_check(&options, &error) < 0 || kept_limit(&options, &error) < 0)
		message_add_error(&messages, &error);
	else
		status = run(&options, &messages);
	message_print(&messages);
	options_deinit(&options);
	error_deinit(&error);
	buf_deinit(&messages);
	return (int)status;
}
