"""What is said of a file that is no workbook: what it is, and how what is in it still gets into a case."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.case.faults import Fault

OTHER_KIND = ("F03", "F04")
"""Faults of a file that is no workbook at all; those of workbooks are listed by sheet and cell."""
_LISTS = {"csv": "a CSV file", "tsv": "a file of tab-separated values", "txt": "a text file"}
_PASTE = "; or copy its rows and paste them into a table on the page Inputs"


def sentence(name: str, faults: Sequence[Fault]) -> str:
    """Why a file is no case, and the cure; "" where it is a workbook, with faults or without."""
    fault = next((f for f in faults if f.code in OTHER_KIND), None)
    if fault is None:
        return ""
    found, cure = fault.found, fault.cure[:1].upper() + fault.cure[1:]
    if fault.code == "F03":
        found = _LISTS.get(name.rpartition(".")[2].lower(), found)
        cure += _PASTE
    return f"{name} is {found}. A case is a workbook with several sheets (.xlsx or .ods). {cure}."
