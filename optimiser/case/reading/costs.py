"""What an initiative's money buys: shares of its cost, or amounts that add up to its request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimiser.case.faults import Fault
from optimiser.case.reading.amounts import plain
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import HALF_A_CENT, LOST_DIGITS, NEAR_WHOLE

if TYPE_CHECKING:
    from optimiser.case.reading.workbook import Tables

SCALED = 0.005
"""By how much shares that were rounded by hand may miss 1: they are scaled, and it is said."""


def shares_of(costs: Table) -> Array:
    """The share of each row of Costs in its initiative's cost; amounts are made shares, rounded shares are scaled to 1."""
    share, amount = costs["share"], costs["amount"]
    which, count = _grouped(costs)
    if not count:
        return share
    size = np.bincount(which, minlength=count)
    money = np.bincount(which, np.nan_to_num(amount), count)
    by_amount = np.where(
        money[which] > 0, np.nan_to_num(amount) / np.where(money > 0, money, 1)[which], 1 / size[which]
    )
    total = np.bincount(which, np.nan_to_num(share), count)
    off = np.abs(total - 1)
    scale = np.where((off > NEAR_WHOLE) & (off <= SCALED + LOST_DIGITS), total, 1.0)[which]
    return np.where(np.isnan(share), np.where(np.isnan(amount), np.nan, by_amount), share / scale)


def amounts_of(costs: Table) -> dict[str, float]:
    """Initiative -> the sum of its amounts, for those whose rows have amounts (NaN where one could not be read)."""
    sums: dict[str, float] = {}
    by_amount = set(costs["initiative"][np.isfinite(costs["amount"])].tolist())
    for initiative, amount in costs.each("initiative", "amount"):
        if initiative in by_amount:
            sums[initiative] = sums.get(initiative, 0.0) + amount
    return {i: round(total, 6) for i, total in sums.items()}


def settled(
    tables: Mapping[str, Table], faults: Sequence[Fault], tables_of: Tables
) -> tuple[dict[str, Table], list[Fault]]:
    """The tables with requests that are blank made from amounts of Costs, and the faults that are left.

    faults: of reading. A row of Costs without share and amount is one; a request that is made is none. tables_of: the
    same tables, for the places of their cells.
    """
    costs, initiatives = tables["Costs"], tables["Initiatives"]
    made = dict(tables)
    listed = list(faults)
    told = {(f.sheet, f.cell) for f in faults}
    share, amount = (tables_of.place("Costs", c) for c in ("share", "amount"))
    untitled = any(f.sheet == share.sheet and f.code == "S03" and f.level == "error" for f in faults)
    for i in [] if untitled else np.flatnonzero(np.isnan(costs["share"]) & np.isnan(costs["amount"])).tolist():
        if not {(share.sheet, share.cell(i)), (amount.sheet, amount.cell(i))} & told:
            expected = "share: a share between 0 and 1, or amount: an amount of money"
            listed.append(share.fault(i, "V01", "", expected, "fill in one of the two, or delete the whole row"))
    sums = amounts_of(costs)
    request = initiatives["request"].copy()
    place = tables_of.place("Initiatives", "request")
    filled = set()
    for i in np.flatnonzero(np.isnan(request)).tolist():
        total = sums.get(initiatives["initiative"][i], np.nan)
        if np.isfinite(total) and not any(
            f.sheet == place.sheet and f.cell == place.cell(i) and f.code != "V01" for f in faults
        ):
            request[i] = total
            filled.add(place.cell(i))
    if not filled:
        return made, listed
    made["Initiatives"] = initiatives.replace(request=request)
    whole = not np.isnan(request).any()
    return made, [
        f
        for f in listed
        if not (f.sheet == place.sheet and f.code == "V01" and f.cell in filled)
        and not (whole and f.sheet == place.sheet and f.code == "S03" and f.found == "no column request")
    ]


def followed(before: Mapping[str, Table], after: dict[str, Table]) -> dict[str, Table]:
    """The tables after a scenario, in which amounts follow a request that was changed, and a request its amounts."""
    old, new = before["Costs"], after["Costs"]
    sums = amounts_of(new)
    if not sums:
        return after
    was = amounts_of(old)
    requests = dict(before["Initiatives"].each("initiative", "request"))
    initiatives = after["Initiatives"]
    request, amount = initiatives["request"].copy(), new["amount"].copy()
    for i, initiative in enumerate(initiatives["initiative"].tolist()):
        total = sums.get(initiative)
        if total is None or not abs(total - request[i]) > HALF_A_CENT:
            continue
        if total != was.get(initiative) and request[i] == requests.get(initiative):
            request[i] = total
        elif total == was.get(initiative) and total > 0:
            mine = new["initiative"] == initiative
            amount[mine] = amount[mine] * (request[i] / total)
    return {**after, "Initiatives": initiatives.replace(request=request), "Costs": new.replace(amount=amount)}


def cost_shares(tables: Tables) -> Iterator[Fault]:
    """Shares of an initiative add up to 1 (N14), nearly so with a warning; amounts to its request (R12); never both."""
    costs, requests = tables["Costs"], dict(tables["Initiatives"].each("initiative", "request"))
    which, count = _grouped(costs)
    sums, paid = (np.bincount(which, np.nan_to_num(v), count) for v in (costs["share"], np.isfinite(costs["amount"])))
    doubtful = (np.abs(sums - 1) > NEAR_WHOLE / 2) | (paid > 0)  # of most nothing is to be said
    rows: dict[str, list[int]] = {}
    for i in np.flatnonzero(doubtful[which]).tolist():
        rows.setdefault(costs["initiative"][i], []).append(i)
    share_at, amount_at = tables.place("Costs", "share"), tables.place("Costs", "amount")
    for initiative, mine in rows.items():
        share, amount = costs["share"][mine], costs["amount"][mine]
        if not initiative or np.any(np.isnan(share) & np.isnan(amount)):
            continue  # told already
        if np.isfinite(share).any() and np.isfinite(amount).any():
            at = mine[int(np.flatnonzero(np.isfinite(amount))[0])]
            expected = f"shares or amounts of {initiative}, one of the two in all its rows"
            yield amount_at.fault(at, "N14", plain(costs["amount"][at]), expected, "clear the shares, or the amounts")
        elif np.isfinite(amount).any():
            total, request = float(amount.sum()), requests.get(initiative, np.nan)
            if abs(total - request) > HALF_A_CENT:
                expected = f"amounts of {initiative} that add up to its request, {plain(request)}"
                cure = (
                    f"correct them by {plain(round(request - total, 6))}, or leave the request blank: then they are it"
                )
                yield amount_at.fault(mine[-1], "R12", f"a sum of {plain(round(total, 6))}", expected, cure)
        elif abs(float(share.sum()) - 1) > NEAR_WHOLE:
            total = float(share.sum())
            expected = f"shares of {initiative} that add up to 1"
            nearly = abs(total - 1) <= SCALED + LOST_DIGITS
            cure = f"correct them by {plain(round(1 - total, 6))}"
            cure = f"each is divided by that sum; {cure} to have them as written" if nearly else cure
            level = "warning" if nearly else "error"
            yield share_at.fault(mine[-1], "N14", f"a sum of {plain(round(total, 9))}", expected, cure, level)


def _grouped(costs: Table) -> tuple[Array, int]:
    """The number of each row's initiative, and how many there are."""
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(i, len(codes)) for i in costs["initiative"].tolist()], int), len(codes)
