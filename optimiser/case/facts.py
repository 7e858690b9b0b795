"""The case as arrays: every key a number, every default settled. Model, verification and analysis compute with these.

Members of a dimension are sorted by key (periods by time), so nothing that follows depends on the order of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from optimiser.case.names import fold, fold_title, nearest, told_apart
from optimiser.case.readable import capital
from optimiser.case.reading.costs import shares_of
from optimiser.case.reading.keys import GROUPS
from optimiser.case.review_scores import initiative_scores
from optimiser.case.scores import scores, tier_of
from optimiser.case.selection import Clause, SelectionError, Subject, matches, parse, title_match
from optimiser.case.settings import Settings
from optimiser.case.spec import BY_NAME, STANDARD_CATEGORIES
from optimiser.case.table import Array, Table, runs, text, to_decimals
from optimiser.case.tolerances import NOTHING

DIMENSIONS = ("fund", "agency", "initiative", "category", "period", "role")
SHEET_OF = {"fund": "Funds", "agency": "Agencies", "initiative": "Initiatives", "area": "Areas"}
OF_INITIATIVE = ("theme", "area", "lead", "score", "tier")
Selected = dict[str, Array]
"""dimension -> a bool for each member; a dimension that is not named is not narrowed."""


def sorted_names(names: Sequence[str]) -> list[str]:
    """Names in the order of their folded form, each once."""
    once = {fold(n): n for n in reversed(list(names)) if n}
    return [once[key] for key in sorted(once)]


@dataclass(frozen=True)
class Curve:
    """A concave curve by its points: `level` and `achieved` from 0 to 1."""

    name: str
    level: Array
    achieved: Array

    def at(self, effect: Array) -> Array:
        """Share achieved at each effect; flat beyond the last point."""
        return np.asarray(np.interp(effect, self.level, self.achieved))

    @property
    def segments(self) -> tuple[Array, Array]:
        """Length of each segment (share of scope) and its slope (share achieved per share of scope)."""
        length = np.diff(self.level)
        return length, np.diff(self.achieved) / length


class Facts:
    """All of a case that can be computed before anything is decided.

    Letters in shapes: F funds, A agencies, I initiatives, C categories, T periods, K roles, P partner pairs, Q cost
    rows, N outcome rows. Money is in currency units, shares are fractions, FTE are FTE.
    """

    def __init__(self, tables: Mapping[str, Table], settings: Settings) -> None:
        self.tables, self.settings = {name: _by_key(table) for name, table in tables.items()}, settings
        self._selected: dict[tuple[str, tuple[str, ...]], tuple[Selected, tuple[str, ...]]] = {}
        self._name_dimensions()
        self._read_agencies()
        self._read_initiatives()
        self._read_partners()
        self._read_costs()
        self._read_staff()
        self._read_outcomes()
        self._read_funds()
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    # -- dimensions ---------------------------------------------------------------------------------------------------

    def _name_dimensions(self) -> None:
        t = self.tables
        self.sorted: dict[str, Table] = {dimension: t[sheet] for dimension, sheet in SHEET_OF.items()}
        self.areas: list[str] = self.sorted["area"]["area"].tolist()
        categories = [*t["Costs"]["category"].tolist(), *STANDARD_CATEGORIES]
        roles = [name for sheet, column in GROUPS["role"] for name in t[sheet][column].tolist()]
        self.names: dict[str, list[str]] = {
            "fund": self.sorted["fund"]["fund"].tolist(),
            "agency": self.sorted["agency"]["agency"].tolist(),
            "initiative": self.sorted["initiative"]["initiative"].tolist(),
            "category": sorted_names(categories),
            "period": t["Periods"]["period"].tolist() or ["FY"],
            "role": sorted_names(roles),
        }
        self._called: dict[str, list[str]] = {}
        self._codes = {d: {fold(n): k for k, n in enumerate(names)} for d, names in self.names.items()}
        self._codes["area"] = {fold(n): k for k, n in enumerate(self.areas)}

    def size(self, dimension: str) -> int:
        """Number of members of a dimension."""
        return len(self.names[dimension])

    def called(self, dimension: str, code: int) -> str:
        """A record as people call it: see `told_apart`."""
        if dimension not in self.sorted:
            return self.names[dimension][code]
        if dimension not in self._called:
            self._called[dimension] = list(told_apart(dict(self.sorted[dimension].each(dimension, "name"))).values())
        return self._called[dimension][code]

    @cached_property
    def small_names(self) -> frozenset[str]:
        """Keys and names of funds, agencies, initiatives and areas that begin with a small letter, and stay so where a sentence
        begins with one."""
        columns = [(sheet, column) for sheet in SHEET_OF.values() for column in (BY_NAME[sheet].key[0], "name")]
        written = {
            v for sheet, column in columns if column in self.tables[sheet] for v in self.tables[sheet][column].tolist()
        }
        return frozenset(name for name in written if name != capital(name))

    def code(self, dimension: str, names: Array) -> Array:
        """The number of each name (-1 where blank). Raises KeyError for an unknown name."""
        codes = self._codes[dimension]
        return np.array([codes[fold(n)] if n else -1 for n in names.tolist()], np.int32)

    # -- agencies and initiatives -------------------------------------------------------------------------------------

    def _read_agencies(self) -> None:
        table = self.sorted["agency"]
        self.agency_score = scores(self.tables["Performance"], "agency", self.names["agency"], table["score"])
        self.agency_tier = tier_of(self.agency_score, self.settings.tiers)
        self.agency_area = self.code("area", table["area"])
        self.agency_minimum = table["minimum"]
        self.agency_maximum = _unlimited(table["maximum"])
        parent = self.code("area", self.sorted["area"]["parent"])
        inside = np.eye(len(self.areas), dtype=bool)
        for k in range(len(self.areas)):
            above = parent[k]
            while above >= 0 and not inside[above, k]:
                inside[above, k] = True
                above = parent[above]
        self.area_includes = inside
        """[area, area]: whether the first includes the second (each includes itself)."""

    def _read_initiatives(self) -> None:
        table = self.sorted["initiative"]
        self.request, self.minimum = _money(table["request"]), _money(table["minimum"])
        self.maximum = _unlimited(_money(table["maximum"]))
        self.must_fund, self.all_or_nothing = table["must_fund"], table["all_or_nothing"]
        self.pace, self.baseline, self.priority = table["pace"], table["baseline"], table["priority"]
        self.score = scores(
            self.tables["Performance"], "initiative", self.names["initiative"], initiative_scores(self.tables)
        )
        self.tier = tier_of(self.score, self.settings.tiers)
        self.theme, self.initiative_area = table["theme"], self.code("area", table["area"])
        self.lead = self.code("agency", table["lead"])
        self.active = self._window(table)
        """[I, T]: whether the initiative runs in the period."""
        self.active_periods = self.active.sum(axis=1)

    def _window(self, table: Table) -> Array:
        last_period = self.size("period") - 1
        first, last = self.code("period", table["first"]), self.code("period", table["last"])
        first, last = np.where(first < 0, 0, first), np.where(last < 0, last_period, last)
        period = np.arange(self.size("period"))
        return np.asarray((period >= first[:, None]) & (period <= last[:, None]))

    def _read_partners(self) -> None:
        table = self.tables["Partners"]
        initiative, agency = self.code("initiative", table["initiative"]), self.code("agency", table["agency"])
        with_rows = np.bincount(initiative, minlength=self.size("initiative")) > 0
        led = np.flatnonzero(~with_rows & (self.lead >= 0))
        open_to_all = np.flatnonzero(~with_rows & (self.lead < 0))
        every = np.arange(self.size("agency"))
        initiative = np.concatenate([initiative, led, np.repeat(open_to_all, len(every))])
        agency = np.concatenate([agency, self.lead[led], np.tile(every, len(open_to_all))])
        added = len(initiative) - len(table)
        order = np.lexsort((agency, initiative))
        self.partner_initiative = initiative[order].astype(np.int32)
        self.partner_agency = agency[order].astype(np.int32)

        def filled(column: str, default: float) -> Array:
            return np.asarray(np.concatenate([table[column], np.full(added, default)])[order])

        self.min_share, self.max_share = filled("min_share", 0.0), filled("max_share", 1.0)
        self.cost_factor, self.effectiveness = filled("cost_factor", 1.0), filled("effectiveness", 1.0)

    def _read_costs(self) -> None:
        table = self.tables["Costs"]
        initiative, category = self.code("initiative", table["initiative"]), self.code("category", table["category"])
        without = np.flatnonzero(np.bincount(initiative, minlength=self.size("initiative")) == 0)
        general = self._codes["category"]["general"]
        initiative = np.concatenate([initiative, without])
        category = np.concatenate([category, np.full(len(without), general)])
        share = np.concatenate([shares_of(table), np.ones(len(without))])
        order = np.lexsort((category, initiative))
        self.cost_initiative = initiative[order].astype(np.int32)
        self.cost_category = category[order].astype(np.int32)
        self.cost_share = share[order]

    def partner_costs(self) -> tuple[Array, Array]:
        """Every cost row of every partner: its position among the partners and among the costs."""
        start = np.searchsorted(self.cost_initiative, np.arange(self.size("initiative") + 1))
        count = np.diff(start)[self.partner_initiative]
        return np.repeat(np.arange(len(count)), count), runs(start[self.partner_initiative], count)

    def _read_staff(self) -> None:
        agencies, roles, periods = self.size("agency"), self.size("role"), self.size("period")
        table = self.tables["Staff"]
        agency, role, period = (self.code(name, table[name]) for name in ("agency", "role", "period"))
        each, one = period < 0, period >= 0

        def spread(column: str) -> Array:
            made = np.zeros((agencies, roles, periods))
            made[agency[each], role[each], :] = table[column][each][:, None]
            made[agency[one], role[one], period[one]] = table[column][one]
            return made

        self.fte, self.cost_per_fte = spread("fte"), spread("cost_per_fte")
        """[A, K, T]: staff on the books (FTE) and the value of one FTE (money for one period)."""
        self.releasable_fte = spread("releasable") * self.fte
        self.hire_max, self.hire_cost = spread("hire_max"), spread("hire_cost")
        needs = self.tables["Needs"]
        self.need = np.zeros((self.size("initiative"), roles))
        """[I, K]: FTE needed in each active period at full scope."""
        self.need[self.code("initiative", needs["initiative"]), self.code("role", needs["role"])] = needs["fte"]
        table = self.tables["Substitutes"]
        self.rate = np.eye(roles)
        """[K, K]: FTE of the second role that one FTE of the first provides (0: cannot)."""
        self.rate[self.code("role", table["role"]), self.code("role", table["can_do"])] = table["rate"]

    @cached_property
    def category_occurs(self) -> Array:
        """[C]: whether some initiative spends in the category (personnel also where people can be hired)."""
        occurs = np.bincount(self.cost_category, minlength=self.size("category")) > 0
        occurs[self._codes["category"]["personnel"]] |= bool(np.any(self.hire_max > 0))
        return np.asarray(occurs)

    # -- outcomes and impact ------------------------------------------------------------------------------------------

    def _read_outcomes(self) -> None:
        table = self.tables["Outcomes"]
        self.outcomes = sorted_names(table["outcome"].tolist())
        place = {fold(name): k for k, name in enumerate(self.outcomes)}
        outcome = np.array([place[fold(n)] for n in table["outcome"].tolist()], np.int32)
        initiative = self.code("initiative", table["initiative"])
        curves = self.tables["Curves"]
        names = sorted_names(curves["curve"].tolist())
        folded = np.array([fold(n) for n in curves["curve"].tolist()], object)
        self.curves: list[Curve] = []
        for name in names:
            mine = curves.take(folded == fold(name))
            order = np.argsort(mine["level"], kind="stable")
            self.curves.append(Curve(name, mine["level"][order], mine["achieved"][order]))
        curve_place = {fold(n): k for k, n in enumerate(names)}
        curve = np.array([curve_place[fold(n)] if n else -1 for n in table["curve"].tolist()], np.int32)
        order = np.lexsort((outcome, initiative))
        self.outcome_initiative, self.outcome_of = initiative[order], outcome[order]
        self.at_full, self.outcome_curve = table["at_full"][order], curve[order]
        """[N]: amount at full scope, and the curve's number (-1: in proportion, beyond 1 too)."""

    @cached_property
    def weights(self) -> dict[str, dict[str, float]]:
        """Weight of each listed outcome, theme and area (folded names)."""
        made: dict[str, dict[str, float]] = {"outcome": {}, "theme": {}, "area": {}}
        for row in self.tables["Priorities"].records():
            made[row["of"]][fold(row["item"])] = row["weight"]
        return made

    @cached_property
    def impact_factor(self) -> Array:
        """[I]: what one unit of weighted outcome (or, without any outcomes, full effect) is worth in impact."""
        theme = np.array([self.weights["theme"].get(fold(t), 1.0) if t else 1.0 for t in self.theme.tolist()])
        by_area = np.array([self.weights["area"].get(fold(a), 1.0) for a in self.areas] + [1.0])
        factor = theme * by_area[self.initiative_area] * self.priority
        if not len(self.at_full):
            return np.asarray(factor * self.request * self.score / 100.0)
        return np.asarray(factor * self.score / 100.0 if self.settings.score_effect == "proportional" else factor)

    @cached_property
    def outcome_value(self) -> Array:
        """[N]: impact of the outcome row at full scope."""
        weight = np.array([self.weights["outcome"].get(fold(o), 1.0) for o in self.outcomes])
        return np.asarray(self.at_full * weight[self.outcome_of] * self.impact_factor[self.outcome_initiative])

    def achieved(self, effect: Array) -> Array:
        """[N]: share of each outcome row achieved, from the effect of each initiative [I]."""
        share = effect[self.outcome_initiative].astype(float)
        for k, curve in enumerate(self.curves):
            mine = self.outcome_curve == k
            share[mine] = curve.at(share[mine])
        return share

    def impact(self, effect: Array) -> Array:
        """[I]: impact of each initiative, from its effect (Σ effectiveness × level)."""
        if not len(self.at_full):
            return np.asarray(self.impact_factor * effect)
        value = self.outcome_value * self.achieved(effect)
        return np.bincount(self.outcome_initiative, value, self.size("initiative"))

    # -- funds --------------------------------------------------------------------------------------------------------

    def _read_funds(self) -> None:
        table = self.sorted["fund"]
        self.contribution = np.zeros((self.size("agency"), self.size("fund")))
        """[A, F]: what an agency pays into a fund."""
        paid = self.tables["Contributions"]
        self.contribution[self.code("agency", paid["agency"]), self.code("fund", paid["fund"])] = paid["amount"]
        contributed = to_decimals(self.contribution.sum(axis=0), 9)
        self.amount = np.where(np.isnan(table["amount"]), contributed, table["amount"])
        self.fund_open = self._window(table)
        """[F, T]: whether the fund can be spent in the period."""
        self.installment = np.zeros(self.fund_open.shape)
        """[F, T]: money that arrives."""
        rows = self.tables["Installments"]
        fund = self.code("fund", rows["fund"])
        self.installment[fund, self.code("period", rows["period"])] = rows["amount"]
        alone = np.bincount(fund, minlength=self.size("fund")) == 0
        self.installment[alone, np.argmax(self.fund_open, axis=1)[alone]] = self.amount[alone]
        self.carryover, self.min_spend = table["carryover"], table["min_spend"]
        self.match_rate, self.can_match = table["match_rate"], table["can_match"]
        self.owner = self.code("agency", table["owner"])
        self.allowed_text = table["allowed"]

    @cached_property
    def allowed(self) -> list[Selected]:
        """[F]: what each fund may pay for."""
        money = ("fund", "agency", "initiative", "category", "period")
        return [self.select(text, money) for text in self.allowed_text.tolist()]

    # -- selections ---------------------------------------------------------------------------------------------------

    def select(
        self, selection: str, dimensions: Sequence[str] = DIMENSIONS, warn: Callable[[str], None] | None = None
    ) -> Selected:
        """What a selection selects: for each dimension that it names, a bool for each member.

        dimensions: those that may be named. Raises SelectionError otherwise, and for unknown columns and names.
        """
        asked = selection, tuple(dimensions)
        if asked not in self._selected:  # checks, rules and the model ask the same
            told: list[str] = []
            self._selected[asked] = self._select(selection, dimensions, told.append), tuple(told)
        selected, warnings = self._selected[asked]
        if warn is not None:
            for message in warnings:
                warn(message)
        return dict(selected)

    def _select(self, selection: str, dimensions: Sequence[str], warn: Callable[[str], None]) -> Selected:
        selected: Selected = {}
        for clause in parse(selection):
            subject = self.subject(clause)
            if subject.dimension not in dimensions:
                raise SelectionError(f'"{clause.column}"', "a column of " + ", ".join(dimensions), "leave it out here.")
            hit = matches(clause, subject, warn)
            selected[subject.dimension] = selected[subject.dimension] & hit if subject.dimension in selected else hit
            selected[subject.dimension].flags.writeable = False
        return selected

    def taken(self, selected: Selected, dimension: str) -> Array:
        """The members of a dimension that a selection takes, as a bool for each."""
        return selected.get(dimension, np.ones(self.size(dimension), bool))

    def subject(self, clause: Clause) -> Subject:
        """What the column of a clause stands for. Raises SelectionError where it stands for nothing, or for several things."""
        written = clause.column
        column = fold_title(written)
        if column in DIMENSIONS:
            order = self._codes["period"] if column == "period" else None
            names = self.names[column]
            return Subject(column, text(names), order, names, called=partial(self._keys_of_names, column))
        if column in OF_INITIATIVE:
            return self._attribute("initiative", column)
        sheet, dot, name = (part.strip() for part in written.partition("."))
        if dot:
            owner = next((d for d in SHEET_OF if fold_title(sheet) in (d, fold_title(SHEET_OF[d]))), "")
            title = self._title(owner, name) if owner else ""
            if title:
                return self._attribute(owner, title)
        else:
            owners = [d for d in SHEET_OF if self._title(d, written)]
            if len(owners) > 1:
                choices = " or ".join(f"{d}.{column}" for d in owners)
                raise SelectionError(f'"{written}"', "a column that stands on one sheet", f"write {choices}.")
            if owners:
                return self._attribute(owners[0], self._title(owners[0], written))
        known = [*DIMENSIONS, *OF_INITIATIVE, *(f"{d}.{c}" for d in SHEET_OF for c in self.sorted[d].columns)]
        near = nearest(written, known) or nearest(written, [k.partition(".")[2] or k for k in known])
        cure = f"did you mean {near}?" if near else "see the sheets for columns."
        raise SelectionError(f'"{written}"', "a known column", cure)

    def _title(self, owner: str, written: str) -> str:
        computed = ["tier"] if owner in ("agency", "initiative") else []
        return title_match(written, [*computed, *self.sorted[owner].columns])

    def attribute(self, owner: str, column: str) -> Array:
        """A column of Funds, Agencies, Initiatives or Areas (scores as in force), in the order of the dimension."""
        if column == "score" and owner in ("initiative", "agency"):
            return self.score if owner == "initiative" else self.agency_score
        if column == "tier":
            return self.tier if owner == "initiative" else self.agency_tier
        if column == "amount" and owner == "fund":
            return self.amount
        return self.sorted[owner][column]

    def _attribute(self, owner: str, column: str) -> Subject:
        values = self.attribute(owner, column)
        dimension = owner
        if owner == "area":
            dimension = "initiative"
            values = values if values.dtype == object else values.astype(float)
            blank = text([""]) if values.dtype == object else np.array([np.nan])
            values = np.concatenate([values, blank])[self.initiative_area]
        if column in ("area", "parent"):
            return Subject(dimension, values, None, self.areas, self._inside)
        if column in ("lead", "owner"):
            return Subject(dimension, values, None, self.names["agency"], called=partial(self._keys_of_names, "agency"))
        if column in ("first", "last"):
            return Subject(dimension, values, self._codes["period"], self.names["period"])
        return Subject(dimension, values, None, self.names[owner] if column == owner and owner in self.names else None)

    def _keys_of_names(self, dimension: str) -> dict[str, str]:
        """What people call the members of a dimension (folded) -> their keys; nothing of what two are called."""
        table = self.sorted.get(dimension)
        if table is None or "name" not in table.columns:
            return {}
        called = [fold(name) for name in table["name"].tolist()]
        often, pairs = Counter(called), zip(called, self.names[dimension], strict=True)
        return {name: key for name, key in pairs if name and often[name] == 1}

    @cached_property
    def _inside(self) -> dict[str, frozenset[str]]:
        folded = np.array([fold(a) for a in self.areas], object)
        return {name: frozenset(folded[inside]) for name, inside in zip(folded, self.area_includes, strict=True)}


def _by_key(table: Table) -> Table:
    """The records by key, so that no sum depends on the order of rows; Periods keep theirs, which is time.

    Kept with the table: a scenario leaves most tables as they are.
    """
    if table.name == "Periods" or len(table) < 2:
        return table
    kept: dict[str, Table] = table.__dict__
    if "_by_key" not in kept:
        kept["_by_key"] = _in_order(table)
    return kept["_by_key"]


def _in_order(table: Table) -> Table:
    keys = list(zip(*([_sortable(v) for v in table[c].tolist()] for c in BY_NAME[table.name].key), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return table if order == list(range(len(keys))) else table.take(np.array(order))


def _sortable(value: object) -> str:
    return fold(value) if isinstance(value, str) else f"{value:>32}"


def _money(values: Array) -> Array:
    """Money under 1e-9 counts as 0."""
    return np.where(np.abs(values) < NOTHING, 0.0, values)


def _unlimited(values: Array) -> Array:
    return np.where(np.isnan(values), np.inf, values)
