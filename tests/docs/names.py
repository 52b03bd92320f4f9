#!/usr/bin/env python3
"""Looks whether the keys and variables that pages name are those of the configuration.

names.py fails when the schema of the configuration has none of that name.
"""

import json
import pathlib
import re
import sys

from pages import all_pages

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What is written like a key and is none: examples, a file, events and steps, and fields of the log.
NO_KEYS = {
    "section.key", "server.lisen", "admin.sock", "catalogue.changed", "cart.apply", "cart.restore",
    "inventory.reserve", "inventory.release", "inventory.commit", "inventory.restock", "payment.authorize",
    "payment.void", "payment.refund", "payment.route", "planner.disagreement", "store.commit",
}


def keys_of(schema, prefix=""):
    """Every key with all that is above it, and entries of lists below their list."""
    for name, below in schema.get("properties", {}).items():
        yield prefix + name
        yield from keys_of(below, f"{prefix}{name}.")
        yield from keys_of(below.get("items", {}), f"{prefix}{name}.")


def strange(root, schema):
    """Yields each name that is in no schema, with its place."""
    known = set(keys_of(schema)) | NO_KEYS
    sections = "|".join(schema["properties"])
    for page in all_pages(root):
        # What was, stands there as it was called then.
        if page.name == "CHANGELOG.md":
            continue
        for line, text in enumerate(page.read_text().splitlines(), 1):
            found = [name.lower().replace("__", ".") for name in re.findall(r"ACP_GATEWAY__([A-Z0-9_]*[A-Z0-9])\b", text)]
            found += re.findall(rf"`((?:{sections})\.[a-z_]+)(?: = [^`]*)?`", text)
            for name in found:
                if name not in known:
                    yield f"{page.relative_to(root)}:{line}: the configuration has no {name}, and NO_KEYS lacks it"


if __name__ == "__main__":
    wrong = list(strange(ROOT, json.loads((ROOT / "schemas/config.schema.json").read_text())))
    print("\n".join(wrong) or "Every key is one of the configuration.", file=sys.stderr if wrong else sys.stdout)
    sys.exit(1 if wrong else 0)
