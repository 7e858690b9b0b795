"""Uncertainty as one question: how the plan fares over draws, how better plans would, and what each of them costs.

    found = uncertainty(case, 200, seed=1)                    # optimiser.uncertainty
    print("\\n".join(found.sentences()))

Plans: the present one, the best on average, the best in the worst tenth, the best within a budget of deviations. Those
that are made for draws are made for a few (each draw is a copy of the plan in one linear program) and then, like the
present plan, judged on all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.analysis.uncertain.budget import budget_plan
from optimiser.analysis.uncertain.draws import Draws, draws
from optimiser.analysis.uncertain.robust import Robust, average_plan, worst_plan
from optimiser.analysis.uncertain.uncertainty import WORST, Faring, fare
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import counted, money_exact, points, written
from optimiser.case.table import Array
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import Stop
from optimiser.verbs import solve

PRESENT, AVERAGE, WORST_TENTH, BUDGET = "present", "average", "worst", "budget"
AIMS = (AVERAGE, WORST_TENTH, BUDGET)
DRAWS, MADE_FOR = 200, 8
"""Draws that plans are judged on, and that a plan for the average is made for."""
OF_WORST = 5
"""So many times as many for the plan of the worst: few of them decide it."""
TITLES = {
    PRESENT: "Present plan",
    AVERAGE: "Best on average",
    WORST_TENTH: "Best in the worst",
    BUDGET: "Within a budget",
}
Told = Callable[[str], None]
"""Called with a line of progress."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Plans over draws. draws: those they are judged on; fared: how each fares, the present one first; robust: the
    others; share: of the worst draws; budget: of deviations."""

    case: Case
    plan: Plan
    draws: Draws
    fared: dict[str, Faring]
    robust: dict[str, Robust]
    share: float
    budget: float

    @property
    def best(self) -> Array | None:
        """[N]: impact of a new plan in each draw (NaN: none keeps the rules; None: not asked for)."""
        return self.fared[PRESENT].best

    def plan_of(self, kind: str) -> Plan:
        """The plan itself."""
        return self.plan if kind == PRESENT else self.robust[kind].plan

    def title(self, kind: str) -> str:
        """What a plan is, in a few words."""
        if kind == WORST_TENTH:
            return f"{TITLES[kind]} {written(self.share, share=True)}"
        return f"{TITLES[kind]} of {written(self.budget)}" if kind == BUDGET else TITLES[kind]

    def records(self) -> list[dict[str, Any]]:
        """One record for each plan, in impact: as it stands (planned), and over the draws."""
        made = []
        for kind, f in self.fared.items():
            regret = f.regret[~np.isnan(f.regret)]
            made.append(
                {
                    "plan": kind,
                    "title": self.title(kind),
                    "planned": self.plan_of(kind).impact,
                    "average": f.average,
                    "worst": f.worst(self.share),
                    "low": f.quantile(0.05),
                    "high": f.quantile(0.95),
                    "regret": float(regret.mean()) if len(regret) else None,
                    "largest_regret": float(regret.max()) if len(regret) else None,
                    "kept": int(f.kept.sum()),
                }
            )
        return made

    def sentences(self) -> list[str]:
        """The findings in words."""
        here, count, unit = self.fared[PRESENT], len(self.draws), impact.unit(self.case)
        planned = self.plan.impact or 0.0
        said = [
            f"The plan promises {points(planned, unit)}. Over {count:,} draws it has {points(here.average, unit)} on average; in 9 of "
            f"10 draws between {points(here.quantile(0.05), unit)} and {points(here.quantile(0.95), unit)}.",
            f"In the worst {written(self.share, share=True)} of the draws it has {points(here.worst(self.share), unit)} on average.",
            f"It can still keep every rule in {int(here.kept.sum()):,} of {count:,} draws.",
        ]
        regret = here.regret[~np.isnan(here.regret)]
        if len(regret):
            said.append(
                f"A new plan made in each draw would have {points(float(regret.mean()), unit)} more on average, at most "
                f"{points(float(regret.max()), unit)}: so much waiting to know, or planning again, can be worth."
            )
        if self.best is not None and np.isnan(self.best).any():
            said.append(f"In {counted(int(np.isnan(self.best).sum()), 'draw')} no plan at all keeps every rule.")
        return said + [self._sentence(kind) for kind in self.robust]

    def _sentence(self, kind: str) -> str:
        """What another plan changes for the present one's average and worst."""
        f, here = self.fared[kind], self.fared[PRESENT]
        by = [f.average - here.average, f.worst(self.share) - here.worst(self.share)]
        average, worst = (
            f"{points(abs(v), impact.unit(self.case))} {'more' if v > 0 else 'less'}" if abs(v) >= 0.005 else "the same"
            for v in by
        )
        reserve = sum(self.robust[kind].reserve.values())
        kept = (
            f" It keeps {money_exact(round(reserve), self.case.settings.currency)} in reserve." if reserve >= 1 else ""
        )
        return (
            f"{self.title(kind)}: {average} on average, {worst} in the worst {written(self.share, share=True)}.{kept}"
        )

    def json(self) -> dict[str, Any]:
        """Plain numbers, text, lists and dicts; null for what there is none of."""
        return {
            "draws": len(self.draws),
            "seed": self.draws.seed,
            "share": self.share,
            "budget": self.budget if BUDGET in self.robust else None,
            "numbers": [n.name for n in self.draws.numbers],
            "plans": [
                {
                    **record,
                    **({} if kind == PRESENT else _made(self.robust[kind])),
                    "impact_by_draw": _plain(self.fared[kind].held),
                    "regret_by_draw": _plain(self.fared[kind].regret),
                }
                for kind, record in zip(self.fared, self.records(), strict=True)
            ],
            "best_by_draw": None if self.best is None else _plain(self.best),
            "sentences": self.sentences(),
        }

    def rows(self) -> list[dict[str, float | int | None]]:
        """One record for each draw: its uncertain numbers (as drawn), the impact of each plan, and that of a new one."""
        made = []
        for k in range(len(self.draws)):
            row: dict[str, float | int | None] = {"draw": k + 1}
            row |= {n.name: float(v) for n, v in zip(self.draws.numbers, self.draws.at[k], strict=True)}
            row |= {self.title(kind): _plain(f.held)[k] for kind, f in self.fared.items()}
            if self.best is not None:
                row["New plan"] = _plain(self.best)[k]
            made.append(row)
        return made


def _made(robust: Robust) -> dict[str, Any]:
    awards = robust.plan.tables["Awards"]
    return {
        "status": robust.plan.status,
        "value": robust.value,
        "bound": robust.bound,
        "reserve": dict(robust.reserve),
        "award": dict(zip(awards["initiative"].tolist(), awards["award"].tolist(), strict=True)),
        "notes": list(robust.notes),
    }


def _plain(values: Array) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def uncertainty(
    case: Case,
    count: int = DRAWS,
    *,
    seed: int = 0,
    aims: Sequence[str] = (),
    share: float = WORST,
    budget: float = 1.0,
    made_for: int = MADE_FOR,
    replanned: bool = True,
    plan: Plan | None = None,
    time_limit: float | None = None,
    stop: Stop | None = None,
    told: Told | None = None,
) -> Outlook:
    """How the present plan fares over draws of the sheet Uncertainty, and plans with other aims beside it.

    count: draws that plans are judged on; aims: of average, worst and budget; share: of the worst draws; budget: of
    deviations; made_for: draws that the plan for the average is made for (that for the worst: five times as many);
    replanned: also the best plan of each draw; plan: the present one (by default the case is solved). Raises
    ValueError where the sheet has no rows, an aim is not known, a number is out of range, or the case has no plan.
    """
    unknown = [a for a in aims if a not in AIMS]
    if unknown:
        raise ValueError(f"{unknown[0]} is no aim: take one of {', '.join(AIMS)}")
    sample = draws(case, count, seed)
    say = told or (lambda line: None)
    plan = solve(case, stop=stop) if plan is None else plan
    if not plan.has_plan:
        raise ValueError("the case has no plan that could fare well or badly: see optimiser explain")
    robust: dict[str, Robust] = {}
    for aim in dict.fromkeys(aims):
        say(f"the plan for {aim} is made")
        if aim == BUDGET:
            robust[aim] = budget_plan(case, budget, time_limit=time_limit, stop=stop)
        else:
            few = draws(case, min(made_for * (1 if aim == AVERAGE else OF_WORST), count), seed)
            robust[aim] = (
                average_plan(few, time_limit=time_limit, stop=stop)
                if aim == AVERAGE
                else worst_plan(few, share, time_limit=time_limit, stop=stop)
            )
        if not robust[aim].plan.has_plan:
            raise ValueError(f"no plan was found for the aim {aim}: it is {robust[aim].plan.status}")

    def faring(kind: str, one: Plan, again: bool) -> Faring:
        def line(done: int, of: int) -> None:
            if done == of or done % max(1, of // 10) == 0:
                say(f"{kind} plan: draw {done} of {of}")

        return fare(one, sample, replanned=again, told=line)

    fared = {PRESENT: faring(PRESENT, plan, replanned)}
    for kind, found in robust.items():
        fared[kind] = replace(faring(kind, found.plan, False), best=fared[PRESENT].best)
    return Outlook(case, plan, sample, fared, robust, share, budget)
