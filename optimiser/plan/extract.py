"""From the solver's answer to the decision tables: lines above 0, named by the keys of the case."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.spec import Sheet
from optimiser.case.table import Array, Table, text
from optimiser.model.matrix import Model
from optimiser.plan.tables import SPEC

LEAST_MONEY = 1e-6
LEAST_SHARE = 1e-10
"""Smaller lines are noise of the solver and count as 0 (money; share of scope or FTE)."""
DIGITS = 12
"""Significant digits of levels and FTE that are kept, so that the last bits do not depend on the way to the answer."""


def decision_tables(facts: Facts, model: Model, x: Array, money_digits: int = 6) -> dict[str, Table]:
    """Spend, Posts, Hires, Levels, Match and Balances. x: one value for each column, in the units of the case."""
    spend = np.round(_part(model, "spend", x), money_digits)
    level, post, hire = (_significant(_part(model, name, x)) for name in ("level", "post", "hire"))
    return {
        "Spend": _lines(facts, model, "Spend", "spend", spend, LEAST_MONEY),
        "Posts": _lines(facts, model, "Posts", "post", post, LEAST_SHARE),
        "Hires": _lines(facts, model, "Hires", "hire", hire, LEAST_SHARE),
        "Levels": _lines(facts, model, "Levels", "level", level, LEAST_SHARE),
        "Match": _match(facts, model, np.round(_part(model, "match", x), money_digits), _part(model, "in kind", x)),
        "Balances": balances(facts, model, spend, _part(model, "carry", x)),
    }


def _significant(values: Array) -> Array:
    return np.array([float(f"{v:.{DIGITS}g}") for v in values.tolist()])


def _part(model: Model, family: str, x: Array) -> Array:
    return np.asarray(x[model.columns[family].span])


def _lines(facts: Facts, model: Model, sheet: str, family: str, value: Array, least: float) -> Table:
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
            names = np.array(facts.names["role" if column == "fills" else column], object)
            columns[column] = names[codes[column]]
    table = Table(sheet.name, columns)
    return table.take(np.lexsort([codes[k] for k in reversed(sheet.key)]))


def _match(facts: Facts, model: Model, cash: Array, kind: Array) -> Table:
    keys, in_kind = model.columns["match"].keys, model.columns["in kind"].keys
    funds = np.array(facts.names["fund"], object)
    c, k = np.flatnonzero(cash >= LEAST_MONEY), np.flatnonzero(kind >= LEAST_MONEY)
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


def balances(facts: Facts, model: Model, spend: Array, carry: Array) -> Table:
    """Each fund's money in each period of its window; what is neither spent nor carried forward stays unspent."""
    keys, carried_keys = model.columns["spend"].keys, model.columns["carry"].keys
    spent, carried = np.zeros(facts.fund_open.shape), np.zeros(facts.fund_open.shape)
    np.add.at(spent, (keys["fund"], keys["period"]), spend)
    carried[carried_keys["fund"], carried_keys["period"]] = np.maximum(np.round(carry, 6), 0.0)
    fund, period = np.nonzero(facts.fund_open)
    brought = np.zeros(facts.fund_open.shape)
    brought[:, 1:] = carried[:, :-1]
    unspent = np.round(facts.installment + brought - spent - carried, 6)
    columns = {
        "installment": facts.installment,
        "brought_forward": brought,
        "spend": spent,
        "carried_forward": carried,
        "unspent": np.where(np.abs(unspent) < LEAST_MONEY, 0.0, unspent),
    }
    values = {name: np.round(whole[fund, period], 6) for name, whole in columns.items()}
    return _table(facts, SPEC["Balances"], {"fund": fund, "period": period}, values)
