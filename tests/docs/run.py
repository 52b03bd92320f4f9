#!/usr/bin/env python3
"""Runs what pages tell their readers to type, and holds what is printed against them.

run.py BINARIES [PAGE…] runs the blocks of these pages, or of every page of the repository that has
some; BINARIES is where acp-gateway and acp-mocks were built. README.md says how blocks are marked.
"""

import pathlib
import sys
import time

from pages import Wrong, all_pages, runnable
from shell import run_page

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(binaries, *named):
    failures, pages = 0, [pathlib.Path(name).resolve() for name in named]
    if not named:
        pages = [page for page in all_pages(ROOT) if is_run(page)]
    for page in pages:
        shown = page.relative_to(ROOT) if page.is_relative_to(ROOT) else page
        began = time.monotonic()
        try:
            blocks = runnable(page.read_text())
            wrong = run_page(page, blocks, binaries)
            wrong = wrong and f"{shown}:{wrong}"
        except Wrong as error:
            wrong = f"{shown}: {error}"
        if wrong:
            failures += 1
            print(wrong, file=sys.stderr)
        else:
            print(f"{shown}: {len(blocks)} blocks, {time.monotonic() - began:.1f} s", flush=True)
    if not pages:
        print("There is no page with anything to run.", file=sys.stderr)
    return 1 if failures or not pages else 0


def is_run(page):
    # A page that is marked wrongly is run too, to hear what is wrong with it.
    try:
        return bool(runnable(page.read_text()))
    except Wrong:
        return True


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
