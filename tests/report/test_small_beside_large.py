"""A request of a few units beside ones of trillions: it is funded, or the plan does not say that it is proven best."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.plan.tables import Plan
from optimiser.report import status
from optimiser.verbs import case_from, solve

FUNDS = ((2.0,), (0.6, 1.0), (0.7, 0.95))
"""Amounts beside the large requests, 0.67 and 0.9: money is there for all."""


def solved(big: float, small: float, funds: tuple[float, ...], **more: Any) -> Plan:
    return solve(case_from({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": f"F{k}", "amount": round(share * big)} for k, share in enumerate(funds)],
        "Initiatives": [
            {"initiative": "Large", "lead": "A", "request": 0.67 * big},
            {"initiative": "Larger", "lead": "A", "request": 0.9 * big},
            {"initiative": "Small", "lead": "A", "request": small, **more},
        ],
    }))  # fmt: skip


@pytest.mark.parametrize("funds", FUNDS)
@pytest.mark.parametrize("big", [1e9, 1e12, 1e13])
def test_it_is_funded_or_the_word_is_weaker(big: float, funds: tuple[float, ...]) -> None:
    for small in (1.0, 3.0, 17.0, 100.0, 1000.0):
        plan = solved(big, small, funds)
        award = dict(zip(*(plan.tables["Awards"][c].tolist() for c in ("initiative", "award")), strict=True))
        assert plan.status == "optimal"
        funded = award["Small"] == small
        assert funded or small / big < 1e-11  # 1,000 beside 10¹³, as people may have it, is solved rightly
        assert (status.badge(plan) == "Proven best") == funded
        assert status.ending(plan) == ("solved and proven" if funded else "solved and proven to a billionth")
        said = status.quality(plan)
        assert said.startswith(f"{status.badge(plan)}: ")
        assert ("room for Small" in said and "must_fund" in said) != funded


def test_the_cure_that_it_names_funds_it() -> None:
    plan = solved(1e13, 3.0, (2.0,), must_fund="yes")
    assert plan.tables["Awards"]["award"].tolist()[2] == 3
    assert status.badge(plan) == "Proven best"
