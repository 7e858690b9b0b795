"""What pooling is worth: each agency alone and in the pool, what it puts in and receives, and who would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimiser.analysis.together.pooling import Coalition, Pooling
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.names import told_apart
from optimiser.case.tolerances import LEAST_SIZE, SAME
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, Chart, Digits, bars
from optimiser.report.charts.pairs import Pair, dumbbell

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
WHOLE = 1000.0
"""From so much impact of an agency on nobody needs its tenths."""
NAMED = 4
"""Agencies of a group that are named; of more, the count."""


@dataclass(frozen=True)
class AgencyFlow:
    """One agency: what it pays into funds and receives (money), and releases (FTE on average over the periods)."""

    agency: str
    name: str
    puts_in: float
    receives: float
    releases: float

    @property
    def ratio(self) -> float | None:
        """Received for each unit of money paid in; None where nothing is paid in."""
        return self.receives / self.puts_in if self.puts_in > 0 else None


def flows(plan: Plan) -> list[AgencyFlow]:
    """Every agency of a plan, the largest gain of money first."""
    periods = plan.case.facts.size("period")
    received = list(plan.tables["Received"].records())
    called = told_apart({r["agency"]: r["name"] for r in received})
    rows = [
        AgencyFlow(r["agency"], called[r["agency"]], r["contribution"], r["received"], r["released"] / periods)
        for r in received
    ]
    return sorted(rows, key=lambda f: (f.puts_in - f.receives, f.name))


def headline(found: Pooling, unit: str) -> str:
    """Together the twelve agencies reach 788.6 points; alone, 243.1."""
    count = sum(bool(s.alone or s.shapley or s.price) for s in found.shares) or len(found.shares)
    who = COUNTS[count] if count < len(COUNTS) else str(count)
    together = words.points(found.whole, unit)
    if found.achieved is None:
        return f"This case has no plan; without its obligations the {who} agencies together could reach {together}"
    return (
        f"Together the {who} agencies reach {together}; each alone, {words.points(found.alone, unit, bare=True)} in all"
    )


def finding(found: Pooling, unit: str) -> str:
    """Who is better off in the pool, and whether any group would do better by leaving."""
    worse = [s for s in found.shares if s.gain < -SAME * max(abs(found.whole), LEAST_SIZE)]
    lead = (
        "By its average contribution every agency is at least as well off in the pool"
        if not worse
        else f"{len(worse)} of {len(found.shares)} agencies would be better off alone, by their average contribution"
    )
    none = "no group of agencies would do better by leaving"
    if _content(found, found.worst_shapley):
        return f"{lead}, and {none}."
    if _content(found, found.worst_core):
        return f"{lead}. Divided that way {leaving(found, found.worst_shapley, unit)}; divided by prices {none}."
    by_prices = leaving(found, found.worst_core, unit)
    return f"{lead}. However the gain is divided, some group would do better by leaving: by prices {by_prices}."


def leaving(found: Pooling, group: Coalition, unit: str) -> str:
    """Who would gain how much by leaving a division."""
    names = {s.agency: s.name or s.agency for s in found.shares}
    listed = [names[a] for a in group.agencies]
    who = words.listed(listed) if 0 < len(listed) <= NAMED else f"a group of {len(listed)} agencies"
    return f"{who} would have {words.points(group.advantage, unit)} more by leaving"


def _content(found: Pooling, group: Coalition) -> bool:
    return group.advantage <= SAME * max(abs(found.whole), LEAST_SIZE)


def alone_chart(found: Pooling, case: Case) -> Chart:
    """What each agency achieves alone and in the pool, the largest gain first."""
    unit, of = impact.unit(case), impact.title(case)
    rows = [
        Pair(s.name or s.agency, s.alone, s.shapley, *(words.points(v, unit, bare=True) for v in (s.alone, s.shapley)))
        for s in sorted(found.shares, key=lambda s: (-s.gain, s.agency))
    ]
    return Chart(
        dumbbell(rows, "Alone", "In the pool", gain=True),
        [{"Agency": r.name, f"Alone, {of}": round(r.before, 1), f"In the pool, {of}": round(r.after, 1)} for r in rows],
        "; ".join(f"{r.name} {r.before_text} alone, {r.after_text} in the pool" for r in rows),
        headline(found, unit),
    )


def money_chart(listed: list[AgencyFlow], case: Case) -> Chart:
    """What each agency puts in and receives."""
    currency = case.settings.currency
    rows = [
        Pair(f.name, f.puts_in, f.receives, *(words.money_short(v, currency) for v in (f.puts_in, f.receives)))
        for f in listed
    ]
    return Chart(
        dumbbell(rows, "Puts in", "Receives", gain=False),
        [{"Agency": f.name, "Puts in": f.puts_in, "Receives": f.receives} for f in listed],
        "; ".join(f"{r.name} puts in {r.before_text}, receives {r.after_text}" for r in rows),
        columns=dict.fromkeys(("Puts in", "Receives"), Digits.of_money(case)),
    )


def ratio_chart(listed: list[AgencyFlow]) -> Chart:
    """What each agency that pays in receives for each unit, the least first; without any there is no row."""
    known = sorted((f.ratio, f.name) for f in listed if f.ratio is not None)
    rows = [(name, ratio, words.number(ratio, 2)) for ratio, name in known]
    return Chart(
        bars(rows, MONEY, row=30),
        [{"Agency": name, "Received for each 1 paid in": round(value, 4)} for name, value, _ in rows],
        "; ".join(f"{name} {text}" for name, _, text in rows),
        f"{rows[0][0]} receives least for each 1 that it pays in: {rows[0][2]}" if rows else "",
        columns={"Received for each 1 paid in": Digits(digits=4)},
    )


def digits(found: Pooling | None) -> Digits:
    """How the impact of agencies is written, in all columns alike: in tenths where that tells more than it hides."""
    most = max((max(s.alone, s.shapley, s.core) for s in found.shares), default=0.0) if found is not None else 0.0
    return Digits(digits=0 if most >= WHOLE else 1)


def table(found: Pooling | None, listed: list[AgencyFlow], of: str) -> list[dict[str, Any]]:
    """One record for each agency: money and people of the plan, impact alone and by both divisions. of: its unit."""
    money = {f.agency: f for f in listed}
    shares = {s.agency: s for s in found.shares} if found is not None else {}
    order = (
        [s.agency for s in sorted(shares.values(), key=lambda s: (-s.gain, s.agency))]
        if shares
        else [f.agency for f in listed]
    )
    made, behind = [], digits(found).digits
    for key in order:
        flow, share = money.get(key), shares.get(key)
        row: dict[str, Any] = {"Agency": flow.name if flow else (share.name if share else "") or key}
        if flow is not None:
            row |= {"Puts in": flow.puts_in, "Receives": flow.receives, "Releases, FTE": round(flow.releases, 1)}
        if share is not None:
            row |= {
                f"Alone, {of}": round(share.alone, behind),
                f"In the pool, {of}": round(share.shapley, behind),
                f"By prices, {of}": round(share.core, behind),
                f"Gain, {of}": round(round(share.shapley, behind) - round(share.alone, behind), behind),
            }
            if found is not None and not found.exact:
                row["Give or take"] = round(2 * share.error, behind)
        made.append(row)
    return made
