"""A workbook of ours that was refused, while a person mends it cell by cell. Knows no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.reading.mending import Mend, mended
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.verbs import check_book


@dataclass
class FaultyFile:
    """A file with its faults. mends: what was written into its cells, in order; case: once no fault is left."""

    name: str
    data: bytes
    faults: tuple[Fault, ...]
    mends: list[Mend] = field(default_factory=list)
    case: Case | None = None
    _book: RawBook | None = None

    @property
    def book(self) -> RawBook:
        """The worksheets as they stand now."""
        if self._book is None:
            self._book = open_book(self.data, guarded=True)
        return mended(self._book, self.mends)

    @property
    def errors(self) -> list[Fault]:
        """What must be mended."""
        return [f for f in self.faults if f.level == "error"]

    def write(self, mend: Mend) -> None:
        """Writes into cells, and checks the whole again."""
        self.mends.append(mend)
        self.case, self.faults = check_book(self.book)

    def back(self) -> None:
        """Takes the last mend back."""
        if self.mends:
            self.mends.pop()
            self.case, self.faults = check_book(self.book)
