"""The constraints of the linear program, one function each, in the notation of docs/mathematics.md.

Each returns a block of rows: keys, bounds and entries. Rows stand in the units of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array
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
    yield cost(v)
    yield scope(v)
    yield pace(v)
    yield fund_balance(v)
    yield carry_over(v)
    yield min_spend(v)
    yield staffing(v)
    yield people(v)
    yield hire_limit(v)
    yield smallest_share(v)
    yield largest_share(v)
    yield agency(v)
    yield award(v)
    yield minimum_if_funded(v)
    yield smallest_level_if_funded(v)
    yield match(v)
    yield no_double_match(v)
    yield in_kind(v)
    yield curve(v)


def _full(size: int, number: float) -> Array:
    return np.full(size, number)


def _row_of(size: int, chosen: Array) -> Array:
    """The row number of each chosen member (-1 where not chosen)."""
    number = np.full(size, -1, INT)
    number[chosen] = np.arange(len(chosen), dtype=INT)
    return number


def _summed(v: Variables, family: str, row: Array, value: Array | float = 1.0) -> tuple[Array, Array, Array]:
    """Entries of a family's columns in the rows given for each (left out where -1)."""
    kept = row >= 0
    values = np.broadcast_to(np.asarray(value, float), row.shape)[kept]
    return row[kept].astype(INT), v.columns(family)[kept], values


def _block(
    name: str, keys: Mapping[str, Array], lower: Array, upper: Array, *entries: Entry, merge: bool = False
) -> Block:
    row, column, value = (np.concatenate([e[k] for e in entries]) for k in range(3))
    return Block(name, keys, lower, upper, row.astype(INT), column.astype(INT), value, merge)


def cost(v: Variables) -> Block:
    """Σ_f spend = price × level (+ Σ_k hire_cost × hire where the category is personnel)."""
    f, size = v.facts, len(v.cost_pair)
    initiative, agency = f.partner_initiative[v.cost_pair], f.partner_agency[v.cost_pair]
    keys = {"initiative": initiative, "agency": agency, "category": v.cost_category, "period": v.cost_period}
    priced = np.flatnonzero(v.cost_price)
    level = priced, v.level_at[v.cost_pair[priced], v.cost_period[priced]], -v.cost_price[priced]
    hire = v["hire"].keys
    personnel_row = np.full(v.level_at.shape, -1, INT)
    personnel = v.cost_category == v.personnel
    personnel_row[v.cost_pair[personnel], v.cost_period[personnel]] = np.flatnonzero(personnel)
    hired = personnel_row[hire["pair"], hire["period"]]
    price = -f.hire_cost[hire["agency"], hire["role"], hire["period"]]
    entries = (_summed(v, "spend", v.spend_row), level, _summed(v, "hire", hired, price))
    return _block("cost", keys, _full(size, 0.0), _full(size, 0.0), *entries)


def scope(v: Variables) -> Block:
    """Σ_{a,t} level ≤ 1, or ≤ funded (= where all or nothing); = 1 where it must be funded in full."""
    f, size = v.facts, v.facts.size("initiative")
    full = f.must_fund & (f.all_or_nothing | (f.minimum <= 0))
    switched = v.funded_at >= 0
    initiatives = np.arange(size, dtype=INT)
    switch = initiatives[switched], v.funded_at[switched], _full(int(switched.sum()), -1.0)
    upper = np.where(switched, 0.0, 1.0)
    lower = np.where(full | (f.all_or_nothing & switched), upper, -NONE)
    return _block(
        "scope", {"initiative": initiatives}, lower, upper, _summed(v, "level", v["level"].keys["initiative"]), switch
    )


def pace(v: Variables) -> Block:
    """Σ_a level[i, a, t] ≤ pace."""
    f, level = v.facts, v["level"].keys
    initiative, period = np.nonzero(f.active & (f.pace < 1)[:, None])
    number = np.full(f.active.shape, -1, INT)
    number[initiative, period] = np.arange(len(initiative))
    entries = _summed(v, "level", number[level["initiative"], level["period"]])
    return _block(
        "pace", {"initiative": initiative, "period": period}, _full(len(initiative), -NONE), f.pace[initiative], entries
    )


def fund_balance(v: Variables) -> Block:
    """Σ spend + carry[t] + unspent[t] = installment[t] + carry[t−1]."""
    f, spend, carry = v.facts, v["spend"].keys, v["carry"].keys
    fund, period = np.nonzero(f.fund_open)
    number = np.full(f.fund_open.shape, -1, INT)
    number[fund, period] = np.arange(len(fund))
    installment = f.installment[fund, period]
    return _block(
        "fund", {"fund": fund, "period": period}, installment, installment,
        _summed(v, "spend", number[spend["fund"], spend["period"]]),
        _summed(v, "carry", number[carry["fund"], carry["period"]]),
        _summed(v, "carry", number[carry["fund"], carry["period"] + 1], -1.0),
        _summed(v, "unspent", number[v["unspent"].keys["fund"], v["unspent"].keys["period"]]),
    )  # fmt: skip


def carry_over(v: Variables) -> Block:
    """carry[t] ≤ carryover × (installment[t] + carry[t−1])."""
    f, carry = v.facts, v["carry"].keys
    limited = np.flatnonzero(f.carryover[carry["fund"]] < 1)
    fund, period = carry["fund"][limited], carry["period"][limited]
    number = np.full(f.fund_open.shape, -1, INT)
    number[fund, period] = np.arange(len(fund))
    after = np.where(carry["period"] + 1 < f.size("period"), carry["period"] + 1, 0)
    share = f.carryover[fund]
    return _block(
        "carry-over", {"fund": fund, "period": period}, _full(len(fund), -NONE), share * f.installment[fund, period],
        _summed(v, "carry", number[carry["fund"], carry["period"]]),
        _summed(v, "carry", number[carry["fund"], after], -f.carryover[carry["fund"]]),
    )  # fmt: skip


def min_spend(v: Variables) -> Block:
    """Σ spend[f] ≥ min_spend × amount."""
    f = v.facts
    fund = np.flatnonzero(f.min_spend > 0)
    entries = _summed(v, "spend", _row_of(f.size("fund"), fund)[v["spend"].keys["fund"]])
    return _block("min spend", {"fund": fund}, f.min_spend[fund] * f.amount[fund], _full(len(fund), NONE), entries)


def staffing(v: Variables) -> Block:
    """Σ rate × post + Σ hire = need × (active periods) × Σ_a level: nobody is posted or hired without work.

    With a post_step at least that, and less than one step more.
    """
    f, post, hire, level = v.facts, v["post"].keys, v["hire"].keys, v["level"].keys
    initiative, role, period = np.nonzero((f.need > 0)[:, :, None] & f.active[:, None, :])
    number = np.full((*f.need.shape, f.size("period")), -1, INT)
    number[initiative, role, period] = np.arange(len(initiative))
    entries = [
        _summed(
            v, "post", number[post["initiative"], post["fills"], post["period"]], f.rate[post["role"], post["fills"]]
        ),
        _summed(v, "hire", number[hire["initiative"], hire["role"], hire["period"]]),
    ]
    for k in range(f.size("role")):
        needed = -f.need[level["initiative"], k] * f.active_periods[level["initiative"]]
        entries.append(_summed(v, "level", number[level["initiative"], k, level["period"]], needed))
    keys = {"initiative": initiative, "role": role, "period": period}
    spare = v.facts.settings.post_step * FULL
    return _block("staffing", keys, _full(len(initiative), 0.0), _full(len(initiative), spare), *entries)


def people(v: Variables) -> Block:
    """Σ post ≤ releasable × fte."""
    f, post = v.facts, v["post"].keys
    agency, role, period = np.nonzero(f.releasable_fte > 0)
    number = np.full(f.fte.shape, -1, INT)
    number[agency, role, period] = np.arange(len(agency))
    entries = _summed(v, "post", number[post["agency"], post["role"], post["period"]])
    keys = {"agency": agency, "role": role, "period": period}
    return _block("people", keys, _full(len(agency), -NONE), f.releasable_fte[agency, role, period], entries)


def hire_limit(v: Variables) -> Block:
    """Σ_i hire ≤ hire_max."""
    f, hire = v.facts, v["hire"].keys
    number = np.full(f.fte.shape, -1, INT)
    used = np.zeros(f.fte.shape, bool)
    used[hire["agency"], hire["role"], hire["period"]] = True
    agency, role, period = np.nonzero(used)
    number[agency, role, period] = np.arange(len(agency))
    entries = _summed(v, "hire", number[hire["agency"], hire["role"], hire["period"]])
    keys = {"agency": agency, "role": role, "period": period}
    return _block("hire limit", keys, _full(len(agency), -NONE), f.hire_max[agency, role, period], entries)


def _share(v: Variables, name: str, share: Array, chosen: Array, lower: float, upper: float) -> Block:
    """Σ_t level[i, a, t] − share × Σ_{a,t} level[i, a, t], for the chosen partner pairs."""
    f, level = v.facts, v["level"].keys
    own = _summed(v, "level", _row_of(len(share), chosen)[level["pair"]])
    first = np.searchsorted(level["initiative"], f.partner_initiative[chosen])
    after = np.searchsorted(level["initiative"], f.partner_initiative[chosen], side="right")
    count = after - first
    row = np.repeat(np.arange(len(chosen)), count)
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    every = row, v.columns("level")[at], -share[chosen][row]
    keys = {"initiative": f.partner_initiative[chosen], "agency": f.partner_agency[chosen]}
    return _block(name, keys, _full(len(chosen), lower), _full(len(chosen), upper), own, every, merge=True)


def smallest_share(v: Variables) -> Block:
    """Σ_t level[i, a, t] ≥ min_share × Σ level[i]."""
    return _share(v, "min share", v.facts.min_share, np.flatnonzero(v.facts.min_share > 0), 0.0, NONE)


def largest_share(v: Variables) -> Block:
    """Σ_t level[i, a, t] ≤ max_share × Σ level[i]."""
    return _share(v, "max share", v.facts.max_share, np.flatnonzero(v.facts.max_share < 1), -NONE, 0.0)


def agency(v: Variables) -> Block:
    """minimum ≤ Σ spend[·, a, ·] ≤ maximum."""
    f = v.facts
    limited = np.flatnonzero((f.agency_minimum > 0) | np.isfinite(f.agency_maximum))
    entries = _summed(v, "spend", _row_of(f.size("agency"), limited)[v["spend"].keys["agency"]])
    return _block("agency", {"agency": limited}, f.agency_minimum[limited], f.agency_maximum[limited], entries)


def award(v: Variables) -> Block:
    """award ≤ maximum; ≥ minimum where it must be funded at its minimum."""
    f = v.facts
    floor = np.where(f.must_fund & ~f.all_or_nothing, f.minimum, 0.0)
    limited = np.flatnonzero((floor > 0) | np.isfinite(f.maximum))
    entries = _summed(v, "spend", _row_of(f.size("initiative"), limited)[v["spend"].keys["initiative"]])
    return _block("award", {"initiative": limited}, floor[limited], f.maximum[limited], entries)


def minimum_if_funded(v: Variables) -> Block:
    """award ≥ minimum × funded."""
    f = v.facts
    chosen = np.flatnonzero((v.funded_at >= 0) & ~f.all_or_nothing & (f.minimum > 0) & ~f.must_fund)
    entries = _summed(v, "spend", _row_of(f.size("initiative"), chosen)[v["spend"].keys["initiative"]])
    switch = np.arange(len(chosen)), v.funded_at[chosen], -f.minimum[chosen]
    return _block("minimum", {"initiative": chosen}, _full(len(chosen), 0.0), _full(len(chosen), NONE), entries, switch)


def smallest_level_if_funded(v: Variables) -> Block:
    """Σ level ≥ 0.01 × funded, where there is neither a minimum nor all or nothing."""
    f = v.facts
    chosen = np.flatnonzero((v.funded_at >= 0) & ~f.all_or_nothing & (f.minimum <= 0) & ~f.must_fund)
    entries = _summed(v, "level", _row_of(f.size("initiative"), chosen)[v["level"].keys["initiative"]])
    switch = np.arange(len(chosen)), v.funded_at[chosen], _full(len(chosen), -SMALLEST_LEVEL)
    return _block("funded", {"initiative": chosen}, _full(len(chosen), 0.0), _full(len(chosen), NONE), entries, switch)


def match(v: Variables) -> Block:
    """Σ_g match[g, f, i] + inkind[f, i] ≥ rate / (1 − rate) × Σ spend[f, i], for each fund with a match_rate."""
    f, spend = v.facts, v["spend"].keys
    number = np.full((f.size("fund"), f.size("initiative")), -1, INT)
    must = np.zeros(number.shape, bool)
    rated = f.match_rate[spend["fund"]] > 0
    must[spend["fund"][rated], spend["initiative"][rated]] = True
    fund, initiative = np.nonzero(must)
    number[fund, initiative] = np.arange(len(fund))
    ratio = f.match_rate / (1 - f.match_rate)
    return _block(
        "match", {"fund": fund, "initiative": initiative}, _full(len(fund), 0.0), _full(len(fund), NONE),
        _summed(v, "match", number[v["match"].keys["fund"], v["match"].keys["initiative"]]),
        _summed(v, "in kind", number[v["in kind"].keys["fund"], v["in kind"].keys["initiative"]]),
        _summed(v, "spend", number[spend["fund"], spend["initiative"]], -ratio[spend["fund"]]),
    )  # fmt: skip


def no_double_match(v: Variables) -> Block:
    """Σ_f match[g, f, i] ≤ Σ spend[g, i]."""
    f, spend, matched = v.facts, v["spend"].keys, v["match"].keys
    used = np.zeros((f.size("fund"), f.size("initiative")), bool)
    used[matched["source"], matched["initiative"]] = True
    fund, initiative = np.nonzero(used)
    number = np.full(used.shape, -1, INT)
    number[fund, initiative] = np.arange(len(fund))
    return _block(
        "no double match", {"fund": fund, "initiative": initiative}, _full(len(fund), -NONE), _full(len(fund), 0.0),
        _summed(v, "match", number[matched["source"], matched["initiative"]]),
        _summed(v, "spend", number[spend["fund"], spend["initiative"]], -1.0),
    )  # fmt: skip


def in_kind(v: Variables) -> Block:
    """Σ_f inkind[f, i] ≤ Σ cost_per_fte × post[·, i, ·]."""
    f, kind = v.facts, v["in kind"].keys
    used = np.bincount(kind["initiative"], minlength=f.size("initiative")) > 0
    chosen = np.flatnonzero(used)
    number = _row_of(f.size("initiative"), chosen)
    posted = np.where(v.post_value > 0, number[v["post"].keys["initiative"]], -1)
    return _block(
        "in kind", {"initiative": chosen}, _full(len(chosen), -NONE), _full(len(chosen), 0.0),
        _summed(v, "in kind", number[kind["initiative"]]),
        _summed(v, "post", posted, -v.post_value),
    )  # fmt: skip


def curve(v: Variables) -> Block:
    """Σ_segment achieved ≤ effect of the initiative, for each outcome with a curve."""
    f, achieved, level = v.facts, v["achieved"].keys, v["level"].keys
    curved = np.flatnonzero(f.outcome_curve >= 0)
    number = _row_of(len(f.outcome_curve), curved)
    of_initiative = np.argsort(f.outcome_initiative[curved], kind="stable")
    start = np.searchsorted(f.outcome_initiative[curved], np.arange(f.size("initiative") + 1))
    count = np.diff(start)[level["initiative"]]
    at = np.repeat(start[level["initiative"]] - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    column = np.repeat(v.columns("level"), count)
    effect = np.repeat(-f.effectiveness[level["pair"]], count)
    keys = {"initiative": f.outcome_initiative[curved], "outcome": f.outcome_of[curved]}
    entries = _summed(v, "achieved", number[achieved["row"]])
    return _block(
        "curve", keys, _full(len(curved), -NONE), _full(len(curved), 0.0), entries, (of_initiative[at], column, effect)
    )
