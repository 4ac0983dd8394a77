# SPDX-License-Identifier: GPL-2.0-or-later
"""What the source files include, declare, define and use, for lint tests about the whole tree.

Definitions and uses come from the symbol tables of the static libraries, so that functions made by
macros count too; declarations and includes come from the text.
"""
import pathlib
import re
import subprocess

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)\s*")
INLINE = re.compile(r"^static inline\b[^;{=]*?\b(\w+)\s*\(", re.M)
FUNCTION = re.compile(r"^(?!static\b|typedef\b|extern\b)\w[^;{}=#()]*?\b(\w+)\s*\([^;{}]*?\)\s*;", re.M)
OBJECT = re.compile(r"^extern\b[^;{(=]*?\b(\w+)\s*(?:\[[^\]]*\]\s*)*;", re.M)
# A program of its own, for another machine.
FOREIGN = ".bpf.c"


class Sources:
    """The files of src/, and the symbols of the libraries that are built of them."""

    def __init__(self, top, libraries):
        self.top = pathlib.Path(top)
        self.src = self.top / "src"
        self.files = sorted(path for path in self.src.rglob("*.[ch]") if not path.name.endswith(FOREIGN))
        self.contract = sorted((self.top / "include").rglob("*.h"))
        self.defined = {}  # name -> the .c that defines it
        self.used = {}  # name -> the .c files that use it
        self.read_symbols(libraries)
        if len(self.files) < 20 or len(self.defined) < 100:
            raise SystemExit(f"only {len(self.files)} files and {len(self.defined)} symbols found")

    def read_symbols(self, libraries):
        objects = {self.name(path).replace("/", "_") + ".o": path for path in self.files}
        out = subprocess.run(["nm", "-A", "-P", "-g", *libraries], check=True, capture_output=True, text=True)
        for line in out.stdout.splitlines():
            where, _, symbol = line.partition(": ")
            name, kind = symbol.split()[:2]
            path = objects.get(re.split(r"[/\[]", where.rstrip("]"))[-1])
            # Symbols of sanitizers and profilers are not ours.
            if path is None or name.startswith("__"):
                continue
            if kind == "U":
                self.used.setdefault(name, []).append(path)
            else:
                self.defined[name] = path

    def name(self, path):
        return str(path.relative_to(self.top))

    def unit(self, path):
        """A source file and its header are one unit: "model/port"."""
        return str(path.relative_to(self.src).with_suffix(""))

    def resolve(self, include, path):
        """The file of ours that @path includes by this name, None for one of the system."""
        for folder in (self.src, self.src / "base", path.parent, self.src / "cli", self.top / "include"):
            if (folder / include).is_file():
                return folder / include
        return None

    def includes(self, path):
        """(line number, quote, name) of each include."""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found[1], found[2]


def declared(path):
    """Functions and objects that a header declares, and inline functions that it defines."""
    text = ATTRIBUTE.sub("", COMMENT.sub("", path.read_text()))
    return set(FUNCTION.findall(text)) | set(OBJECT.findall(text)), set(INLINE.findall(text))
