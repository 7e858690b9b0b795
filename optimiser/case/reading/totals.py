"""Rows that are no records but the total of others: by their words, by their formula, by their number.

The one place that knows a total row: for the sheets of a case, and for files that are mapped. A total that is taken
for a record counts money twice, so one that is certain is refused; a name that only sounds like one, or a number that
may be a chance, is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold
from optimiser.case.reading.cells import Place
from optimiser.case.spec import Sheet
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import BARELY, HALF_A_CENT

_TOTAL = """total totals totale totales totali totalt totaal totalen sum sums summe summa suma soma somme subtotal subtotals
    subtotaal subtotale gesamt gesamtsumme gesamtbetrag insgesamt zwischensumme endsumme razem ogółem łącznie celkem spolu
    yhteensä összesen toplam jumla итого всего сумма σύνολο 合計 总计 小计 合计 總計 합계 إجمالي المجموع"""
WORDS = frozenset(_TOTAL.split())
"""Words of a total, each of which is one by itself."""
_WEAK = "all alle toutes tous todos tutti remaining remainder rest restant balance unallocated verbleibend saldo"
MAY_BE = frozenset(_WEAK.split())
"""Words that make a total only where its number or its formula says so too."""
_BESIDE = """grand sub general overall of the for and in to by row line year fy amount amounts available funds fund funding money
    budget budgets request requests requested agencies agency departments initiatives initiative projects programs cost costs
    staff fte ftes positions awards spending expenditure général geral über"""
_AROUND = frozenset(_BESIDE.split())
_BY_NUMBER: Mapping[str, str] = {"Funds": "amount", "Initiatives": "request"}
"""Sheets in which a number that is the sum of all above it is told though no word says so."""
LOOKED_AT = 2_000_000
"""Cells above suspected rows that are added up at most: a sheet of nothing but such names takes no longer than others."""


@dataclass(frozen=True)
class Name:
    """What the words of a row say. total: such a word is among them; only: and nothing else; may_be: a weaker one."""

    total: bool = False
    only: bool = False
    may_be: bool = False


def words_of(label: str) -> Name:
    """Whether a label has the words of a total: "Prevention Total", "Sub-total", "All funds"."""
    if len(label) > 80:
        return Name()
    words = [w for w in re.split(r"[\W_\d]+", fold(label)) if w]
    total = any(w in WORDS for w in words)
    may_be = bool(words) and (words[0] in MAY_BE or words[-1] in MAY_BE)
    only = (total or may_be) and all(w in WORDS or w in MAY_BE or w in _AROUND for w in words)
    return Name(total, only, may_be)


def is_total(values: Mapping[str, Array], i: int, labels: Sequence[str], texts: Mapping[str, Sequence[str]]) -> bool:
    """Whether the i-th record is, in some column, the sum of those before it: of all, of those since the last such
    row, of those that share a text with it, or of all others.

    values: column -> numbers; labels: of the record; texts: column -> the texts by which records may be grouped.
    """
    said = {fold(w) for label in labels for w in re.split(r"[\W_]+", label)} | {fold(label) for label in labels}
    for numbers in values.values():
        value = numbers[i]
        if not value > 0:
            continue
        above = np.nan_to_num(numbers[:i])
        sums = [above.sum(), np.nan_to_num(numbers).sum() - value]
        running = np.cumsum(above[::-1])
        if np.any(_equal(running[1:], value)):
            return True
        for listed in texts.values():
            own = fold(listed[i])
            same = np.array([bool(t) and (fold(t) == own or fold(t) in said) for t in listed[:i]], bool)
            sums += [above[same].sum()] if same.sum() > 1 else []
        if i + len(numbers) > 2 and any(bool(_equal(np.array(s), value)) for s in sums):
            return True
    return False


def _equal(sums: Array, value: float) -> Array:
    return np.abs(sums - value) <= BARELY * abs(value) + HALF_A_CENT


def totals(spec: Sheet, table: Table, sums: Collection[tuple[int, str]], place: Mapping[str, Place]) -> list[Fault]:
    """The rows of a sheet that are totals (S12): errors where that is certain, else warnings.

    sums: (record, column) of cells whose formula adds up cells above them. place: column -> where its cells stand.
    """
    numbers = {
        c.name: np.where(np.isinf(table[c.name]), np.nan, table[c.name])
        for c in spec.columns
        if c.type == "number" and c.unit in ("money", "FTE")
    }
    if len(table) < 2 or not numbers:
        return []
    named = [c for c in (*spec.key, "name") if c in table and table[c].dtype == object]
    texts = {c.name: table[c.name].tolist() for c in spec.columns if table[c.name].dtype == object}
    words = {v: words_of(v) for c in named for v in set(texts[c])}
    suspects = {i for c in named for i, v in enumerate(texts[c]) if words[v].total or words[v].may_be}
    by_formula = {i for i, column in sums if column in numbers}
    by_number = _by_number(spec, table)
    faults = []
    looks = max(20, LOOKED_AT // len(table))
    for i in sorted(suspects | by_formula | by_number):
        cells = [(texts[c][i], c) for c in named]
        labels = [v for v, _ in cells]
        found = [words[v] for v in labels]
        first = next((cell for cell in cells if cell[0]), ("", named[0]))
        told = next((cell for cell, name in zip(cells, found, strict=True) if name.total or name.may_be), first)
        total, only = any(n.total for n in found), any(n.total and n.only for n in found)
        unnamed = not texts[spec.key[0]][i]
        counted = i in by_formula or i in by_number
        if not counted and not only and i and looks > 0:
            looks -= 1
            counted = is_total(numbers, i, labels, texts)
        certain = only or i in by_formula or (counted and (total or any(n.may_be for n in found) or unnamed))
        at = place[told[1]]
        if certain:
            cure = "delete the row: totals are worked out, not read"
            faults.append(at.fault(i, "S12", told[0], "records, without a total row", cure))
        elif counted:
            cure = "delete the row if it is a total: it is read as a record"
            what = f"{shown(told[0])}, whose amount is the sum of those above it"
            faults.append(at.warning(i, "S12", what, "records, without a total row", cure))
        elif total or any(n.may_be and n.only for n in found):
            cure = "it is read as a record, since its amount is not the sum of others: delete the row if it is a total"
            what = f"{shown(told[0])}, a name that sounds like a total"
            faults.append(at.warning(i, "S12", what, "records, without a total row", cure))
    return faults


def _by_number(spec: Sheet, table: Table) -> set[int]:
    """Records whose amount is exactly the sum of all amounts above it, at least two of them."""
    column = _BY_NUMBER.get(spec.name)
    if column is None or len(table) < 3:
        return set()
    numbers = np.where(np.isfinite(table[column]), table[column], 0.0)
    filled: Array = numbers > 0
    above = np.cumsum(np.where(filled, numbers, 0.0)) - np.where(filled, numbers, 0.0)
    many: Array = np.cumsum(filled) - filled
    return set(np.flatnonzero(filled & (many > 1) & (np.abs(above - numbers) <= HALF_A_CENT)).tolist())
