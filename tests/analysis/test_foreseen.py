"""What is seen of a change without solving the case again is what solving it says: full, and at that award."""

from __future__ import annotations

import pytest

from optimiser import verbs
from optimiser.analysis.reasons.foreseen import sure_award
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.trial import outcome
from optimiser.analysis.reasons.ways import Ways
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import FULL
from tests.oracle.large_cases import large_case
from tests.oracle.random_cases import random_case
from tests.soak import some_of


def compared(case: Case, most: int = 3) -> tuple[int, int]:
    """Of some initiatives of a case: how many other scores were seen to fund them in full, each as its solve says, and how many
    there were."""
    plan = verbs.solve(case)
    if not plan.has_plan:
        return 0, 0
    ways = Ways(Study(case, plan=plan))
    facts, unit = case.facts, case.settings.rounding
    sure = count = 0
    for i in [i for i, level in enumerate(plan.tables["Awards"]["level"].tolist()) if level < FULL][:most]:
        full = ways.forced(i) if facts.maximum[i] > 0 else None
        if full is None:
            continue
        for way in ways.to_full(i, full, ways.in_the_way(full, ways.base)):
            award = sure_award(ways, i, way.rows, full)
            assert award is None or way.kind == "score"
            count += way.kind == "score"
            if award is not None:
                sure += 1
                after = outcome(case, way.rows)
                assert after is not None, (i, way)
                assert after.levels[i] >= FULL, (i, way)
                assert after.awards[i] == pytest.approx(award, abs=max(unit, 1e-6) * (1 + 1e-9)), (i, way)
            again = ways.values.best(start=ways.base.start)  # the loaded program is as it was
            assert again is not None
            assert again.value == pytest.approx(ways.base.value, rel=1e-9, abs=1e-9)
    return sure, count


@pytest.mark.parametrize("seed", some_of(range(300), (0, 1, 2, 3, 6, 7, 12, 13)))
def test_it_is_what_solving_says(seed: int) -> None:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    compared(case)


def test_changes_of_a_score_are_seen_without_a_solve() -> None:
    sure, _ = compared(
        verbs.case_from(large_case(funds=4, agencies=8, initiatives=24, periods=2, partners=1, seed=3, switches=True)),
        6,
    )
    assert sure
