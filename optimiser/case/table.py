"""Records of one sheet, column by column: the one shape in which tables travel between the floors."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
K = TypeVar("K", bound=Hashable)
N = TypeVar("N", float, Fraction)
MOST_SHOWN = 20
"""Rows that a notebook shows of a table."""
_DIGITS_OF_A_FLOAT = 2.0**52
"""Up to here a float tells halves apart, so that rounding means something."""


class ReadOnly(dict[Any, Any]):
    """A mapping that cannot be written to. What was computed from a case holds for as long as the case does."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "A case and a plan cannot be changed in place: "
            "make another case with optimiser.apply_changes(case, …) or optimiser.case_from({…})."
        )

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[ReadOnly], tuple[dict[Any, Any]]]:
        return type(self), (dict(self),)


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """The records of one sheet, read-only.

    columns: name -> array of one length; text is an object array of `str` ("" where blank), numbers are
    float64 (NaN where blank and without a default), flags are bool.
    rows: the row of the worksheet that each record stands in (1 is the header); 0 where there is no worksheet.
    """

    name: str
    columns: Mapping[str, Array]
    rows: Array = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        lengths = {len(values) for values in self.columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"{self.name}: columns of different lengths {sorted(lengths)}")
        if len(self.rows) != len(self):
            object.__setattr__(self, "rows", np.zeros(len(self), np.int32))
        for values in (self.rows, *self.columns.values()):
            values.flags.writeable = False
        object.__setattr__(self, "columns", ReadOnly(self.columns))

    def __repr__(self) -> str:
        return f"Table {self.name}: {len(self):,} x {', '.join(self.columns)}"

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(max_rows=MOST_SHOWN))

    def __reduce__(self) -> tuple[type[Table], tuple[str, dict[str, Array], Array]]:
        return Table, (self.name, dict(self.columns), self.rows)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, column: str) -> Array:
        return self.columns[column]

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def take(self, which: Array) -> Table:
        """The records at these positions (or where this mask is true), in this order."""
        return Table(self.name, {c: v[which] for c, v in self.columns.items()}, self.rows[which])

    def replace(self, **columns: Array) -> Table:
        """The same records with some columns replaced or added."""
        return Table(self.name, {**self.columns, **columns}, self.rows)

    def each(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The plain values of these columns, record by record."""
        return zip(*(self.columns[c].tolist() for c in columns), strict=True)

    def sums(self, key: str, amount: str) -> dict[str, float]:
        """What each key's amounts add up to; a blank is no key."""
        made: dict[str, float] = {}
        for name, value in self.each(key, amount):
            if name:
                made[name] = made.get(name, 0.0) + value
        return made

    def records(self) -> Iterator[dict[str, Any]]:
        """Each record as a dict of plain Python values."""
        names = list(self.columns)
        for values in self.each(*names):
            yield dict(zip(names, values, strict=True))

    def plain(self) -> list[dict[str, Any]]:
        """The records as JSON can hold them: None where a number is blank."""
        return [{c: None if v != v else v for c, v in record.items()} for record in self.records()]

    def frame(self) -> pd.DataFrame:
        """The records as a pandas table (pandas is imported only here, because it takes longer than a solve)."""
        import pandas as pd

        return pd.DataFrame({c: pd.Series(v.tolist() if v.dtype == object else v) for c, v in self.columns.items()})

    @staticmethod
    def of(name: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> Table:
        """A table from rows of plain values: text, numbers or flags by what the first row holds."""
        rows = list(records)
        made: dict[str, Array] = {}
        for j, column in enumerate(columns):
            values = [row[j] for row in rows]
            if values and isinstance(values[0], bool):
                made[column] = np.array(values, bool)
            elif values and isinstance(values[0], int | float):
                made[column] = np.array(values, float)
            else:
                made[column] = text(values)
        return Table(name, made)


def text(values: Iterable[str]) -> Array:
    """An object array of strings (numpy would otherwise guess a fixed width)."""
    listed = list(values)
    made = np.empty(len(listed), object)
    made[:] = listed
    return made


def numbered(chosen: Array) -> Array:
    """0, 1, 2 … for the members that a mask chooses, in their order; -1 for the others."""
    return np.where(chosen, np.cumsum(chosen).reshape(chosen.shape) - 1, -1).astype(np.int32)


def runs(start: Array, count: Array) -> Array:
    """Runs of whole numbers, one behind the other: `runs([5, 0], [2, 3])` is 5, 6, 0, 1, 2."""
    return np.repeat(start - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))


def summed(pairs: Iterable[tuple[K, N]]) -> dict[K, N]:
    """The sum of the numbers of each key, in the order in which the keys come."""
    made: dict[K, N] = {}
    for key, number in pairs:
        made[key] = made.get(key, 0) + number
    return made


def to_decimals(values: Array, decimals: int) -> Array:
    """Values rounded to so many decimals; one so large that a float has no more of them stays as it is.

    numpy's own rounding multiplies first, and makes 1,451,838,301,937.9998 of 1,451,838,301,938.
    """
    return np.where(np.abs(values) * 10.0**decimals < _DIGITS_OF_A_FLOAT, np.round(values, decimals), values)
