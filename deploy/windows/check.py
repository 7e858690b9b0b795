"""Holds every file of this folder against SHA256SUMS.txt."""

import hashlib
from pathlib import Path

here = Path(__file__).resolve().parent
wrong = []
listed = (here / "SHA256SUMS.txt").read_text("utf-8").splitlines()
for line in listed:
    said, name = line.split(" *", 1)
    file = here / name
    if not file.is_file():
        wrong.append(f"missing: {name}")
    elif hashlib.sha256(file.read_bytes()).hexdigest() != said:
        wrong.append(f"changed: {name}")
print("\n".join(wrong) if wrong else f"All {len(listed)} files are as they were made.")
raise SystemExit(3 if wrong else 0)
