#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: install.sh BUILD_DIR, as root: for each prefix everything is installed, below the prefix's own
# directories and nowhere else, the program finds what it ships, and no text names a path of another
# prefix. BUILD_DIR has the helpers of the tests.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
mksock=$1/tests/mksock
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
	echo "FAILED: prefix $prefix: $*"
	failed=1
}
need() {
	test "$1" "$to$2" || fail "not installed: $2"
}
# Is path $1 one of ours, below the directories of this prefix?
is_own() {
	case $1 in
	"$prefix"/* | "$sysconfdir"/* | "$localstatedir"/*) return 0 ;;
	esac
	return 1
}

check_files() {
	local file name
	for file in bin/lsports share/man/man8/lsports.8 share/man/man5/lsports.rules.5 \
		share/lsports/services share/lsports/usual.rules share/lsports/lsports.cron \
		share/lsports/lsports.alerts.yml; do
		need -s "$prefix/$file"
	done
	# Where the three shells look.
	for file in bash-completion/completions/lsports fish/vendor_completions.d/lsports.fish \
		zsh/site-functions/_lsports; do
		need -s "$prefix/share/$file"
	done
	if test "$prefix" = /usr && test -e /etc/debian_version; then
		need -s /usr/share/zsh/vendor-completions/_lsports
	fi
	for name in lsports-check lsports-metrics; do
		need -s "$prefix/lib/systemd/system/$name.service"
		need -s "$prefix/lib/systemd/system/$name.timer"
	done
	need -d "$sysconfdir/lsports/expected.d"
	need -d "$localstatedir/lib/lsports"
	while read -r file; do
		is_own "$file" || fail "installed outside of the prefix: $file"
		# Nothing runs unasked.
		case $file in */cron.d/*) fail "installed: $file" ;; esac
	done < <(find "$to" -mindepth 1 ! -type d -printf '/%P\n' -o -type d -empty -printf '/%P\n')
}

# What is named in texts, and in the program itself.
check_texts() {
	local path count=0
	while read -r path; do
		count=$((count + 1))
		case $path in
		# Directories of cron and of the node exporter, wherever lsports is.
		/etc/cron.d/lsports | /var/lib/prometheus/node-exporter/lsports.prom) ;;
		*) is_own "$path" || fail "an installed text names $path" ;;
		esac
	done < <(grep -raohE '[A-Za-z0-9_./-]*/[A-Za-z0-9_./-]*lsports[A-Za-z0-9_./-]*' "$to" | grep '^/' | sort -u)
	[ "$count" -gt 5 ] || fail "only $count paths are named"
	local usage
	usage=$("$to$prefix/bin/lsports" --help | tr -s '\n ' ' ')
	for path in "$sysconfdir/lsports/expected.d" "$localstatedir/lib/lsports/learned.rules"; do
		case $usage in *"$path"*) ;; *) fail "--help does not name $path" ;; esac
	done
	for path in $(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$to$prefix"/lib/systemd/system/lsports-*.service) \
		$(sed -n 's/^[*].* root .* \([^ ]*\/lsports\) .*/\1/p' "$to$prefix/share/lsports/lsports.cron"); do
		need -x "$path"
	done
}

# Prefix, and where meson puts what is configured and what is written for it.
while read -r prefix sysconfdir localstatedir; do
	run=$work/${prefix//\//_}
	to=$run/to
	meson setup "$run/build" "$source" -Dprefix="$prefix" -Dtests=disabled >"$work/log" ||
		{ cat "$work/log"; exit 1; }
	DESTDIR=$to meson install -C "$run/build" --quiet >"$work/log" || { cat "$work/log"; exit 1; }
	check_files
	check_texts
	"$source/tests/lint/units.sh" "$to$prefix/bin/lsports" "$mksock" \
		"$to$prefix"/lib/systemd/system/lsports-* || fail "its units"
	echo "prefix $prefix: $(find "$to" -type f | wc -l) files"
done <<'PREFIXES'
/usr        /etc            /var
/usr/local  /usr/local/etc  /var/local
/opt/x      /opt/x/etc      /opt/x/var
PREFIXES
exit "$failed"
