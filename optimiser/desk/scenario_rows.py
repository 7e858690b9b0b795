"""Changes on top of a scenario's own, as one list: a cell that both change has one row in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.case.names import fold
from optimiser.case.reading.amounts import plain

Row = Mapping[str, Any]


def on_top(before: Sequence[Row], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of a scenario and further ones, in order, those of one cell joined."""
    made: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in (*before, *rows):
        key = tuple(fold(str(row.get(c) or "")) for c in ("sheet", "where", "column"))
        made[key] = dict(row) if key not in made else made[key] | {"change": joined(made[key]["change"], row["change"])}
    return list(made.values())


def joined(first: Any, second: Any) -> str:
    """Two changes of one cell as one: `* 0.9` and `* 0.9` are `* 0.81`; what cannot be joined is what came last."""
    was, now = str(first).strip(), str(second).strip()
    try:
        a, b = float(was[1:]), float(now[1:])
    except ValueError:
        return now
    signed = {"+": 1.0, "-": -1.0}
    if now[0] == "*" and was[0] in "=*":
        return f"{was[0]} {plain(a * b)}"
    if now[0] in signed and was[0] == "=":
        return f"= {plain(a + signed[now[0]] * b)}"
    if now[0] in signed and was[0] in signed:
        total = signed[was[0]] * a + signed[now[0]] * b
        return f"{'+' if total >= 0 else '-'} {plain(abs(total))}"
    return now
