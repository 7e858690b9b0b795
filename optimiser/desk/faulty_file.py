"""A workbook of ours that was refused, while a person mends it cell by cell. Knows no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.readable import capital
from optimiser.case.reading.mending import Mend, mended
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.verbs import check_book

OTHER_KIND = ("F03", "F04")
"""Faults of a file that is no workbook at all; those of workbooks are listed by sheet and cell."""
_LISTS = {"csv": "a CSV file", "tsv": "a file of tab-separated values", "txt": "a text file"}
_PASTE = "; or copy its rows and paste them into a table on the page Inputs"


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
    def refusal(self) -> str:
        """Why a file is no case, and the cure, with how what is in it still gets into one; "" where it is a workbook."""
        fault = next((f for f in self.faults if f.code in OTHER_KIND), None)
        if fault is None:
            return ""
        found, cure = fault.found, capital(fault.cure)
        if fault.code == "F03":
            found = _LISTS.get(self.name.rpartition(".")[2].lower(), found)
            cure += _PASTE
        return f"{self.name} is {found}. A case is a workbook with several sheets (.xlsx or .ods). {cure}."

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
