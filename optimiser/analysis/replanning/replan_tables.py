"""The tables of a re-plan: what is over and what is decided, in one year of whole units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimiser.analysis.replanning.replan_model import Remaining, happened
from optimiser.case.facts import Facts
from optimiser.case.table import Array, Table, to_decimals
from optimiser.case.tolerances import LEAST, NEAR_WHOLE
from optimiser.model.extend import Extension
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import exact
from optimiser.plan.answer import ROUNDING_SECONDS
from optimiser.plan.derive import derive
from optimiser.plan.extract import EXACT_MONEY_DIGITS, MONEY_DIGITS, decision_tables
from optimiser.plan.lines import SHEET_OF, dimension_of
from optimiser.plan.rounding import whole
from optimiser.plan.tables import SPEC


def year_tables(left: Remaining, model: Model, x: Array, rules: list[Compiled]) -> tuple[dict[str, Table], bool]:
    """All tables of the year, and whether money stands in the rounding of the case."""
    case, facts = left.past.case, left.past.facts
    unit = case.settings.rounding
    rounded = None
    if unit:
        for steady in (True, False):
            rounded = whole(_held(left, model, x, steady), x, rules, unit, ROUNDING_SECONDS)
            if rounded is not None:
                break
    at = x if rounded is None else rounded
    ahead = decision_tables(facts, model, at, EXACT_MONEY_DIGITS if rounded is None else MONEY_DIGITS)
    made = {sheet: _year(facts, sheet, _gone(left, family), ahead[sheet]) for family, sheet in SHEET_OF.items()}
    made["Match"] = ahead["Match"]
    made["Balances"] = _balances(left, model, at, made["Spend"])
    made.update(derive(case, made, unit=exact(unit if rounded is not None else 0.0)))
    return made, rounded is not None or not unit


def _held(left: Remaining, model: Model, x: Array, steady: bool) -> Model:
    """The model with what rounding must not undo: budget lines that stand (if `steady`), transfers between categories."""
    unit, extension = left.past.case.settings.rounding, Extension(model)
    columns = model.columns["spend"]
    for name, family, wanted in (("line", "movement", steady), ("category", "category", True)):
        if not wanted or family not in model.rows:
            continue
        up, down = ("moved up", "moved down") if name == "line" else ("category up", "category down")
        change = x[model.columns[up].span] - x[model.columns[down].span]
        rows = model.rows[family]
        rest = model.row_lower[rows.span]
        still = np.abs(change) <= NEAR_WHOLE * unit
        chosen = still & (np.abs(rest / unit - np.round(rest / unit)) <= NEAR_WHOLE)
        low = np.where(still | (change > 0), rest, -np.inf)
        high = np.where(still | (change < 0), rest, np.inf)
        taken = np.flatnonzero(chosen | (~still if name == "category" else False))
        if not len(taken):
            continue
        members = rows.members(rows.keys)
        number = {members[k]: n for n, k in enumerate(taken.tolist())}
        of = [number.get(k, -1) for k in columns.members(rows.keys)]
        at = np.flatnonzero(np.array(of, np.int32) >= 0)
        entries = np.array(of, np.int32)[at], at + columns.first, 1.0
        keys = {d: k[taken] for d, k in rows.keys.items()}
        extension.rows(f"rule {name} stands", keys, low[taken], high[taken], entries)
        if name == "category":
            _transfers_held(left, extension, keys, change[taken], rest[taken], entries)
    return extension.made(model.stages)


def _transfers_held(
    left: Remaining, extension: Extension, keys: Mapping[str, Array], change: Array, rest: Array,
    entries: tuple[Array, Array, float],
) -> None:  # fmt: skip
    """What the categories that gain (or those that lose, whichever is less) gain stays within their fund's limit."""
    approved: dict[int, float] = {}
    for (f, *_), money in left.before.lines.items():
        approved[f] = approved.get(f, 0.0) + money
    for f in np.unique(keys["fund"]).tolist():
        mine = keys["fund"] == f
        limit = float(left.terms.transfer_limit[f]) * approved.get(f, 0.0)
        up, down = mine & (change > 0), mine & (change < 0)
        gains = change[up].sum() <= -change[down].sum()
        side = up if gains else down
        if not side.any() or abs(change[side].sum()) > limit + LEAST:
            continue
        kept = side[entries[0]]
        row = np.zeros(int(kept.sum()), np.int32)
        low, high = (-np.inf, rest[side].sum() + limit) if gains else (rest[side].sum() - limit, np.inf)
        extension.rows(f"rule transfers {f}", 1, low, high, (row, entries[1][kept], 1.0))


def _gone(left: Remaining, family: str) -> Table:
    """The lines of the periods that are over: actuals, and the people as they were planned."""
    facts, sheet = left.past.facts, SPEC[SHEET_OF[family]]
    rows = {k: v for k, v in happened(left.past, left.before)[family].items() if k[-1] < left.past.over}
    columns: dict[str, Array] = {}
    for n, column in enumerate(sheet.key):
        names = np.array(facts.names[dimension_of(column)], object)
        columns[column] = names[np.array([k[n] for k in rows], np.int32)]
    return Table(sheet.name, {**columns, sheet.names[-1]: np.array(list(rows.values()), float)})


def _year(facts: Facts, sheet: str, gone: Table, ahead: Table) -> Table:
    """Both parts of the year, in the order of the keys."""
    table = Table(sheet, {c: np.concatenate([gone[c], ahead[c]]) for c in SPEC[sheet].names})
    codes = [facts.code(dimension_of(c), table[c]) for c in reversed(SPEC[sheet].key)]
    return table.take(np.lexsort(codes))


def _balances(left: Remaining, model: Model, x: Array, spend: Table) -> Table:
    """Each fund's money in each period of its window; overspending of the past moves on as money below 0."""
    facts, past = left.past.facts, left.past
    spent, carried = np.zeros(facts.fund_open.shape), left.balance.carry - left.balance.short
    np.add.at(spent, (facts.code("fund", spend["fund"]), facts.code("period", spend["period"])), spend["money"])
    keys = model.columns["carry"].keys
    ahead = np.zeros(spent.shape)
    ahead[keys["fund"], keys["period"]] = np.maximum(to_decimals(x[model.columns["carry"].span], 6), 0.0)
    carried[:, past.over :] += ahead[:, past.over :]
    brought = np.hstack([np.zeros((len(spent), 1)), carried[:, :-1]])
    unspent = facts.installment + brought - spent - carried
    fund, period = np.nonzero(facts.fund_open)
    columns = {
        "fund": np.array(facts.names["fund"], object)[fund],
        "period": np.array(facts.names["period"], object)[period],
    }
    for name, whole_year in (
        ("installment", facts.installment), ("brought_forward", brought), ("spend", spent),
        ("carried_forward", carried), ("unspent", unspent),
    ):  # fmt: skip
        columns[name] = to_decimals(whole_year[fund, period], 6) + 0.0
    return Table("Balances", columns)
