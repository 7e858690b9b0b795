"""A difference is one figure: what a reader finds who subtracts the two figures that are shown, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from optimiser.analysis.debate.agenda import Agenda
from optimiser.analysis.debate.losses import Losses, Lost, Surviving
from optimiser.analysis.debate.next_in_line import BelowTheLine, Declined, NextInLine
from optimiser.analysis.limits.cell import Cell, where_of
from optimiser.analysis.uncertain.promise_kept import Promise
from optimiser.analysis.what_if.compare import Comparison
from optimiser.case.scenario.apply import BASE
from optimiser.report import words
from optimiser.report.charts import bars_of_tenths, projected, side_by_side
from optimiser.report.documents import committee_parts
from tests.plan.hand import RECORDS
from tests.report.plans import case_of, plan_of

IMPACTS = st.one_of(st.floats(0, 30), st.floats(100, 1500), st.floats(900, 1100), st.floats(0, 1e7))
OUTCOMES = [{"initiative": "Lab", "outcome": "solved", "at_full": 10}]


def worth(text: str) -> float:
    """A figure of points as a reader takes it."""
    found = re.search(r"([+−]?)([\d,]+(?:\.\d+)?)", text)
    assert found, text
    return float(found[2].replace(",", "")) * (-1 if found[1] == words.MINUS else 1)


@given(IMPACTS, IMPACTS)
@example(0.0, 0.03125)
@example(0.0, 1e-7)
def test_points_are_subtracted_as_they_are_shown(before: float, after: float) -> None:
    said = words.points_between(before, after, words.POINTS)
    shown = worth(words.points(after, words.POINTS)) - worth(words.points(before, words.POINTS))
    true = after - before
    if said == "no change":
        assert abs(shown) < 0.11
    elif abs(shown) > 1e-6 and abs(shown - true) <= abs(true) * 0.499:
        assert abs(worth(said) - shown) < 1e-6
    elif (
        abs(shown - true) > abs(true) * 0.501
    ):  # the two read alike, or so coarsely that this says nothing: what is between them is said all the same
        assert abs(worth(said) - (after - before)) <= 0.06 * abs(after - before) + 1e-6
    assert words.points_between(after, before, words.POINTS).lstrip("+−") == said.lstrip("+−")


@given(st.floats(0, 1e10), st.floats(0, 1e10))
def test_money_that_is_written_alike_is_subtracted_as_it_is_shown(before: float, after: float) -> None:
    def amount(text: str) -> tuple[float, str]:
        found = re.fullmatch(r"([+−]?)\$([\d,.]+)(k|m|bn|)", text)
        assert found, text
        size = float(found[2].replace(",", "")) * {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[found[3]]
        return size * (-1 if found[1] == words.MINUS else 1), found[3]

    said = words.money_between(before, after)
    if said == "no change":
        assert words.money_short(before) == words.money_short(after)
        return
    (was, one), (now, other), (by, step) = (
        amount(t) for t in (words.money_short(before), words.money_short(after), said)
    )
    true = after - before
    assert abs(by - true) <= max(0.0051 * max(before, after), 0.011), "never farther off than the amounts themselves"
    if one == other == step and max(was, now, abs(by)) < 99 * {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[step]:
        assert abs(by - (now - was)) <= 1e-6 * max(was, now)


@given(IMPACTS, IMPACTS)
def test_every_place_says_the_same_difference(was: float, now: float) -> None:
    case = case_of({**RECORDS, "Outcomes": OUTCOMES})
    base = replace(plan_of(), case=case, impact=was)
    other = replace(base, impact=now)
    gap, signed = words.points_gap(was, now, "points"), words.points_between(was, now, "points")
    made = Comparison(case, {BASE: base, "S": other}, {"S": ()}, ())
    assert projected.changes(other, base)[2] == signed
    assert projected.alternatives(base, [("S", other)])[1]["Against the proposal"] == signed
    assert signed in committee_parts.alternatives(base, [("S", other)])
    (row,) = (r for r in side_by_side.side_by_side(made) if r[""] == "Impact")
    bare = words.points_between(was, now, "points", bare=True)
    assert row["S"] == f"{words.points(now, 'points')} ({bare})"
    assert bars_of_tenths.label(case, Cell("Funds", where_of(fund="Own"), "amount"), 1.0, now, was).startswith(bare)
    if gap and abs(now - was) >= 1:
        assert gap in side_by_side.change_headline(base, other, "it")
        assert signed in side_by_side.headline(made)
        assert gap in projected.alternatives_headline(base, [("S", other)])
    assert Agenda("impact", "points", "USD", was, (), ()).price(was - now) == signed
    lost = Lost(("Own",), 0.0, now, was - now, (), (), 0.0, {}, 0.0, {}, ())
    losses = Losses("impact", "points", "USD", "FY", was, (lost,), {}, {"fund": {"Own": "Own"}, "initiative": {}}, None)
    if now <= was:  # what a loss brings was given up before, and is told so
        assert losses.lines(lost)[0].endswith(signed)
        assert (
            f"{words.points_gap(was, now, 'points', bare=True) or 'nothing'} of {words.points(was, 'points')}"
            in losses.sentence()
        )
    line = NextInLine("USD", "points", was, (Declined("Lab", "Lab", 0.0, was - now, (), ()),), ())
    assert line.lines()[0].endswith(f"{signed}.")
    promise = Promise("points", was, now, {}, (), ())
    assert f"({signed})" in promise.lines()[0]


def test_what_is_lost_of_another_objective_is_said_in_its_own_measure() -> None:
    lost = Lost(("Own",), 0.0, 1200.0, 200.0, (), (), 0.0, {}, 0.0, {}, ())
    names = {"fund": {"Own": "Own"}, "initiative": {}}
    found = Losses(
        "thrift", "points", "USD", "FY", 1000.0, (lost, replace(lost, value=1100.0, costs=100.0)), {}, names, None
    )
    assert found.sentence() == "Losing Own would cost most, $200 of $1,000 of thrift."
    assert found.lines(lost)[0].endswith("thrift worse by $200")
    after = {("Own",): 1150.0}
    assert replace(found, surviving=Surviving(None, 1000.0, after, True, {})).saved == 50  # type: ignore[arg-type]
    declined = (Declined("Lab", "Lab", 0.0, 0.2, (), ()),)
    line = NextInLine("USD", "points", 0.8, declined, (BelowTheLine("A", "A", 1.0, 0.1),), objective="fairness")
    assert line.lines()[0].endswith("fairness worse by 0.2.")
    assert line.lines()[-1] == "  A: 0.1 of fairness below the line."
