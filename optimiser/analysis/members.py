"""What can be named as the cause of an infeasible case: rules, limits, floors and cells, never balances.

Each member knows the rows of the linear program that fall away without it. The program that is asked is the case's
own, with what cannot make a case infeasible left out (objectives, soft rules) and with every limit in a row of its
own: bounds of columns, which only repeat limits, are wide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.settings import Objective
from optimiser.case.table import Array
from optimiser.model.build import build
from optimiser.model.matrix import Family, Index, Model, Stage
from optimiser.model.rows import SMALLEST_LEVEL
from optimiser.model.rules import Compiled, compile_rules, sentence

NONE = np.zeros(0, np.int64)
WIDE = ("spend", "carry", "unspent", "match", "in kind", "post", "hire")
"""Families whose upper bounds only repeat limits that stand in rows."""
SCOPE = "of its full scope"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


@dataclass(frozen=True, eq=False)
class Measure:
    """What a member limits: Σ value × column against `limit`. floor: whether it must be reached; unit: `money`, `FTE`
    (summed over periods), `initiatives` … has: what the member says of it, such as `Pool B has $500,000`."""

    columns: Array
    values: Array
    limit: float
    floor: bool
    unit: str
    has: str


@dataclass(frozen=True, eq=False)
class Member:
    """One thing that a case demands.

    item: the key of its record; name: the record as people call it; column: the cell ("" for a whole rule);
    lower, upper: rows whose lower, upper limit falls away without it; imposed: rows that must then be at least 0.
    """

    sheet: str
    item: str
    column: str
    name: str
    sentence: str
    lower: Array
    upper: Array
    imposed: Array = field(default_factory=lambda: NONE)
    measure: Measure | None = None


class Demands:
    """A case as demands: the linear program of its feasibility, and the members that can be taken out of it."""

    def __init__(self, case: Case) -> None:
        rules = case.tables["Rules"]
        tables = {**case.tables, "Rules": rules.take(rules["hard"] & rules["active"])}
        self.case = case
        self.facts = Facts(tables, replace(case.settings, objective=(Objective("thrift"),)))
        self.rules = compile_rules(self.facts)
        self.model = _feasibility(self.facts, build(self.facts, self.rules), _counted(self.facts, self.rules))

    @cached_property
    def members(self) -> list[Member]:
        """Every member, those first that people would rather hear named: rules, money, people."""
        return [*_rules(self), *_Cells(self).all()]


def without(model: Model, dropped: Sequence[Member]) -> Model:
    """The model in which these members demand nothing."""
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    for member in dropped:
        lower[member.lower] = -np.inf
        upper[member.upper] = np.inf
        lower[member.imposed] = 0.0
    return replace(model, row_lower=lower, row_upper=upper)


# -- words ------------------------------------------------------------------------------------------------------------


def called(facts: Facts, dimension: str, code: int) -> str:
    """A record as people call it, with its key: `Mobile crisis team (C04)`; the key alone where it has no other name."""
    key = facts.names[dimension][code]
    name = str(facts.sorted[dimension]["name"][code]) if dimension in facts.sorted else ""
    return f"{name} ({key})" if name and fold(name) != fold(key) else key


def money(facts: Facts, value: float) -> str:
    """Money to the unit, to the cent where it has cents: $842,150."""
    currency = facts.settings.currency
    cents = f"{value:,.2f}".removesuffix(".00")
    return SYMBOLS.get(currency.upper(), f"{currency} ") + cents


def amount_of(facts: Facts, value: float, unit: str) -> str:
    """A figure with its unit: `$1,250`, `2.5 FTE`, `1 initiative`, `98.4% of its full scope`."""
    if unit == "money":
        return money(facts, round(value, 2))
    if unit == SCOPE:
        return f"{value:.1%} {unit}"
    figure = f"{float(f'{value:.4g}'):,}".removesuffix(".0")
    return f"{figure} {unit.removesuffix('s') if figure == '1' and unit == 'initiatives' else unit}"


# -- the linear program -----------------------------------------------------------------------------------------------


def _counted(facts: Facts, rules: Sequence[Compiled]) -> Array:
    """[I]: whether some rule asks if the initiative is funded."""
    counted = np.zeros(facts.size("initiative"), bool)
    for compiled in rules:
        for block in compiled.blocks:
            for term in (*block.left, *block.right):
                if term.measure == "funded":
                    counted |= term.weights.get("initiative", np.ones(len(counted))) != 0
    return counted


def _feasibility(facts: Facts, model: Model, counted: Array) -> Model:
    """Limits as rows, wide bounds, and nothing to be minimised."""
    money_reach = 10.0 * float(
        facts.amount.sum() + facts.request.sum() + facts.minimum.sum() + facts.agency_minimum.sum() + 1
    )
    people_reach = 1e3 + 10.0 * float(facts.need.sum() * facts.size("period") + facts.releasable_fte.sum())
    upper, lower = model.column_upper.copy(), model.column_lower.copy()
    for name in WIDE:
        upper[model.columns[name].span] = people_reach if name in ("post", "hire") else money_reach
    level, funded = model.columns["level"], model.columns["funded"]
    upper[level.span] = 100.0
    lower[funded.span] = 0.0
    of_level = level.keys["initiative"]
    shut = np.flatnonzero(facts.maximum == 0)
    rows: list[tuple[str, Array, list[tuple[Array, Array]], float, float]] = []
    mine = [level.first + np.flatnonzero(of_level == i) for i in range(facts.size("initiative"))]
    rows.append(("shut", shut, [(mine[i], np.ones(len(mine[i]))) for i in shut.tolist()], -np.inf, 0.0))
    switched = funded.keys["initiative"]
    column = {i: funded.first + k for k, i in enumerate(switched.tolist())}
    must = np.array([i for i in switched.tolist() if facts.must_fund[i]], np.int32)
    rows.append(("must", must, [(np.array([column[i]]), np.ones(1)) for i in must.tolist()], 1.0, np.inf))
    held = set(model.rows["funded"].keys["initiative"].tolist())
    free = np.array([i for i in switched.tolist() if i not in held and counted[i]], np.int32)
    smallest = [
        (np.append(mine[i], column[i]), np.append(np.ones(len(mine[i])), -SMALLEST_LEVEL)) for i in free.tolist()
    ]
    rows.append(("smallest", free, smallest, -np.inf, np.inf))
    made = replace(
        model,
        column_lower=lower,
        column_upper=upper,
        stages=(Stage("feasible", np.zeros(len(lower))),),
        ties=(),
    )
    for name, initiatives, entries, low, high in rows:
        made = with_rows(made, name, initiatives, entries, low, high)
    return made


def with_rows(
    model: Model, name: str, initiatives: Array, entries: list[tuple[Array, Array]], low: float, high: float
) -> Model:
    """The model with more rows, one for each initiative: low ≤ Σ value × column ≤ high for its (columns, values)."""
    size = len(entries)
    counts = np.array([len(columns) for columns, _ in entries], np.int64)
    family = Family(name, len(model.row_lower), size, {"initiative": initiatives})
    return replace(
        model,
        rows=Index({**model.rows.families, name: family}),
        start=np.append(model.start, model.start[-1] + np.cumsum(counts)).astype(np.int32),
        index=np.concatenate([model.index, *(c for c, _ in entries)]).astype(np.int32),
        value=np.concatenate([model.value, *(v for _, v in entries)]),
        row_lower=np.append(model.row_lower, np.full(size, low)),
        row_upper=np.append(model.row_upper, np.full(size, high)),
        row_scale=np.append(model.row_scale, np.ones(size)),
    )


# -- members ----------------------------------------------------------------------------------------------------------


def _rules(d: Demands) -> Iterator[Member]:
    for number, compiled in enumerate(d.rules):
        spans = [d.model.rows[f"rule {number}.{part}"].span for part in range(len(compiled.blocks))]
        rows = np.concatenate([NONE, *(np.arange(s.start, s.stop) for s in spans)])
        name = compiled.rule.name
        said = f"{name}: {sentence(d.facts, compiled.rule)}"
        yield Member("Rules", name, "", name, said, rows, rows, NONE, _measure_of_rule(d, compiled, rows))


def _measure_of_rule(d: Demands, compiled: Compiled, rows: Array) -> Measure | None:
    """Of a rule that is one limit against a number of the case."""
    if len(rows) != 1 or compiled.blocks[0].right:
        return None
    block, row = compiled.blocks[0], int(rows[0])
    limit = float(block.share[0] * block.constant[0])
    span = slice(d.model.start[row], d.model.start[row + 1])
    word = "at least" if block.at_least else "at most"
    has = f"the rule {compiled.rule.name} asks for {word} {amount_of(d.facts, limit, block.unit)}"
    return Measure(d.model.index[span], d.model.value[span], limit, block.at_least, block.unit, has)


Key = tuple[int, ...]


class _Cells:
    """The members that are cells."""

    def __init__(self, demands: Demands) -> None:
        self.d, self.facts, self.model = demands, demands.facts, demands.model
        self._groups: dict[tuple[str, ...], dict[Key, Array]] = {}

    def all(self) -> Iterator[Member]:
        """Money first, then floors, then people and what delivery asks for."""
        yield from self.funds()
        yield from self.agencies()
        yield from self.initiatives()
        yield from self.people()
        yield from self.partners()

    def rows(self, family: str, *by: str) -> dict[Key, Array]:
        """Rows of a family by the codes of some keys."""
        if (family, *by) not in self._groups:
            found = self.model.rows[family]
            made: dict[Key, list[int]] = {}
            for k, key in enumerate(zip(*(found.keys[d].tolist() for d in by), strict=True)):
                made.setdefault(key, []).append(found.first + k)
            self._groups[family, *by] = {key: np.array(listed) for key, listed in made.items()}
        return self._groups[family, *by]

    def measure(self, family: str, limit: float, floor: bool, unit: str, has: str, **keys: int) -> Measure:
        """Σ of a family's columns with these keys."""
        found = self.model.columns[family]
        hit = np.ones(found.size, bool)
        for dimension, code in keys.items():
            hit &= found.keys[dimension] == code
        columns = found.first + np.flatnonzero(hit)
        return Measure(columns, np.ones(len(columns)), limit, floor, unit, has)

    def money(self, value: float) -> str:
        return money(self.facts, value)

    def funds(self) -> Iterator[Member]:
        f = self.facts
        for (k,), rows in self.rows("fund", "fund").items():
            key, name = f.names["fund"][k], called(f, "fund", k)
            arriving = rows[f.installment[k, self._periods(rows)] > 0]
            carried = self.rows("carry-over", "fund", "period")
            moved = [
                carried[k, t] for t in self._periods(arriving).tolist() if (k, t) in carried and f.carryover[k] > 0
            ]
            has = f"{name} has {self.money(f.amount[k])}"
            measure = self.measure("spend", float(f.amount[k]), False, "money", has, fund=k)
            yield Member(
                "Funds", key, "amount", name, f"{has}.", NONE, np.concatenate([arriving, NONE, *moved]), NONE, measure
            )
            if (k,) in self.rows("carry-over", "fund"):
                said = f"At most {f.carryover[k]:.0%} of the balance of {name} may move on to the next period."
                yield Member("Funds", key, "carryover", name, said, NONE, self.rows("carry-over", "fund")[k,])
            if (k,) in self.rows("min spend", "fund"):
                least = float(f.min_spend[k] * f.amount[k])
                has = f"at least {f.min_spend[k]:.0%} of {name} ({self.money(least)}) must be spent"
                measure = self.measure("spend", least, True, "money", has, fund=k)
                yield Member(
                    "Funds",
                    key,
                    "min_spend",
                    name,
                    f"{_capital(has)}.",
                    self.rows("min spend", "fund")[k,],
                    NONE,
                    NONE,
                    measure,
                )
            if (k,) in self.rows("match", "fund"):
                said = f"{f.match_rate[k]:.0%} of the cost under {name} must come from elsewhere."
                yield Member("Funds", key, "match_rate", name, said, self.rows("match", "fund")[k,], NONE)

    def _periods(self, rows: Array) -> Array:
        family = self.model.rows["fund"]
        return family.keys["period"][rows - family.first] if len(rows) else NONE

    def agencies(self) -> Iterator[Member]:
        f = self.facts
        for (a,), rows in self.rows("agency", "agency").items():
            key, name = f.names["agency"][a], called(f, "agency", a)
            if f.agency_minimum[a] > 0:
                least = float(f.agency_minimum[a])
                has = f"{name} must receive at least {self.money(least)}"
                measure = self.measure("spend", least, True, "money", has, agency=a)
                yield Member("Agencies", key, "minimum", name, f"{has}.", rows, NONE, NONE, measure)
            if np.isfinite(f.agency_maximum[a]):
                most = float(f.agency_maximum[a])
                has = f"{name} may receive at most {self.money(most)}"
                measure = self.measure("spend", most, False, "money", has, agency=a)
                yield Member("Agencies", key, "maximum", name, f"{has}.", NONE, rows, NONE, measure)

    def initiatives(self) -> Iterator[Member]:
        f = self.facts
        for i, key in enumerate(f.names["initiative"]):
            name = called(f, "initiative", i)
            floor = self.floor(i, key, name)
            if floor is not None:
                yield floor
            if np.isfinite(f.maximum[i]):
                rows = np.concatenate([self.one("award", i), self.one("shut", i)])
                most = float(f.maximum[i])
                has = (
                    f"{name} may receive at most {self.money(most)}"
                    if most
                    else f"{name} is locked out (its maximum is 0)"
                )
                measure = self.measure("spend", most, False, "money", has, initiative=i)
                yield Member("Initiatives", key, "maximum", name, f"{_capital(has)}.", NONE, rows, NONE, measure)
            pace = self.rows("pace", "initiative").get((i,))
            if pace is not None:
                said = f"At most {f.pace[i]:.0%} of {name} can be delivered in one period."
                yield Member("Initiatives", key, "pace", name, said, NONE, pace)

    def one(self, family: str, i: int) -> Array:
        """Rows of an initiative in a family."""
        return self.rows(family, "initiative").get((i,), NONE)

    def floor(self, i: int, key: str, name: str) -> Member | None:
        """What an initiative must get (or, if it is funded at all, gets); without it the initiative is free."""
        f, scope, smallest = self.facts, self.one("scope", i), self.one("smallest", i)
        if f.must_fund[i]:
            column = "must_fund"
            in_full = bool(f.all_or_nothing[i] or f.minimum[i] <= 0)
            has = (
                f"{name} must be funded in full"
                if in_full
                else f"{name} must receive at least {self.money(f.minimum[i])}"
            )
        elif f.all_or_nothing[i]:
            column, in_full = "all_or_nothing", True
            has = f"{name} is funded in full or not at all"
        elif f.minimum[i] > 0:
            column, in_full = "minimum", False
            has = f"{name} receives at least {self.money(f.minimum[i])} if it is funded"
        else:
            return None
        rows = np.concatenate([scope, self.one("must", i), self.one("minimum", i)])
        if f.must_fund[i]:
            rows = np.concatenate([rows, self.one("award", i)])
        measure = None
        if f.must_fund[i]:
            family, limit, unit = ("level", 1.0, SCOPE) if in_full else ("spend", float(f.minimum[i]), "money")
            measure = self.measure(family, limit, True, unit, has, initiative=i)
        return Member("Initiatives", key, column, name, f"{has}.", rows, NONE, smallest, measure)

    def people(self) -> Iterator[Member]:
        f = self.facts
        agency, role = f.names["agency"], f.names["role"]
        for family, column, most, word in (
            ("people", "fte", f.releasable_fte, "can release"),
            ("hire limit", "hire_max", f.hire_max, "can hire"),
        ):
            for (a, k), rows in self.rows(family, "agency", "role").items():
                name = called(f, "agency", a)
                has = f"{name} {word} {most[a, k].max():,.6g} FTE of {role[k]}"
                kind = "post" if family == "people" else "hire"
                total, unit = float(most[a, k].sum()), "FTE" if len(rows) == 1 else "FTE·periods"
                summed = f"{has} ({total:,.6g} {unit})" if len(rows) > 1 else has
                measure = self.measure(kind, total, False, unit, summed, agency=a, role=k)
                yield Member("Staff", f"{agency[a]}, {role[k]}", column, name, f"{has}.", NONE, rows, NONE, measure)
        for (i, k), rows in self.rows("staffing", "initiative", "role").items():
            name = called(f, "initiative", i)
            said = f"{name} needs {f.need[i, k]:,.6g} FTE of {role[k]} at full scope."
            yield Member("Needs", f"{f.names['initiative'][i]}, {role[k]}", "fte", name, said, rows, NONE)

    def partners(self) -> Iterator[Member]:
        f = self.facts
        share: Callable[[Array, Key], float] = lambda values, key: float(  # noqa: E731
            values[(f.partner_initiative == key[0]) & (f.partner_agency == key[1])][0]
        )
        for family, column, values, word in (
            ("min share", "min_share", f.min_share, "at least"),
            ("max share", "max_share", f.max_share, "at most"),
        ):
            for key, rows in self.rows(family, "initiative", "agency").items():
                i, a = key
                name = f"{called(f, 'agency', a)} in {called(f, 'initiative', i)}"
                said = f"{called(f, 'agency', a)} delivers {word} {share(values, key):.0%} of {called(f, 'initiative', i)}."
                item = f"{f.names['initiative'][i]}, {f.names['agency'][a]}"
                lower, upper = (rows, NONE) if family == "min share" else (NONE, rows)
                yield Member("Partners", item, column, name, said, lower, upper)


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
