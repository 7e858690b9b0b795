"""What can be named as the cause of an infeasible case: rules, limits, floors and cells, never balances.

Each member knows the rows of the linear program that fall away without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, sentence


@dataclass(frozen=True, eq=False)
class Member:
    """One thing that a case demands. item: the key of its record; column: the cell ("" for a whole rule).

    lower, upper: rows whose lower, upper limit falls away without it; columns: columns whose lower bound does.
    """

    sheet: str
    item: str
    column: str
    sentence: str
    lower: Array
    upper: Array
    columns: Array


NONE = np.zeros(0, np.int64)


def members(facts: Facts, model: Model, rules: Sequence[Compiled]) -> list[Member]:
    """Every member, in the order in which people would rather change them last: rules and cells of money first."""
    return [*_rules(facts, model, rules), *_cells(facts, model)]


def without(model: Model, dropped: Sequence[Member]) -> Model:
    """The model in which these members demand nothing."""
    lower, upper, columns = model.row_lower.copy(), model.row_upper.copy(), model.column_lower.copy()
    for member in dropped:
        lower[member.lower] = -np.inf
        upper[member.upper] = np.inf
        columns[member.columns] = 0.0
    return replace(model, row_lower=lower, row_upper=upper, column_lower=columns)


def _rules(facts: Facts, model: Model, rules: Sequence[Compiled]) -> Iterator[Member]:
    for number, compiled in enumerate(rules):
        if not compiled.rule.hard:
            continue
        spans = [model.rows[f"rule {number}.{part}"].span for part in range(len(compiled.blocks))]
        rows = np.concatenate([NONE, *(np.arange(s.start, s.stop) for s in spans)])
        yield Member("Rules", compiled.rule.name, "", sentence(facts, compiled.rule), rows, rows, NONE)


Key = tuple[int, ...]


def _grouped(model: Model, family: str, *by: str) -> dict[Key, Array]:
    """Rows of a family by the codes of some keys."""
    rows = model.rows[family]
    made: dict[Key, list[int]] = {}
    for k, key in enumerate(zip(*(rows.keys[d].tolist() for d in by), strict=True)):
        made.setdefault(key, []).append(rows.first + k)
    return {key: np.array(found) for key, found in made.items()}


def _cells(facts: Facts, model: Model) -> Iterator[Member]:
    names = facts.names
    fund, agency, initiative, role = names["fund"], names["agency"], names["initiative"], names["role"]

    def each(
        family: str, sheet: str, column: str, side: str, item: Callable[[Key], str], said: Callable[[Key], str], *by: str,
        kept: Callable[[Key], bool] = lambda key: True,
    ) -> Iterator[Member]:  # fmt: skip
        for key, rows in _grouped(model, family, *by).items():
            if kept(key):
                lower, upper = (rows, NONE) if side == "lower" else (NONE, rows)
                yield Member(sheet, item(key), column, said(key), lower, upper, NONE)

    def money(value: float) -> str:
        return f"{value:,.2f}".removesuffix(".00")

    yield from each(
        "fund", "Funds", "amount", "upper", lambda k: fund[k[0]],
        lambda k: f"{fund[k[0]]} has {money(facts.amount[k[0]])}.", "fund",
    )  # fmt: skip
    yield from each(
        "carry-over", "Funds", "carryover", "upper", lambda k: fund[k[0]],
        lambda k: f"At most {facts.carryover[k[0]]:.0%} of the balance of {fund[k[0]]} may move on to the next period.", "fund",
    )  # fmt: skip
    yield from each(
        "min spend", "Funds", "min_spend", "lower", lambda k: fund[k[0]],
        lambda k: f"At least {facts.min_spend[k[0]]:.0%} of {fund[k[0]]} must be spent.", "fund",
    )  # fmt: skip
    yield from each(
        "match", "Funds", "match_rate", "lower", lambda k: fund[k[0]],
        lambda k: f"{facts.match_rate[k[0]]:.0%} of the cost under {fund[k[0]]} must come from elsewhere.", "fund",
    )  # fmt: skip
    yield from each(
        "agency", "Agencies", "minimum", "lower", lambda k: agency[k[0]],
        lambda k: f"{agency[k[0]]} must receive at least {money(facts.agency_minimum[k[0]])}.", "agency",
        kept=lambda k: bool(facts.agency_minimum[k[0]] > 0),
    )  # fmt: skip
    yield from each(
        "agency", "Agencies", "maximum", "upper", lambda k: agency[k[0]],
        lambda k: f"{agency[k[0]]} may receive at most {money(facts.agency_maximum[k[0]])}.", "agency",
        kept=lambda k: bool(np.isfinite(facts.agency_maximum[k[0]])),
    )  # fmt: skip
    yield from each(
        "award", "Initiatives", "maximum", "upper", lambda k: initiative[k[0]],
        lambda k: f"{initiative[k[0]]} may receive at most {money(facts.maximum[k[0]])}.", "initiative",
        kept=lambda k: bool(np.isfinite(facts.maximum[k[0]])),
    )  # fmt: skip
    yield from _must_fund(facts, model, initiative, money)
    yield from each(
        "minimum", "Initiatives", "minimum", "lower", lambda k: initiative[k[0]],
        lambda k: f"{initiative[k[0]]} receives at least {money(facts.minimum[k[0]])} if it is funded.", "initiative",
    )  # fmt: skip
    yield from each(
        "pace", "Initiatives", "pace", "upper", lambda k: initiative[k[0]],
        lambda k: f"At most {facts.pace[k[0]]:.0%} of {initiative[k[0]]} can be delivered in one period.", "initiative",
    )  # fmt: skip
    yield from each(
        "people", "Staff", "fte", "upper", lambda k: f"{agency[k[0]]}, {role[k[1]]}",
        lambda k: f"{agency[k[0]]} can release {facts.releasable_fte[k[0], k[1]].max():,.6g} FTE of {role[k[1]]}.", "agency", "role",
    )  # fmt: skip
    yield from each(
        "hire limit", "Staff", "hire_max", "upper", lambda k: f"{agency[k[0]]}, {role[k[1]]}",
        lambda k: f"{agency[k[0]]} can hire {facts.hire_max[k[0], k[1]].max():,.6g} FTE of {role[k[1]]}.", "agency", "role",
    )  # fmt: skip
    yield from each(
        "staffing", "Needs", "fte", "lower", lambda k: f"{initiative[k[0]]}, {role[k[1]]}",
        lambda k: f"{initiative[k[0]]} needs {facts.need[k[0], k[1]]:,.6g} FTE of {role[k[1]]} at full scope.", "initiative", "role",
    )  # fmt: skip
    for family, column, side, word in (("min share", "min_share", "lower", "least"), ("max share", "max_share", "upper", "most")):
        yield from each(
            family, "Partners", column, side, lambda k: f"{initiative[k[0]]}, {agency[k[1]]}",
            lambda k, word=word: f"{agency[k[1]]} delivers at {word} its share of {initiative[k[0]]}.", "initiative", "agency",  # type: ignore[misc]
        )  # fmt: skip


def _must_fund(facts: Facts, model: Model, names: Sequence[str], money: Callable[[float], str]) -> Iterator[Member]:
    award, scope = _grouped(model, "award", "initiative"), _grouped(model, "scope", "initiative")
    funded = model.columns["funded"]
    column_of: Mapping[int, int] = {i: funded.first + k for k, i in enumerate(funded.keys["initiative"].tolist())}
    for i in np.flatnonzero(facts.must_fund).tolist():
        with_minimum = facts.minimum[i] > 0 and not facts.all_or_nothing[i]
        rows = award.get((i,), NONE) if with_minimum else scope[(i,)]
        said = f"{names[i]} must receive at least {money(facts.minimum[i])}." if with_minimum else f"{names[i]} must be funded in full."
        columns = np.array([column_of[i]]) if i in column_of else NONE
        yield Member("Initiatives", names[i], "must_fund", said, rows, NONE, columns)
