"""Who stands first is said of all of whom the same is read."""

from __future__ import annotations

import pytest

from optimiser.case.readable import most_of
from optimiser.report.charts.awarded import agencies
from optimiser.verbs import case_from, solve


@pytest.mark.parametrize(
    ("ranked", "said"),
    [
        ([("Police", "$340k"), ("Health", "$90k")], "Police receives most, $340k"),
        ([("Police", "$340k")], "Police receives most, $340k"),
        ([("Police", "$340k"), ("Health", "$340k"), ("DA", "$9k")], "Police and Health receive most, $340k each"),
        ([(name, "$1") for name in "ABCDE"], "A, B, C and 2 more receive most, $1 each"),
    ],
)
def test_of_several_with_one_figure_all_are_named(ranked: list[tuple[str, str]], said: str) -> None:
    assert most_of(ranked, "receives") == said
    assert most_of(ranked, "loses", "lose") == said.replace("receive", "lose")


def test_two_agencies_that_receive_the_same_both_receive_most() -> None:
    plan = solve(
        case_from(
            {
                "Agencies": [{"agency": "Police"}, {"agency": "Health"}],
                "Funds": [{"fund": "Pool", "amount": 200}],
                "Initiatives": [
                    {"initiative": "Patrols", "lead": "Police", "request": 100},
                    {"initiative": "Clinic", "lead": "Health", "request": 100},
                ],
            }
        )
    )
    assert "Health and Police receive most, $100 each." in agencies(plan).headline
