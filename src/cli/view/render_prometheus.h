/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics for the textfile collector of node_exporter. */
#ifndef LSPORTS_CLI_VIEW_RENDER_PROMETHEUS_H
#define LSPORTS_CLI_VIEW_RENDER_PROMETHEUS_H
#pragma once

#include "view/render.h"

render_function render_prometheus;
render_failure_function render_prometheus_failure;

#endif
