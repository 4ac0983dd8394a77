#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws what lsports shows on a terminal about a recorded machine: picture.py [--compare] LSPORTS
OUT.svg. With --compare nothing is written: OUT.svg must already be that picture."""

import argparse
import errno
import fcntl
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import xml.etree.ElementTree
from xml.sax.saxutils import escape

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
SCENE = "plain"
TITLE = "$ lsports"
# Wide enough for every unit but those of containers, which a terminal cuts.
COLUMNS, ROWS = 116, 40
SIZE_MAX = 15000

# Pixels: a cell of the font, the frame around the text, the bar above it.
CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 7.2, 18, 12
MARGIN, BAR = 16, 34
STYLES = {
    "1": ("b", "font-weight:bold;fill:#fff"),
    "2": ("d", "fill:#8b949e"),
    "31": ("r", "fill:#ff7b72"),
    "32": ("g", "fill:#7ee787"),
    "33": ("y", "fill:#e3b341"),
}
ESCAPE = re.compile(r"\033\[([0-9;]*)m")


def read_terminal(master):
    """All output until the other side is closed."""
    data = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return data
        if not piece:
            return data
        data += piece


def fill_place(place):
    """The recorded machine, and its rules as a file that nobody else can change, whoever owns the
    source tree."""
    os.umask(0o022)
    os.symlink(os.path.join(FIXTURES, SCENE), os.path.join(place, SCENE))
    os.mkdir(os.path.join(place, "rules"))
    name = os.path.join("rules", SCENE + ".rules")
    shutil.copyfile(os.path.join(FIXTURES, name), os.path.join(place, name))


def run(program, place):
    """The lines that a terminal of this width is given."""
    fill_place(place)
    command = [program, "--sysroot", SCENE, "--expected", f"rules/{SCENE}.rules", "--color=always"]
    # The caller's environment must not change the picture; a sanitizer's options may stay.
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL, stdout=slave,
                          env={**kept, "TZ": "UTC0"}) as process:
        os.close(slave)
        data = read_terminal(master)
    os.close(master)
    if process.returncode:
        sys.exit(f"picture.py: exit status {process.returncode}: {' '.join(command)}")
    return data.decode().replace("\r\n", "\n").splitlines()


def pieces_of(line):
    """(column, text, class or None) of every piece of one style."""
    column, style = 0, None
    for i, part in enumerate(ESCAPE.split(line)):
        if i % 2:
            # A style without a colour here is a KeyError, not plain text.
            style = None if part in ("", "0") else STYLES[part][0]
            continue
        if not part.isprintable():
            sys.exit(f"picture.py: a control character: {part!r}")
        text = part.lstrip(" ")
        if text.rstrip(" "):
            yield column + len(part) - len(text), text.rstrip(" "), style
        column += len(part)


def draw_text(x, y, text, style):
    # The length is given, so that columns are aligned in any font.
    name = f' class="{style}"' if style else ""
    return (f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * CELL_WIDTH:.1f}"{name}>'
            f"{escape(text)}</text>")


def draw(lines):
    body, used, widest = [], {"d"}, 0
    for number, line in enumerate(lines):
        for column, text, style in pieces_of(line):
            body.append(draw_text(MARGIN + column * CELL_WIDTH,
                                  BAR + MARGIN + FONT_SIZE + number * CELL_HEIGHT, text, style))
            used.add(style)
            widest = max(widest, column + len(text))
    width = round(2 * MARGIN + widest * CELL_WIDTH)
    height = BAR + 2 * MARGIN + len(lines) * CELL_HEIGHT
    css = "".join(f".{name}{{{rule}}}" for name, rule in STYLES.values() if name in used)
    return "\n".join([
        "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" xml:space="preserve">',
        f"<title>{escape(TITLE)}</title>",
        f"<style>text{{font:{FONT_SIZE}px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        f"fill:#d0d7de;white-space:pre}}{css}</style>",
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" fill="#0d1117" '
        'stroke="#30363d"/>',
        f'<path d="M1 {BAR}V10a9 9 0 0 1 9-9H{width - 10}a9 9 0 0 1 9 9V{BAR}z" fill="#21262d"/>',
        draw_text(MARGIN, BAR // 2 + 4, TITLE, "d"),
        *body, "</svg>", ""])


def compare(path, picture):
    with open(path, encoding="utf-8") as file:
        found = file.read()
    if found != picture:
        sys.exit(f"{path} is not what lsports shows: make it again with the target picture")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--compare", action="store_true", help="compare, do not write")
    parser.add_argument("lsports")
    parser.add_argument("picture")
    arguments = parser.parse_args()
    if sys.byteorder != "little":
        sys.exit("picture.py: FAIL: the recordings are those of a little-endian kernel")
    with tempfile.TemporaryDirectory() as place:
        picture = draw(run(os.path.abspath(arguments.lsports), place))
    xml.etree.ElementTree.fromstring(picture)
    if len(picture.encode()) > SIZE_MAX:
        sys.exit(f"picture.py: {len(picture.encode())} bytes, at most {SIZE_MAX}")
    if arguments.compare:
        compare(arguments.picture, picture)
        return
    with open(arguments.picture, "w", encoding="utf-8") as file:
        file.write(picture)


if __name__ == "__main__":
    main()
