"""All drafts of this server, by person and case: the one door from the app to cases in the store."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from optimiser.case.faults import InvalidCase
from optimiser.case.scenario.apply import BASE
from optimiser.desk.state import Draft, Values
from optimiser.desk.unkept import Unkept
from optimiser.plan.tables import Plan
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.privacy import sight
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases, drafts, recent, runs

DRAFTS_KEPT = 200
"""Drafts that are kept in memory; others are read from the store again."""
FROM = "From "
"""What stands before the name of the file that a case came from."""
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


class Desk:
    """The drafts that are open. who: the person at work in the session that asks; window: which session that is;
    is_open: whether a session is still there."""

    def __init__(
        self,
        db: Database,
        who: Callable[[], Actor],
        window: Callable[[], str] = str,
        is_open: Callable[[str], bool] = bool,
    ) -> None:
        self.db, self.who = db, who
        self._window, self._is_open = window, is_open
        self._drafts: OrderedDict[tuple[str, str], Draft] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, id: str) -> Draft | None:
        """This person's draft of a case; None where there is no such case, or it is not shown to them."""
        actor = self.who()
        with self._lock:
            known = self._drafts.get((actor.id, id))
        try:
            if known is not None and known.editable and actor.may("edit"):
                with suppress(NotAllowed):  # part of it may be kept from them by now
                    known.refresh()
                    return known
            if known is not None and not known.editable and known.seen == self._stands(actor, id):
                return known
            return self._keep(actor, self._read(actor, id))
        except (NotThere, NotAllowed):
            return None

    def known(self, id: str) -> Draft | None:
        """This person's draft of a case as it lies on the desk; None where it does not. Nothing is read for it."""
        with self._lock:
            return self._drafts.get((self.who().id, id))

    def lying(self, known: recent.Recent) -> Draft | None:
        """A case of a list as it stands for this person: their draft, read where they have edited it; None where nobody did."""
        return self.known(known.id) or (self.open(known.id) if known.drafted else None)

    def called(self, known: recent.Recent) -> str:
        """The name of a case of a list, as this person has it."""
        lying = self.lying(known)
        return known.name if lying is None else case_title(lying)

    def lay(
        self,
        source: str,
        records: Mapping[str, Sequence[Values]],
        *,
        action: Literal["open a case", "import"] = "open a case",
    ) -> Draft:
        """A new case from plain records, and a draft of it. source: where it comes from, in words (of a file FROM and its name).

        Raises NotAllowed.
        """
        actor = self.who()
        info = cases.create(self.db, actor, name_in(records, source), source, records, action=action)
        return self._keep(actor, Draft(self.db, self.who, source, drafts.open(self.db, actor, info.id)))

    def _stands(self, actor: Actor, id: str) -> tuple[object, ...]:
        """What the view of somebody who does not edit depends on."""
        kept = [r.id for r in runs.listed(self.db, actor, id)[:1]]
        proposed = [(p.id, p.status) for p in decisions.proposals(self.db, actor, id)[:1]]
        return actor, cases.info(self.db, actor, id).latest, *kept, *proposed

    def _read(self, actor: Actor, id: str) -> Draft:
        source, state = cases.info(self.db, actor, id).source, drafts.look(self.db, actor, id)
        if actor.may("edit") and state.whole:
            with suppress(NotAllowed):  # their draft may hold what is kept from them by now
                return Draft(self.db, self.who, source, drafts.open(self.db, actor, id), fresh=True)
        kept = kept_plan(
            self.db, actor, id, {BASE, *(str(r.values.get("scenario")) for r in state.sheets.get("Scenarios", ()))}
        )
        return Draft(
            self.db, self.who, source, replace(state, scenario=kept.scenario), state.whole,
            fresh=state.whole and kept.plan is None, problem=kept.problem, kept_plan=kept.plan, seen=self._stands(actor, id),
        )  # fmt: skip

    def _keep(self, actor: Actor, draft: Draft) -> Draft:
        with self._lock:
            key = actor.id, draft.id
            known = self._drafts.get(key)
            if known is not None and known.editable and draft.editable:
                return known  # another session was here first
            draft.unkept = known.unkept if known is not None else Unkept(self._window, self._is_open)
            self._drafts[key] = draft
            self._drafts.move_to_end(key)
            while len(self._drafts) > DRAFTS_KEPT:
                self._drafts.popitem(last=False)
        return draft


@dataclass(frozen=True)
class KeptPlan:
    """The plan of a kept run, for who does not solve. plan: None where there is none to show, and `problem` why ("": none
    is kept); scenario: which one it solved."""

    plan: Plan | None = None
    scenario: str = BASE
    problem: str = ""


def kept_plan(db: Database, actor: Actor, case: str, scenarios: Collection[str]) -> KeptPlan:
    """The plan of a kept run of a case as this person may see it, if this program can still read one.

    Of the newest version that has one: what was proposed to the committee last, so that a member reads the same figures
    on every page; else the base; else the newest. scenarios: those that count.
    """
    proposed = next((p.run for p in decisions.proposals(db, actor, case) if p.status != "withdrawn"), "")
    listed = [
        (-info.version, info.id != proposed, info.scenario != BASE, k, info)
        for k, info in enumerate(runs.listed(db, actor, case))
        if info.has_plan and info.version is not None and info.scenario in scenarios
    ]
    for *_, info in sorted(listed, key=lambda one: one[:4]):
        try:
            return KeptPlan(runs.plan(db, actor, info.id), info.scenario)
        except sight.Withheld as problem:
            return KeptPlan(None, info.scenario, str(problem))
        except InvalidCase:
            continue
    return KeptPlan()


def case_title(draft: Draft) -> str:
    """The name in the sheet Case, as it is now, or that of its file."""
    return name_in({"Case": [r.values for r in draft.records("Case")]}, draft.source)


def name_in(records: Mapping[str, Sequence[Values]], source: str = "") -> str:
    """The name that the sheet Case gives; without one that of the file that it came from. source: as of `lay`."""
    if named := cases.name_in(records):
        return named
    file = PurePath(source.removeprefix(FROM))
    return file.stem if file.suffix.lower() in _WORKBOOKS else "A case without a name"
