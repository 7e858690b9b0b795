"""Cases as a list shows them: how each stands, and how much money is in its funds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.case.settings import setting_in
from optimiser.desk.state import Draft
from optimiser.report.status import badge
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions
from optimiser.store.work import runs

READ = ("Case", "Funds", "Contributions")
"""Sheets from which the money is read."""
_KEPT = {"optimal": "Best plan kept", "infeasible": "No plan is possible", "stopped": "Stopped early"}
_OPEN = {"open": "before the committee", "decided": "resolved"}


@dataclass(frozen=True)
class Funds:
    """What is in the funds of a case. money: None where it is not told."""

    money: float | None
    currency: str


def funds_of(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> Funds:
    """The money in the funds of a case: their amounts; where one is blank, what is paid in. None: some cell is no number."""
    paid: dict[str, float] = {}
    currency = setting_in(records.get("Case", ()), "currency") or "USD"
    try:
        for row in records.get("Contributions", ()):
            name = str(row.get("fund", "")).casefold()
            paid[name] = paid.get(name, 0.0) + float(row.get("amount") or 0.0)
        money = 0.0
        for row in records.get("Funds", ()):
            amount = row.get("amount")
            money += paid.get(str(row.get("fund", "")).casefold(), 0.0) if amount in (None, "") else float(amount)
    except (TypeError, ValueError):
        return Funds(None, currency)
    return Funds(money, currency)


def state_of(db: Database, actor: Actor, case: str, draft: Draft | None) -> str:
    """How a case stands, in a few words. draft: as it lies on the desk; None where it does not."""
    proposed = next((p.status for p in decisions.proposals(db, actor, case) if p.status in _OPEN), "")
    said = [_solved(db, actor, case, draft), _OPEN.get(proposed, "")]
    return ", ".join(filter(None, said))


def _solved(db: Database, actor: Actor, case: str, draft: Draft | None) -> str:
    if draft is not None and draft.whole and (errors := len(draft.checked().errors)):
        return f"{errors} {'cell' if errors == 1 else 'cells'} to mend"
    if draft is not None and draft.running is not None:
        return "Being solved"
    if draft is not None and draft.shown is not None and draft.shown.plan is not None:
        edits = len(draft.edits())
        since = f", {edits:,} edit{'s' * (edits != 1)} since" if edits else ""
        return badge(draft.shown.plan) + since
    kept = next(iter(runs.listed(db, actor, case)), None)
    if kept is None:
        return "Solved when opened"
    return _KEPT.get(kept.status, "Plan kept")
