"""What differs between two cases is told once, and never passed over."""

from __future__ import annotations

import copy
from typing import Any

import optimiser
from optimiser.analysis.asking import case_differences


def test_a_contribution_is_left_out_beside_its_own_fund_alone() -> None:
    """The fund A stands in the word Agency; what changed by as much elsewhere is told."""
    given: dict[str, list[dict[str, Any]]] = {
        "Agencies": [{"agency": "Agency"}, {"agency": "Rail"}],
        "Funds": [
            {"fund": "A", "kind": "joint grant", "amount": 100},
            {"fund": "B", "kind": "own budget", "owner": "Agency"},
        ],
        "Contributions": [
            {"agency": "Agency", "fund": "B", "amount": 100},
            {"agency": "Rail", "fund": "B", "amount": 7},
        ],
        "Initiatives": [{"initiative": "x", "lead": "Rail", "request": 400}],
    }
    changed = copy.deepcopy(given)
    changed["Funds"][0]["amount"] = changed["Contributions"][0]["amount"] = 200
    found = case_differences.between(optimiser.case_from(given), optimiser.case_from(changed))
    assert [(d.sheet, d.record) for d in found] == [("Funds", "A"), ("Funds", "B"), ("Contributions", "Agency, B")]
    changed["Contributions"].pop()
    given["Contributions"].pop()
    changed["Funds"][0]["amount"] = 100
    found = case_differences.between(optimiser.case_from(given), optimiser.case_from(changed))
    assert [(d.sheet, d.record) for d in found] == [("Funds", "B")]
