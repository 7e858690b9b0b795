"""What earlier years paid and achieved, the curve through them and its band: a chart, and the same as a table."""

from __future__ import annotations

from optimiser.analysis.uncertain.history import LEVELS, Response
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, NEUTRAL, SIZE, Chart, figure, note, rgba, safe, width

HEIGHT = 320
_APART = 0.06
"""Years nearer than this share of the height and width are not both named at their points."""


def response(r: Response, currency: str = "USD") -> Chart:
    """Points (each with its year), and where there is a curve, the curve and its band; funding across, outcome up."""
    most = max([y.value for y in r.years] + list(r.high)) or 1.0
    widest = max([y.funding for y in r.years] + [r.request]) or 1.0
    ticks = [widest / 2, widest]  # the 0 of both axes stands once, beside the origin
    left = max(width(words.digits(v)) for v in (0.0, most)) + 14
    made = figure(HEIGHT, left=left, right=width(words.money_short(widest, currency)) / 2 + 8, top=26, bottom=30)
    if r.points:
        across = [level * r.request for level in LEVELS]
        made.add_scatter(x=across, y=list(r.high), mode="lines", line={"width": 0}, hoverinfo="skip")
        band = rgba(NEUTRAL, 0.22)
        made.add_scatter(
            x=across, y=list(r.low), mode="lines", line={"width": 0}, fill="tonexty", fillcolor=band, hoverinfo="skip"
        )
        corners = [(level * r.request, achieved * (r.at_full or 0.0)) for level, achieved in r.points]
        x, y = (list(side) for side in zip(*corners, strict=True))
        made.add_scatter(x=x, y=y, mode="lines", line={"color": MONEY, "width": 2.5}, hoverinfo="skip")
        made.add_vline(x=r.request, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    made.add_scatter(
        x=[y.funding for y in r.years],
        y=[y.value for y in r.years],
        mode="markers+text",
        marker={"color": MONEY, "size": 9},
        text=_named(r, widest, most),
        textposition="bottom center",
        textfont={"size": SIZE - 1},
        hovertext=[
            f"{y.year}: {words.money_exact(y.funding, currency)}, {words.written(y.value)} {safe(r.outcome)}"
            for y in r.years
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    made.update_xaxes(
        visible=True,
        range=[0, widest * 1.02],
        tickvals=ticks,
        ticktext=[words.money_short(v, currency) for v in ticks],
        showgrid=False,
        zeroline=False,
        ticks="",
    )
    made.update_yaxes(
        visible=True,
        range=[0, most * 1.05],
        tickvals=[0.0, most],
        ticktext=["0", words.digits(most)],
        showgrid=False,
        zeroline=True,
        zerolinecolor=rgba(NEUTRAL, 0.4),
        ticks="",
    )
    note(made, safe(r.outcome), x=0, y=1, xref="paper", yref="paper", yshift=22, xanchor="left")
    alt = f"{r.outcome} of {r.called or r.initiative} by funding: " + "; ".join(
        f"{y.year}: {words.money_short(y.funding, currency)}, {words.number(y.value)}" for y in r.years
    )
    said = [*r.sentences, ""]
    return Chart(made, table(r, currency), alt, said[0], " ".join(said[1:]).strip())


def _named(r: Response, widest: float, most: float) -> list[str]:
    """The year at each point, blank where another one stands too near."""
    kept: list[tuple[float, float]] = []
    made = []
    for y in r.years:
        at = y.funding / widest, y.value / most
        free = all(abs(at[0] - x) > _APART or abs(at[1] - v) > _APART for x, v in kept)
        made.append(str(y.year) if free else "")
        kept += [at] if free else []
    return made


def table(r: Response, currency: str = "USD") -> list[dict[str, str]]:
    """The chart as rows: each year with what it achieved and what the curve says, and the whole request."""
    rows = []
    for y in sorted(r.years, key=lambda y: (y.funding, y.year)):
        rows.append(
            {
                "Year": str(y.year),
                "Funding": words.money_exact(y.funding, currency),
                "Share of the request": words.percent(y.funding / r.request) if r.request > 0 else "",
                r.outcome: words.written(y.value),
                "Curve": _between(r, y.funding, r.middle),
                "At least": _between(r, y.funding, r.low),
                "At most": _between(r, y.funding, r.high),
            }
        )
    if r.points:
        ends = [words.written(v or 0.0) for v in (r.at_full, r.at_full_low, r.at_full_high)]
        whole = dict(zip(("Curve", "At least", "At most"), ends, strict=True))
        rows.append(
            {
                "Year": "full scope",
                "Funding": words.money_exact(r.request, currency),
                "Share of the request": "100%",
                r.outcome: "",
                **whole,
            }
        )
    return rows


def _between(r: Response, funding: float, values: tuple[float, ...]) -> str:
    """A side of the band at a funding; blank beyond the request, or without a curve."""
    if not values or funding > r.request:
        return ""
    place = funding / r.request * (len(LEVELS) - 1)
    k = min(int(place), len(LEVELS) - 2)
    return words.digits(values[k] + (place - k) * (values[k + 1] - values[k]))
