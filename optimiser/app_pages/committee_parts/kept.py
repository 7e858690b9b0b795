"""What the committee's pages read from the store: proposals with their decisions, and plans as this person may see them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from optimiser.app_pages.shell import sign_in
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions
from optimiser.store.work import cases, runs

PLANS_KEPT = 24


@dataclass(frozen=True)
class ProposalView(decisions.Proposal):
    """A proposal as the committee reads it. state: open, approved, rejected, withdrawn or amended; decision: its id, ""
    before; first: id of the open amendment that is voted on before it, became: of the motion as amended (of a motion, or
    of the amendment that was adopted), "" where there is none."""

    state: str = "open"
    decision: str = ""
    first: str = ""
    became: str = ""

    @property
    def called(self) -> str:
        """Its title, with what it is where it is an amendment."""
        return f"Amendment: {self.title}" if self.amends else self.title

    @property
    def listed(self) -> str:
        """As lists of proposals have it: what it is called, and how it stands."""
        return f"{self.called} ({self.state})"


def papers(draft: Draft) -> list[ProposalView]:
    """The proposals of the case, the open ones first, amendments before their motions, then the newest."""
    db, actor = sign_in.database(), sign_in.actor()
    decided = {d.proposal: d for d in decisions.decided(db, actor, draft.id)}
    made = []
    listed = decisions.proposals(db, actor, draft.id)
    became = {p.follows: p.id for p in listed if p.follows}
    adopted = {p.id: became.get(p.amends, "") for p in listed if p.amends and p.id in decided}
    on_the_floor = {p.amends: p.id for p in listed if p.amends and p.status == "open"}
    for p in listed:
        found = decided.get(p.id)
        state = found.outcome if found else "amended" if p.id in became else p.status
        first = on_the_floor.get(p.id, "") if p.status == "open" else ""
        later = became.get(p.id, "") or (adopted.get(p.id, "") if state == "approved" else "")
        made.append(ProposalView(**vars(p), state=state, decision=found.id if found else "", first=first, became=later))
    return sorted(made, key=lambda p: (p.state != "open", p.state == "open" and not p.amends))


def shown(paper: ProposalView) -> tuple[Plan, list[tuple[str, Plan]]]:
    """The proposed plan, and the alternatives by name, each without what this person may not see."""
    db, actor = sign_in.database(), sign_in.actor()
    others = []
    for id in paper.alternatives:
        info = runs.get(db, actor, id)
        others.append((alternative_name(info.scenario, info.version), plan_of(actor, id)))
    names = [name for name, _ in others]
    numbered = [(n if names.count(n) == 1 else f"{n} ({k})", p) for k, (n, p) in enumerate(others, 1)]
    return plan_of(actor, paper.run), numbered


def alternative_name(scenario: str, version: int | None) -> str:
    """An alternative as people call it."""
    if scenario != "base":
        return scenario
    return f"The case unchanged, version {version}" if version is not None else "The case unchanged"


def plan_of(actor: Actor, run: str) -> Plan:
    """The plan of a run as this person may see it; kept for a while, by person and rights. Raises Withheld."""
    db = sign_in.database()
    info = runs.get(db, actor, run)  # asked of the store each time: it says whether the case is still shared
    latest = cases.info(db, actor, info.case).latest  # a later version may say that more is sensitive
    key = (str(db.url), run, latest, actor.id, actor.agency, tuple(sorted(actor.roles)))
    with _lock:
        if key in _plans:
            _plans.move_to_end(key)
            return _plans[key]
    made = runs.plan(db, actor, run)
    with _lock:
        _plans[key] = made
        while len(_plans) > PLANS_KEPT:
            _plans.popitem(last=False)
    return made


_plans: OrderedDict[tuple[object, ...], Plan] = OrderedDict()
_lock = threading.Lock()
