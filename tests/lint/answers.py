# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program says about itself, for lint tests that compare other texts with it."""
import subprocess


def run(program, *args):
    return subprocess.run([program, *args], check=True, capture_output=True, text=True).stdout


def complete(program, *words):
    """[value, description] of each completion of the last word."""
    return [line.split("\t") for line in run(program, "--complete", "word", "--", *words).splitlines()]


def first_words(text):
    return [line.split()[0] for line in text.splitlines() if line and not line[0].isspace()]


def compare_words(what, known, found, bad, missing, unknown):
    """Adds words that only the program knows, with @missing, and the others, with @unknown."""
    bad += [f"{what} {word}: {missing}" for word in sorted(set(known) - set(found))]
    bad += [f"{what} {word}: {unknown}" for word in sorted(set(found) - set(known))]
    if len(known) < 3:
        bad.append(f"only {len(known)} of: {what}")
