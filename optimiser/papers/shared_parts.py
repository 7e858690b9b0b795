"""Tables and sentences that several papers share, each made once from the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from optimiser.case.grantors import set_by_words
from optimiser.case.names import fold
from optimiser.case.readable import fte, listed, money_short, number, percent
from optimiser.model.rules import Spoken, meanings
from optimiser.model.rules.rule import Rule
from optimiser.model.rules.rule import rules_of as every_rule
from optimiser.papers.blocks import Bars, Cell, Grid, Para, grid, para
from optimiser.papers.figures import DIMENSIONS, Figure, figure
from optimiser.papers.paper import Source
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import tightness
from optimiser.report import words

Record = Mapping[str, Any]
NOT_SHOWN = "not shown"
"""Stands in place of a figure that whoever reads may not see."""


def ranked(source: Source) -> list[str]:
    """Initiatives, the largest award first."""
    awards = source.figures.awards
    return sorted(awards, key=lambda i: (-awards[i]["award"], -awards[i]["level"], i))


def awards(source: Source) -> Grid:
    """Who gets what: each initiative's request, award, level, people and last year's award."""
    f = source.figures
    rows: list[list[Cell]] = []
    for i in ranked(source):
        how: Cell = f.level(i) if f.awards[i]["state"] != NOT_FUNDED else NOT_FUNDED
        rows.append(
            [named(source, "Initiatives", i), f.request(i), f.award(i), how, f.staff(i), f.last_year(i), f.change(i)]
        )
    total = ("All initiatives", f.requested, f.spent, "", "", "", "")
    titles = ("Initiative", "Request", "Award", "Of scope", "People, FTE on average", "Last year", "Change")
    return grid("Who gets what", titles, rows, range(1, 7), (38, 13, 13, 10, 10, 13, 13), total)


def named(source: Source, sheet: str, key: str) -> str:
    """Key and name, where they differ: G01 Violence interruption."""
    name = source.called(sheet, key)
    return key if name == key else f"{key}  {name}" if len(key) <= 8 else name


def agencies(source: Source) -> Grid:
    """What each agency pays in, receives, releases and hires."""
    f = source.figures
    order = sorted(f.agencies, key=lambda a: (-f.agencies[a]["received"], a))
    rows: list[list[Cell]] = [
        [source.called("Agencies", a), f.contribution(a) or NOT_SHOWN, f.received(a), f.released(a), f.hired(a)]
        for a in order
    ]
    seen = [paid for paid in map(f.contribution, order) if paid is not None]
    paid = figure(
        "contribution", sum((Fraction(one.value).limit_denominator(1000) for one in seen), Fraction(0)), "money"
    )
    total = ("All agencies", paid, f.spent, "", "")
    titles = ("Agency", "Pays in", "Receives", "Releases, FTE on average", "Hires, FTE on average")
    return grid("What each agency gives and receives", titles, rows, range(1, 5), (40, 15, 15, 15, 15), total)


def funds(source: Source) -> Grid:
    """Each fund's amount, what is spent of it and what stays."""
    f = source.figures
    names = f.facts.names["fund"]
    rows: list[list[Cell]] = [
        [source.called("Funds", n), f.fund_amount(n), f.spend(fund=n), f.fund_unspent(n)] for n in names
    ]
    total, titles = ("All funds", f.amount, f.spent, f.unspent), ("Fund", "Amount", "Spent", "Not spent")
    return grid("Where the money comes from", titles, rows, (1, 2, 3), (46, 18, 18, 18), total)


def people(source: Source) -> Grid | None:
    """Of each role, who can be released and who is at work, on average."""
    f = source.figures
    able = (f.facts.releasable_fte.sum(axis=(0, 2)) / f.periods).tolist()
    used = (f.lines.posts.float_sums("role", f.facts.size("role")) / f.periods).tolist()
    hired = (f.lines.hires.float_sums("role", f.facts.size("role")) / f.periods).tolist()
    rows: list[list[Cell]] = [
        [
            role,
            figure(f"can be released[{role}]", a, "people"),
            figure(f"at work[{role}]", u, "people"),
            figure(f"hired[role {role}]", h, "people"),
            figure(f"free[{role}]", a - u, "people"),
        ]
        for role, a, u, h in sorted(
            zip(f.facts.names["role"], able, used, hired, strict=True), key=lambda r: (r[1] - r[2], r[0])
        )
        if a or u or h
    ]
    titles = ("Role", "Can be released", "At work", "Hired", "Free")
    return grid("People, FTE on average", titles, rows, range(1, 5), (36, 16, 16, 16, 16)) if rows else None


def outcomes(source: Source) -> Grid | None:
    """What is achieved, by outcome."""
    rows: list[list[Cell]] = [
        [
            r["outcome"],
            figure(f"achieved[{r['outcome']}]", r["achieved"], "points"),
            figure(f"at full scope[{r['outcome']}]", r["at_full"], "points"),
        ]
        for r in source.plan.tables["Achieved"].records()
    ]
    titles = ("Outcome", "Achieved", "At full scope, by agencies of effectiveness 1")
    return grid("What it achieves", titles, rows, (1, 2), (50, 25, 25)) if rows else None


def tightest(source: Source) -> list[tuple[Record, int]]:
    """Of each rule its tightest limit and how many it has: broken ones first, then those at the limit."""
    by_rule: dict[str, list[Record]] = {}
    for r in source.plan.limits():
        by_rule.setdefault(r["rule"], []).append(r)

    made = [(min(limits, key=tightness), len(limits)) for limits in by_rule.values()]
    return sorted(made, key=lambda m: (m[0]["kept"], not m[0]["binding"], m[0]["rule"].casefold()))


def rules(
    source: Source, found: Iterable[tuple[Record, int]], name: str = "Rules kept, and who set them", short: bool = False
) -> Grid:
    """Rules with what they require and what the plan does. found: as `tightest` gives them; short: who set it, not where."""
    meant, spoken = meanings(source.case.facts), Spoken(source.case.facts)
    rows: list[list[Cell]] = []
    for r, count in found:
        number_ = meant[r["rule"]]
        per = f" ({spoken(r['rule'], r['per'])}{f', the tightest of {count}' if count > 1 else ''})" if r["per"] else ""
        sense = "at least " if r["sense"] == "at_least" else "at most "
        stands = "✗ broken" if not r["kept"] else "✓ no room left" if r["binding"] else "✓ kept"
        who = set_by_words(r["set_by"], r["waiver"]) if r["set_by"] else ""
        rows.append([
            f"{r['rule']}{per}",
            sense + number_.short(r["required"], exact=True),
            number_.short(r["achieved"], exact=True, limit=None if r["binding"] else r["required"]),
            r["set_by"] if short else f"{r['authority']}; {who}" if r["authority"] and who else r["authority"] or who,
            stands,
        ])  # fmt: skip
    titles = ("Rule", "Required", "Reached", "Set by" if short else "By whose authority", "Stands")
    return grid(name, titles, rows, (1, 2), (46, 17, 13, 12, 12) if short else (34, 16, 14, 24, 12))


def rules_of(source: Source, **of: str) -> list[tuple[Record, int]]:
    """The limits that take in money of this agency or fund: rules_of(source, fund=…)."""
    f = source.figures
    wanted = {d: fold(name) for d, name in of.items()}
    lines = [
        {d: f.facts.names[d][k] for d, k in zip(DIMENSIONS, key, strict=True)}
        for key, money in f.cube(*DIMENSIONS).items()
        if money
    ]
    lines = [line for line in lines if all(fold(line[d]) == name for d, name in wanted.items())]
    by_name = {rule.name: rule for rule in every_rule(f.facts)}
    chosen = {name: f.facts.select(rule.where, (*DIMENSIONS, "role")) for name, rule in by_name.items()}
    made: list[tuple[Record, int]] = []
    for r in source.plan.limits():
        rule = by_name.get(r["rule"])
        if rule is not None and any(_takes_in(source, rule, r["per"], chosen[rule.name], line) for line in lines):
            made.append((r, 1))
    return made


def _takes_in(source: Source, rule: Rule, member: str, chosen: Mapping[str, Any], line: Mapping[str, str]) -> bool:
    """Whether a line of spend is among what a limit speaks of. member: for which it is repeated."""
    if len(rule.each) == 1 and rule.each[0] in DIMENSIONS and fold(member) != fold(line[rule.each[0]]):
        return False
    names = source.case.facts.names
    return all(mask[names[d].index(line[d])] for d, mask in chosen.items() if d in DIMENSIONS)


def changes(source: Source, most: int = 0) -> list[tuple[str, Figure]]:
    """Award less last year's, of each initiative where they differ: losers first. most: so many of either end."""
    f = source.figures
    moved = [(source.called("Initiatives", i), f.change(i)) for i in f.awards]
    moved = sorted(((n, c) for n, c in moved if c.value), key=lambda m: (m[1].value, m[0]))
    if most and len(moved) > most:
        half = most // 2
        moved = [*moved[:half], *moved[half - most :]]
    return moved


def shown_bars(name: str, title: str, items: Sequence[tuple[str, Figure]], most: int) -> Bars:
    """Bars of the first ones; what is left out is said in the title."""
    left = len(items) - most
    return Bars(name, f"{title} (the first {most} of {len(items)})" if left > 0 else title, tuple(items[:most]))


def in_the_way(source: Source) -> list[Para]:
    """What is used up, and so stands in the way of more: funds, roles, rules. From the plan's own tables."""
    f, currency = source.figures, source.currency
    rest = f.requested.value - f.spent.value
    names = f.facts.names["fund"]
    empty = [source.called("Funds", n) for n in names if f.fund_unspent(n).value == 0 and f.fund_amount(n).value]
    able = f.facts.releasable_fte.sum(axis=(0, 2))
    used = f.lines.posts.float_sums("role", f.facts.size("role"))
    roles = [r for r, a, u in zip(f.facts.names["role"], able, used, strict=True) if a > 0 and a - u < 0.05]
    binding = [r["rule"] for r, _ in tightest(source) if r["binding"] and r["kept"]]
    short = f"{money_short(rest, currency)} of what was asked for is not granted."
    made = [para(short if rest > 0 else "No less is granted than was asked for in all.")]
    made += [para("Money: ", f"nothing is left of {listed(empty, most=5)}.")] if empty else []
    who = listed([f"every {role}" for role in roles], most=6)
    made += [para("People: ", f"{who} who can be released is at work.")] if roles else []
    made += [para("Rules: ", f"no room is left under {listed(binding, most=5)}.")] if binding else []
    left = [(source.called("Funds", n), f.fund_unspent(n)) for n in names if f.fund_unspent(n).value]
    if left:
        # Whether more in such a fund changes anything is not said: where shares of it are what binds, it does.
        said = listed([f"{money_short(float(v.value), currency)} of {n}" for n, v in left], most=4)
        made.append(para("Not spent: ", f"{said}."))
    return made


def key_figures(source: Source) -> Grid:
    """The figures that every paper of the whole begins with."""
    f = source.figures
    rows: list[list[Cell]] = [
        ["Money of all funds", f.amount],
        ["Spent", f.spent],
        ["Not spent", f.unspent],
        ["Asked for", f.requested],
        ["Initiatives", f.initiatives],
        ["Funded", f.funded],
        ["Funded in full", f.in_full],
        [f"Impact, {f.impact_unit}", f.impact],
    ]
    return grid("In figures", ("", "This plan"), rows, (1,), (60, 40))


def alternatives(source: Source) -> Grid | None:
    """The plan beside those that it was compared with."""
    others = source.alternatives
    if not others:
        return None
    from optimiser.papers.figures import Figures

    f = source.figures
    rows: list[list[Cell]] = [["This plan", f.impact, f.spent, f.funded]]
    for name, plan in others:
        if plan.has_plan:
            g = Figures(plan)
            rows.append([name, _as(g.impact, name), _as(g.spent, name), _as(g.funded, name)])
    titles = ("Plan", f"Impact, {f.impact_unit}", "Spent", "Funded")
    return grid("Alternatives", titles, rows, (1, 2, 3), (46, 18, 18, 18))


def _as(of: Figure, plan: str) -> Figure:
    return Figure(f"{of.name} of {plan}", of.value, of.unit)


def period_of(source: Source, fund: str = "") -> str:
    """From when to when money may be spent, in words."""
    periods = list(source.case.tables["Periods"].records())
    if not periods:
        return source.case.facts.names["period"][0]
    first, last = periods[0], periods[-1]
    if fund:
        names = [p["period"] for p in periods]
        row = next(r for r in source.case.tables["Funds"].records() if r["fund"] == fund)
        first = periods[names.index(row["first"])] if row["first"] in names else first
        last = periods[names.index(row["last"])] if row["last"] in names else last
    start, end = first["start"], last["end"]
    return f"{day(start)} to {day(end)}" if start and end else f"{first['period']} to {last['period']}"


def day(iso: str) -> str:
    """A date as people read it: 1 October 2026."""
    try:
        at = dt.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{at.day} {at:%B %Y}"


def work_of(source: Source, initiative: str) -> str:
    """What an initiative gets and does, in sentences of the plan."""
    said = words.states(source.plan).get(initiative, "")
    f = source.figures
    with_ = [source.called("Agencies", a) for a in f.members("agency", initiative=initiative)]
    made = [said]
    if with_:
        made.append(f"Delivered by {listed(with_)}.")
    staff = f.staff(initiative)
    if staff.value:
        made.append(f"{fte(float(staff.value))} of staff work on it on average.")
    level = f.awards[initiative]["level"]
    promised = [r for r in source.case.tables["Outcomes"].records() if r["initiative"] == initiative]
    if promised and level > 0:
        listed_ = listed([f"{number(r['at_full'])} {r['outcome']}" for r in promised])
        made.append(f"At full scope it brings {listed_}; {percent(round(level, 3))} of the scope is delivered.")
    return " ".join(m for m in made if m)
