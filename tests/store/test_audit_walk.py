"""A walk along the chain of the audit, without a database: each break is told once, in words, however many there are."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from optimiser.store.base.audit import FIRST, digest
from optimiser.store.keeping.audit_check import SHOWN, AuditCheck, AuditProblem, _counted, walk

AT = datetime(2026, 10, 1, 8)


def chain(count: int) -> list[Any]:
    """So many records that are sound: each of an item of its own, the last one a decision that tells of a report."""
    made: list[Any] = []
    before = FIRST
    for number in range(1, count + 1):
        action = "resolve" if number == count else "save"
        parts = (number, AT, "Ana", action, f"item {number}", json.dumps({"report_sha256": f"hash {number}"}), before)
        names = ("number", "at", "person", "action", "item", "detail", "before")
        before = digest(*parts)
        made.append(SimpleNamespace(**dict(zip(names, parts, strict=True)), hash=before))
    return made


def said(rows: list[Any]) -> list[tuple[str, str]]:
    return [(problem.kind, problem.sentence) for problem in walk(rows).problems]


def test_a_sound_chain() -> None:
    rows = chain(3)
    found = walk(rows)
    assert found.problems == []
    assert (found.records, found.head) == (3, rows[-1].hash)
    assert found.hashes == {FIRST, *(row.hash for row in rows)}
    assert found.items == {"item 1": 1, "item 2": 2, "item 3": 3}
    assert found.before == {"item 3": rows[-1].before}
    assert found.told == {"hash 1", "hash 2", "hash 3"}


def test_of_what_several_records_speak_of_the_first_counts() -> None:
    rows = chain(3)
    rows[2].item = "item 1"
    assert walk(rows).items == {"item 1": 1, "item 2": 2}


@pytest.mark.parametrize(
    ("left_out", "sentences"),
    [
        ([2], ["Record 2 of the audit is missing."]),
        ([2, 3, 4], ["Record 2 to 4 of the audit is missing."]),
        ([1], ["Record 1 of the audit is missing."]),
        ([2, 4], ["Record 2 of the audit is missing.", "Record 4 of the audit is missing."]),
    ],
)
def test_what_is_missing_is_told_by_its_numbers(left_out: list[int], sentences: list[str]) -> None:
    rows = [row for row in chain(6) if row.number not in left_out]
    assert said(rows) == [("gap", sentence) for sentence in sentences]


def test_what_was_changed_and_what_does_not_follow() -> None:
    rows = chain(4)
    rows[1].person = "Bob"
    assert said(rows) == [("changed", "Record 2 of the audit was changed: it does not have the hash that it says.")]
    rows[1].hash = digest(2, AT, "Bob", rows[1].action, rows[1].item, rows[1].detail, rows[1].before)
    assert said(rows) == [("order", "Record 3 of the audit does not follow the one before it.")]


@pytest.mark.parametrize("at", [None, "2026-10-01"])
def test_a_time_that_is_none_is_a_change_and_no_crash(at: Any) -> None:
    rows = chain(2)
    rows[0].at = at
    assert [kind for kind, _ in said(rows)] == ["changed"]


@pytest.mark.parametrize("detail", ["no json", "[1]", '"report_sha256"', '{"report_sha256": 5}', '{"name": "x"}'])
def test_a_detail_that_tells_of_no_hash(detail: str) -> None:
    rows = chain(1)
    rows[0].detail = detail
    assert walk(rows).told == set()


@pytest.mark.parametrize(("count", "more"), [(SHOWN, 0), (SHOWN + 1, 1), (SHOWN + 1500, 1500)])
def test_many_breaks_are_told_one_by_one_to_a_number_and_then_counted(count: int, more: int) -> None:
    rows = chain(count)
    for row in rows:
        row.hash = "forged"
    found = said(rows)
    assert len(found) == SHOWN + (more > 0)
    assert not more or found[-1] == ("changed", f"… and {more:,} more breaks of the chain.")
    assert found[SHOWN - 1][1].startswith(f"Record {SHOWN} of")


def test_what_was_found_in_words() -> None:
    whole = AuditCheck(1234, "abc", 2, ())
    assert whole.is_whole
    assert whole.sentence == "The audit is whole: 1,234 records, 2 heads at their places. Head abc"
    assert AuditCheck(1, "abc", 1, ()).sentence == "The audit is whole: 1 record, 1 head at its place. Head abc"
    assert AuditCheck(4, "abc", 0, ()).sentence == "The audit is whole: 4 records. Head abc"
    wrong = AuditProblem("gap", "Record 2 of the audit is missing.")
    assert not AuditCheck(9, "abc", 0, (wrong,)).is_whole
    assert AuditCheck(9, "abc", 0, (wrong,)).sentence == "1 thing wrong in an audit of 9 records."
    assert AuditCheck(1000, "abc", 0, (wrong, wrong)).sentence == "2 things wrong in an audit of 1,000 records."


def test_who_waits_is_told_every_thousand_records() -> None:
    told: list[int] = []
    assert list(_counted(range(2001), told.append)) == list(range(2001))
    assert told == [1000, 2000]
    assert list(_counted(range(3), None)) == [0, 1, 2]
