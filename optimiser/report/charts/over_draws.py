"""Plans over draws (`optimiser.uncertainty`), and what a re-plan moves (`optimiser.replan`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from optimiser.analysis.replanning.replan import Replan
from optimiser.analysis.replanning.reprogramming import UNSPENT
from optimiser.analysis.uncertain.outlook import PRESENT, Outlook
from optimiser.case import impact
from optimiser.case.table import Array, summed
from optimiser.case.tolerances import HALF_A_CENT, LEAST_SIZE
from optimiser.report import words
from optimiser.report.charts.drawing import LOSS, MONEY, NEUTRAL, SIZE, Chart, both_sides, figure, note, rgba, safe

ROW = 136
"""Height of one plan's row: its title, its bars, its figures."""
HIGHEST = 0.44
"""Height of the longest bar, as a share of the row."""
BINS = 32
LARGEST = 12
"""Bars of moved money; the others are summed up."""
NO_POINT = 0.05


# -- plans over draws -----------------------------------------------------------------------------------------------------


def over_draws_headline(found: Outlook) -> str:
    """What the draws do to the present plan, and which plan is better in the worst of them."""
    here, unit = found.fared[PRESENT], impact.unit(found.case)
    worst = here.worst(found.share)
    said = (
        f"{words.points(here.average, unit)} on average instead of {words.points(found.plan.impact or 0.0, unit)}, "
        f"{words.points(worst, unit)} in the worst {words.written(found.share, share=True)}"
    )
    better = {kind: f.worst(found.share) - worst for kind, f in found.fared.items() if kind != PRESENT}
    most = max(better, key=lambda kind: better[kind], default="")
    if not most or better[most] < NO_POINT:
        return said
    costs = here.average - found.fared[most].average
    price = f", for {words.points(costs, unit)} less on average" if costs >= NO_POINT else ""
    return f"{said}; another plan has {words.points(better[most], unit)} more there{price}"


def over_draws(found: Outlook) -> Chart:
    """For each plan the distribution of its impact over the draws on one scale, the worst share in its own colour; its
    average, and that of the worst, each stand at a line."""
    kinds = list(found.fared)
    values = [found.fared[kind].held for kind in kinds]
    edges = _edges(values)
    counts = [np.histogram(v, edges)[0] for v in values]
    most = max(int(c.max()) for c in counts) or 1
    made = figure(ROW * len(kinds) + 34, left=8, right=8, top=4, bottom=26)
    made.update_layout(barmode="overlay", bargap=0)
    for row, (kind, held) in enumerate(zip(kinds, values, strict=True)):
        base = float(len(kinds) - 1 - row)
        _add_row(made, found.title(kind), held, found.share, edges, base, most, impact.unit(found.case))
    low, high = float(edges[0]), float(edges[-1])
    ticks = [low + part * (high - low) for part in (0.1, 0.5, 0.9)]
    made.update_xaxes(
        visible=True, range=[low, high], tickvals=ticks, ticktext=[words.number(t, 0) for t in ticks], ticks="",
        showgrid=False, zeroline=False,
    )  # fmt: skip
    made.update_yaxes(range=[-0.02, len(kinds)])
    said = over_draws_headline(found)
    return Chart(made, over_draws_table(found), said, said)


def _edges(values: Sequence[Array]) -> Array:
    """Limits of the bars, the same for every plan, with some room on both sides for what is written there."""
    both = np.concatenate(values)
    low, high = float(both.min()), float(both.max())
    room = max(0.08 * (high - low), 0.015 * max(abs(high), LEAST_SIZE))
    return np.linspace(low - room, high + room, BINS + 1)


def _add_row(
    made: go.Figure, title: str, held: Array, share: float, edges: Array, base: float, most: int, unit: str
) -> None:
    """One plan: bars (the draws of the worst share in front), a line at its average, and the two figures."""
    ordered = np.sort(held)
    worst = ordered[: max(1, round(share * len(ordered)))]
    size = float(edges[1] - edges[0])
    for part, colour in ((held, rgba(NEUTRAL, 0.45)), (worst, LOSS)):
        count = np.histogram(part, edges)[0]
        used = np.flatnonzero(count)
        near = [words.points(float(v), unit) for v in (edges[:-1] + edges[1:])[used] / 2]
        made.add_bar(
            x=(edges[:-1] + edges[1:])[used] / 2,
            y=count[used] / most * HIGHEST,
            base=base,
            width=size * 0.9,
            marker={"color": colour, "line": {"width": 0}},
            hovertext=[f"{safe(title)}: {n} of {len(held)} draws near {v}" for n, v in zip(count[used], near, strict=True)],
            hoverinfo="text",
        )  # fmt: skip
    note(made, f"<b>{safe(title)}</b>", x=0, xref="paper", y=base + 0.96, xanchor="left", yanchor="top")
    average, low = float(held.mean()), float(worst.mean())
    in_worst = f"in the worst {words.written(share, share=True)}"
    for at, said, top, line, font in (
        (average, "on average", 0.06, {"color": NEUTRAL, "width": 2}, {"size": SIZE}),
        (low, in_worst, 0.2, {"color": LOSS, "width": 1}, {"size": SIZE, "color": LOSS}),
    ):
        made.add_shape(type="line", x0=at, x1=at, y0=base, y1=base + HIGHEST + top, line=line)
        far = at > float(edges[0]) + 0.65 * float(edges[-1] - edges[0])
        place = {"x": at, "y": base + HIGHEST + top + 0.01, "xanchor": "right" if far else "left", "yanchor": "bottom"}
        note(made, f"{words.points(at, unit)} {said}", font=font, **place)


def over_draws_table(found: Outlook) -> list[dict[str, str]]:
    """One row for each plan, its impact as the picture says it."""
    unit, made = impact.unit(found.case), []
    for r in found.records():
        row = {
            "Plan": r["title"],
            "As planned": words.points(r["planned"], unit),
            "On average": words.points(r["average"], unit),
            f"In the worst {words.written(found.share, share=True)}": words.points(r["worst"], unit),
            "9 of 10 draws": f"{words.number(r['low'])} to {words.number(r['high'])}",
            "Every rule kept in": f"{r['kept']:,} of {len(found.draws):,}",
        }
        if r["regret"] is not None:
            row["A new plan would add"] = f"{words.number(r['regret'])}, at most {words.number(r['largest_regret'])}"
        made.append(row)
    return made


# -- what a re-plan moves -------------------------------------------------------------------------------------------------


def moves_headline(result: Replan) -> str:
    """What cannot be kept after the last period, how much money moves, and how many approvals that needs."""
    if not result.plan.has_plan:
        return f"No plan for the rest of the year was found after {result.through}"
    if result.unkeepable:
        count = len(result.unkeepable)
        many = "one promise" if count == 1 else f"{count} promises"
        return f"After {result.through} {many} cannot be kept; " + _moved(result)
    return f"After {result.through} {_moved(result)}"


def _moved(result: Replan) -> str:
    if not result.moves:
        return "no money moves"
    money = words.money_short(sum(m.money for m in result.moves), result.plan.case.settings.currency)
    count = len(result.approvals)
    asked = f"{count} approval{'s' * (count != 1)}" if count else "no approval"
    return f"{money} moves, with {asked}"


def changes(result: Replan) -> list[tuple[str, float, str]]:
    """Initiatives that get more or less for the year than approved: name, change (money) and its words; what was
    unspent last. Those that get more first; the small ones as one."""
    currency = result.plan.case.settings.currency
    table = result.plan.case.tables["Initiatives"]
    names = dict(zip(table["initiative"].tolist(), table["name"].tolist(), strict=True))
    sides = ((side[0], sign * m.money) for m in result.moves for side, sign in ((m.source, -1.0), (m.target, 1.0)))
    by = summed(sides)
    unspent = by.pop(UNSPENT, 0.0)
    ordered = sorted(((k, v) for k, v in by.items() if abs(v) > HALF_A_CENT), key=lambda one: (-abs(one[1]), one[0]))
    kept = ordered if len(ordered) <= LARGEST else ordered[: LARGEST - 1]
    rows = [(names.get(k) or k, v) for k, v in sorted(kept, key=lambda one: (-one[1], one[0]))]
    if len(ordered) > len(kept):
        rows.append((f"{len(ordered) - len(kept)} others, net", sum(v for _, v in ordered[len(kept) :])))
    if abs(unspent) > HALF_A_CENT:
        rows.append(("Left unspent", unspent))
    return [(name, v, words.money_change(round(v, 2), currency)) for name, v in rows]


def moves(result: Replan) -> Chart:
    """Bars to both sides of nothing: what each initiative gets more or less than approved. Money that moves is neither
    gain nor loss, so all have one colour; what is left unspent is grey."""
    rows = changes(result)
    made = both_sides(rows, [NEUTRAL if "others, net" in n or n == "Left unspent" else MONEY for n, *_ in rows])
    said = moves_headline(result)
    return Chart(made, moves_table(result), "; ".join(f"{name} {text}" for name, _, text in rows) or said, said)


def moves_table(result: Replan) -> list[dict[str, str]]:
    """The reprogramming sheet in words: fund, from, to, how much, whose approval, why."""
    currency = result.plan.case.settings.currency
    return [
        {
            "Fund": m.fund,
            "From": _side(m.source),
            "To": _side(m.target),
            "Money": words.money_exact(m.money, currency),
            "Approval": m.approval,
            "Why": m.why,
        }
        for m in result.moves
    ]


def _side(side: tuple[str, str, str]) -> str:
    return ", ".join(part for part in side if part)
