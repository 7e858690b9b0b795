"""What a committee debates, on the pages: money at play and the agenda."""

from __future__ import annotations

from optimiser.app_pages import committee
from optimiser.app_pages.shell import session
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
    session.solve_now(draft, wait=30)
    at = opened(draft, "plan")
    at.session_state["plan-part"] = "What changes for whom"
    at.run(timeout=60)
    assert not at.exception, at.exception
    at = waited(at, lambda page: "Page of" in [s.label for s in page.selectbox])
    said = plain(text(at))
    assert "less than the scenario less pool" in said or "more than the scenario less pool" in said
    assert "in this plan" in said
    assert any(b.label == "Take the page away" for b in at.get("download_button"))


def test_a_grant_is_lost() -> None:
    draft = laid()
    session.solve_now(draft, wait=30)
    at = opened(draft, "what_if")
    at.session_state["what-if-part"] = "Lose a grant"
    at.run(timeout=60)
    at = waited(at, lambda page: plain(page.title[0].value).startswith("Losing "))
    said = plain(text(at))
    assert "Sent home" in said
    assert "Bridged" in said


def test_a_question_is_shown_back_before_it_is_solved() -> None:
    draft = laid()
    session.solve_now(draft, wait=30)
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
