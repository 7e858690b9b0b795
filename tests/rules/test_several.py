"""Roles for several people are said as people say them."""

from __future__ import annotations

import pytest

from optimiser.model.rules.nouns import plural
from optimiser.report.charts.postings import used_up
from optimiser.verbs import case_from, solve


@pytest.mark.parametrize(
    ("role", "said"),
    [("analyst", "analysts"), ("nursing staff", "nursing staff"), ("deputy", "deputies"), ("police", "police"), ("nurse", "nurses")],
)  # fmt: skip
def test_a_role_for_several_people(role: str, said: str) -> None:
    assert plural(role) == said


def test_who_is_used_up_is_said_for_several_people() -> None:
    staff = [
        {"agency": "A", "role": role, "fte": fte} for role, fte in (("nursing staff", 1), ("analyst", 1), ("clerk", 9))
    ]
    needs = [{"initiative": "I", "role": role, "fte": 1} for role in ("nursing staff", "analyst", "clerk")]
    case = case_from(
        {"Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 100.0}],
         "Initiatives": [{"initiative": "I", "request": 100.0}], "Staff": staff, "Needs": needs}
    )  # fmt: skip
    assert used_up(solve(case)) == "Analysts and nursing staff are used up"
