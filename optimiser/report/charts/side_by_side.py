"""Plans side by side: who gets more and who less, figures of each, and what a plan gains over ways without a solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.analysis.asking.case_differences import LISTED, in_words
from optimiser.analysis.what_if.compare import STAFF, Comparison, FigureDifference
from optimiser.case import impact
from optimiser.case.names import told_apart
from optimiser.case.readable import capital, counted
from optimiser.case.scenario.apply import BASE
from optimiser.case.tolerances import HALF_A_CENT, NO_TENTH
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import GAIN, LOSS, NEUTRAL, Chart, Digits, bars, both_sides
from optimiser.report.charts.headline import figures
from optimiser.report.charts.pairs import Pair, dumbbell, waterfall
from optimiser.report.status import badge

LARGEST = 12
"""Bars of one chart; the others are summed up."""
NOISE = 5
"""Changes of up to so many units of the plan's rounding are what rounding moves, and are left out."""


@dataclass(frozen=True)
class Moved:
    """What one initiative, agency or fund gets in another plan: before and after, in money."""

    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """after − before."""
        return self.after - self.before


# -- what moves -------------------------------------------------------------------------------------------------------


def moved(before: Plan, after: Plan, sheet: str = "Awards") -> list[Moved]:
    """Initiatives (sheet Awards) or agencies (Received) that get more or less, the largest change first."""
    key, column = ("initiative", "award") if sheet == "Awards" else ("agency", "received")
    was = {r[key]: r for r in before.tables[sheet].records()}
    now = {r[key]: r for r in after.tables[sheet].records()}
    made, called = [], told_apart({k: r["name"] for k, r in {**now, **was}.items()})
    for name in dict.fromkeys((*was, *now)):
        made.append(Moved(called[name], *(float(side[name][column]) if name in side else 0.0 for side in (was, now))))
    least = max(HALF_A_CENT, NOISE * before.case.settings.rounding)
    return sorted((m for m in made if abs(m.change) > least), key=lambda m: (-abs(m.change), m.name))


def shown(rows: Sequence[Moved], currency: str, most: int = LARGEST) -> list[tuple[str, float, str]]:
    """Name, change and its words: those that get more first, then those that get less; the small ones as one, net."""
    kept = list(rows) if len(rows) <= most else list(rows[: most - 1])
    kept.sort(key=lambda m: (-m.change, m.name))
    made = [(m.name, m.change, _label(m, currency)) for m in kept]
    rest = rows[len(kept) :]
    if rest:
        net = sum(m.change for m in rest)
        made.append((f"{len(rest)} others, net", net, words.money_change(round(net, 2), currency)))
    return made


def _label(m: Moved, currency: str) -> str:
    said = words.money_between(m.before, m.after, currency)
    return f"{said}, all of it" if m.before > HALF_A_CENT and m.after <= HALF_A_CENT else said


def moved_chart(before: Plan, after: Plan, was: str, now: str, most: int = LARGEST) -> Chart:
    """Who gets more, to the right, and who less, to the left. was, now: what the two plans are called; most: bars."""
    rows = moved(before, after)
    listed = shown(rows, before.case.settings.currency, most)
    sides = (GAIN if change >= 0 else LOSS for _, change, _ in listed)
    colours = [
        NEUTRAL if name.endswith("others, net") else side for (name, *_), side in zip(listed, sides, strict=True)
    ]
    alt = "; ".join(f"{name} {text}" for name, _, text in listed)
    return Chart(both_sides(listed, colours), *_changes(before, rows, was, now, alt))


def award_chart(before: Plan, after: Plan, was: str, now: str) -> Chart:
    """The awards that change most, in both plans. was, now: what the two plans are called."""
    rows = moved(before, after)
    pairs = award_pairs(rows, before.case.settings.currency)
    alt = "; ".join(f"{p.name} {p.before_text}, then {p.after_text}" for p in pairs)
    return Chart(dumbbell(pairs, was, now, gain=True), *_changes(before, rows, was, now, alt))


def _changes(plan: Plan, rows: Sequence[Moved], was: str, now: str, alt: str) -> tuple[Any, ...]:
    """What is the same of both pictures of changed awards: table, alt, headline, more and columns."""
    table = [{"Initiative": m.name, was: m.before, now: m.after, "Change": m.change} for m in rows]
    return table, alt, moved_sentence(rows), "", dict.fromkeys((was, now, "Change"), Digits.of_money(plan.case))


def impact_chart(before: Plan, after: Plan, was: str, now: str) -> Chart:
    """The steps from one impact to the other; without any there is no row. was, now: what the two plans are called."""
    unit, title = impact.unit(before.case), impact.column(before.case)
    steps = impact_steps(before, after)
    start, end = (
        (n, p.impact or 0.0, words.points(p.impact or 0.0, unit, bare=True)) for n, p in ((was, before), (now, after))
    )
    return Chart(
        waterfall(start, steps, end),
        [{"Step": n, title: round(v, 3)} for n, v, _ in (start, *steps, end)] if steps else [],
        f"From {start[2]} to {end[2]}: " + "; ".join(f"{n} {text}" for n, _, text in steps),
        f"From {start[2]} to {end[2]}" if steps else "The impact of no initiative changes.",
    )


def award_pairs(rows: Sequence[Moved], currency: str, most: int = LARGEST) -> list[Pair]:
    """The largest changes as pairs of awards: those that get more first."""
    kept = sorted(rows[:most], key=lambda m: (-m.change, m.name))
    return [
        Pair(m.name, m.before, m.after, *(words.money_short(round(v, 2), currency) for v in (m.before, m.after)))
        for m in kept
    ]


def impact_steps(before: Plan, after: Plan, most: int = 5) -> list[tuple[str, float, str]]:
    """Where the impact comes from and goes: initiative, change and its words; gains first, the small ones as one, net.
    They add up to the whole difference."""
    was, now = ({r["initiative"]: r for r in p.tables["Awards"].records()} for p in (before, after))
    unit = impact.unit(after.case)
    by, called = [], told_apart({k: r["name"] for k, r in {**now, **was}.items()})
    for key in dict.fromkeys((*was, *now)):
        then, since = (float(side[key]["impact"]) if key in side else 0.0 for side in (was, now))
        if abs(since - then) >= NO_TENTH:
            text = words.points_between(then, since, unit, bare=True)
            shown = words.shown_points(since, unit) - words.shown_points(then, unit)
            by.append((called[key], since - then, text, shown))
    by.sort(key=lambda one: (-abs(one[1]), one[0]))
    kept = sorted(by if len(by) <= most else by[: most - 1], key=lambda one: (-one[1], one[0]))
    made = [(name, change, text) for name, change, text, _ in kept]
    start, end = (words.shown_points(p.impact or 0.0, unit) for p in (before, after))
    rest = (after.impact or 0.0) - (before.impact or 0.0) - sum(change for _, change, *_ in kept)
    if len(by) > len(kept):
        net = words.points_between(0.0, end - start - sum(shown for *_, shown in kept), unit, bare=True)
        made.append((f"{len(by) - len(kept)} others, net", rest, net))
    return made


def moved_sentence(rows: Sequence[Moved]) -> str:
    """How many get more and less, and who is no longer or newly funded."""
    if not rows:
        return "Nobody gets more or less money."
    more, less = sum(m.change > 0 for m in rows), sum(m.change < 0 for m in rows)
    said = f"{more or 'None'} get{'s' * (more == 1)} more and {less or 'none'} get{'s' * (less == 1)} less."
    gone = [m.name for m in rows if m.after <= HALF_A_CENT]
    new = [m.name for m in rows if m.before <= HALF_A_CENT]
    if gone:
        said += f" No longer paid: {_few(gone)}."
    if new:
        said += f" Newly paid: {_few(new)}."
    return said


def _few(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


# -- one change -------------------------------------------------------------------------------------------------------


def change_headline(before: Plan, after: Plan, said: str) -> str:
    """What a change does to the impact. said: the change in words, such as `the grant cut by 20%`."""
    if not after.has_plan:
        return (
            f"No plan is possible with {said}"
            if after.status == "infeasible"
            else f"No plan was found in time with {said}"
        )
    by = (after.impact or 0.0) - (before.impact or 0.0)
    if abs(by) < NO_TENTH:
        same = not moved(before, after)
        return (
            "Nothing changes: this is not what holds the plan back"
            if same
            else "The impact stays the same; money moves"
        )
    gap = words.points_gap(before.impact or 0.0, after.impact or 0.0, impact.unit(before.case))
    return f"{gap} {'more' if by > 0 else 'less'} with {said}"


# -- scenarios --------------------------------------------------------------------------------------------------------


def headline(made: Comparison) -> str:
    """What the scenarios do to the impact: the best and the worst of them."""
    base = made.plans[BASE]
    others = {name: plan for name, plan in made.plans.items() if name != BASE}
    if not base.has_plan:
        able = [name for name, plan in others.items() if plan.has_plan]
        return f"The base has no plan; {able[0]} has one" if able else "Neither the base nor a scenario has a plan"
    none = [name for name, plan in others.items() if not plan.has_plan]
    by = {n: (p.impact or 0.0) - (base.impact or 0.0) for n, p in others.items() if p.has_plan}
    said = (
        [
            f"{n}: {words.points_between(base.impact or 0.0, others[n].impact or 0.0, impact.unit(made.case))}"
            for n in dict.fromkeys(f(by, key=lambda n: by[n]) for f in (max, min))
            if abs(by[n]) >= NO_TENTH
        ]
        if by
        else []
    )
    if none:
        said.append(f"{none[0]} has no plan" if len(none) == 1 else f"{len(none)} scenarios have no plan")
    if not others:
        return "No scenario makes a valid case"
    if not said:
        return (
            "No scenario changes the impact"
            if len(others) > 1
            else f"The impact stays the same with {next(iter(others))}"
        )
    return "; ".join(said)


def side_by_side(made: Comparison) -> list[dict[str, str]]:
    """Figures as rows, one column for each plan, base first."""
    base = made.plans[BASE]
    currency = made.case.settings.currency
    cells: dict[str, dict[str, str]] = {}
    for name, plan in made.plans.items():
        column = "Base" if name == BASE else name
        differs = "the case as it is" if name == BASE else _differs(made, name)
        cells.setdefault("What differs", {})[column] = differs
        cells.setdefault("Answer", {})[column] = badge(plan)
        if not plan.has_plan:
            continue
        f, unit = figures(plan), impact.unit(made.case)
        reached = words.points(f.impact, unit)
        if name != BASE and base.has_plan:
            reached += f" ({words.points_between(base.impact or 0.0, f.impact, unit, bare=True)})"
        for row, value in (
            ("Impact", reached),
            ("Money spent", words.money_short(f.money, currency)),
            ("Unspent", words.money_short(f.unspent, currency)),
            ("People", words.fte(f.people) + (f", {f.are_hired}" if f.are_hired else "")),
            ("Initiatives funded", f"{f.funded} of {f.initiatives}"),
            ("Rules at their limit", f"{f.binding} of {f.rules}"),
        ):
            cells.setdefault(row, {})[column] = value
    cells["Answer"] = cells.pop("Answer")  # the last row
    columns = ["Base" if name == BASE else name for name in made.plans]
    return [{"": row, **{c: said.get(c, "–") for c in columns}} for row, said in cells.items()]


def _differs(made: Comparison, name: str) -> str:
    """What a scenario changes: all of it where that is little, else the first and how much follows."""
    listed, currency = made.inputs[name], made.case.settings.currency
    if len(listed) <= LISTED:
        return in_words(listed, currency)
    return f"{listed[0].sentence(currency)}; and {len(listed) - 1} more cells"


def reasons(listed: Sequence[FigureDifference], most: int = 4) -> list[tuple[str, str]]:
    """The large differences whose cause was found: what differs and why, the impact first."""
    found = [d for d in listed if d.cause and d.unit != STAFF]  # the page counts people on average, in its table
    found.sort(key=lambda d: (d.item != "impact", d.of != "total"))
    return [(d.sentence, d.cause) for d in found[:most]]


# -- ways without a solver --------------------------------------------------------------------------------------------


def gains_chart(made: Comparison) -> Chart:
    """What the base's plan gains over each way without a solver."""
    rows, gains = [], made.gains()
    for gain in gains:
        broken = len(gain["broken"])
        rules = "keeps every rule" if not broken else f"breaks {broken} rule{'s' * (broken > 1)}"
        by = gain["gain"] or 0.0
        rows.append(
            (
                capital(gain["baseline"]),
                max(by, 0.0),
                f"{words.points_between(gain['impact'], gain['impact'] + by, impact.unit(made.case))}; it {rules}",
            )
        )
    said = [str(g["sentence"]) for g in gains]
    table = [{"Way": name, "The plan has": text, "In words": s} for (name, _, text), s in zip(rows, said, strict=True)]
    return Chart(bars(rows, GAIN, row=32), table, "; ".join(said), gains_sentence(made))


def gains_sentence(made: Comparison) -> str:
    """What the plan gains over the best of the other ways that keep the rules, how many do, and which has more by breaking one."""
    gains, unit = made.gains(), impact.unit(made.case)
    if not gains:
        return "There is nothing to compare it with."
    keeping = [g for g in gains if g["keeps_the_rules"]]
    best, most = (max(ways, key=lambda g: g["impact"]) for ways in (keeping or gains, gains))
    by = best["gain"] or 0.0
    gap = words.points_gap(best["impact"], best["impact"] + by, unit)
    better = f"{gap} {'more' if by >= 0 else 'less'} than" if gap else "as much as"
    ways = counted(len(gains), "way")
    if not keeping:
        return f"The plan has {better} the best of {ways} without a solver ({best['baseline']}); none of them keeps every rule."
    kept = f"{len(keeping)} of {len(gains)} keep{'s' * (len(keeping) == 1)} every rule"
    said = f"The plan has {better} the best way without a solver that keeps every rule ({best['baseline']}); {kept}."
    over = words.points_gap(most["impact"], most["impact"] + (most["gain"] or 0.0), unit)
    if most["keeps_the_rules"] or not over or (most["gain"] or 0.0) > 0:
        return said
    return f"{said} {capital(most['baseline'])} would have {over} more than the plan, but breaks {counted(len(most['broken']), 'rule')}."
