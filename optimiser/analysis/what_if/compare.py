"""Scenarios side by side: what each plan gives, what differs and why, and what people would do without a solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from optimiser.analysis.asking.abreast import Once, abreast
from optimiser.analysis.asking.case_differences import InputDifference as Input
from optimiser.analysis.asking.case_differences import between
from optimiser.analysis.asking.solved import SolvedCase, glance, run
from optimiser.analysis.what_if.baselines import Baseline, Judge, gain, targets
from optimiser.analysis.what_if.causes import Causes
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.faults import Fault, InvalidCase
from optimiser.case.names import fold
from optimiser.case.readable import (
    POINTS,
    digits,
    listed,
    money_exact,
    number,
    points,
    points_gap,
    written,
)
from optimiser.case.scenario.apply import BASE, names
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, HALF_A_CENT, LEAST, LEAST_SIZE
from optimiser.model.rules import Spoken
from optimiser.plan.tables import Plan
from optimiser.verbs import scenario

LARGE = 0.01
"""A difference from this share on is large, and its cause is looked for: of all money, of all staff at work, of an
outcome or the impact itself; of a level, ten times that."""
STAFF, FTE = "FTE·periods", "FTE"
MEMBERS = 4
"""Members of a rule that one sentence names; more are counted."""
STACK = " + "
"""Scenarios that are stacked on each other are named `A + B`."""
_NO_CHANGE = {"money": HALF_A_CENT, "level": LEAST, STAFF: LEAST}


@dataclass(frozen=True)
class FigureDifference:
    """One figure of a scenario's plan beside the base's.

    of: `total`, `initiative`, `level`, `agency`, `released`, `fund`, `role`, `outcome` or `rule`; item: its name (of a
    rule with its member and sense); unit: `money`, `FTE·periods`, `impact` …; base, value: the figures (None: no such
    figure); sentence: the difference in words; cause: why, for a large one ("" for others).
    """

    scenario: str
    of: str
    item: str
    unit: str
    base: float | None
    value: float | None
    sentence: str
    cause: str = ""
    large: bool = False

    @property
    def change(self) -> float | None:
        """value − base."""
        return None if self.base is None or self.value is None else self.value - self.base


@dataclass(frozen=True, eq=False)
class Comparison:
    """Any number of scenarios of one case, base first.

    plans: name -> plan, exactly the one that `solve` gives; inputs: name -> what differs from the base's inputs;
    differences: sorted by scenario, then size; baselines: of the base; sentences about each: `gains`; invalid: name ->
    faults of a scenario that is no valid case, and so has no plan; notes: name -> what was doubtful in a scenario.
    """

    case: Case
    plans: Mapping[str, Plan]
    inputs: Mapping[str, tuple[Input, ...]]
    differences: tuple[FigureDifference, ...]
    baselines: tuple[Baseline, ...] = ()
    invalid: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)

    def of(self, scenario: str) -> list[FigureDifference]:
        """The differences of one scenario."""
        return [d for d in self.differences if d.scenario == scenario]

    def gains(self) -> list[dict[str, Any]]:
        """What the base's plan gains over each baseline: name, impact, gain, whether it keeps the rules, a sentence."""
        best = self.plans[BASE].impact
        return [gain(b, best, self.case.settings.currency, impact.unit(self.case)) for b in self.baselines]

    def refusals(self) -> list[str]:
        """A sentence for each scenario that is not compared, with what is wrong with it."""
        return [
            f"{name} is not compared, since it makes no valid case: " + " ".join(f"{f}." for f in faults)
            for name, faults in self.invalid.items()
        ]

    def turned(self, scenario: str) -> list[str]:
        """A sentence for each rule that stands otherwise in a scenario: all its members together."""
        base, other = self.plans[BASE], self.plans[scenario]
        members: dict[tuple[str, str], dict[str, None]] = {}
        if base.has_plan and other.has_plan:
            spoken = _spoken(base, other)
            for (rule, member, _), what in _turned(_limits(base), _limits(other)):
                members.setdefault((rule, what), {})[spoken(rule, member)] = None
        named = {key: listed([m for m in of if m], most=MEMBERS) for key, of in members.items()}
        return [f"The rule {rule} {what}{f' ({of})' if of else ''}." for (rule, what), of in named.items()]

    def as_json(self, plan_as_json: Callable[[Plan], dict[str, Any]]) -> dict[str, Any]:
        """{"scenarios": {name: the plan as `solve --json` prints it}, "differences": [...], "inputs", "baselines",
        "invalid": {name: faults}, "notes": {name: sentences}}."""
        return {
            "scenarios": {name: plan_as_json(plan) for name, plan in self.plans.items()},
            "differences": [
                {
                    "scenario": d.scenario, "of": d.of, "item": d.item, "unit": d.unit, "base": d.base, "value": d.value,
                    "change": d.change, "sentence": d.sentence, "cause": d.cause or None,
                }
                for d in self.differences
            ],
            "inputs": {
                name: [d.sentence(self.case.settings.currency) for d in listed] for name, listed in self.inputs.items()
            },
            "baselines": self.gains(),
            "invalid": {name: [f.json() for f in faults] for name, faults in self.invalid.items()},
            "notes": {name: [str(f) for f in faults] for name, faults in self.notes.items()},
        }  # fmt: skip


Told = Callable[[str, Plan], None]
"""Called with each scenario's name and plan as it is done."""


def compare(
    case: Case,
    wanted: str | Sequence[str | Sequence[str]] | None = None,
    *,
    causes: bool = True,
    with_baselines: bool = True,
    told: Told | None = None,
) -> Comparison:
    """The base and these scenarios (None: all of the case), solved and set side by side.

    wanted: a name, or several; a list of names among them, or `A + B`, is stacked. causes: whether the cause of large
    differences is found, by solving again without single changes. A scenario that is no valid case is told in `invalid`, and the others are
    compared. Raises ValueError for an unknown name.
    """
    stacks = _stacks(case, wanted)
    cases, invalid = {BASE: case}, dict[str, tuple[Fault, ...]]()
    for label, stack in stacks.items():
        try:
            cases[label] = scenario(case, *stack) if stack else case
        except InvalidCase as error:
            invalid[label] = tuple(f for f in error.faults if f.level == "error")
    others = [label for label in cases if label != BASE]
    plans, found, beside = dict[str, Plan](), list[FigureDifference](), list[Baseline]()
    judged = targets(case) if with_baselines else {}
    judge = Judge(case) if judged else None
    base = Once(partial(run, case))

    def one(label: str) -> tuple[Plan, list[FigureDifference]]:
        other = run(cases[label])
        reasons = Causes(case, stacks[label], partial(glance, near=base())) if causes else None
        return other.plan, list(_differences(label, base(), other, reasons))

    def without_solver(name: str, wanted: Array) -> Baseline | None:
        return judge.of(name, wanted) if judge is not None and base().plan.has_plan else None

    pieces: dict[str, Callable[[], Any]] = {BASE: base}
    pieces |= {f"scenario {label}": partial(one, label) for label in others}
    pieces |= {f"baseline {n}": partial(without_solver, *item) for n, item in enumerate(judged.items())}
    with abreast(pieces) as doing:
        plans[BASE] = doing[BASE].result().plan
        if told is not None:
            told(BASE, plans[BASE])
        for label in others:
            plans[label], listed = doing[f"scenario {label}"].result()
            found += listed
            if told is not None:
                told(label, plans[label])
        for n in range(len(judged)):
            baseline = doing[f"baseline {n}"].result()
            beside += [baseline] if baseline is not None else []
    inputs = {label: tuple(between(case, cases[label])) for label in others}
    known = set(case.warnings)
    notes = {label: tuple(f for f in cases[label].warnings if f not in known) for label in others}
    return Comparison(case, plans, inputs, tuple(found), tuple(beside), invalid, {n: f for n, f in notes.items() if f})


def _stacks(case: Case, wanted: str | Sequence[str | Sequence[str]] | None) -> dict[str, tuple[str, ...]]:
    """Label -> the scenarios stacked under it; base first, with none."""
    if isinstance(wanted, str):  # one name, not its letters
        wanted = [wanted]
    applied = {fold(name) for name in case.applied}
    known = {fold(name): name for name in names(case.tables["Scenarios"]) if fold(name) not in applied}
    made: dict[str, tuple[str, ...]] = {BASE: ()}
    for one in known.values() if wanted is None else wanted:
        parts = _parts(one, known) if isinstance(one, str) else list(one)
        listed = tuple(known.get(fold(p), p.strip()) for p in parts if fold(p) != BASE)
        if listed:
            made[STACK.join(listed)] = listed
    return made


def _parts(one: str, known: Mapping[str, str]) -> list[str]:
    """The scenarios that `A + B` or `A+B` stacks; a + may also be part of a name."""
    ways = ([one], one.split(STACK), [part.strip() for part in one.split("+")])
    return next((way for way in ways if all(fold(part) in known or fold(part) == BASE for part in way)), ways[1])


# -- differences ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Figure:
    """One figure that both plans have: how to find it in any run, and how it reads."""

    of: str
    item: str
    unit: str
    words: str
    find: Callable[[SolvedCase], float | None]

    def value(self, one: SolvedCase) -> float | None:
        """The figure in a run; None where that has no plan, or no such figure."""
        return self.find(one) if one.plan.has_plan else None


def _differences(label: str, base: SolvedCase, other: SolvedCase, causes: Causes | None) -> Iterator[FigureDifference]:
    """Every figure that differs, totals first, then by size; causes for the large ones."""
    if not (base.plan.has_plan and other.plan.has_plan):
        if base.plan.status != other.plan.status:
            yield _without_plan(label, base.plan, other.plan)
        return
    currency = base.program.case.settings.currency
    made: list[tuple[float, FigureDifference]] = []
    for figure in _figures(base, other):
        before, after = figure.value(base), figure.value(other)
        if before is None or after is None:
            continue
        if abs(after - before) < _NO_CHANGE.get(figure.unit, HAIR * max(1, abs(before))):
            continue
        seen = [_said_of(v, figure, base, currency) for v in (before, after)]
        if seen[0] == seen[1]:
            continue  # nobody could read the difference
        size = _size(figure, before, after, base)
        large = size >= LARGE
        sentence = _sentence(figure, before, after, base, other, currency)
        cause = ""
        if causes is not None and large:
            cause = causes.of(
                figure.value, before, after, partial(_said_of, figure=figure, one=base, currency=currency)
            )
        made.append(
            (size, FigureDifference(label, figure.of, figure.item, figure.unit, before, after, sentence, cause, large))
        )
    made.sort(key=lambda pair: (pair[1].of != "total", -pair[0], pair[1].of, pair[1].item))
    yield from (difference for _, difference in made)
    yield from _rules(label, base.plan, other.plan)


def _size(figure: _Figure, before: float, after: float, base: SolvedCase) -> float:
    """How large a difference is, as a share (see LARGE)."""
    if figure.unit == "money":
        whole = float(base.program.case.facts.amount.sum())
    elif figure.unit == STAFF:
        whole = float(base.plan.tables["Awards"]["people"].sum())
    else:
        whole = 10.0 if figure.unit == "level" else abs(before)
    return abs(after - before) / max(whole, LEAST_SIZE)


def _without_plan(label: str, base: Plan, other: Plan) -> FigureDifference:
    none, some, why = (label, "base", other.why_none) if base.has_plan else ("base", label, base.why_none)
    sentence = f"{none} has no plan: {why}." + f" {some} has one." * (base.has_plan or other.has_plan)
    return FigureDifference(
        label, "total", "plan", "", float(base.has_plan), float(other.has_plan), sentence, large=True
    )


def said(value: float, unit: str, currency: str) -> str:
    """A figure as people read it, with its unit."""
    if unit == "money":
        return money_exact(round(value, 2), currency)
    if unit == "level":
        return f"{number(value * 100)}%"
    if of := _impact_unit(unit, currency):
        return points(value, of)
    return _with_unit(number(value) if abs(value) >= 100 else digits(value), unit)


def _impact_unit(unit: str, currency: str) -> str:
    """What `points` takes, where the unit is one of impact; else ""."""
    return POINTS if unit == POINTS else currency if unit == f"weighted {currency}" else ""


def _with_unit(shown: str, unit: str) -> str:
    return f"{shown} {unit}".strip()


def _on_average(value: float, unit: str, one: SolvedCase) -> tuple[float, str]:
    """A figure and its unit as people are told them: staff on average over the periods, by the FTE."""
    return (value / one.program.case.facts.size("period"), FTE) if unit == STAFF else (value, unit)


def _said_of(value: float, figure: _Figure, one: SolvedCase, currency: str) -> str:
    shown, unit = _on_average(value, figure.unit, one)
    return said(shown, unit, currency)


def _sentence(figure: _Figure, before: float, after: float, base: SolvedCase, other: SolvedCase, currency: str) -> str:
    sign = "more" if after > before else "less"
    (before, unit), (after, _) = (_on_average(value, figure.unit, base) for value in (before, after))
    by = _by(before, after, unit, currency)
    alone = unit if unit in ("money", "level") else ""  # the unit stands once, at the end
    of = _impact_unit(unit, currency)
    begins = points(before, of, bare=True) if of else said(before, alone, currency)
    several = figure.unit == STAFF and base.program.case.facts.size("period") > 1
    ends = f"from {begins} to {said(after, unit, currency)}{' on average' if several else ''}"
    parts = _by_fund(base, other, figure.item, currency) if figure.of == "initiative" else ""
    return f"{figure.words} {by} {sign}, {ends}{f' ({parts})' if parts else ''}."


def _by(before: float, after: float, unit: str, currency: str) -> str:
    """How much more or less, such that a reader who subtracts the one figure from the other finds it."""
    if of := _impact_unit(unit, currency):
        return points_gap(before, after, of)
    shown = abs(_shown(after, unit) - _shown(before, unit))
    if unit == "money" or round(shown, 9) == 0:
        return said(abs(after - before), unit, currency)
    if unit == "level":
        return f"{number(shown)} percentage point{'s' * (number(shown) != '1')}"
    return _with_unit(written(round(shown, 9)), unit)


def _shown(value: float, unit: str) -> float:
    """A figure as `said` rounds it."""
    if unit == "level":
        return round(value * 100, 1)
    return round(value, 1 if abs(value) < 100_000 else 0) if abs(value) >= 100 else float(f"{value:.3g}")


def _by_fund(base: SolvedCase, other: SolvedCase, initiative: str, currency: str) -> str:
    """From which funds an initiative gets more or less, largest first."""
    change: dict[str, float] = {}
    for sign, one in ((-1.0, base), (1.0, other)):
        spend = one.plan.tables["Spend"]
        for fund, name, money in zip(*(spend[c].tolist() for c in ("fund", "initiative", "money")), strict=True):
            if name == initiative:
                change[fund] = change.get(fund, 0.0) + sign * money
    facts = base.program.case.facts
    called = {fund: facts.called("fund", k) for k, fund in enumerate(facts.names["fund"])}
    by_size = sorted(
        ((abs(v), called.get(fund, fund), v) for fund, v in change.items() if abs(v) >= HALF_A_CENT), reverse=True
    )
    if len(by_size) < 2:
        return f"all of it from {by_size[0][1]}" if by_size else ""
    parts = [f"{said(size, 'money', currency)} {'more' if v > 0 else 'less'} from {f}" for size, f, v in by_size[:4]]
    return ("; " if any(", " in f for _, f, _ in by_size[:4]) else ", ").join(parts)


def _of_row(one: SolvedCase, table: str, key: str, column: str, item: str) -> float | None:
    """A column of a member's row; None where the plan has no such member."""
    rows = one.plan.tables[table]
    hit = np.flatnonzero(rows[key] == item)
    return float(rows[column][hit].sum()) if len(hit) else None


def _sum(one: SolvedCase, table: str, column: str, **where: str) -> float:
    """Σ of a column, over all rows or those of a member."""
    rows = one.plan.tables[table]
    hits = [rows[key] == item for key, item in where.items()]
    return float(rows[column][np.all(hits, axis=0)].sum() if hits else rows[column].sum())


def _spent(one: SolvedCase, fund: str) -> float | None:
    return _sum(one, "Spend", "money", fund=fund) if fund in one.program.case.facts.names["fund"] else None


def _at_work(one: SolvedCase, role: str) -> float:
    return _sum(one, "Posts", "fte", role=role) + _sum(one, "Hires", "fte", role=role)


def _unspent(one: SolvedCase) -> float:
    return float(one.program.case.facts.amount.sum() - one.plan.tables["Spend"]["money"].sum())


def _figures(base: SolvedCase, other: SolvedCase) -> Iterator[_Figure]:
    """Every figure that the two plans share."""
    facts = base.program.case.facts
    first = base.plan.stages[0].objective if base.plan.stages else ""
    if first and first != "impact" and [s.objective for s in other.plan.stages][:1] == [first]:
        yield _Figure("total", first, "", f"Objective {first}:", lambda one: one.plan.objective)
    yield _Figure("total", "impact", impact.title(base.program.case), "Impact:", lambda one: one.plan.impact)
    yield _Figure("total", "money", "money", "Money spent:", partial(_sum, table="Spend", column="money"))
    yield _Figure("total", "unspent", "money", "Money unspent:", _unspent)
    yield _Figure("total", "staff", STAFF, "Staff at work:", partial(_sum, table="Awards", column="people"))
    for table, key, column, of, unit, words in (
        ("Awards", "initiative", "award", "initiative", "money", "{} receives"),
        ("Awards", "initiative", "level", "level", "level", "Scope delivered of {}:"),
        ("Received", "agency", "received", "agency", "money", "{} receives"),
        ("Received", "agency", "released", "released", STAFF, "{} releases"),
        ("Achieved", "outcome", "achieved", "outcome", "", "{}:"),
    ):
        for item in base.plan.tables[table][key].tolist():
            name = item if key == "outcome" else facts.called(key, facts.names[key].index(item))
            find = partial(_of_row, table=table, key=key, column=column, item=item)
            yield _Figure(of, item, unit, words.format(name), find)
    for k, fund in enumerate(facts.names["fund"]):
        yield _Figure("fund", fund, "money", f"Spent from {facts.called('fund', k)}:", partial(_spent, fund=fund))
    for role in facts.names["role"]:
        yield _Figure("role", role, STAFF, f"Staff at work as {role}:", partial(_at_work, role=role))


def _rules(label: str, base: Plan, other: Plan) -> Iterator[FigureDifference]:
    """Rules that start or stop binding, are broken or kept now, come or go."""
    was, now, spoken = _limits(base), _limits(other), _spoken(base, other)
    for key, what in _turned(was, now):
        a, b, member = was.get(key), now.get(key), spoken(*key[:2])
        item = " / ".join(part for part in key if part)
        yield FigureDifference(
            label, "rule", item, (a or b or {})["unit"],
            None if a is None else a["headroom"], None if b is None else b["headroom"],
            f"The rule {key[0]} {what}{f' ({member})' if member else ''}.",
        )  # fmt: skip


def _turned(was: _Limits, now: _Limits) -> Iterator[tuple[_Key, str]]:
    """The limits that stand otherwise, with how. Of a limit that has two sides, which of them binds is not said."""
    bound = [{key[:2] for key, row in limits.items() if row["binding"]} for limits in (was, now)]
    for key in dict.fromkeys((*was, *now)):
        a, b = was.get(key), now.get(key)
        if a is None or b is None:
            yield key, "holds only in the scenario" if a is None else "no longer holds"
        elif bool(a["kept"]) != bool(b["kept"]):
            here, there = ("kept", "broken") if b["kept"] else ("broken", "kept")
            yield key, f"is {here} in the scenario, {there} in base"
        elif bool(a["binding"]) != bool(b["binding"]) and (key[:2] in bound[0]) != (key[:2] in bound[1]):
            yield key, f"{'starts' if b['binding'] else 'stops'} binding"


def _spoken(base: Plan, other: Plan) -> Callable[[str, str], str]:
    """Whom a limit is for, as people say it, by its rule and member: in the base, or in the scenario where only that has it."""
    first, second = Spoken(base.case.facts), Spoken(other.case.facts)
    return lambda rule, member: (first if rule in first.rules else second)(rule, member)


_Key = tuple[str, str, str]
_Limits = dict[_Key, dict[str, Any]]


def _limits(plan: Plan) -> _Limits:
    return {(r["rule"], r["per"], r["sense"]): r for r in plan.limits()}
