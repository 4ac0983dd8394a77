#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: install.sh BUILD_DIR: everything is put in place, and the program finds what it ships.
set -eu
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
DESTDIR=$to meson install -C "$1" --quiet
prefix=$to$(meson introspect "$1" --buildoptions | jq -r '.[] | select(.name == "prefix") | .value')
need() {
	test "$1" "$2" || { echo "not installed: ${2#"$to"}"; exit 1; }
}
for file in bin/lsports share/man/man8/lsports.8 share/man/man5/lsports.rules.5 share/lsports/services share/lsports/usual.rules \
	share/lsports/lsports.cron share/lsports/lsports.alerts.yml; do
	need -s "$prefix/$file"
done
# Where the three shells look.
share=$prefix/share
for file in bash-completion/completions/lsports fish/vendor_completions.d/lsports.fish \
	zsh/site-functions/_lsports; do
	need -s "$share/$file"
done
if test "$prefix" = "$to/usr" && test -e /etc/debian_version; then
	need -s "$share/zsh/vendor-completions/_lsports"
fi
# Where systemd looks is not below our prefix, and neither is what the units and the cron line start.
units=$(pkg-config --variable=systemdsystemunitdir systemd)
for name in lsports-check lsports-metrics; do
	need -s "$to$units/$name.service"
	need -s "$to$units/$name.timer"
done
need -d "$to/etc/lsports/expected.d"
need -d "$to/var/lib/lsports"
for program in $(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$to$units"/lsports-*.service) \
	$(sed -n 's/^[*].* root \([^ ]*\) .*/\1/p' "$prefix/share/lsports/lsports.cron"); do
	need -x "$to$program"
done
# Nothing runs unasked.
test ! -e "$to/etc/cron.d" || { echo "installed: /etc/cron.d"; exit 1; }
"$prefix/bin/lsports" --version
