"""What the figures on show belong to: never another scenario under the chosen one's name, no tick on what is stale."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages import main
from optimiser.app_pages.committee_parts import propose
from optimiser.app_pages.shell import case_bar, session
from optimiser.desk.state import Draft
from optimiser.report.status import badge
from tests.app.small import laid, opened, plain

SCENARIO = {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "= 200000"}


def with_scenario() -> Draft:
    draft = laid()
    draft.add_all("Scenarios", [SCENARIO], "Scenarios: less pool added")
    session.solve_now(draft, wait=300)
    assert draft.shown is not None
    return draft


def bar(at: AppTest) -> str:
    """The badge of the case bar."""
    return next(plain(m.value) for m in at.markdown if "-badge[" in str(m.value))


def downloads(at: AppTest) -> list[bool]:
    """Whether each way to take the plan away is open."""
    return [not b.proto.disabled for b in at.get("download_button") if b.proto.label in ("Download the plan", "Data")]


@pytest.mark.first(1)
@pytest.mark.parametrize("page", ["start", "plan", "rules"])
def test_figures_of_another_scenario_say_whose_they_are(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = with_scenario()
    at = opened(draft, page)
    assert "✓" in bar(at)
    assert not at.warning
    monkeypatch.setattr(session, "solve_now", lambda *_args, **_more: None)  # a solve that has not ended
    session.choose_scenario(draft, "less pool")
    at = opened(draft, page)
    assert "green" not in bar(at)
    assert "✓" not in bar(at)
    assert "Base: " in bar(at)
    assert "These figures are of Base. Those of less pool" in plain(at.warning[0].value)
    assert not any(downloads(at))
    assert session.keep_run(draft) is None, "a plan is not kept under another scenario's name"


def test_every_page_of_the_plan_is_dimmed() -> None:
    others = {"Inputs", "Committee", "Papers", "History", "Administration", "Guide"}
    assert {title for title, _ in (*main.PAGES, *main.MORE)} == {*main.OF_THE_PLAN, *others}


def test_once_it_is_solved_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = with_scenario()
    with monkeypatch.context() as patched:
        patched.setattr(session, "solve_now", lambda *_args, **_more: None)
        session.choose_scenario(draft, "less pool")
    assert case_bar.of_another(draft)
    session.solve_now(draft, wait=300)
    at = opened(draft, "plan")
    assert not at.warning
    assert "✓" in bar(at)
    assert all(downloads(at))
    assert len(downloads(at)) == 2


def test_a_plan_from_before_the_edits_wears_no_tick() -> None:
    draft = with_scenario()
    plan = session.plan(draft)
    assert plan is not None
    number = draft.records("Funds")[0].number
    draft.edit("Funds", {number: {"amount": 250_000}})
    at = opened(draft, "plan")
    assert f"Before your edit: {badge(plan)}" in bar(at)
    assert "✓" not in bar(at)
    assert "green" not in bar(at)
    draft.undo()
    assert "✓" in bar(opened(draft, "plan"))


def test_no_plan_of_another_scenario_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = with_scenario()
    monkeypatch.setattr(session, "solve_now", lambda *_args, **_more: None)
    session.choose_scenario(draft, "less pool")
    at = opened(draft, "committee")
    assert propose.possible()
    assert not any(b.label == "Propose to the committee" for b in at.button)
    assert "another scenario" in plain(at.warning[0].value)
