"""What is doubtful about how outcomes count: initiatives without any, units that are added up as they are.

Each is a choice that a case may make; it is told until the case says that it is meant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.case.faults import Fault
from optimiser.case.names import fold
from optimiser.case.readable import listed
from optimiser.case.reading.workbook import Tables

NAMED = 3
"""Names that one warning lists; more are counted."""

Faults = Iterator[Fault]


def without_outcome(tables: Tables) -> Faults:
    """Every initiative that competes for money has an outcome, where any has (O01)."""
    table = tables["Initiatives"]
    have = {fold(name): name for name in tables["Outcomes"]["initiative"].tolist() if name}
    if not have:
        return
    # What must be funded needs no outcome, and what is locked out has no use for one.
    competes = ~(table["must_fund"] | (table["maximum"] == 0))
    names = table["initiative"].tolist()
    lacking = [k for k in np.flatnonzero(competes).tolist() if names[k] and fold(names[k]) not in have]
    if lacking:
        found = f"no row in Outcomes for {listed([names[k] for k in lacking], most=NAMED)}"
        expected = f"an outcome for each, as for {listed(sorted(have.values()), most=NAMED)}"
        cure = "add their rows to Outcomes: an initiative without one counts as bringing nothing, whatever its score"
        yield tables.place("Initiatives", "initiative").warning(lacking[0], "O01", found, expected, cure)


def added_one_to_one(tables: Tables) -> Faults:
    """Outcomes that are added up have a weight, all but one (O02)."""
    said = {fold(item) for of, item in tables["Priorities"].each("of", "item") if of == "outcome"}
    first: dict[str, tuple[str, int]] = {}
    for row, (outcome, most) in enumerate(tables["Outcomes"].each("outcome", "at_full")):
        if outcome and most:
            first.setdefault(fold(outcome), (outcome, row))
    plain = [(name, row) for key, (name, row) in first.items() if key not in said]
    if len(plain) > 1:
        names = [name for name, _ in plain]
        found = f"no weight in Priorities for {listed(names, most=NAMED)}, so that one of each counts the same"
        expected = "a weight for each outcome that is added to others"
        cure = f"write rows `outcome, {names[0]}, weight` into Priorities, also where the weight is 1"
        yield tables.place("Outcomes", "outcome").warning(plain[1][1], "O02", found, expected, cure)
