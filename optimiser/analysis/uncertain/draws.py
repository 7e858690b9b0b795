"""Draws: what the uncertain numbers of a case may turn out to be together, seeded, and the case that each one makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from optimiser.case.case import Case
from optimiser.case.checking.default_rows import fund_amounts
from optimiser.case.checking.uncertain_rows import Uncertain, uncertain
from optimiser.case.settings import Objective
from optimiser.case.table import Array, Table

NO_ROWS = "The sheet Uncertainty has no rows: say there which numbers may turn out otherwise, and within which range."


@dataclass(frozen=True, eq=False)
class Draws:
    """N draws of a case. numbers: the rows of the Uncertainty sheet; at [N, rows]: the value (or the multiple of the
    case's number) that each has in each draw."""

    case: Case
    numbers: tuple[Uncertain, ...]
    at: Array
    seed: int

    def __len__(self) -> int:
        return len(self.at)

    def case_of(self, draw: int) -> Case:
        """The case as one draw makes it, with impact as its only objective."""
        return drawn(self.case, self.numbers, self.at[draw].tolist())


def draws(case: Case, count: int = 200, seed: int = 0) -> Draws:
    """Draws of the case's Uncertainty sheet, the same for the same seed on every machine.

    Each range is covered evenly (a Latin hypercube: McKay, Beckman and Conover 1979): of 200 draws, one falls into each
    half per cent of every distribution. Rows that move together share their place in it. Raises ValueError where the
    sheet has no rows, or for fewer than one draw.
    """
    numbers = tuple(uncertain(case.tables))
    if not numbers:
        raise ValueError(NO_ROWS)
    if count < 1:
        raise ValueError("at least one draw is needed")
    dice = Random(seed)
    shares: dict[str, list[float]] = {}
    at = np.zeros((count, len(numbers)))
    for k, number in enumerate(numbers):
        together = number.moves_with or f"\0{k}"
        if together not in shares:
            places = list(range(count))
            dice.shuffle(places)
            shares[together] = [(place + dice.random()) / count for place in places]
        at[:, k] = [number.quantile(share) for share in shares[together]]
    return Draws(case, numbers, at, seed)


def drawn(case: Case, numbers: Sequence[Uncertain], at: Sequence[float]) -> Case:
    """The case in which each of these numbers (or its multiple) is what `at` says, with impact as its only objective.

    A fund's installments follow its amount, and so do its contributions where it falls below their sum; a score takes
    the place of what Performance makes.
    """
    tables = dict(case.tables)
    for number, value in zip(numbers, at, strict=True):
        records, made = list(number.records), number.values(value)
        if number.sheet == "Funds":
            tables = _with_amount(tables, records[0], made[0])
            continue
        column = tables[number.sheet][number.column].copy()
        column[records] = made
        tables[number.sheet] = tables[number.sheet].replace(**{number.column: column})
        if number.column == "score":
            tables["Performance"] = _without(tables, number.sheet, records[0])
    return replace(impact_only(case), tables=tables, warnings=())


def impact_only(case: Case) -> Case:
    """The case with impact as its only objective."""
    return replace(case, settings=replace(case.settings, objective=(Objective("impact"),)))


def _with_amount(tables: Mapping[str, Table], record: int, amount: float) -> dict[str, Table]:
    funds, rows = tables["Funds"], tables["Installments"]
    before = fund_amounts(tables)
    after = before.copy()
    after[record] = amount
    mine = rows["fund"] == funds["fund"][record]
    scale = amount / before[record] if before[record] > 0 else 0.0
    scaled = np.where(mine, rows["amount"] * scale, rows["amount"])
    paid = tables["Contributions"]
    theirs = paid["fund"] == funds["fund"][record]
    total = float(paid["amount"][theirs].sum())
    share = amount / total if total > amount else 1.0
    return {
        **tables,
        "Funds": funds.replace(amount=after),
        "Installments": rows.replace(amount=scaled),
        "Contributions": paid.replace(amount=np.where(theirs, paid["amount"] * share, paid["amount"])),
    }


def _without(tables: Mapping[str, Table], sheet: str, record: int) -> Table:
    """Performance without the rows of one initiative or agency."""
    of = "initiative" if sheet == "Initiatives" else "agency"
    table, item = tables["Performance"], tables[sheet][of][record]
    return table.take(np.flatnonzero(~((table["of"] == of) & (table["item"] == item))))
