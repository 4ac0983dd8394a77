#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every option, column, key, format and finding can be completed, and so can every argument and
value that is a word; the files of the shells hold no list of their own."""
import pathlib
import re
import sys

from answers import compare_words, complete, first_words, run


def compare(what, wanted, found, bad):
    compare_words(what, wanted, found, bad, "cannot be completed",
                  "is completed, but the program does not know it")


def check_options(program, bad):
    """Option names, their descriptions and their arguments."""
    usage = run(program, "--help")
    # An option of the table stands at the start of its line; the texts name some again.
    rows = re.findall(r"^  (?:-(\S)|   )(?:,? +--([a-z][a-z0-9-]+))?(\[=\S+\]| \S+)?(?=\s)", usage, re.M)
    rows = [(letter, name, argument.strip(" [=]")) for letter, name, argument in rows if letter or name]
    named = ["--" + name if name else "-" + letter for letter, name, _ in rows]
    found = complete(program, "-")
    compare("option", named, [value for value, _ in found], bad)
    bad += [f"option {value}: without a description" for value, text in found if not text]
    for letter, name, argument in rows:
        if letter and complete(program, "-" + letter)[:1] == []:
            bad.append(f"option -{letter}: cannot be completed")
        # Numbers that nobody can know, and names that this machine may not have.
        if name and argument and argument not in ("SECONDS", "PORT", "NAME|PID|PATH"):
            if not complete(program, f"--{name}="):
                bad.append(f"option --{name}: nothing for its {argument}")
    return named


def check_lists(program, bad):
    lists = {}
    for what, words in (("columns", ["-o", ""]), ("formats", ["--format="]), ("findings", ["finding="])):
        lists[what] = first_words(run(program, "--list", what))
        found = [value.split("=")[-1] for value, _ in complete(program, *words)]
        compare(what, lists[what], found, bad)
        if what == "columns":
            compare("sort key", lists[what], [value for value, _ in complete(program, "--sort", "")], bad)
    lists["keys"] = first_words(run(program, "--list", "keys"))
    found = [value[:-1] for value, _ in complete(program, "") if value.endswith("=")]
    compare("key", lists["keys"], found, bad)
    for key in run(program, "--list", "keys").splitlines():
        words = re.search(r"\(([a-z][a-z0-9-]*(?: \| [a-z][a-z0-9-]*)+)\)$", key)
        if words:
            found = [value.split("=")[1] for value, _ in complete(program, key.split()[0] + "=")]
            missing = set(words[1].split(" | ")) - set(found)
            bad += [f"value {key.split()[0]}={word}: cannot be completed" for word in missing]
    return lists


def check_files(directory, words, bad):
    """A name in a shell's file would be a second list."""
    for path in sorted(directory.iterdir()):
        if path.name == "meson.build":
            continue
        text = re.sub(r"#.*", "", path.read_text())
        for word in words:
            if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
                bad.append(f"{path.name}: names {word}, which the program knows")
    if len(list(directory.iterdir())) < 4:
        bad.append(f"{directory}: not three shells")


def main():
    program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    bad = []
    options = check_options(program, bad)
    lists = check_lists(program, bad)
    check_files(directory, [word for word in options if word.startswith("--")], bad)
    counts = ", ".join(f"{len(words)} {what}" for what, words in lists.items())
    print("\n".join(bad) or f"{len(options)} options, {counts}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
