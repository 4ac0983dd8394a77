#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: tool.sh PROGRAM ARGUMENT...: runs it; where it is not installed the test fails and says so.
command -v "$1" >/dev/null || {
	echo "FAIL: the program '$1' is not installed"
	exit 1
}
exec "$@"
