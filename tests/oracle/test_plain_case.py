"""What the oracle reads from a case: selections and scores."""

from __future__ import annotations

import pytest

from tests.oracle.plain_case import read
from tests.oracle.tiny_cases import QUARTERS, Row, initiative, tiny


def test_selections() -> None:
    case = read(
        tiny(
            Periods=QUARTERS,
            Areas=[{"area": "north", "population": 9.0}, {"area": "hill", "parent": "north"}, {"area": "south"}],
            Agencies=[{"agency": "A", "area": "hill", "kind": "police"}, {"agency": "B", "kind": ""}],
            Funds=[{"fund": "F 1", "kind": "joint grant", "amount": 1.0}],
            Initiatives=[initiative(area="hill", theme="guns", risk=""), initiative("J", area="north", score=79.5)],
        )
    )
    here = {"fund": "f 1", "agency": "a", "initiative": "i", "category": "travel", "period": "q2"}

    def holds(text: str, **other: str) -> bool:
        return case.selects(case.selection(text), {**here, **other})

    assert holds('area = North ; agency.area = north ; fund = "F 1" ; Fund.Kind = Joint  Grant | pooled')
    assert not holds("area != north")
    assert holds("risk != high")
    assert not holds("risk = high")
    assert holds("period > Q1 ; period <= Q3")
    assert not holds("agency.kind = police", agency="b")
    assert holds("tier = A")
    assert holds("tier = B ; score < 80 ; area.population >= 9", initiative="j")
    assert not holds("area.population > 0")
    assert holds("category != travel | general", category="equipment")


def test_scores_from_performance() -> None:
    def mark(measure: str, target: float, actual: float, weight: float, better: str) -> Row:
        return {"of": "initiative", "item": "I", "measure": measure} | {
            "target": target,
            "actual": actual,
            "weight": weight,
            "better": better,
        }

    # 0.5 with weight 1, held at 1 with weight 2, 10/40 with weight 1: (0.5 + 2 + 0.25) / 4
    marks = [mark("a", 10, 5, 1, "higher"), mark("b", 10, 30, 2, ""), mark("c", 10, 40, 1, "lower")]
    assert read(tiny(Performance=marks)).initiatives["i"]["score"] == pytest.approx(68.75)
    assert read(tiny(Performance=[mark("a", 0, 5, 1, "higher")])).initiatives["i"]["score"] == 100
    assert read(tiny(Performance=[mark("a", 0, 5, 1, "lower")])).initiatives["i"]["score"] == 0
