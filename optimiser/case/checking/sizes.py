"""Numbers too large to be kept to the unit: refused by their cells, so that whatever is calculated later is right.

A computer's number holds 2^53 units: cents up to 90 trillion, whole units up to 9 quadrillion. Beyond that one more or
less is not seen, and a fund could be overspent without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.case.faults import Fault
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.workbook import Tables
from optimiser.case.settings import Settings
from optimiser.case.spec import SHEETS

MOST_UNITS = 2.0**53


def sizes(tables: Tables, settings: Settings) -> Iterator[Fault]:
    """No number has more than 2^53 units, nor has the sum of a column of money (N17)."""
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.type != "number":
                continue
            money = column.unit == "money"
            most = MOST_UNITS * (settings.rounding or 1.0) if money else MOST_UNITS
            amounts = np.abs(np.nan_to_num(tables[sheet.name][column.name].astype(float), posinf=0.0, neginf=0.0))
            large = np.flatnonzero(amounts > most).tolist()
            place = tables.place(sheet.name, column.name)
            for i in large:
                expected = f"at most {plain(most)}, beyond which a unit is lost in calculations"
                cure = "write it in a larger unit (thousands, for example, everywhere in the case), or correct it"
                yield place.fault(i, "N17", plain(float(amounts[i])), expected, cure)
            sums = np.cumsum(amounts)
            if money and not large and len(sums) and sums[-1] > most:
                i = int(np.argmax(sums > most))
                expected = f"amounts of {column.name} that add up to at most {plain(most)}, beyond which a unit is lost"
                cure = "write all money of the case in a larger unit, or correct the amounts"
                yield place.fault(i, "N17", f"a sum of {plain(float(sums[-1]))}", expected, cure)
