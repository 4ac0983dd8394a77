#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""External names begin with the name of their source file: src/model/port.c defines port_... and,
for the contract, lsp_port_...; its header, port.h beside it, declares them and nothing of another
file. src/lsports.c is the facade, whose functions are lsp_....

usage: names.py SOURCE_DIR LIBRARY...
"""
import sys

import sources


def is_named(name, path, facade):
    if path == facade:
        return name.startswith("lsp_")
    return any(name == prefix or name.startswith(prefix + "_") for prefix in (path.stem, "lsp_" + path.stem))


def misnamed(tree, declarations):
    names = list(tree.defined.items())
    names += [(name, path) for path, (_, inline) in declarations.items() for name in inline
              if path not in tree.contract]
    for name, path in names:
        if not is_named(name, path, tree.src / "lsports.c"):
            yield f"{tree.name(path)}: {name} does not bear the name of its file"


def misplaced(tree, declarations):
    """Declarations in the header of another file, or of no file."""
    for header, (names, _) in declarations.items():
        for name in names:
            path = tree.defined.get(name)
            if path and header not in tree.contract and path.with_suffix(".h") != header:
                yield f"{tree.name(header)}: declares {name} of {tree.name(path)}"


def headless(tree, declarations):
    """Files with external functions but without a header."""
    contract = set().union(*(names for path, (names, _) in declarations.items() if path in tree.contract))
    for path in {path for name, path in tree.defined.items() if name not in contract}:
        if not path.with_suffix(".h").is_file():
            yield f"{tree.name(path)}: has no header of its own"


def main():
    tree = sources.Sources(sys.argv[1], sys.argv[2:])
    headers = [path for path in tree.files if path.suffix == ".h"]
    declarations = {path: sources.declared(path) for path in headers + tree.contract}
    bad = sorted([*misnamed(tree, declarations), *misplaced(tree, declarations),
                  *headless(tree, declarations)])
    print("\n".join(bad) or f"{len(tree.defined)} names, each of its file")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
