"""What is left after each loss: with the best plan a ring, with the surviving plan a dot; no loss as the first row."""

from __future__ import annotations

from optimiser.analysis.debate.losses import Losses
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.report import words
from optimiser.report.charts.drawing import (
    GAIN,
    NEUTRAL,
    Chart,
    figure,
    name_rows,
    safe,
    scaled,
    told_above,
    told_short,
    widest,
)

ROW, NAME = 30, 230


def left(case: Case, found: Losses) -> Chart:
    """The chart; the table has what stops, who is sent home and what is bridged too."""
    survives = found.surviving
    rows = [("No loss", found.value, survives.value if survives else None)]
    for one in found.losses:
        lost = " + ".join(found.names["fund"][f] for f in one.funds)
        rows.append((lost, one.value, survives.after[one.funds] if survives else None))
    names = told_short([n for n, *_ in rows], NAME)
    made = figure(ROW * (len(rows) + 1) + 30, left=widest(names) + 14, right=30, top=4, bottom=26)
    for k, (_, best, mine) in enumerate(rows):
        if mine is not None:
            made.add_scatter(
                x=[best, mine], y=[k, k], mode="lines", line={"color": NEUTRAL, "width": 2}, hoverinfo="skip"
            )
    at = list(range(len(rows)))
    made.add_scatter(
        x=[best for _, best, _ in rows], y=at, mode="markers", hoverinfo="text", cliponaxis=False,
        marker={"symbol": "circle-open", "size": 13, "color": NEUTRAL, "line": {"width": 2}},
        hovertext=[safe(f"{n}: {words.points(best, found.unit, bare=True)} with the best plan") for n, best, _ in rows],
    )  # fmt: skip
    if survives:
        made.add_scatter(
            x=[mine for *_, mine in rows], y=at, mode="markers", marker={"size": 9, "color": GAIN}, hoverinfo="text",
            hovertext=[safe(f"{n}: {words.points(mine or 0.0, found.unit, bare=True)} with the surviving plan") for n, _, mine in rows],
            cliponaxis=False,
        )  # fmt: skip
    scaled(made, nticks=5)
    name_rows(made, names, above=1)
    told_above(
        made, f"○ best plan   <span style='color:{GAIN}'>●</span> surviving plan, {safe(impact.title(case))} left"
    )
    unit = impact.column(case)
    table = [
        {
            "Fund": found.called(one.funds), "To come": words.money_short(one.to_come, found.currency),
            "Stops": words.listed([found.names["initiative"][i] for i in one.stops]) or "nothing",
            "Sent home": words.fte(round(one.home, 1)) if one.home > 0.05 else "nobody",
            "Bridged": words.money_short(one.bridged, found.currency) if one.bridged >= 1 else "none",
            "Limits that cannot be kept": words.listed(list(one.missed)) or "none",
            f"{unit} lost": words.points_gap(found.value, found.value - one.costs, found.unit, bare=True) or "none",
        }
        for one in found.losses
    ]  # fmt: skip
    alt = "; ".join(
        f"{n} {words.points(best, found.unit, bare=True)}"
        + (f", surviving {words.points(mine, found.unit, bare=True)}" if mine is not None else "")
        for n, best, mine in rows
    )
    return Chart(made, table, alt, found.sentence(), " ".join(found.of_surviving()[:1]))
