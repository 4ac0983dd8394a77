#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that hold for every file of the tree: licence line, size, opening comment, guard."""
import os
import pathlib
import re
import subprocess
import sys

LINES_MAX = 400
FUNCTION_MAX = 60
# Data and texts that have no place for a licence line.
NO_SPDX = re.compile(r"^(LICENSE|[A-Z]+\.md|\.ci/packages-(build|test)$|tests/(golden|functional/cards|fixtures/[a-z]+/|fuzz/corpus)|.*\.(svg|png)$)")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def files_of_git(top):
    """Tracked files, and untracked files that are not ignored."""
    out = subprocess.run(
        ["git", "-C", top, "-c", f"safe.directory={top}", "ls-files", "-co", "--exclude-standard", "-z"],
        check=True, capture_output=True)
    return [name for name in out.stdout.decode().split("\0") if name]


def files_of_directory(top):
    """Every file but those made by a build or by python: an unpacked tarball has no git."""
    names = []
    for directory, folders, files in os.walk(top):
        here = pathlib.Path(directory)
        folders[:] = [name for name in folders
                      if name != "__pycache__" and not (here / name / "meson-private").is_dir()]
        # A link to a directory is a file of ours too.
        links = [name for name in folders if (here / name).is_symlink()]
        names += [str((here / name).relative_to(top)) for name in files + links]
    return names


def functions_of(lines):
    """(name line, length) of each function, by the braces in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start - 1
            start = None


def check_source(name, lines, bad):
    if len(lines) > LINES_MAX:
        bad.append(f"{name}: {len(lines)} lines, at most {LINES_MAX}: it has two owners")
    for start, length in functions_of(lines):
        if length > FUNCTION_MAX:
            bad.append(f"{name}:{start}: a function of {length} lines, at most {FUNCTION_MAX}")
    if name.endswith(".c") and not lines[1].startswith("/*"):
        bad.append(f"{name}: no opening comment that says what it owns")
    if name.endswith(".h") and "#pragma once" not in lines:
        bad.append(f"{name}: no #pragma once")


def main():
    top = pathlib.Path(sys.argv[1]).resolve()
    # The git checkout around an unpacked tarball does not count.
    names = files_of_git(str(top)) if (top / ".git").exists() else files_of_directory(top)
    bad = []
    for name in names:
        path = top / name
        if NO_SPDX.match(name) or path.is_symlink() or not path.is_file():
            continue
        text = path.read_text()
        lines = text.splitlines()
        if "SPDX-License-Identifier: GPL-2.0-or-later" not in "\n".join(lines[:3]):
            bad.append(f"{name}: no SPDX line")
        if name != "tests/lint/tree.py" and UNFINISHED.search(text):
            bad.append(f"{name}: an unfinished word")
        if re.match(r"(src|include)/.*\.[ch]$", name):
            check_source(name, lines, bad)
    if len(names) < 50:
        bad.append(f"only {len(names)} files found")
    print("\n".join(bad) or f"{len(names)} files")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
