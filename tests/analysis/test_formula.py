"""The formula calculator: awards of a rule or of any table, clause by clause, in whole units that add up."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser.analysis.rulebook.formula_calculator import formula_table, whole
from optimiser.case.table import Table
from optimiser.model.rules import RuleError
from tests.rules.small import case_of, divided, received, solved

UNITS = Table.of(
    "Units",
    ("unit", "crime", "spending", "baseline"),
    [("A", 500.0, 300.0, 100.0), ("B", 300.0, 900.0, 400.0), ("C", 150.0, 900.0, 0.0), ("D", 50.0, 900.0, 0.0)],
)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("crime", [500, 300, 150, 50]),
        ("crime; cap spending", [300, 420, 210, 70]),
        ("crime; cap spending; small 100 to C", [300, 420, 280, 0]),
        ("crime; cap spending; small 100", [323, 452, 226, 0]),
        ("crime; hold 100%", [429, 400, 129, 43]),
        ("0.5 crime + 0.5 spending", [300, 300, 225, 175]),
        ("crime; base 10%", [416, 289, 195, 100]),
        ("crime; floor 10%", [474, 284, 142, 100]),
    ],
)
def test_awards(formula: str, expected: list[float]) -> None:
    *_, last = divided(UNITS, formula, 1000).values()
    made = [float(a) for a in whole(last, 1.0)]
    assert made == pytest.approx(expected, abs=1)
    assert sum(made) == 1000


def test_every_clause_has_a_column() -> None:
    case = case_of({"kind": "formula", "per": "initiative", "of": "baseline; cap request; small 200 to A"})
    made = formula_table(case, "R1")
    assert list(made.columns) == ["initiative", "plain", "cap request", "small 200 to A", "share", "award"]
    assert made["plain"].tolist() == [0.5, 0.375, 0.125]
    assert made["cap request"] == pytest.approx(made["plain"] * 1500)
    assert made["small 200 to A"] == pytest.approx(np.array([937.5, 562.5, 0]))
    assert made["share"] * 1500 == pytest.approx(made["small 200 to A"])


@pytest.mark.parametrize("unit", [1.0, 0.01, 5.0])
def test_whole_units_add_up(unit: float) -> None:
    dice = np.random.default_rng(4)
    for _ in range(200):
        shares = dice.dirichlet(np.ones(dice.integers(1, 30)))
        made = whole(shares * 12345, unit)
        assert made.sum() == pytest.approx(12345, abs=1e-6)
        assert np.abs(made - shares * 12345).max() < unit + 1e-6
        assert np.abs(made / unit - np.round(made / unit)).max() < 1e-6


def test_a_rule_and_its_plan_say_the_same() -> None:
    case = case_of({"kind": "formula", "where": "fund = Grant", "per": "agency", "of": "spending"}, Contributions=[])
    table = formula_table(case, "R1")
    assert table["agency"].tolist() == ["Health", "Police"]
    assert table["award"].tolist() == [643, 357]
    assert received(solved(case)) == pytest.approx({"Health": 643, "Police": 357}, abs=1)


def test_an_earned_pot_shows_what_the_score_makes_of_it() -> None:
    table = formula_table(case_of({"kind": "earned", "where": "fund = Grant", "per": "agency", "of": "officers"}), "r1")
    assert table["award"].tolist() == [400, 600]
    assert table["score"].tolist() == [50, 80]
    assert table["earned"].tolist() == [200, 480]


def test_what_cannot_be_divided_is_explained() -> None:
    with pytest.raises(RuleError, match="a rule of the kind earned or formula; take one of r2"):
        formula_table(case_of({"at_most": 1}, {"kind": "formula", "per": "agency", "of": "officers"}), "r1")
