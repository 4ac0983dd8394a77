#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: minute.sh TARGET CORPUS: fuzz for a minute; new inputs go to a directory that is removed.
set -eu
export UBSAN_OPTIONS=halt_on_error=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# libFuzzer ends with 77 at a finding, which is "skipped" to meson.
"$1" -max_len=4096 -timeout=10 -max_total_time=60 -print_final_stats=1 -artifact_prefix="$work/" "$work" "$2" ||
	exit 1
