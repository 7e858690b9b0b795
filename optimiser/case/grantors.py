"""Who may change what limits a plan, and how: the committee itself, the parties, the grant, or the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.names import fold
from optimiser.case.selection import Subject, matches, parse, title_match
from optimiser.case.table import Table

POLICY, AGREEMENT, AWARD, STATUTE = "policy", "agreement", "award", "statute"
WHO: Mapping[str, str] = {
    POLICY: "the committee itself",
    AGREEMENT: "all parties of the agreement",
    AWARD: "the grant manager by amendment of the award",
    STATUTE: "nobody in the room",
}
"""Who grants a change, by who set what is changed (SET_BY of the specification); what is granted most easily first."""
EASE = tuple(WHO)
REACHED = "reached"
"""Of what nobody grants: a score is reached."""

OF_CELLS: Mapping[str, str] = {
    "Agencies": AGREEMENT,
    "Contributions": AGREEMENT,
    "Staff": AGREEMENT,
    "Substitutes": AGREEMENT,
    "Partners": AGREEMENT,
    "Performance": REACHED,
    "Agencies.score": REACHED,
    "Initiatives.score": REACHED,
}
"""Who grants a change of a cell that is no rule, by sheet or column; Funds by their kind, everything else the committee."""
OF_FUNDS: Mapping[str, str] = {
    "joint grant": AWARD,
    "pooled": AGREEMENT,
    "shared budget": AGREEMENT,
    "own budget": AGREEMENT,
}
"""Who grants a change of a fund's amount, window or conditions, by its kind."""


@dataclass(frozen=True)
class Grantor:
    """Who may grant a change. set_by: who set what is changed; waiver: who may waive it besides, and how ("": nobody)."""

    set_by: str
    waiver: str = ""

    @property
    def rank(self) -> int:
        """0 for what is granted most easily."""
        return EASE.index(self.set_by)

    @property
    def who(self) -> str:
        """Who is to be asked: `the committee itself`, `the Attorney General (a waiver)`."""
        if not self.waiver:
            return WHO[self.set_by]
        waived = f"{self.waiver} (a waiver)"
        return waived if self.set_by == STATUTE else f"{WHO[self.set_by]}, or {waived}"

    def json(self) -> dict[str, str]:
        """As plain data."""
        return {"set_by": self.set_by, "waiver": self.waiver, "who": self.who}


def set_by_words(set_by: str, waiver: str = "") -> str:
    """What stands beside a rule: `statute; waiver: the Attorney General`."""
    return f"{set_by}; waiver: {waiver}" if waiver else set_by


def grantors(tables: Mapping[str, Table], changes: Iterable[Mapping[str, str]]) -> tuple[Grantor, ...]:
    """Who must grant changes (rows of the Scenarios sheet that can be applied), each once, the hardest to get first."""
    found = {one for change in changes for one in _of(tables, change)}
    return tuple(sorted(found, key=lambda one: (-one.rank, one.waiver)))


def asked(found: Iterable[Grantor]) -> str:
    """All who must be asked: `the committee itself`, `the grant manager by … together with the committee itself`; "": nobody."""
    return " together with ".join(dict.fromkeys(one.who for one in found))


def _of(tables: Mapping[str, Table], change: Mapping[str, str]) -> Iterator[Grantor]:
    sheet, column = change["sheet"], change["column"]
    if sheet == "Rules":
        rules = _touched(tables["Rules"], change["where"])
        yield from (Grantor(str(r["set_by"]), str(r["waiver"])) for r in rules.records())
    elif sheet in ("Funds", "Installments"):
        named = {fold(fund) for fund in _touched(tables[sheet], change["where"])["fund"].tolist()}
        yield from (Grantor(OF_FUNDS[r["kind"]]) for r in tables["Funds"].records() if fold(r["fund"]) in named)
    else:
        set_by = OF_CELLS.get(f"{sheet}.{column}") or OF_CELLS.get(sheet, POLICY)
        if set_by != REACHED:
            yield Grantor(set_by)


def _touched(table: Table, where: str) -> Table:
    """The rows that a selection by the sheet's own columns selects."""
    hit = np.ones(len(table), bool)
    for clause in parse(where):
        hit &= matches(clause, Subject("", table[title_match(clause.column, list(table.columns))]))
    return table.take(hit)
