"""The Byrne JAG formula gives the published state awards, from the FBI's figures, as one rule of the library.

The data are no part of the repository: OPTIMISER_REFERENCE_CASES names their folder.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.formula_calculator import formula_table, whole
from optimiser.analysis.rulebook.library import entry_of
from optimiser.analysis.rulebook.library_rows import together
from optimiser.case.reading.workbook import tables_from
from optimiser.case.table import Table
from tests.rules.small import Records, awards, checked, compliance, divided

FOLDER = os.environ.get("OPTIMISER_REFERENCE_CASES", "")
FILE = Path(FOLDER) / "fbi_state_violent_crime.csv"
pytestmark = pytest.mark.skipif(not FOLDER or not FILE.exists(), reason="OPTIMISER_REFERENCE_CASES has no FBI figures")

TERRITORIES = ("Guam", "Virgin Islands", "American Samoa and the Northern Marianas")
TOTAL = {2010: 457.0, 2012: 295.6}
PUBLISHED = {
    2010: {"California": 51.1, "Texas": 33.9, "Florida": 30.9, "New York": 24.8, "Illinois": 18.9},
    2012: {"California": 32.9, "Texas": 22.7, "Florida": 19.5, "New York": 16.0, "Illinois": 12.0},
}
"""State awards in million dollars, as published by the Bureau of Justice Statistics."""


@cache
def figures() -> dict[tuple[str, int], tuple[float, float]]:
    """(state, year) -> population and violent crimes."""
    with FILE.open(encoding="utf-8") as file:
        return {
            (row["state"], int(row["year"])): (float(row["population"]), float(row["violent_crime"]))
            for row in csv.DictReader(file)
        }


def states(year: int) -> list[tuple[str, float, float]]:
    """Population of the year before and the mean of violent crime two to four years before; territories have none."""
    names = sorted({name for name, _ in figures()})
    known = [
        (s, figures()[s, year - 1][0], sum(figures()[s, y][1] for y in range(year - 4, year - 1)) / 3) for s in names
    ]
    return [*known, *((name, 0.0, 0.0) for name in TERRITORIES)]


def records(year: int) -> Records:
    """A case of this year: a fund, and an initiative in each state; two in the last territory."""
    areas = [{"area": s, "population": p, "violent_crime": c} for s, p, c in states(year)]
    initiatives = [{"initiative": s, "area": s, "request": 1e8} for s, _, _ in states(year)[:-1]]
    initiatives += [
        {"initiative": s, "area": TERRITORIES[2], "request": 1e8}
        for s in ("American Samoa", "Northern Mariana Islands")
    ]
    return {
        "Agencies": [{"agency": "BJA"}],
        "Funds": [{"fund": "JAG", "amount": TOTAL[year] * 1e6, "min_spend": 1}],
        "Areas": areas,
        "Initiatives": initiatives,
    }  # fmt: skip


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_state_awards_are_the_published_ones(year: int) -> None:
    made = records(year)
    chosen = [entry_of("jag-states"), entry_of("jag-territories")]
    case = checked({**made, "Rules": together(tables_from(made).tables, chosen, "JAG")})
    assert len(case.tables["Rules"]) == 2
    plan = verbs.solve(case)
    assert plan.status == "optimal"
    assert verbs.verify(plan) == []
    got = awards(plan)
    assert sum(got.values()) == TOTAL[year] * 1e6
    for state, award in PUBLISHED[year].items():
        assert got[state] / 1e6 == pytest.approx(award, abs=0.15), state
    least = 0.0025 * TOTAL[year] * 1e6
    assert min(got[t] for t in ("Guam", "Virgin Islands", "Vermont")) >= least - 1
    assert got["Guam"] == pytest.approx(least, abs=1)
    assert got["American Samoa"] == pytest.approx(0.67 * least, abs=1)
    assert got["Northern Mariana Islands"] == pytest.approx(0.33 * least, abs=1)
    assert all(line["kept"] for line in compliance(plan, "JAG: awards of the states"))


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_calculator_gives_the_same_awards(year: int) -> None:
    made = records(year)
    case = checked({**made, "Rules": together(tables_from(made).tables, [entry_of("jag-states")], "JAG")})
    by_rule = formula_table(case, "JAG: awards of the states")
    table = Table.of("States", ("state", "population", "violent_crime"), states(year))
    *_, by_table = divided(table, "0.5 population + 0.5 violent_crime; base 0.25%", TOTAL[year] * 1e6).values()
    got = dict(zip(table["state"].tolist(), whole(by_table, 1.0).tolist(), strict=True))
    assert got == dict(zip(by_rule["area"].tolist(), by_rule["award"].tolist(), strict=True))
    assert sum(got.values()) == TOTAL[year] * 1e6
    for state, award in PUBLISHED[year].items():
        assert got[state] / 1e6 == pytest.approx(award, abs=0.15), state
