"""How far one looks for money on behalf of one initiative: in a large case not beyond what would be for others."""

from __future__ import annotations

import pytest

from optimiser import verbs
from optimiser.analysis.limits.aspects import FUND
from optimiser.analysis.reasons import ways
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.prices import Study


def test_no_more_money_is_looked_for_than_an_initiative_could_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    # Small pays least for its money, so the fund would have to pay for all of Big before it; Next stands just behind.
    case = verbs.case_from(
        {
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "F", "amount": 100_000}],
            "Initiatives": [
                {"initiative": "Big", "lead": "A", "request": 900_000, "priority": 3},
                {"initiative": "Small", "lead": "A", "request": 10_000, "score": 20},
            ],
        }
    )
    said = explain(case, "Small", parts=("initiatives",)).reasons[0].sentence
    assert "more in F" in said or "more of F" in said
    study = Study(case)
    monkeypatch.setattr(ways, "is_large", lambda model: True)
    asked = ways.Ways(study)
    fund = next(k for k, lever in enumerate(study.levers) if lever.of == FUND)
    small, big = (case.facts.names["initiative"].index(name) for name in ("Small", "Big"))
    assert asked._reach(small, fund) == ways.FARTHEST * 10_000
    assert asked._reach(big, fund) == float(study.curves.most[fund]) < ways.FARTHEST * 900_000
    far = explain(case, "Small", parts=("initiatives",)).reasons[0].sentence
    assert far.partition(" Funded in full with")[0] == said.partition(" Funded in full with")[0]
    assert "in F" not in far.partition(" Funded in full with")[2]
