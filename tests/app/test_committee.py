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
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.work import runs
from tests.app.small import laid, opened, plain

SCENARIO = {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "= 200000"}


def proposed() -> tuple[AppTest, str]:
    """A small case whose plan was proposed on the page, beside its scenario."""
    draft = laid()
    draft.add_all("Scenarios", [SCENARIO], "Scenarios: less pool added")
    session.solve_now(draft, wait=300)
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
    return plain("\n".join(e.value for e in [*at.title, *at.markdown, *at.caption]))


@pytest.mark.usefixtures("empty_store")
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
    assert "against" not in said, "nothing of last year is known, and nobody chose the hypothetical"
    for sentence in projected.rests_on(plan):
        assert sentence in said

    at = part(at, committee.PARTS[3])
    assert plain(at.title[0].value) == projected.alternatives_headline(plan, [("less pool", other)])
    assert at.table[0].value["Plan"].tolist() == ["The proposal", "less pool"]

    at = part(at, committee.PARTS[4])
    assert plain(at.title[0].value) == words.headline(plan).rstrip(".")
    assert at.dataframe[0].value["Award"].sum() == pytest.approx(f.money)

    at = part(at, committee.PARTS[5])
    assert plain(at.title[0].value) == "Both rules are kept"
    assert sorted(at.table[0].value["Rule"].tolist()) == sorted(r.name for r in compliance(plan))
    assert at.table[1].value["Authority"].tolist() == [r.authority for r in compliance(plan)]

    at = part(at, committee.PARTS[6])
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
    assert not decisions.decided(db, actor, case), "resolving asks first"
    asked, (run,) = text(at), {r.id: r for r in runs.listed(db, actor, case) if r.id == proposal.run}.values()
    for named in (f"version {run.version} of the case", run.id[:8], "the report", f"{actor.name}: approve"):
        assert named in asked
    next(b for b in at.button if b.key == "committee-resolve").click().run(timeout=60)
    assert not at.error, [e.value for e in at.error]
    assert plain(at.title[0].value) == "Approved: 1 for, 0 against, 0 abstained"
    (decision,) = decisions.decided(db, actor, case)
    assert decision.id in text(at)
    assert not any(b.label == "Vote" or b.key == "committee-resolve" for b in at.button)
    assert proposal.run in str(printed_hashes(decisions.report(db, actor, decision.id)))
    at.switch_page("optimiser/app_pages/papers.py").run()
    assert "The minutes and the vote belong to what was decided: choose it here." in text(at)
    offered = [plain(option) for option in at.selectbox(key="papers-from").options]
    assert offered[1:] == [f"{decision.title} ({decision.outcome})"], "in the word of every other page"
    at.selectbox(key="papers-from").select(proposal.id).run()
    assert "belong to what was decided" not in text(at)


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
    assert not any(
        b.label in ("Vote", "Comment") or b.key in ("committee-resolve", "committee-withdraw") for b in at.button
    )


def proposed_against(wanted: str, **baseline: float) -> tuple[AppTest, str]:
    """A scenario's plan, proposed beside another scenario, its figures compared with what the proposer chose."""
    draft = laid()
    last = {
        r.number: {"baseline": baseline.get(str(r.values["initiative"]), 0.0)} for r in draft.records("Initiatives")
    }
    draft.edit("Initiatives", last)
    more = {**SCENARIO, "scenario": "more pool", "change": "= 400000"}
    draft.add_all("Scenarios", [SCENARIO, more], "Scenarios added")
    session.choose_scenario(draft, "more pool")
    assert draft.running is not None or draft.shown is not None
    session.solve_now(draft, wait=300)
    at = opened(draft, "committee")
    choice = next(s for s in at.selectbox if s.label == "Compare the figures with")
    choice.select(choice.options[[o == wanted for o in choice.options].index(True)])
    next(b for b in at.button if b.label == "Propose to the committee").click().run(timeout=60)
    assert not at.exception, at.exception
    assert not at.error, [e.value for e in at.error]
    return at, draft.id


def test_the_proposer_chooses_what_the_figures_are_compared_with() -> None:
    at, case = proposed_against("Last year", I1=200_000, I3=50_000)
    db, actor = session.db(), session.actor()
    (proposal,) = decisions.proposals(db, actor, case)
    money = figures(runs.plan(db, actor, proposal.run)).money
    assert f"{words.money_change(money - 250_000, 'USD')} against last year" in text(at)
    assert text(at).count("against ") == 1, "of people and impact last year tells nothing"

    at, case = proposed_against("The case unchanged")
    box = next(s for s in part(at, committee.PARTS[1]).selectbox if s.label == "Against")
    assert plain(box.value).startswith("The case unchanged"), "not the hypothetical, which stands first"
    at = part(at, committee.PARTS[0])
    (proposal,) = decisions.proposals(db, actor, case)
    base = runs.plan(db, actor, proposal.against)
    assert runs.get(db, actor, proposal.against).scenario == "base"
    assert f"{projected.changes(runs.plan(db, actor, proposal.run), base)[0]} against The case unchanged" in text(at)

    at, _ = proposed_against("Nothing")
    box = next(s for s in part(at, committee.PARTS[1]).selectbox if s.label == "Against")
    assert plain(box.value).startswith("The case unchanged")
    at, _ = proposed_against("Nothing", I1=200_000)
    assert "against" not in text(at)


def test_a_vote_that_changes_while_somebody_resolves_is_told() -> None:
    _, case = proposed()
    db, actor = session.db(), session.actor()
    (proposal,) = decisions.proposals(db, actor, case)
    stood = decisions.vote(db, actor, proposal.id, "approve")
    decisions.vote(db, actor, proposal.id, "reject")
    with pytest.raises(CannotDecide, match="changed meanwhile"):
        decisions.resolve(db, actor, proposal.id, stood)
    assert not decisions.decided(db, actor, case)


def test_an_amendment_from_the_floor_is_tried_moved_voted_and_the_motion_voted_anew() -> None:
    at, case = proposed()
    db, actor = session.db(), session.actor()
    (motion,) = decisions.proposals(db, actor, case)
    at = part(at, committee.PARTS[6])
    assert "Moved, that the committee approve the plan of Harbor partnership" in plain(text(at))
    next(b for b in at.button if b.label == "Record the roll").click().run(timeout=60)
    assert "1 of 1 member is present." in plain(text(at))

    def moved_from_the_floor(said: str) -> None:
        next(t for t in at.text_input if t.label == "An amendment, as it is said").input(said).run(timeout=60)

    moved_from_the_floor("and $9m more for Cameras")
    assert "asks for $90,000 at most" in plain(text(at))
    moved_from_the_floor("and $20k more for Patrols")
    for _ in range(40):
        if any(b.label == "Move the amendment" for b in at.button):
            break
        at.run(timeout=60)
    said = plain(text(at))
    assert "$20,000 more for Patrols" in said
    assert "Paid by" in said
    next(b for b in at.button if b.label == "Move the amendment").click().run(timeout=60)
    assert not at.error, [e.value for e in at.error]
    amendment = decisions.proposals(db, actor, case)[0]
    assert (amendment.amends, amendment.title) == (motion.id, "$20,000 more for Patrols")
    assert at.session_state["committee-proposal"] == amendment.id
    assert not any(t.label == "An amendment, as it is said" for t in at.text_input), "an amendment is not amended"
    at.selectbox(key="committee-proposal").set_value(motion.id).run(timeout=60)
    assert not at.radio, "while an amendment is open, nobody votes on the motion"
    at.button(key="committee-elsewhere").click().run(timeout=60)
    assert at.session_state["committee-proposal"] == amendment.id
    for _ in range(2):
        at.radio[0].set_value("approve")
        next(b for b in at.button if b.label == "Vote").click().run(timeout=60)
        next(b for b in at.button if b.key == "committee-resolve").click().run(timeout=60)
        assert not at.error, [e.value for e in at.error]
        open_ = [p for p in decisions.proposals(db, actor, case) if p.status == "open"]
        if open_:
            assert open_[0].title == "Fund the clinic first, as amended"
            assert at.session_state["committee-proposal"] == open_[0].id, "it is the next to be voted on"
    assert plain(at.title[0].value).startswith("Approved: 1 for")
    said = plain(text(at))
    for moved in ("Motion: Fund the clinic first. It was amended", "Amendment: $20,000 more for Patrols.", "Approved."):
        assert moved in said.replace(" moved by You", "").replace(f" moved by {actor.name}", ""), moved
    awards = runs.plan(db, actor, amendment.run).tables["Awards"].records()
    patrols = {r["initiative"]: r["award"] for r in awards}
    assert patrols["I3"] >= 120_000
    at.selectbox(key="committee-proposal").set_value(motion.id).run(timeout=60)
    assert plain(at.title[0].value) == "This motion was amended: vote on it as amended"
    at.button(key="committee-elsewhere").click().run(timeout=60)
    assert plain(at.title[0].value).startswith("Approved: 1 for"), "from there it is one click to where the vote is"
    at.selectbox(key="committee-proposal").set_value(amendment.id).run(timeout=60)
    assert at.button(key="committee-elsewhere").label == "To the motion as amended"
