"""Impact and the other objectives of the oracle, one after the other too, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.plain_model import solve_plain
from tests.oracle.tiny_cases import Row, best, initiative, tiny

# ---------------------------------------------------------------- impact


def test_a_curve_ends_and_a_line_goes_on() -> None:
    curves = [{"curve": "c", "level": x, "achieved": y} for x, y in ((0, 0), (0.5, 0.8), (1, 1))]
    line: Row = {"initiative": "I", "outcome": "lives", "at_full": 10.0}
    partners = [{"initiative": "I", "agency": "A", "effectiveness": 1.5}]
    assert best(tiny(Outcomes=[line], Partners=partners)) == pytest.approx(15)
    assert best(tiny(Outcomes=[{**line, "curve": "c"}], Curves=curves, Partners=partners)) == pytest.approx(10)
    half = [{"fund": "F", "amount": 75.0}]
    assert best(tiny(Outcomes=[{**line, "curve": "c"}], Curves=curves, Funds=half)) == pytest.approx(10 * 0.9)


def test_weights_multiply() -> None:
    weights = [{"of": "outcome", "item": "lives", "weight": 2.0}, {"of": "theme", "item": "guns", "weight": 3.0}]
    weights.append({"of": "area", "item": "north", "weight": 5.0})
    one = [initiative(theme="guns", area="north", priority=7.0, score=50.0)]
    areas = [{"area": "north"}]
    lives = [
        {"initiative": "I", "outcome": "lives", "at_full": 1.0},
        {"initiative": "I", "outcome": "harm", "at_full": -0.5},
    ]
    case = tiny(Initiatives=one, Areas=areas, Priorities=weights, Outcomes=lives)
    assert best(case) == pytest.approx((2 * 1 - 0.5) * 3 * 5 * 7)
    case["Case"] = [{"setting": "score_effect", "value": "proportional"}]
    assert best(case) == pytest.approx((2 * 1 - 0.5) * 3 * 5 * 7 / 2)
    assert best(tiny(Initiatives=one, Areas=areas, Priorities=weights)) == pytest.approx(100 * 7 * 0.5 * 3 * 5)


# ---------------------------------------------------------------- objectives


def staged(objective: str, **sheets: list[Row]) -> list[Any]:
    plan = solve_plain(tiny(Case=[{"setting": "objective", "value": objective}], **sheets))
    return [stage["best"] for stage in plan["stages"]]


def test_objectives_in_order() -> None:
    both = [initiative("I", baseline=10.0), initiative("J", baseline=60.0)]
    assert staged("impact > thrift") == pytest.approx([100, 100])
    assert staged("impact within 30% > thrift") == pytest.approx([100, 70])
    assert staged("thrift > impact") == pytest.approx([0, 0], abs=1e-6)
    assert staged("impact > stability", Initiatives=both) == pytest.approx([100, 30])
    areas: list[Row] = [{"area": "north", "need": 150.0}, {"area": "hill", "parent": "north", "need": 20.0}]
    there = [initiative("I", area="north", priority=2.0), initiative("J", area="hill")]
    assert staged("coverage > impact", Areas=areas, Initiatives=there) == pytest.approx([50, 2 * 80 + 20])


def test_fairness_is_leximin() -> None:
    agencies = [{"agency": a} for a in "ABC"]
    paid = [{"agency": a, "fund": "F", "amount": x} for a, x in (("A", 10.0), ("B", 20.0), ("C", 20.0))]
    each = [{"initiative": a, "lead": a, "request": r} for a, r in (("A", 100.0), ("B", 30.0), ("C", 100.0))]
    # 100 over contributions of 50: 2 each, but B's initiative takes only 30: 1.5. A and C share 70 over 30.
    (best_sums,) = staged("fairness", Agencies=agencies, Contributions=paid, Initiatives=each)
    assert best_sums == pytest.approx([1.5, 1.5 + 7 / 3, 1.5 + 14 / 3])


def test_penalties_come_first_where_impact_is_no_objective() -> None:
    soft = {"rule": "r", "at_least": 40.0, "hard": "no", "penalty": 0.01}
    assert staged("thrift", Rules=[soft]) == pytest.approx([40])
