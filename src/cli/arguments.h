/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the command line -> options. */
#ifndef LSPORTS_CLI_ARGUMENTS_H
#define LSPORTS_CLI_ARGUMENTS_H
#pragma once

#include "options.h"

/*
 * arguments_parse() - pure but for getopt(3)'s own variables. @argv is put into another order and
 * must outlive @options.
 * @error: one line that says what is wrong and the way out.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int arguments_parse(int argc, char **argv, struct options *options, struct error *error);

#endif
