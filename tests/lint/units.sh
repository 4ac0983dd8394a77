#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: units.sh LSPORTS MKSOCK UNIT...: systemd knows every line of the units, their exposure is at
# most 2.0, and what they take away does not take away a listener, an owner or a system call. An
# ordinary user cannot try the second: then the test counts as skipped.
set -eu
program=$1 mksock=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0 skipped=
fail() {
	echo "FAILED: $*"
	failed=1
}

# --- systemd's own view: a root with these units, the program, and the targets they hang on ---
units=$root/usr/lib/systemd/system
mkdir -p "$units"
cp "$@" "$units"
for path in "$units"/*.service; do
	started=$root$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$path")
	mkdir -p "${started%/*}"
	cp "$program" "$started"
done
system=$(pkg-config --variable=systemdsystemunitdir systemd)
cp -P "$system"/*.target "$system"/*.slice "$units"
for path; do
	unit=${path##*/}
	# An unknown key is a warning, and exit 0: nothing may be said at all.
	said=$(systemd-analyze --root="$root" --man=no verify "$unit" 2>&1) || fail "verify $unit"
	[ -z "$said" ] || fail "verify $unit: $said"
done
for path in "$units"/*.service; do
	systemd-analyze --no-pager --offline=true --threshold=20 security "$path" >"$root/exposure" ||
		fail "exposure of ${path##*/}: $(cat "$root/exposure")"
	tail -n 1 "$root/exposure"
	# Each of these would hide listeners, owners or rules from a check that then finds nothing.
	grep -E '^(PrivateNetwork|PrivateUsers|PrivatePIDs|ProtectProc|ProcSubset|NetworkNamespacePath|User|DynamicUser|RootDirectory|RootImage|InaccessiblePaths|TemporaryFileSystem)=' "$path" &&
		fail "${path##*/} hides what must be seen"
	[ -f "${path%.service}.timer" ] || fail "${path##*/} has no timer"
done

# --- capabilities: another user's listener keeps its owner ---
# The values of @key in @unit.
values() {
	sed -n "s/^$1=//p" "$units/$2"
}
cat >"$root/owner.sh" <<'SHELL'
ip link set lo up
mkfifo "$4/in" "$4/out"
# It holds the socket until its input ends.
"$3" tcp,uid=65534 <"$4/in" >"$4/out" &
exec 3>"$4/in" 4<"$4/out"
read -r made <&4
read -r ready <&4
ASAN_OPTIONS=detect_leaks=0 setpriv --bounding-set "$1" --inh-caps=-all --no-new-privs "$2" -J -t >"$4/seen"
jq -es '[.[].sockets[].owners[].uid] == [65534]' "$4/seen" >"$4/verdict" || { echo "$made" "$ready"; cat "$4/seen"; exit 1; }
SHELL
for path in "$units"/*.service; do
	if [ "$(id -u)" -ne 0 ]; then
		skipped="SKIP: units.sh: capabilities: needs root: a socket belongs to another user"
		break
	fi
	bounds=-all
	for capability in $(values CapabilityBoundingSet "${path##*/}"); do
		bounds=$bounds,+$(echo "${capability#CAP_}" | tr '[:upper:]' '[:lower:]')
	done
	rm -f "$root/in" "$root/out"
	unshare --net sh "$root/owner.sh" "$bounds" "$program" "$mksock" "$root" ||
		fail "${path##*/}: with $bounds the owner of another user's socket is lost"
done

# --- system calls: what the program does, and what the filter lets it do ---
expand() {
	for word; do
		case $word in
		@*) expand $(systemd-analyze syscall-filter "$word" | sed -n 's/^ \+\([@a-z0-9_-]\+\)$/\1/p') ;;
		*) echo "$word" ;;
		esac
	done
}
# Lines of @unit add, or take away with "~" what those before them added.
allowed() {
	expand execve @default | sort -u >"$root/given"
	values SystemCallFilter "$1" | while read -r words; do
		expand ${words#\~} | sort -u >"$root/words"
		case $words in
		"~"*) comm -23 "$root/given" "$root/words" ;;
		*) sort -u "$root/given" "$root/words" ;;
		esac >"$root/next"
		mv "$root/next" "$root/given"
	done
	cat "$root/given"
}
traced() {
	# Differences and gaps are none of this test's business, a crash is.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$root/trace" "$program" "$@" >/dev/null 2>&1 || [ $? -lt 4 ]
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$root/trace"
}
printf 'udp/9\n' >"$root/rules"
for path in "$units"/*.service; do
	# How owners are found decides which calls are made.
	owners=$(values ExecStart "${path##*/}" | grep -o -e '--owners [a-z]*')
	{
		traced $owners --expected "$root/rules" --check --report-once "$root/reported"
		traced $owners --format prometheus --output-file "$root/lsports.prom"
	} | sort -u >"$root/made"
	allowed "${path##*/}" >"$root/allowed"
	[ "$(wc -l <"$root/made")" -gt 20 ] || fail "system calls could not be traced"
	missing=$(comm -23 "$root/made" "$root/allowed" | xargs)
	[ -z "$missing" ] || fail "${path##*/} refuses: $missing"
done
[ -s "$root/lsports.prom" ] || fail "no metrics were written"
[ "$failed" -ne 0 ] || [ -z "$skipped" ] || {
	echo "$skipped"
	exit 77
}
exit "$failed"
