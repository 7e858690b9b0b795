"""Committee: a plan is proposed, read part by part, voted on, resolved and taken away; figures are those of the plan."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages import committee
from optimiser.app_pages.shell import session
from optimiser.desk.rule_rows import compliance
from optimiser.report import words
from optimiser.report.charts import projected
from optimiser.report.charts.headline import figures
from optimiser.report.documents.committee import printed_hashes
from optimiser.store.base import people
from optimiser.store.base.rights import Actor
from optimiser.store.committee import comments, decisions
from optimiser.store.work import runs
from tests.app.small import laid, opened, plain

SCENARIO = {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "= 200000"}


def proposed() -> tuple[AppTest, str]:
    """A small case whose plan was proposed on the page, beside its scenario."""
    draft = laid()
    draft.add_all("Scenarios", [SCENARIO], "Scenarios: less pool added")
    session.solve_now(draft, wait=30)
    at = opened(draft, "committee")
    assert plain(at.title[0].value) == "Nothing is proposed yet"
    next(a for a in at.text_area if a.label.startswith("Why")).input("It keeps the clinic open.")
    next(a for a in at.text_input if a.label == "Title, as a motion").input("Fund the clinic first")
    next(b for b in at.button if b.label == "Propose to the committee").click().run(timeout=60)
    assert not at.exception, at.exception
    assert not at.error, [e.value for e in at.error]
    return at, draft.id


def part(at: AppTest, name: str) -> AppTest:
    at.session_state["committee-part"] = name
    at.run(timeout=60)
    assert not at.exception, at.exception
    return at


def text(at: AppTest) -> str:
    return "\n".join(e.value for e in [*at.title, *at.markdown, *at.caption]).replace("\\", "")


def test_a_plan_is_proposed_read_voted_on_and_decided() -> None:
    at, case = proposed()
    db, actor = session.db(), session.actor()
    (proposal,) = decisions.proposals(db, actor, case)
    plan = runs.plan(db, actor, proposal.run)
    other = runs.plan(db, actor, proposal.alternatives[0])
    assert plain(at.title[0].value) == "Fund the clinic first"
    said, f = text(at), figures(plan)
    assert words.money_short(f.money, "USD") in said
    assert f"to {f.funded} of {f.initiatives} initiatives" in said
    assert "It keeps the clinic open." in said
    assert projected.changes(plan, other)[0] in said
    for sentence in projected.rests_on(plan):
        assert sentence in said

    at = part(at, committee.PARTS[2])
    assert plain(at.title[0].value) == projected.alternatives_headline(plan, [("Less pool", other)])
    assert at.table[0].value["Plan"].tolist() == ["The proposal", "Less pool"]

    at = part(at, committee.PARTS[3])
    assert plain(at.title[0].value) == words.headline(plan).rstrip(".")
    assert at.dataframe[0].value["Award"].sum() == pytest.approx(f.money)

    at = part(at, committee.PARTS[4])
    assert plain(at.title[0].value) == "Every rule is kept"
    assert at.table[0].value["Authority"].tolist() == [r.authority for r in compliance(plan)]

    at = part(at, committee.PARTS[5])
    assert plain(at.title[0].value) == "Nobody has voted yet"
    at.radio[0].set_value("approve")
    next(a for a in at.text_area if a.label == "Your reason").input("The clinic cannot wait.")
    next(b for b in at.button if b.label == "Vote").click().run()
    assert plain(at.title[0].value) == "1 of 1 members has voted"
    assert at.table[0].value["Reason"].tolist() == ["The clinic cannot wait."]
    next(a for a in at.text_area if a.label == "Add a comment").input("Minutes will follow.")
    next(b for b in at.button if b.label == "Comment").click().run()
    assert [c.text for c in comments.listed(db, actor, case, "proposal", proposal.id)] == ["Minutes will follow."]
    assert "Minutes will follow." in text(at)
    next(b for b in at.button if b.label == "Resolve the vote").click().run(timeout=60)
    assert not at.error, [e.value for e in at.error]
    assert plain(at.title[0].value) == "Approved: 1 for, 0 against, 0 abstained"
    (decision,) = decisions.decided(db, actor, case)
    assert decision.id in text(at)
    assert not any(b.label in ("Vote", "Resolve the vote") for b in at.button)
    assert proposal.run in str(printed_hashes(decisions.report(db, actor, decision.id)))


def test_who_may_only_read_reads_everything_and_cannot_vote(monkeypatch: pytest.MonkeyPatch) -> None:
    _, case = proposed()
    db = session.db()
    found = people.signed_in(db, "reader@example.org", "Rita Reader")
    people.set_roles(db, session.actor(), found.id, {"viewer"})
    reader: Actor = people.actor(db, found.id)
    monkeypatch.setattr(people, "local", lambda _: reader)
    draft = session.desk().open(case)
    assert draft is not None
    assert not draft.editable
    at = opened(draft, "committee")
    assert plain(at.title[0].value) == "Fund the clinic first"
    for name in committee.PARTS[1:]:
        at = part(at, name)
    assert not at.radio
    assert not any(b.label in ("Vote", "Comment", "Resolve the vote", "Withdraw the proposal") for b in at.button)
