"""The first periods of a plan, held as rows of the Scenarios sheet: rules that a case, solved again, begins with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.analysis.limits.cell import ChangeRow, set_rows, where_of
from optimiser.case.selection import quoted
from optimiser.case.tolerances import SAME
from optimiser.plan.tables import Plan

AUTHORITY = "The plan that survives any loss"


def beginning(plan: Plan, since: str, authority: str = AUTHORITY) -> tuple[ChangeRow, ...]:
    """Rows by which a case spends before the period `since` what the plan does: fund by initiative and agency, and nothing else.

    Each amount is a least one, lower by a unit of the case's rounding for each line that it is the sum of, because lines
    are rounded one by one (and by a millionth of the money, because amounts are written with twelve digits and funds may be
    spent to the last); together they are all that may be spent by then. Raises ValueError where nothing is spent before.
    """
    return tuple(_rows(plan, since, authority))


def _rows(plan: Plan, since: str, authority: str) -> Iterator[ChangeRow]:
    case, spend = plan.case, plan.tables["Spend"]
    order = {name: k for k, name in enumerate(case.facts.names["period"])}
    early = np.array([order[p] < order[since] for p in spend["period"].tolist()], bool)
    sums: dict[tuple[str, str, str], tuple[float, int]] = {}
    mine = (spend[c][early].tolist() for c in ("fund", "initiative", "agency", "money"))
    for fund, initiative, agency, money in zip(*mine, strict=True):
        had, lines = sums.get((fund, initiative, agency), (0.0, 0))
        sums[fund, initiative, agency] = had + money, lines + 1
    if not sums:
        raise ValueError(f"the plan spends nothing before {since}")
    taken = set(case.tables["Rules"]["rule"].tolist())
    total, before = sum(money for money, _ in sums.values()), f"period < {quoted(since)}"
    unit = max(case.settings.rounding, SAME * total)
    for (fund, initiative, agency), (money, lines) in sorted(sums.items()):
        least = money - lines * unit
        if least <= 0:
            continue
        where = f"{where_of(fund=fund, initiative=initiative, agency=agency)} ; {before}"
        name = _free(f"Before {since}: {initiative} by {agency} from {fund}", taken)
        yield from _rule(name, where, "at_least", least, authority)
    yield from _rule(_free(f"Before {since}: nothing else", taken), before, "at_most", total + unit, authority)


def _rule(name: str, where: str, column: str, amount: float, authority: str) -> Iterator[ChangeRow]:
    cells: dict[str, str | float] = {"where": where, column: amount, "authority": authority}
    yield from set_rows("Rules", where_of(rule=name), **cells)


def _free(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 1
    while name.casefold() in {t.casefold() for t in taken}:
        count += 1
        name = f"{wanted} ({count})"
    taken.add(name)
    return name
