"""The constraints of the linear program, one function each, in the notation of docs/mathematics.md.

Each returns a block of rows: keys, bounds and entries. Rows stand in the units of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array, numbered, runs
from optimiser.case.tolerances import FULL
from optimiser.model.variables import INT, Variables

NONE = np.inf
Entry = tuple[Array, Array, Array]
"""Row, column and value of some entries."""
SMALLEST_LEVEL = 0.01
"""A funded initiative without a minimum delivers at least this share of its scope."""


@dataclass(frozen=True)
class Block:
    """Rows of one name. lower ≤ Σ value × column ≤ upper; row, column and value list the entries (row counts from 0)."""

    name: str
    keys: Mapping[str, Array]
    lower: Array
    upper: Array
    row: Array
    column: Array
    value: Array
    merge: bool = False
    """Whether a column may stand twice in a row, so that its entries are added up."""


def constraints(v: Variables) -> Iterator[Block]:
    """Every constraint of the case except its rules."""
    return (made(v) for made in CONSTRAINTS)


def block_of(
    name: str,
    keys: Mapping[str, Array],
    lower: Array | float,
    upper: Array | float,
    *entries: tuple[Array, Array, Array | float],
    merge: bool = False,
    size: int | None = None,
) -> Block:
    """A block of rows. Bounds and values of entries: one for each, or one for all; size: how many rows, where they have no keys."""
    size = len(next(iter(keys.values()))) if size is None else size
    row, column = (np.concatenate([np.asarray(e[k]) for e in entries]).astype(INT) for k in (0, 1))
    value = np.concatenate([np.broadcast_to(np.asarray(e[2], float), np.shape(e[0])) for e in entries])
    return Block(name, keys, np.full(size, lower, float), np.full(size, upper, float), row, column, value, merge)


def _numbered(chosen: Array) -> tuple[Array, ...]:
    """One row for each member that a mask chooses: its codes, dimension by dimension; and last the row of every member (-1: none)."""
    return *np.nonzero(chosen), numbered(chosen)


def _used(shape: tuple[int, ...], *codes: Array) -> Array:
    """The members that stand among these codes, as a mask."""
    used = np.zeros(shape, bool)
    used[codes] = True
    return used


def _summed(v: Variables, family: str, number: Array, *dimensions: str, value: Array | float = 1.0) -> Entry:
    """Entries of a family's columns (left out where -1). number: the row by the keys in these dimensions, or of each column."""
    row = number[tuple(v[family].keys[d] for d in dimensions)]
    kept = row >= 0
    return row[kept].astype(INT), v.columns(family)[kept], np.broadcast_to(np.asarray(value, float), row.shape)[kept]


def cost(v: Variables) -> Block:
    """Σ_f spend = price × level (+ Σ_k hire_cost × hire where the category is personnel)."""
    f, hire = v.facts, v["hire"].keys
    initiative, agency = f.partner_initiative[v.cost_pair], f.partner_agency[v.cost_pair]
    keys = {"initiative": initiative, "agency": agency, "category": v.cost_category, "period": v.cost_period}
    priced = np.flatnonzero(v.cost_price)
    level = priced, v.level_at[v.cost_pair[priced], v.cost_period[priced]], -v.cost_price[priced]
    personnel_row = np.full(v.level_at.shape, -1, INT)
    personnel = v.cost_category == v.personnel
    personnel_row[v.cost_pair[personnel], v.cost_period[personnel]] = np.flatnonzero(personnel)
    price = -f.hire_cost[hire["agency"], hire["role"], hire["period"]]
    hired = _summed(v, "hire", personnel_row, "pair", "period", value=price)
    return block_of("cost", keys, 0.0, 0.0, _summed(v, "spend", v.spend_row), level, hired)


def scope(v: Variables) -> Block:
    """Σ_{a,t} level ≤ 1, or ≤ funded (= where all or nothing); = 1 where it must be funded in full."""
    f = v.facts
    full = f.must_fund & (f.all_or_nothing | (f.minimum <= 0))
    switched = v.funded_at >= 0
    initiatives = np.arange(f.size("initiative"), dtype=INT)
    switch = initiatives[switched], v.funded_at[switched], -1.0
    upper = np.where(switched, 0.0, 1.0)
    lower = np.where(full | (f.all_or_nothing & switched), upper, -NONE)
    return block_of(
        "scope", {"initiative": initiatives}, lower, upper, _summed(v, "level", initiatives, "initiative"), switch
    )


def pace(v: Variables) -> Block:
    """Σ_a level[i, a, t] ≤ pace."""
    f = v.facts
    initiative, period, number = _numbered(f.active & (f.pace < 1)[:, None])
    entries = _summed(v, "level", number, "initiative", "period")
    return block_of("pace", {"initiative": initiative, "period": period}, -NONE, f.pace[initiative], entries)


def fund_balance(v: Variables) -> Block:
    """Σ spend + carry[t] + unspent[t] = installment[t] + carry[t−1]."""
    f, carry = v.facts, v["carry"].keys
    fund, period, number = _numbered(f.fund_open)
    installment = f.installment[fund, period]
    return block_of(
        "fund", {"fund": fund, "period": period}, installment, installment,
        _summed(v, "spend", number, "fund", "period"),
        _summed(v, "carry", number, "fund", "period"),
        _summed(v, "carry", number[carry["fund"], carry["period"] + 1], value=-1.0),
        _summed(v, "unspent", number, "fund", "period"),
    )  # fmt: skip


def carry_over(v: Variables) -> Block:
    """carry[t] ≤ carryover × (installment[t] + carry[t−1])."""
    f, carry = v.facts, v["carry"].keys
    limited = np.flatnonzero(f.carryover[carry["fund"]] < 1)
    fund, period = carry["fund"][limited], carry["period"][limited]
    number = np.full(f.fund_open.shape, -1, INT)
    number[fund, period] = np.arange(len(fund))
    after = np.where(carry["period"] + 1 < f.size("period"), carry["period"] + 1, 0)
    return block_of(
        "carry-over", {"fund": fund, "period": period}, -NONE, f.carryover[fund] * f.installment[fund, period],
        _summed(v, "carry", number, "fund", "period"),
        _summed(v, "carry", number[carry["fund"], after], value=-f.carryover[carry["fund"]]),
    )  # fmt: skip


def min_spend(v: Variables) -> Block:
    """Σ spend[f] ≥ min_spend × amount."""
    f = v.facts
    fund, number = _numbered(f.min_spend > 0)
    return block_of(
        "min spend", {"fund": fund}, f.min_spend[fund] * f.amount[fund], NONE, _summed(v, "spend", number, "fund")
    )


def staffing(v: Variables) -> Block:
    """Σ rate × post + Σ hire = need × (active periods) × Σ_a level: nobody is posted or hired without work.

    With a post_step at least that, and less than one step more.
    """
    f, post, level = v.facts, v["post"].keys, v["level"].keys
    needed = (f.need > 0)[:, :, None] & f.active[:, None, :]
    initiative, role, period, number = _numbered(needed)
    entries = [
        _summed(v, "post", number, "initiative", "fills", "period", value=f.rate[post["role"], post["fills"]]),
        _summed(v, "hire", number, "initiative", "role", "period"),
    ]
    for k in range(f.size("role")):
        need = -f.need[level["initiative"], k] * f.active_periods[level["initiative"]]
        entries.append(_summed(v, "level", number[:, k, :], "initiative", "period", value=need))
    keys = {"initiative": initiative, "role": role, "period": period}
    return block_of("staffing", keys, 0.0, f.settings.post_step * FULL, *entries)


def people(v: Variables) -> Block:
    """Σ post ≤ releasable × fte."""
    most = v.facts.releasable_fte
    agency, role, period, number = _numbered(most > 0)
    entries = _summed(v, "post", number, "agency", "role", "period")
    keys = {"agency": agency, "role": role, "period": period}
    return block_of("people", keys, -NONE, most[agency, role, period], entries)


def hire_limit(v: Variables) -> Block:
    """Σ_i hire ≤ hire_max."""
    f, hire = v.facts, v["hire"].keys
    agency, role, period, number = _numbered(_used(f.fte.shape, hire["agency"], hire["role"], hire["period"]))
    entries = _summed(v, "hire", number, "agency", "role", "period")
    keys = {"agency": agency, "role": role, "period": period}
    return block_of("hire limit", keys, -NONE, f.hire_max[agency, role, period], entries)


def _share(v: Variables, name: str, share: Array, limited: Array, lower: float, upper: float) -> Block:
    """Σ_t level[i, a, t] − share × Σ_{a,t} level[i, a, t], for the partner pairs that a mask limits."""
    f, level = v.facts, v["level"].keys
    chosen, number = _numbered(limited)
    first, after = (
        np.searchsorted(level["initiative"], f.partner_initiative[chosen], side) for side in ("left", "right")
    )
    row = np.repeat(np.arange(len(chosen)), after - first)
    every = row, v.columns("level")[runs(first, after - first)], -share[chosen][row]
    keys = {"initiative": f.partner_initiative[chosen], "agency": f.partner_agency[chosen]}
    return block_of(name, keys, lower, upper, _summed(v, "level", number, "pair"), every, merge=True)


def smallest_share(v: Variables) -> Block:
    """Σ_t level[i, a, t] ≥ min_share × Σ level[i]."""
    return _share(v, "min share", v.facts.min_share, v.facts.min_share > 0, 0.0, NONE)


def largest_share(v: Variables) -> Block:
    """Σ_t level[i, a, t] ≤ max_share × Σ level[i]."""
    return _share(v, "max share", v.facts.max_share, v.facts.max_share < 1, -NONE, 0.0)


def agency(v: Variables) -> Block:
    """minimum ≤ Σ spend[·, a, ·] ≤ maximum."""
    f = v.facts
    limited, number = _numbered((f.agency_minimum > 0) | np.isfinite(f.agency_maximum))
    entries = _summed(v, "spend", number, "agency")
    return block_of("agency", {"agency": limited}, f.agency_minimum[limited], f.agency_maximum[limited], entries)


def award(v: Variables) -> Block:
    """award ≤ maximum; ≥ minimum where it must be funded at its minimum."""
    f = v.facts
    floor = np.where(f.must_fund & ~f.all_or_nothing, f.minimum, 0.0)
    limited, number = _numbered((floor > 0) | np.isfinite(f.maximum))
    entries = _summed(v, "spend", number, "initiative")
    return block_of("award", {"initiative": limited}, floor[limited], f.maximum[limited], entries)


def minimum_if_funded(v: Variables) -> Block:
    """award ≥ minimum × funded."""
    f = v.facts
    chosen, number = _numbered((v.funded_at >= 0) & ~f.all_or_nothing & (f.minimum > 0) & ~f.must_fund)
    switch = np.arange(len(chosen)), v.funded_at[chosen], -f.minimum[chosen]
    return block_of("minimum", {"initiative": chosen}, 0.0, NONE, _summed(v, "spend", number, "initiative"), switch)


def smallest_level_if_funded(v: Variables) -> Block:
    """Σ level ≥ 0.01 × funded, where there is neither a minimum nor all or nothing."""
    f = v.facts
    chosen, number = _numbered((v.funded_at >= 0) & ~f.all_or_nothing & (f.minimum <= 0) & ~f.must_fund)
    switch = np.arange(len(chosen)), v.funded_at[chosen], -SMALLEST_LEVEL
    return block_of("funded", {"initiative": chosen}, 0.0, NONE, _summed(v, "level", number, "initiative"), switch)


def match(v: Variables) -> Block:
    """Σ_g match[g, f, i] + inkind[f, i] ≥ rate / (1 − rate) × Σ spend[f, i], for each fund with a match_rate."""
    f, spend = v.facts, v["spend"].keys
    rated = f.match_rate[spend["fund"]] > 0
    shape = f.size("fund"), f.size("initiative")
    fund, initiative, number = _numbered(_used(shape, spend["fund"][rated], spend["initiative"][rated]))
    ratio = f.match_rate / (1 - f.match_rate)
    return block_of(
        "match", {"fund": fund, "initiative": initiative}, 0.0, NONE,
        _summed(v, "match", number, "fund", "initiative"),
        _summed(v, "in kind", number, "fund", "initiative"),
        _summed(v, "spend", number, "fund", "initiative", value=-ratio[spend["fund"]]),
    )  # fmt: skip


def no_double_match(v: Variables) -> Block:
    """Σ_f match[g, f, i] ≤ Σ spend[g, i]."""
    f, matched = v.facts, v["match"].keys
    shape = f.size("fund"), f.size("initiative")
    fund, initiative, number = _numbered(_used(shape, matched["source"], matched["initiative"]))
    return block_of(
        "no double match", {"fund": fund, "initiative": initiative}, -NONE, 0.0,
        _summed(v, "match", number, "source", "initiative"),
        _summed(v, "spend", number, "fund", "initiative", value=-1.0),
    )  # fmt: skip


def in_kind(v: Variables) -> Block:
    """Σ_f inkind[f, i] ≤ Σ cost_per_fte × post[·, i, ·]."""
    size = v.facts.size("initiative")
    chosen, number = _numbered(_used((size,), v["in kind"].keys["initiative"]))
    posted = np.where(v.post_value > 0, number[v["post"].keys["initiative"]], -1)
    return block_of(
        "in kind", {"initiative": chosen}, -NONE, 0.0,
        _summed(v, "in kind", number, "initiative"),
        _summed(v, "post", posted, value=-v.post_value),
    )  # fmt: skip


def curve(v: Variables) -> Block:
    """Σ_segment achieved ≤ effect of the initiative, for each outcome with a curve."""
    f, level = v.facts, v["level"].keys
    curved, number = _numbered(f.outcome_curve >= 0)
    of_initiative = np.argsort(f.outcome_initiative[curved], kind="stable")
    start = np.searchsorted(f.outcome_initiative[curved], np.arange(f.size("initiative") + 1))
    count = np.diff(start)[level["initiative"]]
    row = of_initiative[runs(start[level["initiative"]], count)]
    effect = row, np.repeat(v.columns("level"), count), np.repeat(-f.effectiveness[level["pair"]], count)
    keys = {"initiative": f.outcome_initiative[curved], "outcome": f.outcome_of[curved]}
    return block_of("curve", keys, -NONE, 0.0, _summed(v, "achieved", number, "row"), effect)


CONSTRAINTS = (
    cost, scope, pace, fund_balance, carry_over, min_spend, staffing, people, hire_limit, smallest_share, largest_share, agency,
    award, minimum_if_funded, smallest_level_if_funded, match, no_double_match, in_kind, curve,
)  # fmt: skip
"""Every kind of row that is no rule, in the order in which they stand."""
