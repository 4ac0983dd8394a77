#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An include tells its floor: which rooms may use which.

base uses nothing of ours; model stands on base and the contract; collect, owners and judge also
on model, which they fill; the facade ties them; cli knows base, the contract and its own view.
"""
import pathlib
import re
import sys

ALLOWED = {
    "base": {"base"},
    "model": {"base", "contract", "model"},
    "judge": {"base", "contract", "model", "judge"},
    "collect": {"base", "contract", "model", "collect"},
    "owners": {"base", "contract", "model", "owners"},
    "facade": {"base", "contract", "model", "collect", "owners", "judge", "facade"},
    "cli": {"base", "contract", "cli", "view"},
    "view": {"base", "contract", "view"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def room_of(path, src):
    parts = path.relative_to(src).parts
    if len(parts) == 1:
        return "facade"
    return "view" if parts[:2] == ("cli", "view") else parts[0]


def target_of(name, path, src):
    """The room of an included file of ours, None for one of the system."""
    if name.startswith("lsports/"):
        return "contract"
    for candidate in (src / name, src / "base" / name, path.parent / name, src / "cli" / name):
        if candidate.is_file():
            return room_of(candidate, src)
    return None


def main():
    top = pathlib.Path(sys.argv[1])
    src = top / "src"
    files = sorted(src.rglob("*.[ch]"))
    bad = []
    for path in files:
        room = room_of(path, src)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            target = target_of(found[2], path, src)
            where = f"{path.relative_to(top)}:{number}"
            # What the build makes of a file that is shipped has no room.
            if found[2].endswith(".inc"):
                continue
            if found[1] == '"' and target is None:
                bad.append(f"{where}: {found[2]} is no file of ours")
            elif target is not None and target not in ALLOWED[room]:
                bad.append(f"{where}: {room} may not use {target} ({found[2]})")
    if len(files) < 20:
        bad.append(f"only {len(files)} source files found below {src}")
    print("\n".join(bad) or f"{len(files)} files, every include on its floor")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
