#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: walk.sh BUILD, made with -Dbpf=disabled: lsports says what it lacks, and finds owners all the same.
set -eu
lsports=$1/lsports mksock=$1/tests/mksock
failed=0
fail() {
	echo "FAILED: $*"
	failed=1
}
"$lsports" --version | grep -qx "owners: proc" || fail "--version names another way"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cat >"$directory/look.sh" <<'SHELL'
ip link set lo up
mkfifo "$3/in" "$3/out"
"$2" tcp,port=80 <"$3/in" >"$3/out" &
exec 3>"$3/in" 4<"$3/out"
read -r made <&4
read -r ready <&4
for how in auto bpf; do
	"$1" -J --owners "$how" >"$3/$how"
done
"$1" -J --owners bpf --strict >/dev/null && echo "complete" >"$3/strict"
exit 0
SHELL
unshare --net sh "$directory/look.sh" "$lsports" "$mksock" "$directory" 2>"$directory/said"
jq -e '.complete and (.sockets | length == 1) and (.sockets[0].owners | length == 1)' \
	"$directory/auto" >/dev/null || fail "no owner: $(cat "$directory/auto")"
jq -e '(.complete | not) and .sockets[0].owners == []
	and (.gaps[0].why | contains("lsports was built without it"))' \
	"$directory/bpf" >/dev/null || fail "not told: $(cat "$directory/bpf")"
[ ! -e "$directory/strict" ] || fail "--strict takes it for complete"
exit "$failed"
