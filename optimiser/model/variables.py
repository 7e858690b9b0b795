"""The variables of the linear program: only admissible combinations have a column.

Shapes: S spend columns, Q cost rows, L level columns, others as named. Codes are those of Facts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array, runs
from optimiser.case.tolerances import HAIR
from optimiser.model.matrix import Family, Index
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import MEASURES, Entries

INT = np.int32
DECIDED = ("spend", "match", "in kind", "post", "hire", "carry", "unspent", "level", "achieved", "funded")
"""The families that every case has: what a plan decides. Others count what it is worth, or breaks."""


class Variables:
    """All columns, family by family, and what each measure sums over them."""

    def __init__(self, facts: Facts, rules: list[Compiled]) -> None:
        self.facts = facts
        self._families: dict[str, Family] = {}
        self._lower: list[Array] = []
        self._upper: list[Array] = []
        self._size = 0
        self._levels()
        self._hires()
        self._cost_rows()
        self._spend()
        self._posts()
        self._funds()
        self._match(rules)
        self._segments()
        self._funded(rules)

    # -- families -----------------------------------------------------------------------------------------------------

    def add(self, name: str, upper: Array | float, lower: Array | float = 0.0, **keys: Array) -> Family:
        """A new family of columns with its keys and bounds (in the units of the case)."""
        size = len(next(iter(keys.values())))
        family = Family(name, self._size, size, {d: k.astype(INT) for d, k in keys.items()})
        self._families[name] = family
        self._size += size
        self._lower.append(np.broadcast_to(np.asarray(lower, float), (size,)))
        self._upper.append(np.broadcast_to(np.asarray(upper, float), (size,)))
        return family

    def __getitem__(self, name: str) -> Family:
        return self._families[name]

    def columns(self, name: str) -> Array:
        """Positions of a family's columns."""
        family = self._families[name]
        return np.arange(family.first, family.first + family.size, dtype=INT)

    @property
    def index(self) -> Index:
        """Every family so far."""
        return Index(dict(self._families))

    @property
    def size(self) -> int:
        """Number of columns so far."""
        return self._size

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lower and upper bound of every column."""
        return np.concatenate(self._lower), np.concatenate(self._upper)

    def _in_steps(self, fte: Array) -> Array:
        """The most of it that whole steps of a post give."""
        step = self.facts.settings.post_step
        return np.asarray(np.floor(fte / step + HAIR) * step) if step else fte

    def _levels(self) -> None:
        f = self.facts
        pair, period = np.nonzero(f.active[f.partner_initiative])
        initiative = f.partner_initiative[pair]
        upper = np.minimum(1.0, f.pace[initiative])
        upper = np.where(f.maximum[initiative] == 0, 0.0, upper)
        self.add("level", upper, initiative=initiative, agency=f.partner_agency[pair], period=period, pair=pair)
        self.level_at = np.full((len(f.partner_initiative), f.size("period")), -1, INT)
        """[P, T]: position of the level column (-1: none)."""
        self.level_at[pair, period] = self.columns("level")

    def _hires(self) -> None:
        f = self.facts
        found: list[tuple[Array, ...]] = []
        for hired in np.flatnonzero(f.hire_max.max(axis=(0, 2), initial=0.0) > 0).tolist():
            possible = f.hire_max[f.partner_agency, hired, :] > 0
            possible &= f.active[f.partner_initiative] & (f.need[f.partner_initiative, hired] > 0)[:, None]
            pairs, periods = np.nonzero(possible)
            found.append((pairs, periods, np.full(len(pairs), hired)))
        pair, period, role = _joined(found)
        agency, initiative = f.partner_agency[pair], f.partner_initiative[pair]
        upper = self._in_steps(f.hire_max[agency, role, period])
        self.add("hire", upper, agency=agency, role=role, initiative=initiative, period=period, pair=pair)

    def _cost_rows(self) -> None:
        """Rows (initiative, agency, category, period) in which money is spent; personnel is added where people are hired."""
        f = self.facts
        personnel = f.names["category"].index("personnel")
        pair, cost = f.partner_costs()
        row, period = np.nonzero(f.active[f.partner_initiative[pair]])
        pair, cost = pair[row], cost[row]
        category = f.cost_category[cost]
        price = f.cost_share[cost] * f.request[f.partner_initiative[pair]] * f.cost_factor[pair]
        hired = np.zeros((len(f.partner_initiative), f.size("period")), bool)
        hire = self["hire"]
        hired[hire.keys["pair"], hire.keys["period"]] = True
        hired[pair[category == personnel], period[category == personnel]] = False
        more_pair, more_period = np.nonzero(hired)
        pair, period = np.concatenate([pair, more_pair]), np.concatenate([period, more_period])
        category = np.concatenate([category, np.full(len(more_pair), personnel)])
        price = np.concatenate([price, np.zeros(len(more_pair))])
        order = np.lexsort((period, category, pair))
        self.cost_pair, self.cost_period = pair[order].astype(INT), period[order].astype(INT)
        self.cost_category, self.cost_price = category[order].astype(INT), price[order]
        """[Q]: partner pair, period and category of the row, and its money for a level of 1."""
        self.personnel = personnel

    def _spend(self) -> None:
        f = self.facts
        initiative, agency = f.partner_initiative[self.cost_pair], f.partner_agency[self.cost_pair]
        codes = {"agency": agency, "initiative": initiative, "category": self.cost_category, "period": self.cost_period}
        rows: list[Array] = []
        for fund in range(f.size("fund")):
            possible = f.fund_open[fund, self.cost_period]
            for dimension, hit in f.allowed[fund].items():
                possible &= hit[codes[dimension]] if dimension != "fund" else bool(hit[fund])
            rows.append(np.flatnonzero(possible).astype(INT))
        self.spend_row = row = np.concatenate([np.zeros(0, INT), *rows])
        fund_of = np.repeat(np.arange(len(rows), dtype=INT), [len(r) for r in rows])
        """[S]: the cost row of each spend column."""
        keys = {d: c[row] for d, c in codes.items()}
        self.add("spend", f.amount[fund_of], fund=fund_of, **keys)

    def _posts(self) -> None:
        f = self.facts
        found: list[tuple[Array, ...]] = []
        for own, filled in zip(*np.nonzero(f.rate), strict=True):
            for at in range(f.size("period")):
                supply = np.flatnonzero(f.releasable_fte[:, own, at] > 0)
                demand = np.flatnonzero((f.need[:, filled] > 0) & f.active[:, at])
                size = len(supply) * len(demand)
                found.append((
                    np.tile(supply, len(demand)), np.full(size, own), np.full(size, filled),
                    np.repeat(demand, len(supply)), np.full(size, at),
                ))  # fmt: skip
        agency, role, fills, initiative, period = _joined(found, 5)
        order = np.lexsort((fills, role, agency, period, initiative))
        agency, role, fills, initiative, period = (k[order] for k in (agency, role, fills, initiative, period))
        upper = self._in_steps(f.releasable_fte[agency, role, period])
        self.add("post", upper, agency=agency, role=role, fills=fills, initiative=initiative, period=period)

    def _funds(self) -> None:
        f = self.facts
        fund, period = np.nonzero(f.fund_open)
        last = np.append(fund[1:] != fund[:-1], True) if len(fund) else np.zeros(0, bool)
        self.add("carry", f.amount[fund[~last]], fund=fund[~last], period=period[~last])
        self.add("unspent", f.amount[fund], fund=fund, period=period)

    def _match(self, rules: list[Compiled]) -> None:
        """match[g, f, i] and inkind[f, i] for the funds that must be matched, where both have money for the initiative."""
        f = self.facts
        funds, initiatives = f.size("fund"), f.size("initiative")
        spend = self["spend"].keys
        pays = np.zeros((funds, initiatives), bool)
        pays[spend["fund"], spend["initiative"]] = True
        needs = _asked(rules, "match", "fund", f.match_rate > 0)
        possible = np.asarray(f.can_match)[:, None, None] & pays[:, None, :] & (pays & needs[:, None])[None, :, :]
        possible &= ~np.eye(funds, dtype=bool)[:, :, None]
        source, fund, initiative = np.nonzero(possible)
        self.add("match", f.amount[source], source=source, fund=fund, initiative=initiative)
        post = self["post"].keys
        self.post_value = f.cost_per_fte[post["agency"], post["role"], post["period"]]
        released = f.releasable_fte[post["agency"], post["role"], post["period"]]
        worth = np.bincount(post["initiative"], self.post_value * released, initiatives)
        fund, initiative = np.nonzero(pays & needs[:, None] & (worth > 0))
        self.add("in kind", worth[initiative], fund=fund, initiative=initiative)

    def _segments(self) -> None:
        f = self.facts
        curved = np.flatnonzero(f.outcome_curve >= 0)
        shapes = [f.curves[k].segments for k in f.outcome_curve[curved].tolist()]
        count = np.array([len(length) for length, _ in shapes], int)
        row, segment = np.repeat(curved, count), runs(np.zeros(len(count), int), count)
        upper, self.segment_slope = (np.concatenate([np.zeros(0), *(s[k] for s in shapes)]) for k in (0, 1))
        initiative, outcome = f.outcome_initiative[row], f.outcome_of[row]
        self.add("achieved", upper, initiative=initiative, outcome=outcome, segment=segment, row=row)

    def _funded(self, rules: list[Compiled]) -> None:
        f = self.facts
        needed = (f.all_or_nothing | (f.minimum > 0)) & ~f.must_fund
        initiative = np.flatnonzero(_asked(rules, "funded", "initiative", needed))
        self.add("funded", 1.0, f.must_fund[initiative].astype(float), initiative=initiative)
        self.funded_at = np.full(f.size("initiative"), -1, INT)
        self.funded_at[initiative] = self.columns("funded")

    # -- what measures sum --------------------------------------------------------------------------------------------

    def entries(self) -> Mapping[tuple[str, int], Entries]:
        """For each (measure, outcome): the columns that it sums, and what one unit of each counts for."""
        f = self.facts
        spend, level, post, hire = self["spend"], self["level"], self["post"], self["hire"]
        dimensions = ("agency", "initiative", "period", "role")
        in_kind = {**self["in kind"].keys, "source": np.full(self["in kind"].size, f.size("fund"), INT)}
        made = {
            ("money", -1): Entries(spend.keys, _ones(spend), self.columns("spend")),
            ("level", -1): Entries(level.keys, _ones(level), self.columns("level")),
            ("in kind", -1): Entries(post.keys, self.post_value, self.columns("post")),
            ("funded", -1): Entries(self["funded"].keys, _ones(self["funded"]), self.columns("funded")),
            ("staff", -1): Entries(
                {d: np.concatenate([post.keys[d], hire.keys[d]]) for d in dimensions},
                np.ones(post.size + hire.size),
                np.concatenate([self.columns("post"), self.columns("hire")]),
            ),
            ("match", -1): Entries(
                {d: np.concatenate([self["match"].keys[d], in_kind[d]]) for d in MEASURES["match"]},
                np.ones(self["match"].size + self["in kind"].size),
                np.concatenate([self.columns("match"), self.columns("in kind")]),
            ),
        }
        for outcome in range(len(f.outcomes)):
            made["outcome", outcome] = self._outcome(outcome)
        return made

    def _outcome(self, outcome: int) -> Entries:
        f = self.facts
        at_full = np.zeros(f.size("initiative"))
        straight = (f.outcome_of == outcome) & (f.outcome_curve < 0)
        at_full[f.outcome_initiative[straight]] = f.at_full[straight]
        level, achieved = self["level"], self["achieved"]
        amount = at_full[level.keys["initiative"]] * f.effectiveness[level.keys["pair"]]
        mine = np.flatnonzero(achieved.keys["outcome"] == outcome)
        curved = f.at_full[achieved.keys["row"][mine]] * self.segment_slope[mine]
        return Entries(
            {"initiative": np.concatenate([level.keys["initiative"], achieved.keys["initiative"][mine]])},
            np.concatenate([amount, curved]),
            np.concatenate([self.columns("level"), self.columns("achieved")[mine]]),
        )


def _asked(rules: list[Compiled], measure: str, dimension: str, others: Array) -> Array:
    """The members of a dimension of which some rule sums the measure, and `others`."""
    for term in (term for rule in rules for block in rule.blocks for term in block.terms if term.measure == measure):
        others = others | (term.weights.get(dimension, np.ones(len(others))) != 0)
    return others


def _ones(family: Family) -> Array:
    return np.ones(family.size)


def _joined(parts: list[tuple[Array, ...]], width: int = 3) -> tuple[Array, ...]:
    if not parts:
        return tuple(np.zeros(0, INT) for _ in range(width))
    return tuple(np.concatenate(columns).astype(INT) for columns in zip(*parts, strict=True))
