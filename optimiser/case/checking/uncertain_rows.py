"""The Uncertainty sheet: which numbers of a case may turn out otherwise, what is wrong with its rows, and their shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from optimiser.case.checking.default_rows import fund_amounts
from optimiser.case.faults import Fault
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.keys import GROUPS
from optimiser.case.reading.workbook import Tables
from optimiser.case.review_scores import initiative_scores
from optimiser.case.spec import BY_NAME, INFINITY, UNCERTAIN
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import HAIR

NOT_THERE, ORDER, OUTSIDE, NO_EFFECT = "U01", "U02", "U03", "U04"
_DEVIATIONS = 2 * NormalDist().inv_cdf(0.95)
"""Standard deviations of a normal shape between low (5% lie below) and high (5% lie above)."""
KEY = {"fund": "fund", "initiative": "initiative", "agency": "agency", "staff": "agency", "outcome": "initiative"}
DETAIL = {"staff": "role", "outcome": "outcome"}


@dataclass(frozen=True)
class Uncertain:
    """One row of the sheet, with what it changes.

    sheet, column and records: the cells that it changes; present: what the case says there; low, likely and high as
    written, multiples of `present` where `factor`; chance: of high, for the shape `either`; moves_with: "" where it
    moves alone; least, most: limits of the column.
    """

    name: str
    sheet: str
    column: str
    records: tuple[int, ...]
    present: tuple[float, ...]
    shape: str
    low: float
    likely: float
    high: float
    chance: float
    factor: bool
    moves_with: str
    least: float
    most: float

    def quantile(self, share: float) -> float:
        """The value (or multiple) that a share of 0 to 1 of all outcomes lies below, inside the limits of the column."""
        low, likely, high = self.low, self.likely, self.high
        if self.shape == "either":
            return high if share >= 1 - self.chance else low
        if self.shape == "range":
            return low + share * (high - low)
        if self.shape == "triangular":
            return _triangular(low, likely, high, share)
        spread = (high - low) / _DEVIATIONS
        value = likely + spread * NormalDist().inv_cdf(min(max(share, HAIR), 1 - HAIR))
        if self.factor:
            return value if self.least < 0 else max(value, 0.0)
        return min(max(value, self.least), self.most)

    def values(self, at: float) -> list[float]:
        """What each of its cells holds when the value (or multiple) is `at`, inside the limits of the column."""
        made = [present * at if self.factor else at for present in self.present]
        return [min(max(v, self.least), self.most) for v in made]

    def worst(self) -> float:
        """The value (or multiple) that leaves least: high for what costs, low for the rest."""
        return self.high if self.column in ("request", "hire_cost") else self.low


def _triangular(low: float, likely: float, high: float, share: float) -> float:
    """The inverse of the triangular distribution function."""
    if high <= low:
        return low
    if share * (high - low) <= likely - low:
        return low + math.sqrt(share * (high - low) * (likely - low))
    return high - math.sqrt((1 - share) * (high - low) * (high - likely))


def uncertain(tables: Mapping[str, Table]) -> list[Uncertain]:
    """Every row of the sheet, in the order of of, item, detail and column. The tables have no faults."""
    made = []
    for row in tables["Uncertainty"].records():
        records = _records(tables, row)
        present = _present(tables, row["of"], row["column"])[records]
        column = BY_NAME[UNCERTAIN[row["of"]][0]].column(row["column"])
        factor, likely = row["measured"] == "factor", row["likely"]
        if math.isnan(likely):
            likely = 1.0 if factor else float(present[0])
        made.append(
            Uncertain(
                name_of(row),
                UNCERTAIN[row["of"]][0],
                row["column"],
                tuple(records.tolist()),
                tuple(present.tolist()),
                row["shape"],
                row["low"],
                likely,
                row["high"],
                row["chance"],
                factor,
                fold(row["moves_with"]),
                column.low,
                column.high,
            )
        )
    return sorted(made, key=lambda u: (u.sheet, fold(u.name), u.column))


def name_of(row: Mapping[str, object]) -> str:
    """A row of the sheet in words: `amount of Pool`, `fte of analyst of Police`."""
    detail = f"{row['detail']} of " if row["detail"] else ""
    return f"{row['column']} of {detail}{row['item']}"


def _records(tables: Mapping[str, Table], row: Mapping[str, object]) -> Array:
    """Positions of the records whose number is uncertain."""
    of = str(row["of"])
    table = tables[UNCERTAIN[of][0]]
    hit = table[KEY[of]] == row["item"]
    if of in DETAIL:
        wanted = fold(str(row["detail"]))
        hit = hit & np.array([fold(v) == wanted for v in table[DETAIL[of]].tolist()], bool)
    return np.flatnonzero(hit)


def _present(tables: Mapping[str, Table], of: str, column: str) -> Array:
    """The numbers of the case in a column; a fund's amount is the sum of its contributions where it is blank."""
    if of == "fund":
        return fund_amounts(tables)
    if (of, column) == ("initiative", "score"):
        return initiative_scores(tables)
    return tables[UNCERTAIN[of][0]][column]


def uncertainty(tables: Tables) -> Iterator[Fault]:
    """Faults of the sheet Uncertainty (U01 to U04)."""
    table = tables["Uncertainty"]
    for i, row in enumerate(table.records()):
        if row["of"] not in UNCERTAIN or not row["item"]:
            continue  # reported already
        fault = _known(tables, i, row)
        if fault is None and len(_records(tables.tables, row)):  # an unknown name is reported already
            fault = _ordered(tables, i, row) or _held(tables, i, row) or _useless(tables, i, row)
        if fault is not None:
            yield fault


def _known(tables: Tables, i: int, row: Mapping[str, str]) -> Fault | None:
    """A column that cannot be uncertain, or an item without such a row."""
    of, detail = row["of"], row["detail"]
    sheet, columns = UNCERTAIN[of]
    if row["column"] not in columns:
        near = nearest(row["column"], columns)
        cure = f"write {near}" if near else f"write {columns[0]}"
        expected = f"one of {', '.join(columns)}" if len(columns) > 1 else columns[0]
        return tables.place("Uncertainty", "column").fault(i, NOT_THERE, row["column"], expected, cure)
    if of not in DETAIL and detail:
        cure = f"clear it: {of} has no detail"
        return tables.place("Uncertainty", "detail").fault(i, NOT_THERE, detail, "a blank cell", cure)
    if not len(_records(tables.tables, row)):
        if of not in DETAIL:
            return None  # an unknown name is reported already
        if of == "staff" and detail and fold(detail) not in _roles(tables):
            return None
        place = tables.place("Uncertainty", "detail")
        expected = f"{'a role' if of == 'staff' else 'an outcome'} of {row['item']} on the sheet {sheet}"
        return place.fault(i, NOT_THERE, detail, expected, f"write one, or add the row to {sheet}")
    return None


def _roles(tables: Tables) -> set[str]:
    return {fold(v) for sheet, column in GROUPS["role"] for v in tables[sheet][column].tolist()}


def _ordered(tables: Tables, i: int, row: Mapping[str, float | str]) -> Fault | None:
    """low ≤ likely ≤ high; likely counts where the shape reads it."""
    low, likely, high = (float(row[c]) for c in ("low", "likely", "high"))
    place = tables.place("Uncertainty", "low")
    if math.isnan(low) or math.isnan(high):
        return None  # reported already
    if low > high:
        return place.fault(i, ORDER, plain(low), f"at most high, which is {plain(high)}", "exchange the two")
    of_the_case = math.isnan(likely) and row["shape"] in ("triangular", "normal")
    if of_the_case and row["measured"] == "value":
        likely = float(_present(tables.tables, str(row["of"]), str(row["column"]))[_records(tables.tables, row)][0])
    elif of_the_case:
        likely = 1.0
    if math.isnan(likely) or low <= likely <= high:
        return None
    if of_the_case and row["measured"] == "value":
        expected = f"a range that holds the case's number, {plain(likely)}"
        return place.fault(i, ORDER, f"{plain(low)} to {plain(high)}", expected, "correct it, or write likely")
    expected, cure = f"a number from low to high, {plain(low)} to {plain(high)}", "correct one of the three"
    return tables.place("Uncertainty", "likely").fault(i, ORDER, plain(likely), expected, cure)


def _held(tables: Tables, i: int, row: Mapping[str, float | str]) -> Fault | None:
    """Low and high are numbers that the column can hold."""
    of, column = str(row["of"]), str(row["column"])
    spec = BY_NAME[UNCERTAIN[of][0]].column(column)
    records = _records(tables.tables, row)
    present = _present(tables.tables, of, column)[records]
    for end in ("low", "high"):
        at = float(row[end])
        values = present * at if row["measured"] == "factor" else np.full(len(present), at)
        least = spec.low
        if of == "outcome" and (tables["Outcomes"]["curve"][records] != "").any():
            least = 0.0
        wrong = values[(values < least) | (values > spec.high)]
        if len(wrong):
            limits = f"from {plain(least)} to {plain(spec.high)}"
            limits = limits if spec.high < INFINITY else f"of {plain(least)} or more"
            said = plain(at) if row["measured"] == "value" else f"{plain(at)} times {plain(float(present[0]))}"
            return tables.place("Uncertainty", end).fault(i, OUTSIDE, said, f"a number {limits}", "correct it")
    return None


def _useless(tables: Tables, i: int, row: Mapping[str, str]) -> Fault | None:
    """An uncertain score of an initiative, where scores change no outcome."""
    if row["of"] != "initiative" or row["column"] != "score" or not len(tables["Outcomes"]):
        return None
    settings = {fold_title(name): value for name, value in tables["Case"].each("setting", "value")}
    if fold(str(settings.get(fold_title("score_effect"), ""))) == "proportional":
        return None
    expected = "a score that has an effect on impact"
    cure = "set score_effect to proportional, or make the outcome uncertain (at_full)"
    return tables.place("Uncertainty", "column").fault(i, NO_EFFECT, "score", expected, cure, "warning")
