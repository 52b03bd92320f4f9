#!/usr/bin/env python3
"""Follows every link of every page that leads somewhere in this repository.

links.py [FOLDER] fails when a file or a heading is not there, or when nothing leads to a page of docs/.
"""

import pathlib
import sys
import urllib.parse

from pages import all_pages, anchors, links

ROOT = pathlib.Path(__file__).resolve().parents[2]


def broken(root):
    """Yields each link that leads nowhere, with its place, and each page nothing leads to."""
    reached = set()
    for page in all_pages(root):
        for line, target in links(page.read_text()):
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or target.startswith("//"):
                continue
            place = f"{page.relative_to(root)}:{line}"
            path = urllib.parse.unquote(parts.path)
            there = (page.parent / path).resolve() if path else page
            if not there.is_relative_to(root):
                yield f"{place}: {target} leads out of the repository"
            elif not there.exists():
                yield f"{place}: there is no {target}"
            elif parts.fragment and there.suffix == ".md" and parts.fragment not in anchors(there.read_text()):
                yield f"{place}: {path or 'this page'} has no heading #{parts.fragment}"
            elif there != page:
                reached.add(there)
                # Who is led to a folder finds its pages there.
                reached.update(there.glob("*.md") if there.is_dir() else ())
    for page in all_pages(root / "docs"):
        if page not in reached:
            yield f"{page.relative_to(root)}: no page leads here"


if __name__ == "__main__":
    wrong = list(broken(pathlib.Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT))
    print("\n".join(wrong) or "Every link leads somewhere.", file=sys.stderr if wrong else sys.stdout)
    sys.exit(1 if wrong else 0)
