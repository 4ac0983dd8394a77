/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line and the exit status of a Nagios or Icinga plugin. */
#ifndef LSPORTS_CLI_VIEW_RENDER_MONITORING_H
#define LSPORTS_CLI_VIEW_RENDER_MONITORING_H
#pragma once

#include "view/render.h"

render_function render_monitoring;
render_failure_function render_monitoring_failure;

/* The states of a plugin, which are its exit status. */
enum render_monitoring {
	RENDER_MONITORING_OK,
	RENDER_MONITORING_WARNING,
	RENDER_MONITORING_CRITICAL,
	RENDER_MONITORING_UNKNOWN,
};

/* @snapshot: NULL when the run failed. */
int render_monitoring_status(const struct view *view, const struct lsp_snapshot *snapshot);

#endif
