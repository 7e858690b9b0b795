"""Who scored what is for the partnership's office; others get the scores under numbers, and the same case by its hash."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from optimiser import verbs
from optimiser.store.base.database import Database
from optimiser.store.committee import comments, decisions
from optimiser.store.work import cases, runs
from tests.store import decided

NAMES = ("Nadia Nightjar", "Otto Owlkeeper")
RECORDS = {
    **decided.RECORDS,
    "Reviews": [
        {"initiative": i, "reviewer": r, "score": s} for i, r, s in (
            ("I1", NAMES[0], 90), ("I1", NAMES[1], 70), ("I2", NAMES[0], 60), ("I2", NAMES[1], 40), ("I3", NAMES[1], 55),
        )
    ],
}  # fmt: skip


def unpacked(data: bytes) -> str:
    with ZipFile(BytesIO(data)) as book:
        return "\n".join(book.read(n).decode("utf-8", "replace") for n in book.namelist())


def test_names_of_reviewers_are_for_the_office(database: Database) -> None:
    clerk, member = decided.person(database, "Cleo", "analyst"), decided.person(database, "Mia", "member")
    led = decided.person(database, "Paul", "member", agency="Police")
    made = cases.create(database, clerk, "Three rivers", "made for a test", RECORDS)
    case = verbs.case_from(cases.version(database, clerk, made.id).records)
    run = runs.keep(database, clerk, made.id, 1, verbs.solve(case), "base")
    decisions.propose(database, clerk, run.id, f"As {NAMES[0]} says")
    comments.add(database, clerk, made.id, "case", "", f"{NAMES[1]} is harsh")
    whole = unpacked(runs.workbook(database, clerk, run.id) or b"")
    assert all(name in whole for name in NAMES)
    for who in (member, led):
        version = cases.version(database, who, made.id)
        assert version.whole, "nothing else is kept from them"
        assert {r["reviewer"] for r in version.records["Reviews"]} == {"Reviewer 1", "Reviewer 2"}
        plan = runs.plan(database, who, run.id)
        assert plan.case.sha256 == case.sha256
        told = [
            unpacked(runs.workbook(database, who, run.id) or b""),
            str(version.records),
            str([str(w) for w in plan.case.warnings]),
            *(p.title for p in decisions.proposals(database, who, made.id)),
            *(c.text for c in comments.listed(database, who, made.id)),
        ]
        assert not [name for name in NAMES for text in told if name in text]
