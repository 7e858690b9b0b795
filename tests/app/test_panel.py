"""The Plan's panel says why: the award beside last year's, the reason, its levers, and the ways on."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.analysis.reasons.explain import explain
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import jobs
from optimiser.report.charts import one_initiative as one_of
from optimiser.verbs import case_from, solve
from tests.app.small import looked_for, opened, plain, solved


def answered(at: AppTest) -> AppTest:
    """The page when nothing that it asked is looked for any more."""
    for _ in range(20):
        asked = set(jobs()._jobs)
        at.run()
        running = looked_for(at)
        for job in running:
            jobs().wait(job, 60)
        # What was asked while the page was drawn may be answered by now, and yet not stand on it.
        if not running and set(jobs()._jobs) <= asked:
            break
    assert not at.exception
    return at


def test_the_reason_stands_in_the_panel_with_its_ways_on() -> None:
    draft = solved()
    at = answered(opened(draft, "plan"))
    plan = session.plan(draft)
    assert plan is not None
    shown = plain("\n".join(m.value for m in at.markdown))
    first = plan.award.sort_values(["award", "level", "request", "initiative"], ascending=[False, False, False, True])
    one = one_of.initiative(plan, first["initiative"].iloc[0])
    (reason,) = explain(plan.case, one.key, plan=plan).reasons
    assert one_of.beside_last_year(one, plan.case.settings.currency) in shown
    assert reason.sentence in shown
    labels = [b.label for b in at.button]
    assert [b for b in labels if b in ("Why", "What if", "Lock", "Note", "Its inputs")] == [
        "Why", "What if", "Lock", "Note", "Its inputs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "others", "said"),
    [
        (150.0, 0.0, "$100, last year $150 (−$50)"),
        (100.0, 0.0, "$100, last year $100 (no change)"),
        (None, 20.0, "$100, new this year"),
        (None, 0.0, "$100"),  # a case that knows of no last year does not say that all is new
    ],
)
def test_an_award_stands_beside_last_years(baseline: float | None, others: float, said: str) -> None:
    row = {"initiative": "pier", "request": 100.0, **({} if baseline is None else {"baseline": baseline})}
    quay = {"initiative": "quay", "request": 50.0, "maximum": 0.0, "baseline": others}
    case = case_from(
        {"Agencies": [{"agency": "Harbor"}], "Funds": [{"fund": "Levy", "amount": 100.0}], "Initiatives": [row, quay]}
    )
    assert one_of.beside_last_year(one_of.initiative(solve(case), "pier"), "USD") == said


def test_nothing_is_said_as_a_word() -> None:
    rows = [
        {"initiative": "pier", "request": 100.0, "baseline": 80.0},
        {"initiative": "quay", "request": 50.0, "maximum": 0.0},
    ]
    case = case_from(
        {"Agencies": [{"agency": "Harbor"}], "Funds": [{"fund": "Levy", "amount": 100.0}], "Initiatives": rows}
    )
    one = one_of.initiative(solve(case), "quay")
    assert one_of.beside_last_year(one, "USD") == "Nothing, and nothing last year"


def test_an_initiative_that_was_chosen_stays_chosen() -> None:
    at = opened(solved(), "plan")
    assert "Analysts" not in [plain(s.value) for s in at.header]
    for found in ("Analysts", ""):
        at.text_input(key="who-find").set_value(found).run()
        assert not at.exception
        assert "Analysts" in [plain(s.value) for s in at.header]
