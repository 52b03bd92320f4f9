#!/usr/bin/env python3
"""Whether each list of what a program is made of is whole: every crate in it is in Cargo.lock, with
its licence, and nothing that has to be there is missing. tests/deploy/sbom.py FILE…"""

import json
import pathlib
import sys
import tomllib

LOCK = tomllib.loads((pathlib.Path(__file__).resolve().parents[2] / "Cargo.lock").read_text())
LOCKED = {(package["name"], package["version"]) for package in LOCK["package"]}
# What no program here can be without.
CERTAINLY = {"axum", "tokio", "serde"}

for path in map(pathlib.Path, sys.argv[1:]):
    parts = json.loads(path.read_text())["components"]
    names = {part["name"] for part in parts}
    wrong = [part["name"] for part in parts if (part["name"], part["version"]) not in LOCKED]
    unlicensed = [part["name"] for part in parts if not part.get("licenses")]
    if wrong or unlicensed or not CERTAINLY <= names:
        sys.exit(f"{path}: not locked {wrong}, no licence {unlicensed}, missing {CERTAINLY - names}")
    print(f"{path}: {len(parts)} components")
