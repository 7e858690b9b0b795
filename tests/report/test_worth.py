"""What more of a limit is worth, in words."""

from __future__ import annotations

import pytest

from optimiser.analysis.limits.curve import Step
from optimiser.analysis.reasons.prices import Price
from optimiser.report.charts import worth
from optimiser.verbs import case_from, solve
from tests.app.small import RECORDS

PLAN = solve(case_from(RECORDS))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([(40, 2.0)], "The first {b} more is worth {2}, and so are the second, the third and the fourth."),
        ([(2, 2.0), (2, 1.0)], "The first {b} more is worth {2}, and so is the second, the third {1}, the fourth {1}."),
        ([(1, 2.0), (1, 1.0)], "The first {b} more is worth {2}, the second {1}."),
        ([(0.5, 2.0)], "The first {b} more is worth {1}."),
    ],
)
def test_what_is_worth_the_same_is_said_once(steps: list[tuple[float, float]], said: str) -> None:
    bundle = worth.bundle(PLAN)
    price = Price("fund", "Pool", "money", tuple(Step(value / bundle, length * bundle) for length, value in steps))
    _, called = worth.unit_of(PLAN, price)
    points = {str(n): worth.in_points(PLAN, float(n)) for n in (1, 2)}
    expected = said.replace("{b}", called)
    for key, text in points.items():
        expected = expected.replace(f"{{{key}}}", text)
    assert worth.expiry(PLAN, price).startswith(expected)
