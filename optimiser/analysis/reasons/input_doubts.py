"""The audit of the input: money that nobody can spend, people that nobody can use, limits that never bind, odd units.

Nothing here changes a plan. What is said of money is found by solving: as much of a fund is spent as the case allows,
and what holds the rest back is what, left out, lets more of it be spent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.cell import told
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.rulebook.rule_audit import audit_rules
from optimiser.case.readable import listed, money_exact, number
from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST, NEAR_WHOLE, NOTHING, SAME
from optimiser.solvers.value import Found, Values

ODD = 300.0
"""A figure so many times larger or smaller than the middle one of its column looks like another unit."""
_NAMED = 3


@dataclass(frozen=True)
class InputDoubt:
    """One thing of the input that a reader should know. kind: `cannot be spent`, `nobody needs`, `no return`, `never
    binds`, `unit`, or a kind of the audit of rules; item: the key of the record; amount: money or FTE, where it has any."""

    kind: str
    sheet: str
    item: str
    sentence: str
    amount: float | None = None


def audit(study: Study, *, seconds: float = 2.0, progress: Callable[[str], None] | None = None) -> list[InputDoubt]:
    """Everything that is odd about a case, money first. seconds: for proving that rules never bind."""
    made = [*_money(study, progress)] if study.feasible else []
    made += [*_people(study), *_contributions(study), *_caps(study), *_units(study)]
    if progress:
        progress("Rules that never bind")
    for finding in audit_rules(study.case, seconds=seconds):
        made.append(InputDoubt(finding.kind, "Rules", finding.rule, finding.sentence))
    return made


# -- money ------------------------------------------------------------------------------------------------------------


def _money(study: Study, progress: Callable[[str], None] | None) -> Iterator[InputDoubt]:
    facts, spend = study.facts, study.model.columns["spend"]
    values = study.curves.values
    costs = values.costs()
    unit = max(study.case.settings.rounding, LEAST)
    try:
        for f, name in enumerate(facts.names["fund"]):
            amount = float(facts.amount[f])
            if amount <= 0:
                continue
            if progress:
                progress(f"How much of {name} can be spent")
            most = np.zeros(len(costs))
            most[spend.where(fund=f)] = -1.0
            values.set_objective(most)
            found = values.best()
            rest = amount if found is None else amount + found.value
            if found is None or rest < max(unit, SAME * amount):
                continue
            said = facts.called("fund", f)
            because = _because(study, values, found, f)
            many = money_exact(rest if unit < 1 else float(np.floor(rest + NEAR_WHOLE)), facts.settings.currency)
            yield InputDoubt(
                "cannot be spent", "Funds", name, f"{said}: {many} cannot be spent by anyone, because {because}.", rest
            )
    finally:
        values.set_objective(costs)


def _because(study: Study, values: Values, found: Found, f: int) -> str:
    """What lets more of a fund be spent when it is left out, each tried by solving without it."""
    model, level = study.curves.model, study.level
    rows: dict[str, list[int]] = {}
    columns: dict[str, list[int]] = {}
    weight: dict[str, float] = {}
    for r in np.flatnonzero(np.abs(found.duals) > NOTHING).tolist():
        name = _blame(study, f, *model.rows.at(r))
        if name:
            rows.setdefault(name, []).append(r)
            weight[name] = weight.get(name, 0.0) + abs(float(found.duals[r]))
    for k in np.flatnonzero(found.reduced[level.span] < -NOTHING).tolist():
        name = SLOW if study.facts.pace[level.keys["initiative"][k]] < 1 else WHOLE
        weight[name] = weight.get(name, 0.0) + abs(float(found.reduced[level.first + k]))
    for name, family in ((WHOLE, "scope"), (SLOW, "pace")):
        if name in weight:
            # A limit of levels may stand in a row, in a bound, or in both.
            rows[name], columns[name] = model.rows[family].positions.tolist(), level.positions.tolist()
    kept = []
    for name in sorted(weight, key=lambda g: -weight[g])[:6]:
        mine, opened = np.array(rows.get(name, []), int), np.array(columns.get(name, []), int)
        values.set_rows(mine, np.full(len(mine), -np.inf), np.full(len(mine), np.inf))
        values.set_columns(opened, model.column_lower[opened], np.full(len(opened), 10.0))
        freed = values.best()
        values.set_rows(mine, model.row_lower[mine], model.row_upper[mine])
        values.set_columns(opened, model.column_lower[opened], model.column_upper[opened])
        if freed is not None and freed.value < found.value - SAME * max(1.0, abs(found.value)):
            kept.append(name)
    if WHOLE in kept and _leaves_out(study, found, f):
        kept[kept.index(WHOLE)] = CHOICE
    return listed(kept[:_NAMED], "and") if kept else "several limits together hold it back"


def _leaves_out(study: Study, found: Found, f: int) -> bool:
    """Whether a switch leaves something out that the fund may pay for, where as much of it is spent as can be."""
    columns = study.curves.model.columns
    spend, funded = columns["spend"], columns["funded"]
    off = funded.keys["initiative"][found.x[funded.span] < 0.5]
    return bool(np.isin(spend.keys["initiative"][spend.keys["fund"] == f], off).any())


CHOICE = "no other choice of what is funded spends more of it"
WHOLE, SLOW = "what it may pay for does not cost more", "no more can be delivered in the time that it has"
_BLAMED = {
    "scope": WHOLE, "pace": SLOW, "people": "there are not enough people for {role}",
    "hire limit": "there are not enough people for {role}", "match": "there is not enough match",
    "no double match": "there is not enough match", "carry-over": "too little of it may move on to the next period",
    "agency": "{agency} may receive no more", "award": "{initiative} may receive no more",
}  # fmt: skip


def _blame(study: Study, f: int, family: str, keys: dict[str, int]) -> str:
    """A limit as the reason why money stays: what people call it; "" for a balance."""
    if family.startswith("rule "):
        return f"the rule {study.rules[keys['rule']].rule.name} allows no more"
    if family == "carry-over" and keys["fund"] != f:
        return ""
    return told(study.facts, _BLAMED.get(family, ""), keys)


# -- people and agencies ----------------------------------------------------------------------------------------------


def _people(study: Study) -> Iterator[InputDoubt]:
    facts = study.facts
    needed = (facts.need * facts.active_periods[:, None]).sum(axis=0)
    useful = (facts.rate > 0) @ (needed > 0)
    for k, role in enumerate(facts.names["role"]):
        for a in np.flatnonzero(facts.releasable_fte[:, k].max(axis=1) > 0).tolist():
            if not useful[k]:
                fte = float(facts.releasable_fte[a, k].max())
                said = f"{facts.called('agency', a)} releases {number(fte)} FTE of {role}, whom no initiative needs."
                yield InputDoubt("nobody needs", "Staff", f"{facts.names['agency'][a]}, {role}", said, fte)


def _contributions(study: Study) -> Iterator[InputDoubt]:
    facts = study.facts
    paid = facts.contribution.sum(axis=1)
    partner = np.bincount(facts.partner_agency, minlength=len(paid)) > 0
    for a in np.flatnonzero((paid > 0) & ~partner).tolist():
        many = money_exact(float(paid[a]), facts.settings.currency)
        said = f"{facts.called('agency', a)} pays in {many} and can receive nothing: it is partner of no initiative."
        yield InputDoubt("no return", "Contributions", facts.names["agency"][a], said, float(paid[a]))


# -- figures ----------------------------------------------------------------------------------------------------------


def _caps(study: Study) -> Iterator[InputDoubt]:
    """Maxima above all that could be spent under them."""
    facts, spend = study.facts, study.model.columns["spend"]
    factor = np.zeros(facts.size("initiative"))
    np.maximum.at(factor, facts.partner_initiative, facts.cost_factor)
    hires = np.zeros(len(factor), bool)
    hires[study.model.columns["hire"].keys["initiative"]] = True
    cost = np.where(hires, np.inf, facts.request * factor)
    for i in np.flatnonzero(np.isfinite(facts.maximum) & (facts.maximum >= cost) & (cost > 0)).tolist():
        whole = money_exact(float(cost[i]), facts.settings.currency)
        said = f"The maximum of {facts.called('initiative', i)} never binds: in full it costs {whole}."
        yield InputDoubt("never binds", "Initiatives", facts.names["initiative"][i], said)
    for a in np.flatnonzero(np.isfinite(facts.agency_maximum)).tolist():
        mine = np.unique(spend.keys["initiative"][spend.keys["agency"] == a])
        if cost[mine].sum() <= facts.agency_maximum[a]:
            said = f"The maximum of {facts.called('agency', a)} never binds: all that it may deliver costs less."
            yield InputDoubt("never binds", "Agencies", facts.names["agency"][a], said)


def _units(study: Study) -> Iterator[InputDoubt]:
    """Figures far from the others of their column."""
    facts = study.facts
    for sheet, dimension, column, values in (
        ("Initiatives", "initiative", "request", facts.request),
        ("Funds", "fund", "amount", facts.amount),
        ("Initiatives", "initiative", "minimum", facts.minimum),
    ):
        for k, middle in _odd(values):
            shown, usual = (money_exact(float(v), facts.settings.currency) for v in (values[k], middle))
            said = f"The {column} of {facts.called(dimension, k)} is {shown}; the middle one is {usual}. Is it in the same unit?"
            yield InputDoubt("unit", sheet, facts.names[dimension][k], said)
    table = facts.tables["Staff"]
    for k, middle in _odd(table["cost_per_fte"]):
        shown, usual = (money_exact(float(v), facts.settings.currency) for v in (table["cost_per_fte"][k], middle))
        item = f"{table['agency'][k]}, {table['role'][k]}"
        yield InputDoubt(
            "unit", "Staff", item, f"An FTE of {item} costs {shown}; the middle one {usual}. Is it in the same unit?"
        )
    for k, middle in _odd(table["fte"]):
        item = f"{table['agency'][k]}, {table['role'][k]}"
        said = f"{item}: {number(float(table['fte'][k]))} FTE; the middle one is {number(middle)}. Is it a number of people?"
        yield InputDoubt("unit", "Staff", item, said)


def _odd(values: Array) -> Iterator[tuple[int, float]]:
    """Positions of values that are out of all proportion to the middle one, with that one."""
    above = values[np.isfinite(values) & (values > 0)]
    if len(above) < 4:
        return
    middle = float(np.median(above))
    for k in np.flatnonzero((values > 0) & ((values > ODD * middle) | (values * ODD < middle))).tolist():
        yield k, middle
