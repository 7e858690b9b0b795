"""From the solver's answer to the decision tables: lines above 0, named by the keys of the case."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.spec import Sheet
from optimiser.case.table import Array, Table, text, to_decimals
from optimiser.case.tolerances import LEAST, LEAST_FLOAT, LEAST_SHARE
from optimiser.model.matrix import Model
from optimiser.plan.lines import dimension_of
from optimiser.plan.tables import SPEC

MONEY_DIGITS, EXACT_MONEY_DIGITS = 6, 9
"""Decimals in which money is written: of a plan in whole units, and of an exact one."""
DIGITS, MOST_DIGITS = 12, 17
"""Significant digits of levels and FTE that are kept, so that the last bits do not depend on the way to the answer; more
where they are worth so much that it would be seen in money, and all that a float has at most."""
SEEN = 4
"""Decimals of money to which the worth of a level or of people is kept at least."""


def decision_tables(facts: Facts, model: Model, x: Array, money_digits: int = MONEY_DIGITS) -> dict[str, Table]:
    """Spend, Posts, Hires, Levels, Match and Balances. x: one value for each column, in the units of the case."""
    spend = to_decimals(_part(model, "spend", x), money_digits)
    level, post, hire = (
        _significant(_part(model, name, x), _worth(facts, model, name)) for name in ("level", "post", "hire")
    )
    least = np.minimum(LEAST_SHARE, LEAST / np.maximum(_worth(facts, model, "level"), LEAST_FLOAT))
    return {
        "Spend": _lines(facts, model, "Spend", "spend", spend, 10.0**-money_digits),
        "Posts": _lines(facts, model, "Posts", "post", post, LEAST_SHARE),
        "Hires": _lines(facts, model, "Hires", "hire", hire, LEAST_SHARE),
        "Levels": _lines(facts, model, "Levels", "level", level, least),
        "Match": _match(facts, model, x, money_digits),
        "Balances": balances(facts, model, spend, _part(model, "carry", x), money_digits),
    }


def _worth(facts: Facts, model: Model, name: str) -> Array:
    """What one unit of each level, post or hire is worth, or costs, in money."""
    keys = model.columns[name].keys
    if name == "level":
        return np.asarray(facts.request[keys["initiative"]] * facts.cost_factor[keys["pair"]])
    cost = facts.cost_per_fte if name == "post" else facts.hire_cost
    return np.asarray(cost[keys["agency"], keys["role"], keys["period"]])


def _significant(values: Array, worth: Array) -> Array:
    with np.errstate(divide="ignore"):
        wanted = np.ceil(np.log10(np.abs(values * worth))) + SEEN
    digits = np.clip(np.where(np.isfinite(wanted), wanted, 0), DIGITS, MOST_DIGITS).astype(int)
    return np.array([float(f"{v:.{d}g}") for v, d in zip(values.tolist(), digits.tolist(), strict=True)])


def _part(model: Model, family: str, x: Array) -> Array:
    return np.asarray(x[model.columns[family].span])


def _lines(facts: Facts, model: Model, sheet: str, family: str, value: Array, least: Array | float) -> Table:
    kept = np.flatnonzero(value >= least)
    keys = model.columns[family].keys
    return _table(
        facts, SPEC[sheet], {name: codes[kept] for name, codes in keys.items()}, {SPEC[sheet].names[-1]: value[kept]}
    )


def _table(facts: Facts, sheet: Sheet, codes: Mapping[str, Array], numbers: Mapping[str, Array]) -> Table:
    columns: dict[str, Array] = {}
    for column in sheet.names:
        if column in numbers:
            columns[column] = numbers[column]
        else:
            names = np.array(facts.names[dimension_of(column)], object)
            columns[column] = names[codes[column]]
    table = Table(sheet.name, columns)
    return table.take(np.lexsort([codes[k] for k in reversed(sheet.key)]))


def _match(facts: Facts, model: Model, x: Array, digits: int) -> Table:
    cash, kind = (to_decimals(_part(model, name, x), digits) for name in ("match", "in kind"))
    least = 10.0**-digits
    keys, in_kind = model.columns["match"].keys, model.columns["in kind"].keys
    funds = np.array(facts.names["fund"], object)
    c, k = np.flatnonzero(cash >= least), np.flatnonzero(kind >= least)
    fund = np.concatenate([keys["fund"][c], in_kind["fund"][k]])
    initiative = np.concatenate([keys["initiative"][c], in_kind["initiative"][k]])
    source = np.concatenate([funds[keys["source"][c]], text(["in kind"] * len(k))])
    order = np.lexsort((source.astype(str), initiative, fund))
    return Table(
        "Match",
        {
            "fund": funds[fund[order]],
            "source": source[order],
            "initiative": np.array(facts.names["initiative"], object)[initiative[order]],
            "money": np.concatenate([cash[c], kind[k]])[order],
        },
    )


def balances(facts: Facts, model: Model, spend: Array, carry: Array, digits: int = MONEY_DIGITS) -> Table:
    """Each fund's money in each period of its window; what is neither spent nor carried forward stays unspent."""
    keys, carried_keys = model.columns["spend"].keys, model.columns["carry"].keys
    spent, carried = np.zeros(facts.fund_open.shape), np.zeros(facts.fund_open.shape)
    np.add.at(spent, (keys["fund"], keys["period"]), spend)
    carried[carried_keys["fund"], carried_keys["period"]] = np.maximum(to_decimals(carry, digits), 0.0)
    fund, period = np.nonzero(facts.fund_open)
    brought = np.zeros(facts.fund_open.shape)
    brought[:, 1:] = carried[:, :-1]
    unspent = to_decimals(facts.installment + brought - spent - carried, digits)
    columns = {
        "installment": facts.installment,
        "brought_forward": brought,
        "spend": spent,
        "carried_forward": carried,
        "unspent": np.where(np.abs(unspent) < 10.0**-digits, 0.0, unspent),
    }
    values = {name: to_decimals(whole[fund, period], digits) for name, whole in columns.items()}
    return _table(facts, SPEC["Balances"], {"fund": fund, "period": period}, values)
