"""The audit: who did what, when, in a chain of hashes to which records are only ever added.

Each record's hash covers its contents and the hash before it. A change, a deletion or an insertion inside breaks the
chain; a cut tail or a chain written anew from the start is seen because the head stands on every report and decision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from optimiser.store.base import schema

FIRST = "0" * 64


def digest(number: int, at: datetime, person: str, action: str, item: str, detail: str, before: str) -> str:
    """SHA-256 of one record, in hexadecimal."""
    said = json.dumps([number, at.isoformat(timespec="microseconds"), person, action, item, detail, before])
    return hashlib.sha256(said.encode()).hexdigest()


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last record; 0 and 64 zeros where there is none."""
    audit = schema.audit
    found = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    return (found.number, found.hash) if found else (0, FIRST)


def append(connection: Connection, person: str, action: str, item: str, detail: Mapping[str, Any]) -> str:
    """Adds one record in the transaction of what it tells of; returns the new head."""
    last, before = head(connection)
    at, said = schema.now(), json.dumps(detail, sort_keys=True, ensure_ascii=False)
    made = digest(last + 1, at, person, action, item, said, before)
    connection.execute(
        insert(schema.audit).values(
            number=last + 1, at=at, person=person, action=action, item=item, detail=said, before=before, hash=made
        )
    )
    return made
