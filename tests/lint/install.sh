#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: install.sh BUILD_DIR: everything is put in place, and the program finds what it ships.
set -eu
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
DESTDIR=$to meson install -C "$1" --quiet
prefix=$to$(meson introspect "$1" --buildoptions | jq -r '.[] | select(.name == "prefix") | .value')
for file in bin/lsports share/man/man8/lsports.8 share/lsports/services; do
	test -s "$prefix/$file" || { echo "not installed: $file"; exit 1; }
done
"$prefix/bin/lsports" --version
