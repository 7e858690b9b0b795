"""Everything that can be said of why: each initiative, prices, the cost of rules, oddities; or why no plan is possible."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.analysis.asking.abreast import abreast
from optimiser.analysis.limits.move_costs import Costs
from optimiser.analysis.reasons.answers import INITIATIVE, Asker, ItemAnswer, subjects
from optimiser.analysis.reasons.answers import lines as in_lines
from optimiser.analysis.reasons.at_once import AtOnce
from optimiser.analysis.reasons.conflict import Conflict, conflict
from optimiser.analysis.reasons.explain_words import Words, by_grantor
from optimiser.analysis.reasons.input_doubts import InputDoubt, audit
from optimiser.analysis.reasons.near_best import MARGIN, NearBest, near_best
from optimiser.analysis.reasons.prices import Bottleneck, Price, Study, bottleneck, prices
from optimiser.analysis.reasons.reason import Reason
from optimiser.analysis.reasons.repair import Repair, repairs
from optimiser.analysis.reasons.rule_prices import RulePrice, rule_prices
from optimiser.analysis.reasons.trial import Trials
from optimiser.analysis.reasons.why import Why
from optimiser.analysis.together.pooling import Pooling, pooling
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import Solution, Stop
from optimiser.verbs import solved

ANSWERS = "answers"
"""The part that answers what was asked about a fund, an agency, a role or a rule."""
PARTS = ("initiatives", "prices", "rules", "audit", "core", "pooling", "conflict", "repairs")
PROOF_SECONDS = 20.0
"""Time for proving that rules never bind, where the audit is asked for alone."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Explanation:
    """What was found, by part; a part that was not asked for, or that this case does not have, is empty.

    status: of the plan; parts: that were asked for; counted: how many initiatives are funded, where that was asked; planned: whether
    there is a plan to explain.
    """

    case: Case
    status: str
    parts: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    answers: tuple[ItemAnswer, ...] = ()
    counted: str = ""
    planned: bool = True
    prices: tuple[Price, ...] = ()
    bottleneck: Bottleneck | None = None
    rules: tuple[RulePrice, ...] = ()
    audit: tuple[InputDoubt, ...] = ()
    core: NearBest | None = None
    pooling: Pooling | None = None
    conflict: Conflict | None = None
    repairs: tuple[Repair, ...] = ()
    statutes: bool = False
    """Whether what is proposed might move rules that a statute set."""

    def text(self) -> str:
        """All of it in plain words."""
        words = Words(self.case)
        lines = [words.headline(self.status)]
        if self.planned:
            lines = [*([self.counted] if self.counted else []), impact.meaning(self.case)]
        for part in self.parts:
            if part == ANSWERS:
                lines += [line for a in self.answers for line in in_lines(a, self.case.settings.currency)]
                continue
            found = getattr(self, "reasons" if part == "initiatives" else part)
            lines += words.part(part, found, self.bottleneck)
            if part == "repairs" and self.status == "infeasible" and not found:
                lines += words.no_repair(self.statutes)
        return "\n".join(lines)

    def json(self) -> dict[str, Any]:
        """All of it as plain data; money in currency units, staff in FTE."""
        made: dict[str, Any] = {
            "initiatives": {r.initiative: _reason(r) for r in self.reasons},
            ANSWERS: [a.json() for a in self.answers],
            "prices": [_price(p) for p in self.prices],
            "rules": [
                {"rule": r.item, "worth_without": r.worth_without, "kind": r.kind, "name": r.name, "changes": list(r.changes),
                 "grantors": [g.json() for g in r.grantors]}
                for r in self.rules
            ],
            "audit": [vars(d) for d in self.audit],
            "core": self.core and self.core.json(),
            "pooling": self.pooling and self.pooling.json(),
            "conflict": [
                {"sheet": m.sheet, "item": m.item, "sentence": m.told}
                for m in (self.conflict.members if self.conflict else ())
            ],
            "repairs": [
                {"changes": list(r.changes), "cost": r.cost, "sentence": r.sentence, "grantors": [g.json() for g in r.grantors]}
                for r in self.repairs
            ],
        }  # fmt: skip
        return {"status": self.status, **{part: made[part] for part in self.parts}}


def _reason(reason: Reason) -> dict[str, Any]:
    claims = [
        {
            "changes": list(c.changes),
            "award_after": c.award_after,
            "level_after": c.level_after,
            "words": c.words,
            "grantors": [g.json() for g in c.grantors],
        }
        for c in reason.would_change
    ]
    return {
        "award": reason.award, "level": reason.level, "sentence": reason.sentence, "would_change": claims,
        "name": reason.name, "limits": list(reason.limits), "brings": reason.brings, "costs": reason.costs,
    }  # fmt: skip


def _price(price: Price) -> dict[str, Any]:
    steps = [
        {
            "worth": s.worth,
            "for_next": s.length if np.isfinite(s.length) else None,
            **({"at_once": s.lump} if s.lump else {}),
        }
        for s in price.steps
    ]
    return {
        "of": price.of,
        "item": price.item,
        "period": None,
        "unit": price.unit,
        "at": price.at or None,
        "steps": steps,
    }


def explain(
    case: Case,
    name: str | None = None,
    parts: Collection[str] | None = None,
    *,
    plan: Plan | None = None,
    margin: float = MARGIN,
    costs: Costs | None = None,
    statutes: bool = False,
    progress: Progress | None = None,
    told: Callable[[str], None] | None = None,
    first: Callable[[Reason], None] | None = None,
    workers: int = 0,
) -> Explanation:
    """Why the plan of a case is what it is; of a case without a plan, the conflict and its cheapest repairs.

    name: only what has this key or name, be it an initiative (with more claims), a fund, an agency, a role or a rule;
    parts: only these of PARTS; plan: the case's plan, where it is known; progress: hears what is being looked at; told:
    hears each line of the text as soon as it is known; first: hears the reason of one initiative as it stands in the plan,
    and before its changes are tried; workers: processes that try changes meanwhile; margin: how far from the best (as a share)
    near-best plans may be; costs: of a change, by which repairs are cheap; statutes: whether what is
    proposed may move rules that a statute set. Raises ValueError for an unknown name.
    """
    asked = subjects(case, name) if name is not None else []
    wanted = _parts(parts, asked)
    keys = case.facts.names["initiative"]
    one = next((keys.index(key) for kind, key in asked if kind == INITIATIVE), None)
    others = [(kind, key) for kind, key in asked if kind != INITIATIVE]
    tell, hear = progress or _silent, told or _silent
    solution: Solution | None = None
    with Trials(case, workers if not asked and "initiatives" in wanted else 0, statutes=statutes) as trials:
        if plan is None:
            tell("Solving the case")
            plan, solution = solved(case)
        trials.near = plan.ends
        if not plan.has_plan:
            return _without(case, plan.status, wanted, costs, statutes, tell, hear)
        return _with(case, plan, solution, wanted, one, others, margin, trials, tell, hear, first)


def reason_by_reason(plan: Plan, keys: Sequence[str], *, statutes: bool = False) -> Iterator[Reason]:
    """Why some initiatives got what they got, in three rounds: of each what stands in the plan, at once; then what
    the rest of it would bring and cost, and what is in its way; then, one after another, all that can be claimed."""
    case, awards = plan.case, plan.tables["Awards"]
    wanted = [case.facts.names["initiative"].index(key) for key in keys]
    at_once = AtOnce.of(plan)
    yield from (at_once.reason(i) for i in wanted)
    with Trials(case, 0, statutes=statutes) as trials:
        trials.near = plan.ends
        why = Why(Study(case, plan=plan), trials, awards["award"], awards["level"])
        yield from (why.first(i) for i in wanted)
        yield from (why.reason(i) for i in wanted)


def _silent(line: str) -> None:
    """Nobody listens."""


def _parts(parts: Collection[str] | None, asked: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    unknown = [p for p in parts or () if p not in PARTS]
    if unknown:
        raise ValueError(f"{unknown[0]} is no part of an explanation; there are {', '.join(PARTS)}.")
    of_one = any(kind == INITIATIVE for kind, _ in asked)
    answers = (ANSWERS,) if any(kind != INITIATIVE for kind, _ in asked) else ()
    if parts is None:
        return (*(("initiatives",) if of_one else ()), *answers, "conflict", "repairs") if asked else PARTS
    return (*(p for p in PARTS if p in parts and (of_one or not asked or p != "initiatives")), *answers)


def _without(
    case: Case, status: str, parts: tuple[str, ...], costs: Costs | None, statutes: bool, tell: Progress, told: Progress
) -> Explanation:
    """Of a case that has no plan (or none in time: then nothing can be said)."""
    infeasible = status == "infeasible"
    words = Words(case)
    told(words.headline(status))
    found = conflict(case, progress=tell) if infeasible and "conflict" in parts else None
    _tell(told, words.part("conflict", found, None))
    looked = infeasible and "repairs" in parts
    cheapest = repairs(case, costs=costs, statutes=statutes, progress=tell) if looked else []
    cures = tuple(one for _, group in by_grantor(cheapest) for one in group)  # in the order in which they are told
    _tell(told, words.part("repairs", cures, None) if cures or not looked else words.no_repair(statutes))
    return Explanation(case, status, parts, conflict=found, repairs=cures, statutes=statutes, planned=False)


def _with(
    case: Case, plan: Plan, solution: Solution | None, parts: tuple[str, ...], one: int | None,
    others: Sequence[tuple[str, str]], margin: float,
    trials: Trials, tell: Progress, told: Progress, first: Callable[[Reason], None] | None,
) -> Explanation:  # fmt: skip
    """Of a case that has a plan; near-best plans are looked for beside everything else."""
    counted = Words(case).count(plan.tables["Awards"]["level"].tolist()) if one is None and not others else ""
    _tell(told, [*([counted] if counted else []), impact.meaning(case)])
    stop = Stop()

    def core() -> NearBest | None:
        return near_best(case, margin=margin, solution=solution, progress=tell, stop=stop)

    with abreast({"core": core} if "core" in parts else {}) as doing:
        try:
            found = _reasoned(case, plan, parts, one, others, trials, tell, told, first, doing.get("core"))
        except BaseException:
            stop.stop()
            raise
    found = replace(found, counted=counted)
    if "pooling" in parts and case.facts.size("agency") > 1:
        found = replace(found, pooling=pooling(case, progress=tell))
        _tell(told, Words(case).part("pooling", found.pooling, found.bottleneck))
    return found


def _reasoned(
    case: Case, plan: Plan, parts: tuple[str, ...], one: int | None, others: Sequence[tuple[str, str]], trials: Trials, tell: Progress,
    told: Progress, first: Callable[[Reason], None] | None, core: Future[Any] | None,
) -> Explanation:  # fmt: skip
    words = Words(case)
    awards = plan.tables["Awards"]
    if one is not None and first is not None and "initiatives" in parts:
        first(AtOnce.of(plan).reason(one))
    study = Study(case, plan=plan)
    why: Why | None = None

    def heard(reason: Reason) -> None:
        told(words.reason(reason))

    if "initiatives" in parts:
        tell("Why each initiative got what it got")
        why = Why(study, trials, awards["award"], awards["level"])
        _tell(told, words.title("initiatives"))
        if one is None:
            why.begin(range(case.facts.size("initiative")), heard)
    priced = prices(study, progress=tell) if "prices" in parts else []
    scale = bottleneck(priced) if priced else None
    ruled = rule_prices(study, progress=tell) if "rules" in parts else []
    alone = parts == ("audit",)
    doubts = audit(study, seconds=PROOF_SECONDS if alone else 0.0, progress=tell) if "audit" in parts else []
    reasons: Sequence[Reason] = ()
    if why is not None:
        tell("Making the changes that were found, to see that they do what is said")
        reasons = why.reasons(heard) if one is None else [why.reason(one, first)]
        if one is not None:
            heard(reasons[0])
    asker = Asker(case, plan, trials, study, tell)
    answers = []
    for kind, key in others:
        answers.append(asker.answer(kind, key))
        _tell(told, in_lines(answers[-1], case.settings.currency))
    near: NearBest | None = core.result() if core is not None else None
    found = Explanation(
        case, plan.status, parts, tuple(reasons), tuple(answers), prices=tuple(priced), bottleneck=scale,
        rules=tuple(ruled), audit=tuple(doubts), core=near,
    )  # fmt: skip
    for part in ("prices", "rules", "audit", "core"):
        if part in parts:
            _tell(told, words.part(part, getattr(found, part), scale))
    return found


def _tell(told: Progress, lines: Sequence[str]) -> None:
    for line in lines:
        told(line)
