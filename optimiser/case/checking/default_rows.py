"""The rows that a sheet stands for where it has none: what a scenario can change although nobody wrote it down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from optimiser.case.names import fold, fold_title
from optimiser.case.reading.cells import blank_column
from optimiser.case.spec import BY_NAME, SETTINGS
from optimiser.case.table import Array, Table, text

Tables = Mapping[str, Table]


def default_rows(tables: Tables, sheet: str) -> Table:
    """The rows that are not written in `sheet` and hold by default; with all columns of the sheet's table.

    Installments have none: a part of a fund that arrives by default cannot be changed alone.
    """
    make = _MAKERS.get(sheet)
    columns = make(tables) if make else {}
    length = len(next(iter(columns.values()))) if columns else 0
    spec, table = BY_NAME[sheet], tables[sheet]
    made: dict[str, Array] = {}
    for name, values in table.columns.items():
        if name in columns:
            made[name] = columns[name]
        elif name in spec.names:
            made[name] = blank_column(spec.column(name), length)
        else:
            made[name] = np.full(length, np.nan) if values.dtype != object else text([""] * length)
    return Table(sheet, made)


def owner(sheet: str) -> str:
    """The column whose value has default rows only as long as it has no row of its own ("": each row alone)."""
    return "initiative" if sheet in ("Partners", "Costs") else ""


def fund_amounts(tables: Tables) -> Array:
    """Each fund's amount of money: as stated, else the sum of its contributions."""
    funds, paid = tables["Funds"], tables["Contributions"]
    amount = funds["amount"]
    if not np.isnan(amount).any():
        return amount
    sums = paid.sums("fund", "amount")
    contributed = np.array([sums.get(fund, 0.0) for fund in funds["fund"].tolist()], float)
    return np.where(np.isnan(amount), contributed, amount)


def amounts_by_fund(tables: Tables) -> dict[str, float]:
    """The same, by fund."""
    return dict(zip(tables["Funds"]["fund"].tolist(), fund_amounts(tables).tolist(), strict=True))


def _without(tables: Tables, keys: str, key: str, sheet: str) -> Array:
    """Positions of the records of `keys` that no row of `sheet` names."""
    named = set(tables[sheet][key].tolist())
    return np.array([i for i, name in enumerate(tables[keys][key].tolist()) if name and name not in named], int)


def _settings(tables: Tables) -> dict[str, Array]:
    known = {fold_title(name) for name in tables["Case"]["setting"].tolist()}
    absent = [s for s in SETTINGS if fold_title(s.name) not in known]
    return {
        "setting": text([s.name for s in absent]),
        "value": text(["" if s.default is None else s.default for s in absent]),  # type: ignore[misc]
    }


def _periods(tables: Tables) -> dict[str, Array]:
    return {} if len(tables["Periods"]) else {"period": text(["FY"])}


def _partners(tables: Tables) -> dict[str, Array]:
    initiatives, agencies = tables["Initiatives"], tables["Agencies"]["agency"].tolist()
    pairs = [
        (initiatives["initiative"][i], agency)
        for i in _without(tables, "Initiatives", "initiative", "Partners").tolist()
        for agency in ([initiatives["lead"][i]] if initiatives["lead"][i] else agencies)
    ]
    return {"initiative": text([i for i, _ in pairs]), "agency": text([a for _, a in pairs])}


def _costs(tables: Tables) -> dict[str, Array]:
    alone = _without(tables, "Initiatives", "initiative", "Costs")
    return {
        "initiative": tables["Initiatives"]["initiative"][alone],
        "category": text(["general"] * len(alone)),
        "share": np.ones(len(alone)),
    }


def _priorities(tables: Tables) -> dict[str, Array]:
    has = {(of, fold(item)) for of, item in tables["Priorities"].each("of", "item")}
    names = {
        "outcome": tables["Outcomes"]["outcome"].tolist(),
        "theme": tables["Initiatives"]["theme"].tolist(),
        "area": tables["Areas"]["area"].tolist(),
    }
    rows = [(of, item) for of, listed in names.items() for item in dict.fromkeys(listed) if item]
    rows = [(of, item) for of, item in rows if (of, fold(item)) not in has]
    return {"of": text([r[0] for r in rows]), "item": text([r[1] for r in rows]), "weight": np.ones(len(rows))}


_MAKERS: Mapping[str, Callable[[Tables], dict[str, Array]]] = {
    "Case": _settings,
    "Periods": _periods,
    "Partners": _partners,
    "Costs": _costs,
    "Priorities": _priorities,
}
