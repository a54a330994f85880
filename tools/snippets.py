#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""snippets.py - what the blocks of docs/pandas-and-r.md print, made anew.

    tools/snippets.py OUT [SECTION...]    writes OUT/pandas-and-r.md

It runs the scenarios of the databases that the page names, then the blocks of each section as one
program, and puts what each block prints into the block marked `text` after it.  A section whose
interpreter or library is not there stays as it is; if it was named, that ends with status 77.
"""
import os
import re
import subprocess
import sys
import tempfile

PAGE = "docs/pandas-and-r.md"
PYTHONS = ("python3", "/usr/bin/python3")  # packages of the system are for its own
# Language of the blocks, what prints a mark after each, interpreters, and what tells which will do.
SECTIONS = {
    "Python": ("python", 'print("\\x1e")', [(p,) for p in PYTHONS], ""),
    "pandas": ("python", 'print("\\x1e")', [(p,) for p in PYTHONS], "import pandas"),
    "R": ("r", 'cat("\\x1e\\n")', [("Rscript",)], "library(RSQLite)"),
    "The shell, and CSV": ("sh", "printf '\\036\\n'", [("bash", "-e")], "command -v sqlite3"),
}


def program(interpreter, code, folder):
    """What `code` prints, or None if it cannot be run."""
    name = os.path.join(folder, "snippet")
    with open(name, "w", encoding="utf-8") as file:
        file.write(code)
    try:
        done = subprocess.run([*interpreter, name], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done if done.returncode == 0 else done.stderr


def section_renewed(title, text, folder):
    """The section with what its blocks print now, or None if that cannot be found out here."""
    language, mark, interpreters, needs = SECTIONS[title]
    able = [i for i in interpreters
            if isinstance(program(i, needs, folder), subprocess.CompletedProcess)]
    if not able:
        return None
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)
    done = program(able[0], "".join(f"{block}{mark}\n" for block in blocks), folder)
    if isinstance(done, str):
        sys.exit(f"{PAGE}, section {title}: {done}")
    printed = iter(re.sub(r" +$", "", done.stdout, flags=re.M).split("\x1e\n"))
    return re.sub(r"^```text\n.*?^```$", lambda _: f"```text\n{next(printed)}```", text,
                  flags=re.S | re.M)


def main(out, wanted):
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    simulator = os.path.realpath(os.environ.get("GOSSIPSIM", "gossipsim"))
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(simulator, os.path.join(folder, "gossipsim"))
        for name in sorted(set(re.findall(r"results/([a-z0-9-]+)\.db", page))):
            database = os.path.join(folder, "results", f"{name}.db")
            os.makedirs(os.path.dirname(database), exist_ok=True)
            subprocess.run([simulator, "run", f"scenarios/{name}.yaml", "-q", "-o", database],
                           stdout=subprocess.DEVNULL, check=True)
        parts = re.split(r"^(## .*\n)", page, flags=re.M)
        for i in range(1, len(parts), 2):
            title = parts[i][3:].strip()
            if title not in SECTIONS or wanted and title not in wanted:
                continue
            renewed = section_renewed(title, parts[i + 1], folder)
            if renewed is None:
                print(f"{PAGE}: nothing here runs section {title}", file=sys.stderr)
                if wanted:
                    sys.exit(77)
            parts[i + 1] = renewed or parts[i + 1]
    with open(os.path.join(out, os.path.basename(PAGE)), "w", encoding="utf-8") as file:
        file.write("".join(parts))


if len(sys.argv) < 2:
    sys.exit("usage: tools/snippets.py OUT [SECTION...]")
main(sys.argv[1], sys.argv[2:])
