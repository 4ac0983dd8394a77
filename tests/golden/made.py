# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the sockets of a recorded machine, as reported by the programs that made them, with the
output of lsports: golden files must be right, and not only unchanged."""

import json
import os

# Sockets in these states are never listed.
UNLISTED = ("bound",)
FIELDS = ("proto", "family", "state", "address", "port", "peer_address", "peer_port", "uid",
          "inode", "recv_queue")
NETLINK_FIELDS = ("backlog", "cookie")
# lsports.h: known only for sockets without a peer.
LISTENER_FIELDS = ("v6only", "auto")


def load(directory):
    with open(os.path.join(directory, "made"), encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row for row in rows if row["state"] not in UNLISTED]


def identity(row):
    """Sockets without a process have no inode."""
    if row["inode"] is not None:
        return row["inode"]
    return row["proto"], row["address"], row["port"], row["peer_address"], row["peer_port"]


def owners(row):
    """A socket without a descriptor has the descriptor null, which the maker reports as -1."""
    return sorted((owner["pid"], -1 if owner["fd"] is None else owner["fd"])
                  for owner in row["owners"])


def bytes_of(owner):
    return bytes.fromhex(owner["process_raw"]) if "process_raw" in owner \
        else owner["process"].encode()


def fields_of(made, has_netlink):
    """Fields that the maker knows and the source has."""
    fields = FIELDS
    if has_netlink:
        fields += NETLINK_FIELDS
        if made["peer_port"] is None:
            fields += LISTENER_FIELDS
    return [field for field in fields
            if field in made and not (field == "cookie" and made[field] is None)]


def compare(made, seen, has_netlink):
    for field in fields_of(made, has_netlink):
        if made[field] != seen[field]:
            yield f"{field} is {seen[field]!r}, made {made[field]!r}"
    if owners(made) != owners(seen):
        yield f"owners are {owners(seen)}, made {owners(made)}"
    for owner in seen["owners"]:
        if made["comm"] is not None and bytes_of(owner) != bytes.fromhex(made["comm"]):
            yield f"process is {owner['process']!r}, made {made['comm']}"


def check(directory, answer):
    """Complaints about the answer of lsports -aJ."""
    made = {identity(row): row for row in load(directory)}
    seen = {identity(row): row for row in answer["sockets"]}
    has_netlink = os.path.exists(os.path.join(directory, "netlink"))
    if len(seen) != len(answer["sockets"]):
        yield "a socket is listed twice"
    for key in made.keys() - seen.keys():
        yield f"made and not listed: {made[key]}"
    for key in seen.keys() - made.keys():
        yield f"listed and not made: {seen[key]}"
    for key in made.keys() & seen.keys():
        for complaint in compare(made[key], seen[key], has_netlink):
            yield f"{seen[key]['proto']} {seen[key]['address']} {seen[key]['port']}: {complaint}"
