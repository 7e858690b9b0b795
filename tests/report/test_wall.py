"""Charts on a wall: what is measured in pixels grows with the text, so that no figure runs into a name."""

from __future__ import annotations

import pytest

from optimiser.report.charts.drawing import SIZE, Chart, both_sides
from optimiser.report.charts.wall import WALL, enlarged


@pytest.mark.parametrize("text", ["−$304k", "−$12.5m", "−IDR 1,250,000m"])
def test_a_name_stands_as_far_from_a_figure_as_its_larger_type_needs(text: str) -> None:
    made = both_sides([("Three Rivers Fusion Center", -304.0, text), ("Port Police", 996.0, "+$996k")], ["red", "grey"])
    wall = enlarged(Chart(made, [], "")).figure
    away = made.layout.yaxis.ticklabelstandoff
    assert away > 6
    assert wall.layout.yaxis.ticklabelstandoff == pytest.approx(away * WALL / SIZE, abs=1)
    assert wall.layout.margin.l == pytest.approx(made.layout.margin.l * WALL / SIZE)
