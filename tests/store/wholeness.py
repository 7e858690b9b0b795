"""Whether a store is whole, read from its tables without the code that writes them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from optimiser.store.base.database import Database


def complaints(db: Database, told: list[tuple[Any, ...]]) -> list[str]:
    """What is torn, and what of all that was told is not there."""
    with db.read() as connection:
        found = _database(connection) if db.is_sqlite else []
        return found + _chain(connection) + _versions(connection) + _drafts(connection) + _missing(connection, told)


def _rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.execute(text(query)))


def _database(connection: Connection) -> list[str]:
    checks = [str(row[0]) for row in _rows(connection, "PRAGMA integrity_check")]
    return [c for c in checks if c != "ok"] + [str(r) for r in _rows(connection, "PRAGMA foreign_key_check")]


def _chain(connection: Connection) -> list[str]:
    """The audit's own rule, written a second time."""
    before, found = "0" * 64, []
    for number, row in enumerate(_rows(connection, "SELECT * FROM audit ORDER BY number"), 1):
        said = json.dumps([number, row.at, row.person, row.action, row.item, row.detail, row.before])
        if (row.number, row.before, row.hash) != (number, before, hashlib.sha256(said.encode()).hexdigest()):
            found.append(f"audit record {row.number} does not follow the one before")
        before = row.hash
    return found


def _versions(connection: Connection) -> list[str]:
    """Versions are whole and without a gap, and each has the audit record of its making."""
    found, numbers = [], dict[str, list[int]]()
    rows = _rows(connection, 'SELECT "case", number, sha256, content FROM versions ORDER BY number')
    for row in rows:
        numbers.setdefault(row.case, []).append(row.number)
        if hashlib.sha256(zlib.decompress(bytes(row.content))).hexdigest() != row.sha256:
            found.append(f"version {row.number} of {row.case} is torn")
    latest = {row.id: row.latest for row in _rows(connection, "SELECT id, latest FROM cases")}
    if {case: list(range(1, n + 1)) for case, n in latest.items()} != numbers:
        found.append("a case does not know its versions")
    details = [json.loads(r.detail) for r in _rows(connection, "SELECT detail FROM audit")]
    said = Counter(d["sha256"] for d in details if "version" in d and "sha256" in d)
    if said != Counter(row.sha256 for row in rows):
        found.append("versions and their audit records differ")
    return found


def _drafts(connection: Connection) -> list[str]:
    """Each draft stands among its steps, and each step has the audit record of its making."""
    found = []
    for row in _rows(connection, "SELECT * FROM drafts"):
        steps = _rows(connection, f"SELECT number, dropped FROM steps WHERE draft = '{row.id}' ORDER BY number")
        if [s.number for s in steps] != list(range(1, len(steps) + 1)):
            found.append(f"the steps of draft {row.id} have a gap")
        if not 0 <= row.position <= sum(not s.dropped for s in steps):
            found.append(f"draft {row.id} stands where it has no step")
        audit = _rows(connection, f"SELECT detail FROM audit WHERE item = '{row.id}'")
        if sorted(d["step"] for a in audit if "step" in (d := json.loads(a.detail))) != [s.number for s in steps]:
            found.append(f"the steps of draft {row.id} and their audit records differ")
    return found


def _missing(connection: Connection, told: list[tuple[Any, ...]]) -> list[str]:
    steps = {
        (r.draft, r.number): (json.loads(r.changes) if isinstance(r.changes, str) else r.changes)[0][5]
        for r in _rows(connection, "SELECT draft, number, changes FROM steps")
    }
    versions = {(r.case, r.number): r.sha256 for r in _rows(connection, 'SELECT "case", number, sha256 FROM versions')}
    status = {r.id: r.status for r in _rows(connection, "SELECT id, status FROM proposals")}
    decisions = {r.id: r for r in _rows(connection, "SELECT id, proposal, report, report_sha256 FROM decisions")}
    found = []
    for kind, *what in told:
        there = {  # type: ignore[operator]
            "step": lambda d, n, after: steps.get((d, n)) == after,
            "version": lambda c, n, sha: versions.get((c, n)) == sha,
            "proposals": lambda p: p in status,
            "decisions": lambda d, sha: d in decisions and decisions[d].report_sha256 == sha,
            "ready": lambda: True,
            "migrated": lambda: True,
        }[kind](*what)
        if not there:
            found.append(f"{kind} {what} was acknowledged and is not there")
    for one in decisions.values():
        if hashlib.sha256(bytes(one.report)).hexdigest() != one.report_sha256 or status[one.proposal] != "decided":
            found.append(f"decision {one.id} is torn")
    if sum(s == "decided" for s in status.values()) != len(decisions):
        found.append("a proposal is decided without its decision")
    return found
