"""Whose a row is: what of a case belongs to one agency, and what all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.case.names import fold

Record = dict[str, Any]
Records = Mapping[str, Sequence[Mapping[str, Any]]]

BY_AGENCY = ("Staff", "Contributions")
"""Tables whose rows belong to the agency that they name."""
BY_INITIATIVE = ("Partners", "Costs", "Needs", "Outcomes")
"""Tables whose rows belong to the lead of the initiative that they name."""
OWN = ("Initiatives", *BY_INITIATIVE, *BY_AGENCY)
SHARED: Mapping[str, tuple[str, ...]] = {
    "Agencies": ("agency", "name"),
    "Funds": ("fund", "name", "kind", "amount"),
    "Periods": ("period", "start", "end"),
}
"""Tables that everybody reads and no agency changes, and the columns of them that are sent."""
OFFICE = ("lead", "baseline", "maximum", "must_fund", "priority", "score", "sensitive")
"""Columns of Initiatives that are set by the office, not by an agency."""
WAS = "was: "
"""Before the title of a column that shows what stood there when the workbook was sent."""


def led_by(agency: str, records: Records) -> set[str]:
    """The initiatives that an agency leads, folded."""
    rows = records.get("Initiatives", ())
    return {fold(str(r["initiative"])) for r in rows if fold(str(r.get("lead", ""))) == fold(agency)}


def is_own(table: str, record: Mapping[str, Any], agency: str, led: set[str]) -> bool:
    """Whether a record belongs to an agency. led: the initiatives that it leads, folded."""
    if table in BY_AGENCY:
        return fold(str(record.get("agency", ""))) == fold(agency)
    return fold(str(record.get("initiative", ""))) in led


def own_rows(agency: str, records: Records) -> dict[str, list[Record]]:
    """All rows of an agency, by table."""
    led = led_by(agency, records)
    return {t: [dict(r) for r in records.get(t, ()) if is_own(t, r, agency, led)] for t in OWN}
