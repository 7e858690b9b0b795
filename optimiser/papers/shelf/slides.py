"""Slides for the committee: what is asked, who gets what, what changes for whom, and what it rests on."""

from __future__ import annotations

from dataclasses import replace

from optimiser.analysis.debate.who_changes import Changes, changes, has_last_year
from optimiser.case import impact
from optimiser.case.readable import capital, counted, listed, money_short, points, some_of
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Bars, Deck, Grid, Para, Slide, para
from optimiser.papers.figures import Figure, figure
from optimiser.papers.paper import Paper, Source
from optimiser.plan.derive import NOT_FUNDED
from optimiser.report import words

MOST_BARS, MOST_ROWS = 16, 14
"""Bars and rows that can be read from the back of a room."""
LEAST_SLIDES = 7
"""Pages beside the first; where there are fewer, one with the figures is added."""


class Slides(Paper):
    """The committee's slides."""

    name, title = "slides", "Slides for the committee"
    purpose = "The motion, who gets what, what changes for whom, what it rests on"
    forms = ("pptx",)
    rank = 1

    def content(self, source: Source, subject: str) -> Deck:
        """Eight to twelve pages."""
        asked, *rest = [
            _asked(source),
            _initiatives(source),
            _less(source),
            _changes(source),
            _people(source),
            _outcomes(source),
            *_alternatives(source),
            _rules(source),
            _funds(source),
            _more(source),
            _risks(source),
        ]
        slides = [s for s in rest if s is not None]
        between = [] if len(slides) >= LEAST_SLIDES else [_figures(source)]
        return Deck(source.title, (asked, *between, *slides), source.foot, source.currency)


def _asked(source: Source) -> Slide:
    """The motion, what a member asks next, and beside it what each agency gets."""
    f, currency = source.figures, source.currency
    said: list[Para] = []
    if source.motion:
        said.append(para("The motion: ", source.motion.title))
    said += [
        para("In full: ", f.in_full, " of them."),
        para("Impact: ", f.impact, f" {f.impact_unit}."),
        para("Rules: ", words.rules_kept(source.plan)),
        para("How sure: ", words.quality(source.plan)),
    ]
    led = _led(source)
    less = led.losers() if led else []
    if led and less:
        first = listed([f"{one.name} by {money_short(-one.change, currency)}" for one in less[:2]])
        many = counted(len(less), "agency", "agencies")
        lead = f"{many} {'leads' if len(less) == 1 else 'lead'} less than last year: "
        said.append(para(lead, f"most of all {first}." if len(less) > 2 else f"{first}."))
    said.append(para("Not spent: ", f.unspent))
    if source.motion and source.motion.rule:
        said.append(para(source.motion.rule, look="muted"))
    many = some_of(int(f.funded.value), int(f.initiatives.value), "initiative")
    money = f" with {money_short(float(f.spent.value), currency)}" if f.spent.value else ""
    title = f"We ask you to fund {many}{money}"
    return Slide(title, tuple(said), _agencies(source, led))


def _led(source: Source) -> Changes | None:
    """What each agency leads beside last year; None where nobody knows of last year."""
    return changes(source.plan) if has_last_year(source.case) else None


def _agencies(source: Source, led: Changes | None) -> Bars:
    """What is spent through each agency; in its name stands what it leads more or less than last year, so that the chart is one
    series, which stays live and can be edited."""
    f, head = source.figures, "What each agency gets"
    moved = {one.key: one.change for one in led.rows["agency"]} if led else {}
    if moved:
        head += " (change from last year of what it leads)"

    def label(agency: str) -> str:
        name, change = source.called("Agencies", agency), moved.get(agency)
        if not change:
            return name
        # In words: a line may break after a sign.
        return f"{name} ({'up' if change > 0 else 'down'} {money_short(abs(change), source.currency)})"

    items = [(label(a), f.received(a)) for a in f.agencies]
    items = sorted(((n, v) for n, v in items if v.value), key=lambda i: (-i[1].value, i[0]))
    return shared_parts.shown_bars("What each agency gets", head, items, MOST_BARS)


def _figures(source: Source) -> Slide:
    f, currency = source.figures, source.currency
    title = (
        f"{money_short(float(f.spent.value), currency)} of {money_short(float(f.amount.value), currency)} in figures"
    )
    return Slide(title, (), shared_parts.key_figures(source))


def _less(source: Source) -> Slide | None:
    """What each agency leads beside last year, losers first."""
    led = _led(source)
    moved = [c for c in led.rows["agency"] if c.key and c.change] if led else []
    if led is None or not moved:
        return None
    items = [(c.name, figure(f"change of what it leads[{c.key}]", c.change, "money")) for c in moved]
    half = MOST_BARS // 2
    shown = items if len(items) <= MOST_BARS else [*items[:half], *items[-half:]]
    head = "Change from last year of what each agency leads"
    if len(shown) < len(items):
        head += f" (the largest {len(shown)} of {len(items)})"
    return Slide(led.sentence().rstrip("."), (), Bars("What changes for which agency", head, tuple(shown)))


def _initiatives(source: Source) -> Slide:
    f = source.figures
    items = [
        (source.called("Initiatives", i), f.award(i))
        for i in shared_parts.ranked(source)
        if f.awards[i]["state"] != NOT_FUNDED
    ]
    return Slide(
        words.headline(source.plan),
        (),
        shared_parts.shown_bars("What each initiative gets", "Awards", items, MOST_BARS),
    )


def _changes(source: Source) -> Slide | None:
    f = source.figures
    if not any(f.last_year(i).value for i in f.awards):
        return None
    every = shared_parts.changes(source)
    less, more = [c for _, c in every if c.value < 0], [c for _, c in every if c.value > 0]
    shown = shared_parts.changes(source, MOST_BARS)
    fewer, others = counted(len(less), "initiative"), f"{len(more)} get{'s' * (len(more) == 1)} more"
    title = f"{fewer} get{'s' * (len(less) < 2)} less than last year, {others}"
    title = capital(title)
    head = (
        "Change from last year"
        if len(shown) == len(every)
        else f"Change from last year (the largest {len(shown)} of {len(every)})"
    )
    return Slide(title, (), Bars("What changes for whom", head, tuple(shown))) if shown else None


def _people(source: Source) -> Slide | None:
    found = shared_parts.people(source)
    if found is None:
        return None
    f = source.figures
    used = figure("at work", sum(float(r["released"]) for r in f.agencies.values()) / f.periods, "people")
    tight = [str(row[0]) for row in found.rows if isinstance(row[4], Figure) and row[4].value == 0]
    title = (
        f"Everybody is at work who can be released as {listed(tight, most=3)}"
        if tight
        else "Of every role somebody is still free"
    )
    return Slide(title, (para("Lent by the agencies: ", used, " FTE on average."),), _cut(found))


def _outcomes(source: Source) -> Slide | None:
    found = shared_parts.outcomes(source)
    unit = impact.unit(source.case)
    title = f"The plan brings {points(source.plan.impact or 0.0, unit)}"
    said = (para(impact.meaning(source.case), look="muted"),)
    return Slide(title, said, _cut(found)) if found else Slide(title, (para("Impact: ", source.figures.impact), *said))


def _alternatives(source: Source) -> list[Slide]:
    found = shared_parts.alternatives(source)
    if found is None:
        return []
    count = len(found.rows) - 1
    bars = tuple((str(r[0]), r[1]) for r in found.rows if isinstance(r[1], Figure))
    best, first = max(bars, key=lambda b: b[1].value), bars[0]
    lead = "This plan brings the most" if best is first else f"{best[0]} would bring the most"
    if best is first and any(b[1].value == first[1].value for b in bars[1:]):
        lead = "No alternative brings more"
    return [
        Slide(f"{counted(count, 'alternative')} stood beside this plan", (), _cut(found)),
        Slide(
            f"{lead}; what each alternative would bring",
            (),
            Bars("The trade-off", f"Impact, {source.figures.impact_unit}", bars),
        ),
    ]


def _rules(source: Source) -> Slide:
    found = shared_parts.tightest(source)
    if not found:
        return Slide("The case has no rules", (para("Nothing limits the plan but the money and the people."),))
    shown = shared_parts.rules(source, found[:MOST_ROWS], short=True)
    left = len(found) - MOST_ROWS
    said = words.rules_kept(source.plan).rstrip(".")
    tight = sum(bool(r["binding"]) for r, _ in found)
    title = f"{said}, {'' if len(found) == 1 else f'{tight} of them '}exactly at the limit" if tight else said
    return Slide(title if left <= 0 else f"{title} (the tightest {MOST_ROWS} of {len(found)})", (), shown)


def _funds(source: Source) -> Slide:
    f, currency = source.figures, source.currency
    spent, amount, left = (money_short(float(v.value), currency) for v in (f.spent, f.amount, f.unspent))
    title = f"{spent} of {amount} are spent, {left} stay"
    return Slide(title, (), _cut(shared_parts.funds(source), keep_last=True))


def _more(source: Source) -> Slide:
    return Slide("What we would need for more", tuple(shared_parts.in_the_way(source)))


def _risks(source: Source) -> Slide:
    broken = [r for r, _ in shared_parts.tightest(source) if not r["kept"]]
    said = [para("How sure the answer is: ", words.quality(source.plan))]
    said += [para("Broken at its penalty: ", f"{r['rule']}. {r['sentence']}") for r in broken[:3]]
    f = source.figures
    single = [i for i in f.awards if len(f.members("fund", initiative=i)) == 1]
    if single:
        verb = "hangs" if len(single) == 1 else "hang"
        said.append(
            para(
                "One fund alone: ",
                f"{counted(len(single), 'initiative')} {verb} on a single fund, and would stop without it.",
            )
        )
    uncertain = len(source.case.tables["Uncertainty"])
    said.append(
        para(
            "Uncertain numbers: ",
            f"{counted(uncertain, 'number')} of the case {'is' if uncertain == 1 else 'are'} known to be uncertain."
            if uncertain
            else "the case names none.",
        )
    )
    said += [para(note) for note in source.plan.notes[:3]]
    return Slide("What could go otherwise", tuple(said))


def _cut(found: Grid, keep_last: bool = False) -> Grid:
    """As many rows as can be read; how many are left out is said in the last."""
    if len(found.rows) <= MOST_ROWS + 1:
        return found
    tail = found.rows[-1:] if keep_last else ()
    rows = list(found.rows[: MOST_ROWS - len(tail)])
    left = len(found.rows) - len(rows) - len(tail)
    rest = (f"and {left} more, in the report", *("" for _ in found.titles[1:]))
    return replace(found, rows=(*rows, rest, *tail), strong=frozenset({len(rows) + 1} if tail else ()))
