#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which rooms may use which, by includes and by calls; and no two files need each other.

base uses nothing of ours; model stands on base and the contract; host, collect, owners, select and
judge also on model; collect and owners ask host, judge asks host and select; the facade ties all of them; cli
knows base, the contract and its own view.

A source file and its header are one unit. A circle is a set of units each of which includes or
calls, over others perhaps, each other one.

usage: layers.py SOURCE_DIR LIBRARY...
"""
import sys

import sources

ALLOWED = {
    "base": {"base"},
    "model": {"base", "contract", "model"},
    "host": {"base", "contract", "model", "host"},
    "collect": {"base", "contract", "model", "host", "collect"},
    "owners": {"base", "contract", "model", "host", "owners"},
    "select": {"base", "contract", "model", "select"},
    "judge": {"base", "contract", "model", "host", "select", "judge"},
    "facade": {"base", "contract", "model", "host", "collect", "owners", "select", "judge", "facade"},
    "cli": {"base", "contract", "cli", "view"},
    "view": {"base", "contract", "view"},
}


def room_of(path, tree):
    if path in tree.contract:
        return "contract"
    parts = path.relative_to(tree.src).parts
    if len(parts) == 1:
        return "facade"
    return "view" if parts[:2] == ("cli", "view") else parts[0]


def check_includes(tree, edges, bad):
    for path in tree.files:
        room = room_of(path, tree)
        for number, quote, name in tree.includes(path):
            target = tree.resolve(name, path)
            where = f"{tree.name(path)}:{number}"
            # A file that the build generates has no room.
            if name.endswith(".inc"):
                continue
            if quote == '"' and target is None:
                bad.append(f"{where}: {name} is no file of ours")
            elif target is not None and room_of(target, tree) not in ALLOWED[room]:
                bad.append(f"{where}: {room} may not use {room_of(target, tree)} ({name})")
            elif target is not None and target not in tree.contract:
                edges.setdefault(tree.unit(path), set()).add(tree.unit(target))


def check_calls(tree, edges, bad):
    """A name of the contract is the command line's to use, wherever it is defined."""
    in_contract = set().union(*(sources.declared(path)[0] for path in tree.contract))
    for name, users in tree.used.items():
        target = tree.defined.get(name)
        for path in users if target else []:
            room, other = room_of(path, tree), room_of(target, tree)
            edges.setdefault(tree.unit(path), set()).add(tree.unit(target))
            if room in ("cli", "view") and name in in_contract:
                continue
            if other not in ALLOWED[room]:
                bad.append(f"{tree.name(path)}: {room} may not use {other} ({name})")


def reached(edges, start):
    found, left = set(), [start]
    while left:
        for unit in edges.get(left.pop(), ()):
            if unit not in found:
                found.add(unit)
                left.append(unit)
    return found


def circles(edges):
    """Sets of units that need each other."""
    reach = {unit: reached(edges, unit) - {unit} for unit in edges}
    sets = {frozenset([unit, *(other for other in found if unit in reach.get(other, ()))])
            for unit, found in reach.items()}
    return sorted(sorted(units) for units in sets if len(units) > 1)


def main():
    tree = sources.Sources(sys.argv[1], sys.argv[2:])
    edges, bad = {}, []
    check_includes(tree, edges, bad)
    check_calls(tree, edges, bad)
    bad += [f"circle: {', '.join(units)}" for units in circles(edges)]
    print("\n".join(bad) or f"{len(tree.files)} files, every arrow on its floor, no circle")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
