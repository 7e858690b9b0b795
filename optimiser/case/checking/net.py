"""The net under the checks: one that fails is a fault of its sheet, and the others are done all the same.

No records are known for which a check fails (a test tries thousands); where one does, people keep their case and learn
where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from optimiser.case.faults import Fault

FAILED = "X01"
"""Code: a check that failed itself."""


def caught(sheet: str, look: Callable[[], Iterable[Fault]], cell: str = "") -> list[Fault]:
    """What a check finds; where it fails, what it found until then and the fault of its sheet."""
    faults: list[Fault] = []
    try:
        faults.extend(look())  # where it fails half-way, what it found until then is in the list
    except Exception as error:
        cure = "mend the other faults and check again; if it stays, clear this sheet row by row, and report what it was"
        expected = "rows that can be checked"
        faults.append(Fault(sheet, cell, FAILED, f"a check that failed ({type(error).__name__})", expected, cure))
    return faults
