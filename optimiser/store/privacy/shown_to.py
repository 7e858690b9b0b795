"""What of a case's runs, comments and decisions a person is shown: all of it, or what `sight` leaves of it.

Records are judged by the newest version and those that are asked for. What people wrote about them is judged by every
version: a row that was sensitive may be gone by now, and the sentence with its figures is still there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from optimiser.case.names import fold
from optimiser.store.base import content, schema
from optimiser.store.base.rights import Actor
from optimiser.store.privacy import sight, told_figures
from optimiser.store.privacy.sight import Eyes, HiddenNames

States = tuple[Mapping[str, Sequence[Mapping[str, Any]]], ...]
MOST = 5_000
"""Versions, each for one agency, whose hidden words are remembered."""
_WORDS: dict[tuple[str, str], HiddenNames] = {}
"""(hash of a version's content, folded agency) -> its hidden words. Equal content has the same ones in every store."""


_GIVEN: dict[str, tuple[dict[str, float], ...]] = {}
"""Id of a run -> what its plan gave to each initiative and agency, by folded key. Runs are never changed."""


def states(connection: Connection, case_id: str, *versions: int | None) -> States:
    """Records of the newest version of a case, and of these versions."""
    table, cases = schema.versions, schema.cases
    newest = select(cases.c.latest).where(cases.c.id == case_id).scalar_subquery()
    wanted = [number for number in versions if number is not None]
    found = connection.execute(
        select(table.c.content)
        .where(table.c.case == case_id, (table.c.number == newest) | table.c.number.in_(wanted))
        .order_by(table.c.number.desc())
    )
    return tuple(content.unpack(row.content) for row in found)


def eyes(connection: Connection, actor: Actor, case_id: str, *versions: int | None) -> Eyes:
    """What a person may not see of a case, as it is now and was in these versions."""
    if sight.sees_all(actor):
        return Eyes(actor)
    return remembering(connection, sight.eyes(actor, *states(connection, case_id, *versions)), case_id)


def remembering(connection: Connection, eyes: Eyes, case_id: str) -> Eyes:
    """The same eyes, which also know what any version of the case hid, for texts that speak of it."""
    if sight.sees_all(eyes.actor):
        return eyes
    table, agency = schema.versions, fold(eyes.actor.agency)
    known: dict[str, HiddenNames] = {}
    for id, sha256 in connection.execute(select(table.c.id, table.c.sha256).where(table.c.case == case_id)).all():
        found = known.get(sha256) or _WORDS.get((sha256, agency))
        if found is None:
            packed = connection.execute(select(table.c.content).where(table.c.id == id)).scalar_one()
            found = sight.words(eyes.actor, content.unpack(packed))
            if len(_WORDS) >= MOST:
                _WORDS.clear()
            _WORDS[sha256, agency] = found
        known[sha256] = found
    names, terms = sight.together(known.values())
    figures = frozenset[float]().union(eyes.figures, *(one.figures for one in known.values()))
    reviewers = frozenset[str]().union(eyes.past, *(one.reviewers for one in known.values()))
    return replace(eyes, past=names | terms | reviewers, figures=figures | _given(connection, eyes, case_id))


def _given(connection: Connection, eyes: Eyes, case_id: str) -> frozenset[float]:
    """What the kept plans of a case gave to what is hidden."""
    runs, made = schema.runs, set[float]()
    for id in connection.execute(select(runs.c.id).where(runs.c.case == case_id)).scalars().all():
        if id not in _GIVEN:
            result = json.loads(connection.execute(select(runs.c.result).where(runs.c.id == id)).scalar_one())
            if len(_GIVEN) >= MOST:
                _GIVEN.clear()
            _GIVEN[id] = tuple(
                {fold(key): float(value) for key, value in (result.get(of) or {}).items()}
                for of in ("award", "received")
            )
        for hidden, given in zip((eyes.initiatives, eyes.agencies), _GIVEN[id], strict=True):
            made.update(told_figures.of(given[key] for key in hidden & given.keys()))
    return frozenset(made)
