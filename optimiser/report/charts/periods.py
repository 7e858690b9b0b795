"""Funds by period: what each spends, and what stays unspent, on one scale."""

from __future__ import annotations

import plotly.graph_objects as go

from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import LOSS, MONEY, Chart, Digits, figure, note, rgba, safe, told_short

LEAST = 0.5
"""Money below this is not worth a mark."""
_TITLES = {
    "installment": "Arrives",
    "brought_forward": "Brought forward",
    "spend": "Spent",
    "carried_forward": "Carried forward",
    "unspent": "Unspent",
}
SMALL = 0.004
"""What is left of a fund is drawn from this share of the largest bar on."""
_PANEL, _TOP, _ROW_GAP = 128, 58, 26


def fund_names(plan: Plan) -> dict[str, str]:
    """Every fund, the largest first, with its name."""
    facts = plan.case.facts
    amounts, names = dict(zip(facts.names["fund"], facts.amount.tolist(), strict=True)), plan.case.called("Funds")
    return {fund: names[fund] for fund in sorted(names, key=lambda f: (-amounts[f], f))}


def balances(plan: Plan) -> dict[str, list[dict[str, float | str]]]:
    """Of each fund the rows of Balances in the order of time."""
    made: dict[str, list[dict[str, float | str]]] = {fund: [] for fund in fund_names(plan)}
    for row in plan.tables["Balances"].records():
        made[row["fund"]].append(row)
    order = {period: n for n, period in enumerate(plan.case.facts.names["period"])}
    for rows in made.values():
        rows.sort(key=lambda r: order[str(r["period"])])
    return made


def funds_finding(plan: Plan) -> tuple[str, str]:
    """What stays unspent, and where ("" where that is told already)."""
    currency, names = plan.case.settings.currency, fund_names(plan)
    left = {f: sum(float(r["unspent"]) for r in rows) for f, rows in balances(plan).items()}
    total = sum(left.values())
    if total < LEAST:
        return "Every fund is spent to the last unit.", ""
    parts = sorted(((m, names[f]) for f, m in left.items() if m >= LEAST), reverse=True)
    said = f"{words.money_short(total, currency)} stays unspent"
    if len(parts) == 1:
        return f"{said}, all of it in {parts[0][1]}.", ""
    large = [part for part in parts if part[0] >= total / 20][:3]
    listed = [f"{words.money_short(m, currency)} in {name}" for m, name in large]
    rest = sum(m for m, _ in parts[len(large) :])
    if rest >= total / 200:
        listed.append(f"{words.money_short(rest, currency)} in {len(parts) - len(large)} others")
    return f"{said}:", f"{'; '.join(listed)}."


def funds_chart(plan: Plan, columns: int = 0) -> Chart:
    """One panel for each fund, the largest first, all on one scale."""
    currency, names, made = plan.case.settings.currency, fund_names(plan), balances(plan)
    periods = plan.case.facts.names["period"]
    columns = columns or {1: 1, 2: 2, 3: 3, 5: 3, 6: 3, 9: 3}.get(len(names), 4)
    lines = -(-len(names) // columns)
    height = lines * (_PANEL + _TOP + _ROW_GAP) + 8
    fig = figure(height, left=4, right=4, top=0, bottom=0)
    fig.update_layout(barmode="overlay")
    most = max((float(r["spend"]) + float(r["unspent"]) for rows in made.values() for r in rows), default=1.0) or 1.0
    gap = 0.035
    wide = (1 - gap * (columns - 1)) / columns
    short = told_short(list(names.values()), 255)
    for n, (fund, name) in enumerate(zip(names, short, strict=True)):
        line, column = divmod(n, columns)
        x0 = column * (wide + gap)
        top = 1 - (line * (_PANEL + _TOP + _ROW_GAP) + _TOP) / height
        bottom = top - _PANEL / height
        axis = "" if n == 0 else str(n + 1)
        _panel(fig, made[fund], periods, axis, currency, most)
        fig.update_layout(
            {
                f"xaxis{axis}": {
                    "domain": [x0, x0 + wide],
                    "anchor": f"y{axis}",
                    "visible": True,
                    "fixedrange": True,
                    "showgrid": False,
                    "zeroline": False,
                    "ticks": "",
                    "range": [-0.5, len(periods) - 0.5],
                    "tickvals": list(range(len(periods))),
                    "ticktext": [safe(t) for t in periods],
                },
                f"yaxis{axis}": {
                    "domain": [bottom, top],
                    "anchor": f"x{axis}",
                    "visible": False,
                    "fixedrange": True,
                    "range": [0, most * 1.2],
                },
            }
        )
        total = sum(float(r["spend"]) for r in made[fund])
        amount = plan.case.facts.amount[plan.case.facts.names["fund"].index(fund)]
        below = f"{words.money_short(total, currency)} of {words.money_short(float(amount), currency)}"
        said = f"<b>{safe(name)}</b><br>{below if total else 'not spent'}"
        place = {"x": x0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        note(fig, said, yshift=8, align="left", **place)
    table = [
        {"Fund": names[f], "Period": r["period"], **{t: r[c] for c, t in _TITLES.items()}}
        for f, rows in made.items()
        for r in rows
    ]
    alt = "What each fund spends in each period, and what stays unspent; the table holds the same figures"
    digits = dict.fromkeys(_TITLES.values(), Digits.of_money(plan.case))
    return Chart(fig, table, alt, *funds_finding(plan), digits)


def _panel(
    fig: go.Figure, rows: list[dict[str, float | str]], periods: list[str], axis: str, currency: str, most: float
) -> None:
    """Bars of one fund: what is spent, and on top, outlined, what stays unspent; the figures above."""
    spend = {str(r["period"]): float(r["spend"]) for r in rows}
    unspent = {str(r["period"]): float(r["unspent"]) for r in rows}
    drawn = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "cliponaxis": False, "hoverinfo": "text"}
    for n, period in enumerate(periods):
        spent, left = spend.get(period, 0.0), unspent.get(period, 0.0)
        shown = left >= max(LEAST, SMALL * most)
        said = words.money_short(spent, currency) if spent >= LEAST else ""
        hover = f"{safe(period)}: {said or 'nothing'} spent, {words.money_short(left, currency)} left unspent"
        if said:
            fig.add_bar(x=[n], y=[spent], marker={"color": MONEY}, hovertext=hover, width=0.66, **drawn)
        if shown:
            outline = {"color": rgba(LOSS, 0.16), "line": {"color": LOSS, "width": 1.5}}
            fig.add_bar(
                x=[n], y=[left], base=[spent if said else 0.0], marker=outline, hovertext=hover, width=0.66, **drawn
            )
            said += ("<br>" if said else "") + f"{words.money_short(left, currency)} left"
        if said:
            top, axes = spent + (left if shown else 0.0), {"xref": f"x{axis}", "yref": f"y{axis}"}
            note(fig, said, x=n, y=top, yanchor="bottom", yshift=1, font={"size": 12}, **axes)
