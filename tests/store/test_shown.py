"""What a person may not see is in no byte of a run, a report, a vote or a workbook that they are given."""

from __future__ import annotations

import io
import zipfile

import pytest

from optimiser import verbs
from optimiser.plan.tables import Plan
from optimiser.report.documents.committee import printed_hashes
from optimiser.store.base import content, people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.committee import comments, decisions
from optimiser.store.committee.decisions import Decision
from optimiser.store.privacy import shown_to, sight, sight_plan
from optimiser.store.work import cases, runs
from tests.store import decided

SECRET = ("Zeta7", "Zebra surveillance", "77,123", "77123")
INITIATIVES = [
    {"initiative": f"I{n}", "name": f"Work {n}", "lead": lead, "request": 20_000 + 1_000 * n, "priority": 10 - n}
    for n, lead in enumerate(("Health", "Police", "Shelter", "Health", "Police", "Shelter"), 1)
]
HIDDEN = {"initiative": "Zeta7", "name": "Zebra surveillance", "lead": "Police", "request": 77_123, "priority": 20}
RECORDS = {
    **{sheet: rows for sheet, rows in decided.RECORDS.items() if sheet not in ("Staff", "Needs", "Rules", "Scenarios")},
    "Initiatives": [{**row, "sensitive": False} for row in INITIATIVES] + [{**HIDDEN, "sensitive": True}],
}


@pytest.fixture
def done(database: Database) -> Decision:
    """A decision in which the secret initiative is funded and spoken of."""
    me = people.local(database)
    case = cases.create(database, me, "Three rivers", "", RECORDS)
    plan = verbs.solve(verbs.case_from(RECORDS))
    assert plan.tables["Awards"]["award"].tolist()[-1] == 77_123
    run = runs.keep(database, me, case.id, 1, plan, "base")
    made = decisions.propose(database, me, run.id, "Fund Zeta7 and others", "Zebra surveillance comes first.")
    comments.add(database, me, case.id, "proposal", made.id, "Is Zeta7 worth 77,123?")
    decisions.vote(database, me, made.id, "approve", "For the Zebra surveillance")
    return decisions.resolve(database, me, made.id)


def unpacked(book: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def everything(db: Database, actor: Actor, done: Decision) -> bytes:
    """All that the interfaces give somebody about a decision."""
    book = runs.workbook(db, actor, done.run)
    assert book is not None
    plan = runs.plan(db, actor, done.run)
    tables = {n: list(t.records()) for n, t in {**plan.case.tables, **plan.tables}.items()}
    parts = [
        decisions.report(db, actor, done.id),
        decisions.preview(db, actor, done.proposal),
        unpacked(book),
        runs.result(db, actor, done.run),
        repr(tables).encode(),
        repr(decisions.votes(db, actor, done.proposal)).encode(),
        repr(decisions.proposals(db, actor, done.case)).encode(),
        repr(decisions.decided(db, actor, done.case)).encode(),
        repr(comments.listed(db, actor, done.case)).encode(),
        repr(runs.listed(db, actor, done.case)).encode(),
    ]
    return b"\n".join(parts)


def test_the_office_sees_all_of_it(database: Database, done: Decision) -> None:
    fin = decided.person(database, "Fin", "finance")
    given = everything(database, fin, done).decode()
    assert all(secret in given for secret in SECRET)
    assert runs.sha256(decisions.report(database, fin, done.id)) == done.report_sha256


@pytest.mark.first(1)
@pytest.mark.parametrize("agency", ["Shelter", ""])
def test_a_member_of_another_agency_is_given_no_byte_of_it(database: Database, done: Decision, agency: str) -> None:
    mo = decided.person(database, "Mo", "member", agency=agency)
    given = everything(database, mo, done).decode()
    assert [secret for secret in SECRET if secret in given] == []
    page = decisions.report(database, mo, done.id)
    said = printed_hashes(page)
    assert "Mo" in said["Made for"]
    assert said["Audit head"] == done.audit_head
    assert b"Approved" in page


def test_its_own_agency_sees_it(database: Database, done: Decision) -> None:
    pat = decided.person(database, "Pat", "member", agency="Police")
    assert "Zebra surveillance" in everything(database, pat, done).decode()


def test_two_plans_of_a_case_show_the_same_rows_together(database: Database, done: Decision) -> None:
    """Else an amount that stands alone in one stands in a sum of the other."""
    me, mo = people.local(database), decided.person(database, "Mo", "member")
    shown = {k: r for k, r in enumerate(RECORDS["Initiatives"]) if r["initiative"] in ("I2", "I3")}
    rows = [{**r, "request": 10_000} if k in shown else r for k, r in enumerate(RECORDS["Initiatives"])]
    second = verbs.solve(verbs.case_from({**RECORDS, "Initiatives": rows}))
    run = runs.keep(database, me, done.case, 1, second, "base")

    def alone(plan: Plan) -> set[str]:
        return {*plan.tables["Awards"]["initiative"].tolist()} - {"Other initiatives"}

    first = alone(runs.plan(database, mo, done.run))
    by_itself = alone(sight_plan.plan(mo, second, RECORDS))
    assert by_itself - first, "by itself the second plan would show what the first one adds up"
    assert alone(runs.plan(database, mo, run.id)) <= first


# -- texts outlive the row that they speak of --------------------------------------------------------------------------

PLAIN = [row for row in RECORDS["Initiatives"] if row["initiative"] != "Zeta7"]
SINCE = {
    "deleted": {**RECORDS, "Initiatives": PLAIN},
    "no longer marked": {**RECORDS, "Initiatives": [*PLAIN, {**HIDDEN, "sensitive": False}]},
}


def next_version(db: Database, actor: Actor, case: str, records: dict[str, list[dict[str, object]]], note: str) -> int:
    with db.act(actor, "restore a version", case) as act:
        return cases.add_version(act, case, content.pack(records), note).number


@pytest.fixture(params=list(SINCE))
def since(request: pytest.FixtureRequest, database: Database) -> Decision:
    """A decision on a second version, from which the secret initiative or its mark is gone; the texts still name it."""
    me, records = people.local(database), SINCE[request.param]
    case = cases.create(database, me, "Three rivers", "", RECORDS, note="Zebra surveillance is in it").id
    first = runs.keep(database, me, case, 1, verbs.solve(verbs.case_from(RECORDS)), "base")
    number = next_version(database, me, case, records, "No more Zeta7")
    cases.approve(database, me, case, number, "Zeta7 had 77,123")
    run = runs.keep(database, me, case, number, verbs.solve(verbs.case_from(records)), "base")
    beside = [first.id] if request.param == "deleted" else []
    made = decisions.propose(database, me, run.id, "Zeta7 is settled", "The 77,123 of Zeta7 are free.", beside)
    comments.add(database, me, case, "proposal", made.id, "Was Zebra surveillance worth 77,123?")
    comments.add(database, me, case, "initiative", "Zeta7", "The 77,123 were too much.")
    comments.add(database, me, case, "initiative", "I1", "Good work.")
    decisions.vote(database, me, made.id, "approve", "Enough of the Zebra surveillance")
    return decisions.resolve(database, me, made.id)


def written(db: Database, actor: Actor, done: Decision) -> str:
    """All that people wrote about a case, as it is given to somebody."""
    parts = (
        cases.versions(db, actor, done.case),
        decisions.votes(db, actor, done.proposal),
        decisions.proposals(db, actor, done.case),
        decisions.decided(db, actor, done.case),
        comments.listed(db, actor, done.case),
    )
    return repr(parts)


@pytest.mark.first(2)
@pytest.mark.parametrize("role", ["member", "analyst"])
def test_what_was_written_of_a_row_that_was_sensitive_once_stays_unsaid(
    database: Database, since: Decision, role: str
) -> None:
    one = decided.person(database, "One", role, agency="Shelter")
    told = written(database, one, since)
    assert [secret for secret in SECRET if secret in told] == []
    assert "Good work." in told
    assert sight.UNSEEN in told
    page = decisions.report(database, one, since.id).decode()
    for said in ("Zeta7 is settled", "are free", "worth 77,123", "Enough of"):
        assert said not in page


@pytest.mark.first(1)
def test_a_frozen_page_with_the_plan_of_a_version_that_hid_a_row_is_made_anew(
    database: Database, since: Decision
) -> None:
    mo, fin = (decided.person(database, name, role) for name, role in (("Mo", "member"), ("Fin", "finance")))
    assert runs.sha256(decisions.report(database, fin, since.id)) == since.report_sha256
    page = decisions.report(database, mo, since.id).decode()
    assert "Three rivers" in page
    if "Zeta7" not in repr(cases.version(database, mo, since.case).records):
        assert [secret for secret in SECRET if secret in page] == []


@pytest.mark.first(1)
def test_its_rows_are_judged_by_the_newest_version_alone(database: Database, since: Decision) -> None:
    mo, me = decided.person(database, "Mo", "member"), people.local(database)
    assert cases.version(database, mo, since.case).records == cases.version(database, me, since.case).records


@pytest.mark.first(1)
def test_who_may_see_it_reads_it_all(database: Database, since: Decision) -> None:
    for one in (decided.person(database, "Fin", "finance"), decided.person(database, "Pat", "member", agency="Police")):
        told = written(database, one, since)
        assert all(secret in told for secret in ("Zeta7", "Zebra surveillance", "77,123"))
        assert sight.UNSEEN not in told


@pytest.mark.first(1)
def test_hidden_words_are_looked_up_once_for_each_version(
    database: Database, since: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    mo = decided.person(database, "Mo", "member")
    shown_to._WORDS.clear()
    first = written(database, mo, since)

    def again(*_: object) -> None:
        raise AssertionError("a version was looked through a second time")

    monkeypatch.setattr(sight, "words", again)
    assert written(database, mo, since) == first


# -- figures without a name ---------------------------------------------------------------------------------------------


@pytest.mark.first(13)
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Is it worth 77,123?", True), ("77123 is too much", True), ("77.123,00 EUR", True), ("about $77k", True),
        ("$77.1k at least", True), ("77 thousand", True), ("0.077m", True), ("some 77,100", True),
        ("$80k", False), ("78,123", False), ("77 initiatives", False), ("In 2027 and 771", False), ("Good work.", False),
    ],
)  # fmt: skip
def test_a_figure_of_a_hidden_row_is_withheld_with_its_text(database: Database, said: str, told: bool) -> None:
    me, mo = people.local(database), decided.person(database, "Mo", "member", agency="Shelter")
    case = cases.create(database, me, "Three rivers", "", RECORDS)
    cases.share(database, me, case.id, True)
    comments.add(database, me, case.id, "case", "", said)
    (seen,) = comments.listed(database, mo, case.id)
    assert (seen.text != said) is told
    (whole,) = comments.listed(database, me, case.id)
    assert whole.text == said


def test_what_a_plan_gave_to_a_hidden_row_is_a_figure_of_it(database: Database) -> None:
    me, mo = people.local(database), decided.person(database, "Mo", "member", agency="Shelter")
    case = cases.create(database, me, "Three rivers", "", RECORDS)
    half = {**RECORDS, "Initiatives": [*PLAIN, {**HIDDEN, "sensitive": True, "maximum": 41_509}]}
    run = runs.keep(database, me, case.id, 1, verbs.solve(verbs.case_from(half)), "base")
    cases.share(database, me, case.id, True)
    comments.add(database, me, case.id, "run", run.id, "Who gets the 41,509?")
    assert "41,509" not in repr(comments.listed(database, mo, case.id))
