"""What a committee debates, on the pages: money at play and the agenda."""

from __future__ import annotations

import pytest

from optimiser.analysis.debate.stated import Statement
from optimiser.app_pages import committee
from optimiser.app_pages.committee_parts import weights
from optimiser.app_pages.shell import session
from optimiser.desk import papers
from optimiser.papers.paper import Source, shelf
from optimiser.store.base import people
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions, sealed
from optimiser.store.work import cases
from tests.app.small import laid, opened, plain
from tests.app.test_committee import SCENARIO, part, proposed, text


def waited(at, until, runs: int = 40):  # type: ignore[no-untyped-def]
    """The page drawn anew until what was asked is answered."""
    for _ in range(runs):
        if until(at):
            return at
        at.run(timeout=60)
        assert not at.exception, at.exception
    raise AssertionError("the answer did not come")


def test_money_at_play_and_a_choice_kept_as_a_scenario() -> None:
    at, _ = proposed()
    at = waited(part(at, committee.PARTS[2]), lambda page: len(page.toggle))
    said = text(at)
    assert "is open" in said
    assert plain(at.title[0].value).startswith("One vote for")
    for name in ("No choice", "In every good plan", "Open"):
        assert f"**{name}:" in plain(said)
    assert "Chosen: all as proposed." in said
    switch = next(t for t in at.toggle if not t.value)
    switch.set_value(True).run(timeout=60)
    at = waited(at, lambda page: any(b.label == "Keep as scenario" for b in page.button))
    assert "Paid by" in text(at)
    next(b for b in at.button if b.label == "Keep as scenario").click().run(timeout=60)
    assert not at.exception, at.exception
    assert any(
        name.startswith("with ") for name in session.scenario_names(session.desk().open(at.session_state["case"]))
    )


def test_what_changes_for_whom_against_a_scenario() -> None:
    draft = laid()
    draft.add_all("Scenarios", [SCENARIO], "Scenarios: less pool added")
    session.solve_now(draft, wait=300)
    at = opened(draft, "plan")
    at.session_state["plan-part"] = "What changes for whom"
    at.run(timeout=60)
    assert not at.exception, at.exception
    box = next(s for s in at.selectbox if s.label == "Against")
    assert box.options == ["less pool"]
    assert box.value is None, "nobody is asked to look at a hypothetical first"
    box.set_value("less pool").run(timeout=60)
    at = waited(at, lambda page: "Page of" in [s.label for s in page.selectbox], 200)
    said = plain(text(at))
    assert "less than the scenario less pool" in said or "more than the scenario less pool" in said
    assert "in this plan" in said
    assert any(b.label == "Take the page away" for b in at.get("download_button"))


def test_a_grant_is_lost() -> None:
    draft = laid()
    session.solve_now(draft, wait=300)
    at = opened(draft, "what_if")
    at.session_state["what-if-part"] = "Lose a grant"
    at.run(timeout=60)
    at = waited(at, lambda page: plain(page.title[0].value).startswith("Losing "))
    said = plain(text(at))
    assert "Sent home" in said
    assert "Bridged" in said


def test_a_question_is_shown_back_before_it_is_solved() -> None:
    draft = laid()
    session.solve_now(draft, wait=300)
    at = opened(draft, "what_if")
    at.session_state["what-if-part"] = "Ask"
    at.run(timeout=60)
    next(t for t in at.text_input if t.label == "Your question").input("what if the safety pool is cut by 10%?").run(
        timeout=60
    )
    assert plain(at.title[0].value) == "What if the fund “Safety pool” is cut by 10%?"
    assert "Nothing is solved yet" in text(at)
    next(b for b in at.button if b.label == "Yes, answer it").click().run(timeout=60)
    at = waited(at, lambda page: any(b.label == "Keep as scenario" for b in page.button))
    assert "Less for" in text(at)
    next(t for t in at.text_input if t.label == "Your question").input("sing me a song").run(timeout=60)
    assert "I can't tell" in plain(text(at))


@pytest.mark.usefixtures("empty_store")
def test_members_weights_are_given_alone_and_then_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    at, case = proposed()
    db, local = session.db(), session.actor()
    (motion,) = decisions.proposals(db, local, case)
    cases.share(db, local, case, True)
    ada, ben = (office_person(name) for name in ("Ada", "Ben"))
    sealed.give(db, ada, motion.id, Statement((("Health",), ("Operations",))))

    at = part(at, committee.PARTS[7])
    assert plain(at.title[0].value) == "1 of 2 members has answered, sealed"
    assert "Health before" not in text(at), "who keeps the record does not read it either"
    assert at.table[0].value["Answered"].tolist()[1] == "not yet"
    assert any(b.label == "Open them, for good" for b in at.button)

    monkeypatch.setattr(people, "local", lambda _: ben)
    draft = session.desk().open(case)
    at = part(opened(draft, "committee"), committee.PARTS[7])
    at = waited(at, lambda page: any(b.label == "Seal my answer" for b in page.button))
    assert "Health before" not in text(at)
    assert not any(b.label == "Open them, for good" for b in at.button), "a member does not open them"
    places = [g for g in at.get("button_group") if "from none to" in plain(g.label)]
    assert [plain(g.label).partition(",")[0] for g in places] == ["Health", "Operations"]
    next(b for b in at.button if b.label == "Seal my answer").click().run(timeout=60)
    assert "says nothing" in plain(at.error[0].value)
    at.button_group(key=f"weights-way-{motion.id}").set_value(weights.RANGES).run(timeout=60)
    next(s for s in at.slider if plain(s.label).startswith("Operations")).set_value((70, 90))
    next(b for b in at.button if b.label == "Seal my answer").click().run(timeout=60)
    assert not at.exception, at.exception
    assert sealed.answers(db, ben, motion.id)["Ben"] == Statement((), {"Operations": (0.7, 0.9)}), "the last opens them"
    at = waited(at, lambda page: "initiatives" in plain(page.title[0].value))
    said = plain(text(at))
    assert "whichever of 2 members' weights count" in said
    assert "Ada said: Health before Operations." in said
    assert "Ben said: Operations 70% to 90% of the weight." in said
    losses = next(t.value for t in at.table if "Plan of Ada" in t.value.columns)
    assert losses.index.tolist() == ["Ada", "Ben"]
    assert (plain(losses["Plan of Ben"]["Ben"]), plain(losses["Proposed"]["Ben"])) == ("0.38%", "14%")
    assert len(at.get("plotly_chart")) == 1
    table = at.dataframe[0].value
    assert set(table["Initiative"]) == {"Outreach", "Clinic", "Patrols", "Analysts", "Cameras"}
    assert "nowhere more than at a corner" in said
    assert not any(b.label == "Keep as scenario" for b in at.button), "a member changes nothing in the case"

    monkeypatch.setattr(people, "local", lambda _: local)
    draft = session.desk().open(case)
    at = part(opened(draft, "committee"), committee.PARTS[7])
    at = waited(at, lambda page: any(b.label == "Keep as scenario" for b in page.button))
    next(s for s in at.selectbox if s.label == "Weights of").set_value("Ben").run(timeout=60)
    next(b for b in at.button if b.label == "Keep as scenario").click().run(timeout=60)
    assert not at.exception, at.exception
    draft = session.desk().open(case)
    assert "weights of Ben" in session.scenario_names(draft)
    assert draft.scenario == "weights of Ben"

    # The minutes, as Papers makes them of the motion: who gave weights, what they said, and what disagreement is worth.
    made: list[Source] = []
    states = papers.states

    def seen(source: Source) -> tuple[papers.State, ...]:
        made.append(source)
        return states(source)

    monkeypatch.setattr(papers, "states", seen)
    at = opened(draft, "papers")
    next(s for s in at.selectbox if s.label == "Made from").set_value(motion.id).run(timeout=60)
    assert not at.exception, at.exception
    told = repr(shelf()["minutes"].content(made[-1], ""))
    assert "Ada" in told
    assert "Health before Operations" in told
    assert "Operations 70% to 90% of the weight" in told
    assert "would change the plan" in told


def office_person(name: str) -> Actor:
    db = session.db()
    found = people.signed_in(db, f"{name}@example.org", name)
    people.set_roles(db, session.actor(), found.id, {"member"})
    return people.actor(db, found.id)
