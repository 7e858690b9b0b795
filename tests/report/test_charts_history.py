"""The chart of a response shows every year and the curve that the case gets; its table says the same."""

from __future__ import annotations

import numpy as np
import pytest

import optimiser
from optimiser.analysis.uncertain.history import LEVELS, Response, history
from optimiser.report.charts.curves import response

SHARES = (0.2, 0.4, 0.6, 0.61, 1.1)


def found(count: int = 5) -> Response:
    case = optimiser.case_from(
        {
            "Agencies": [{"agency": "X"}],
            "Funds": [{"fund": "F", "amount": 500_000}],
            "Initiatives": [{"initiative": "A", "lead": "X", "request": 1_000_000}],
            "Outcomes": [{"initiative": "A", "outcome": "lives <b>", "at_full": 10}],
            "History": [
                {"initiative": "A", "year": 2015 + k, "funding": s * 1e6, "outcome": "lives <b>", "value": 10 * s**0.5}
                for k, s in enumerate(SHARES[:count])
            ],
        }
    )
    return history(case).responses[0]


def test_points_curve_and_band() -> None:
    made = response(found()).figure
    high, low, curve, points = made.data
    assert list(points.x) == [s * 1e6 for s in SHARES]
    assert list(points.text) == ["2015", "2016", "2017", "", "2019"], "2018 stands where 2017 does"
    assert len(high.x) == len(low.x) == len(LEVELS)
    assert (np.array(low.y) <= np.array(high.y)).all()
    at = np.interp([s * 1e6 for s in SHARES[:4]], curve.x, curve.y)
    assert at == pytest.approx([10 * s**0.5 for s in SHARES[:4]], rel=1e-3)
    assert "lives &lt;b&gt;" in points.hovertext[0], "a name is no markup"


def test_without_a_curve_there_are_points_alone() -> None:
    made = response(found(3))
    assert len(made.figure.data) == 1
    rows = made.table
    assert [row["Curve"] for row in rows] == ["", "", ""]


def test_the_table_says_the_same() -> None:
    rows = response(found()).table
    assert [row["Year"] for row in rows] == ["2015", "2016", "2017", "2018", "2019", "full scope"]
    assert rows[0]["Funding"] == "$200,000"
    assert float(rows[0]["Curve"]) == pytest.approx(10 * 0.2**0.5, rel=0.01)
    assert rows[4]["Curve"] == "", "beyond the request there is no curve"
    assert float(rows[-1]["At least"]) <= float(rows[-1]["Curve"]) <= float(rows[-1]["At most"])
