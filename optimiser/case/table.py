"""Records of one sheet, column by column: the one shape in which tables travel between the floors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Table:
    """The records of one sheet.

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

    def records(self) -> Iterator[dict[str, Any]]:
        """Each record as a dict of plain Python values."""
        names = list(self.columns)
        for values in zip(*(self.columns[c].tolist() for c in names), strict=True):
            yield dict(zip(names, values, strict=True))

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
