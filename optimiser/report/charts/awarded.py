"""Charts of who gets what and of what agencies pay and receive, each with its table and its alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.case.readable import most_of
from optimiser.plan.tables import Plan
from optimiser.report.charts import drawing as base
from optimiser.report.charts.drawing import Chart, Digits
from optimiser.report.words import headline, money_between, money_exact, money_short

ROW = 34
"""Height of a row, in pixels."""
NAME_PIXELS = 240
"""Room for a name beside its row; the table has the whole."""
_GAP = 0.04


@dataclass(frozen=True)
class AwardBar:
    """One row of awards: key of the initiative ("" where several stand together), its name, award and request (money)."""

    key: str
    name: str
    award: float
    request: float

    @property
    def length(self) -> float:
        """Length of the whole bar: what was asked, or what is given where that is more; several together have none."""
        return max(self.award, self.request) if self.key else 0.0


# -- who gets what --------------------------------------------------------------------------------------------------------


def awards(plan: Plan, *, most: int = 30, panels: int = 1) -> Chart:
    """Award of request of each initiative, largest first: the coloured part is given, the grey rest is not.

    most: rows; the last stands for all others, in words, since a bar of many would dwarf those of one. panels: columns
    of bars, on one scale.
    """
    currency = plan.case.settings.currency
    records = sorted(plan.tables["Awards"].records(), key=lambda r: (-r["award"], -r["request"], r["initiative"]))
    rows = [AwardBar(r["initiative"], r["name"], r["award"], r["request"]) for r in records]
    if len(rows) > most:
        rest = rows[most - 1 :]
        together = AwardBar("", f"{len(rest)} others", sum(b.award for b in rest), sum(b.request for b in rest))
        rows = [*rows[: most - 1], together]
    labels = [given_of(b.award, b.request, currency) for b in rows]
    each = max(1, -(-len(rows) // panels))
    names = base.told_short([b.name for b in rows], NAME_PIXELS)
    made = base.figure(each * ROW + 12, _wide(names), _wide(labels), 6, 6)
    longest = max((b.length for b in rows), default=0.0) or 1.0
    room = (_wide(names) + _wide(labels)) / 1200 + _GAP
    width = (1 - room * (panels - 1)) / panels
    for panel in range(panels):
        part = slice(panel * each, (panel + 1) * each)
        _add_bars(made, rows[part], labels[part], "" if panel == 0 else str(panel + 1), currency)
        start = panel * (width + room)
        _name_rows(made, names[part], each, panel, [start, start + width])
    made.update_xaxes(range=[0, longest])
    made.update_layout(barmode="stack")
    largest = "; ".join(f"{b.name}: {label}" for b, label in list(zip(rows, labels, strict=True))[:3])
    alt = f"Bars of what each initiative receives of what it asked for. {headline(plan)} Largest first: {largest}."
    table = [
        {"Initiative": r["name"], "Award": r["award"], "Request": r["request"], "State": r["state"]} for r in records
    ]
    money = Digits.of_money(plan.case)
    return Chart(made, table, alt, headline(plan), columns={"Award": money, "Request": money})


def given_of(award: float, request: float, currency: str = "USD") -> str:
    """What stands at the end of a bar: $630k of $1.05m; $860k where that is all of it; not funded."""
    if award <= 0:
        return "not funded" if request > 0 else "no money asked"
    given, asked = money_short(award, currency), money_short(request, currency)
    return given if award >= request or given == asked else f"{given} of {asked}"


def _add_bars(made: Any, rows: Sequence[AwardBar], labels: Sequence[str], axis: str, currency: str) -> None:
    """The given part, the rest, and a label at the end of each bar."""
    at = list(range(len(rows)))
    hover = [
        f"{base.safe(b.name)}: {money_exact(b.award, currency)} of {money_exact(b.request, currency)}" for b in rows
    ]
    common = {
        "y": at, "orientation": "h", "customdata": [b.key for b in rows], "hovertext": hover, "hoverinfo": "text",
        "xaxis": f"x{axis}", "yaxis": f"y{axis}",
    }  # fmt: skip
    given = [min(b.award, b.length) for b in rows]
    rest = [b.length - g for b, g in zip(rows, given, strict=True)]
    made.add_bar(x=given, marker={"color": base.MONEY, "line": {"width": 0}}, **common)
    made.add_bar(x=rest, marker={"color": base.REST, "line": {"width": 0}}, **common)
    made.add_scatter(
        x=[b.length for b in rows], y=at, text=["  " + base.safe(t) for t in labels], mode="text", textposition="middle right",
        cliponaxis=False, hoverinfo="skip", xaxis=f"x{axis}", yaxis=f"y{axis}",
    )  # fmt: skip


def _name_rows(made: Any, names: Sequence[str], rows: int, panel: int, domain: Sequence[float]) -> None:
    """Rows from top to bottom with their names to the left, in one part of the chart's width."""
    axis = "" if panel == 0 else str(panel + 1)
    made.update_layout({
        f"xaxis{axis}": {"domain": list(domain), "anchor": f"y{axis}", "visible": False, "fixedrange": True},
        f"yaxis{axis}": {
            "anchor": f"x{axis}", "visible": True, "fixedrange": True, "range": [rows - 0.5, -0.5], "ticks": "", "showgrid": False,
            "zeroline": False, "automargin": False, "ticklabelstandoff": 6, "tickvals": list(range(len(names))),
            "ticktext": [base.safe(n) for n in names],
        },
    })  # fmt: skip


# -- what agencies pay in and receive -------------------------------------------------------------------------------------


def agencies(plan: Plan, *, most: int = 20) -> Chart:
    """What each agency pays into funds (hollow) and receives (filled), first those that receive most above what they pay.

    Receiving less than one pays in is no loss, so the money between the points is neutral. most: agencies with a row of
    their own, those with the largest differences; the others stand together in the last.
    """
    currency = plan.case.settings.currency
    records = sorted(plan.tables["Received"].records(), key=lambda r: (r["contribution"] - r["received"], r["agency"]))
    rows = [(r["name"], r["contribution"], r["received"]) for r in records if r["contribution"] or r["received"]]
    if len(rows) > most:
        order = sorted(range(len(rows)), key=lambda k: (-abs(rows[k][2] - rows[k][1]), k))
        kept, rest = sorted(order[: most - 1]), [rows[k] for k in order[most - 1 :]]
        together = f"{len(rest)} others", sum(r[1] for r in rest), sum(r[2] for r in rest)
        rows = [*(rows[k] for k in kept), together]
    names = base.told_short([name for name, *_ in rows], NAME_PIXELS)
    side = _wide([money_short(v, currency) for row in rows for v in row[1:]]) + 8
    made = base.figure(len(rows) * ROW + 40, _wide(names) + side, side, 34, 6)
    longest = max((max(paid, got) for _, paid, got in rows), default=0.0) or 1.0
    _add_points(made, rows, currency)
    _name_points(made, rows[0][1:] if rows else None, longest)
    _name_rows(made, names, max(1, len(rows)), 0, [0, 1])
    made.update_yaxes(ticklabelstandoff=int(side))
    made.update_xaxes(range=[0, longest])
    said = "; ".join(
        f"{name} pays in {money_short(paid, currency)} and receives {money_short(got, currency)} ({money_between(paid, got, currency)})"
        for name, paid, got in rows[:3]
    )
    alt = (
        f"What each agency pays into funds and what it receives. {said}."
        if rows
        else "No agency pays or receives money."
    )
    money, fte = Digits.of_money(plan.case), Digits()
    columns = {
        "Pays in": money, "Receives": money, "Releases, FTE": fte, "Can release, FTE": fte, "Hires, FTE": fte
    }  # fmt: skip
    return Chart(made, _received(plan), alt, *_receives_most(plan), columns)


def _received(plan: Plan) -> list[dict[str, Any]]:
    """Of each agency, those that receive most first: money in and out, and people on average over the periods."""
    facts = plan.case.facts
    periods = facts.size("period")
    able = dict(zip(facts.names["agency"], (facts.releasable_fte.sum(axis=(1, 2)) / periods).tolist(), strict=True))
    return [
        {
            "Agency": r["name"],
            "Pays in": r["contribution"],
            "Receives": r["received"],
            "Releases, FTE": r["released"] / periods,
            "Can release, FTE": able[r["agency"]],
            "Hires, FTE": r["hired"] / periods,
        }
        for r in sorted(plan.tables["Received"].records(), key=lambda r: (-r["received"], r["agency"]))
    ]


def _receives_most(plan: Plan) -> tuple[str, str]:
    """Who receives most, and how that stands to what it pays in ("" where there is nothing to say)."""
    currency = plan.case.settings.currency
    rows = sorted(plan.tables["Received"].records(), key=lambda r: (-r["received"], r["agency"]))
    if not rows or not rows[0]["received"]:
        return "No agency receives money.", ""
    first = rows[0]
    ranked = [(r["name"], money_short(r["received"], currency)) for r in rows]
    said, alone = most_of(ranked, "receives"), [figure for _, figure in ranked].count(ranked[0][1]) == 1
    more = []
    if first["contribution"] > 0 and alone:  # of several agencies together it is not known
        more.append(f"It pays in {money_short(first['contribution'], currency)}.")
    none = [r["name"] for r in rows if not r["received"]]
    if len(none) == 1:
        more.append(f"{none[0]} receives nothing.")
    elif none:
        more.append(f"{len(none)} agencies receive nothing.")
    return f"{said}.", " ".join(more)


def _add_points(made: Any, rows: Sequence[tuple[str, float, float]], currency: str) -> None:
    """For each agency a line between what it pays in and what it receives, a point at each end, and its figure beside it."""
    at = list(range(len(rows)))
    for k, (_, paid, got) in enumerate(rows):
        line = {"color": base.REST, "width": 4}
        made.add_shape(type="line", x0=paid, x1=got, y0=k, y1=k, layer="below", line=line)
    hover = [
        f"{base.safe(name)}: pays in {money_exact(paid, currency)}, receives {money_exact(got, currency)}"
        for name, paid, got in rows
    ]
    points = {"y": at, "mode": "markers", "cliponaxis": False, "hovertext": hover, "hoverinfo": "text"}
    hollow_at, filled_at = [r[1] for r in rows], [r[2] for r in rows]
    hollow = {"size": 11, "color": base.FAINT, "line": {"color": base.NEUTRAL, "width": 2}}
    made.add_scatter(x=hollow_at, marker=hollow, **points)
    made.add_scatter(x=filled_at, marker={"size": 11, "color": base.MONEY}, **points)
    for mine, other, tie in ((hollow_at, filled_at, False), (filled_at, hollow_at, True)):
        right = [v > w or (v == w and tie) for v, w in zip(mine, other, strict=True)]
        said = [money_short(v, currency) for v in mine]
        made.add_scatter(
            x=mine, y=at, text=[f"   {t}" if to else f"{t}   " for t, to in zip(said, right, strict=True)], mode="text",
            textposition=["middle right" if to else "middle left" for to in right], cliponaxis=False, hoverinfo="skip",
        )  # fmt: skip


def _name_points(made: Any, first: Sequence[float] | None, longest: float) -> None:
    """What the two points are, above the first row; to either side where they are near each other."""
    if first is None:
        return
    paid, got = first
    near = abs(paid - got) < 0.2 * longest
    for text, value, is_right in (("Puts in", paid, paid > got), ("<b>Receives</b>", got, got >= paid)):
        side = "center" if not near else "left" if is_right else "right"
        base.note(made, text, x=value, y=-0.5, yshift=8, xanchor=side, font={"size": 12})


def _wide(texts: Sequence[str]) -> float:
    """Margin in pixels for the longest of these texts."""
    return base.widest(texts) + 14
