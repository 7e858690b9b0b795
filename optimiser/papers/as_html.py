"""A paper as one page of HTML that needs nothing else: no script, no picture, nothing fetched."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from optimiser.case.writing.saved import clean
from optimiser.papers.blocks import (
    Bars,
    Block,
    Break,
    Cell,
    Document,
    Grid,
    Heading,
    Missing,
    Para,
    Signature,
    figure_of,
    said,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MORE = """
.bars { display: grid; grid-template-columns: minmax(8rem, 34%) 1fr; gap: .25rem .8rem; align-items: center; margin: .4rem 0 1rem; }
.bars span { overflow-wrap: anywhere; text-align: right; } .bars div { display: flex; align-items: center; gap: .5rem; }
.bars i { display: block; height: .9rem; background: #3A7BC8; } .bars i.less { background: #B5412A; }
mark { background: #FBF0D0; } .sign { margin-top: 2.2rem; border-top: 1px solid var(--muted); width: 24rem; color: var(--muted); }
.break { break-before: page; } caption { display: none; }
@media screen and (max-width: 760px) {
  table { display: block; overflow-x: auto; } .bars { grid-template-columns: 40% 1fr; } .sign { width: auto; }
}
@media print {
  html { font-size: 10.5pt; } th, td { padding-right: .4rem; } td { overflow-wrap: anywhere; }
  th:first-child { min-width: 0; } footer { font-size: .92rem; }
  .bars div, .bars span { break-inside: avoid; }
}
"""


def write(paper: Document) -> bytes:
    """The file, in UTF-8."""
    style = files("optimiser.report.documents").joinpath("committee.css").read_text("utf-8") + _MORE
    body = "\n".join(block_html(b, paper.currency) for b in paper.blocks)
    lead = f'<p class="lead">{escape(paper.lead)}</p>' if paper.lead else ""
    return clean(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(paper.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(paper.title)}</h1>{lead}</header>\n{body}\n<footer><p>{escape(paper.foot)}</p></footer>\n</body>\n</html>\n"
    ).encode()


def block_html(block: Block, currency: str) -> str:
    """One block, every text of it escaped."""
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Para):
        inner = "".join(_cell(p, currency) for p in block.parts)
        return f'<p class="{block.look}">{"• " if block.look == "bullet" else ""}{inner}</p>'
    if isinstance(block, Grid):
        return _grid(block, currency)
    if isinstance(block, Bars):
        return _bars(block, currency)
    if isinstance(block, Signature):
        return "".join(f'<p class="sign">{escape(n)}, signature and date</p>' for n in block.names)
    assert isinstance(block, Break)
    return '<div class="break"></div>'


def _cell(cell: Cell, currency: str) -> str:
    text = escape(said(cell, currency))
    shown = figure_of(cell)
    if shown is not None:
        return f'<data value="{shown.value}" data-figure="{escape(shown.name)}">{text}</data>'
    return f'<mark title="{escape(cell.place)}">{text}</mark>' if isinstance(cell, Missing) else text


def _grid(block: Grid, currency: str) -> str:
    def kind(j: int) -> str:
        return ' class="n"' if j in block.numbers else ""

    head = "".join(f'<th scope="col"{kind(j)}>{escape(t)}</th>' for j, t in enumerate(block.titles))
    rows = []
    for k, row in enumerate(block.rows):
        look = ' class="total"' if k in block.strong else ""
        rows.append(
            f"<tr{look}>" + "".join(f"<td{kind(j)}>{_cell(c, currency)}</td>" for j, c in enumerate(row)) + "</tr>"
        )
    return (
        f"<table><caption>{escape(block.name)}</caption><thead><tr>{head}</tr></thead>\n<tbody>"
        + "\n".join(rows)
        + "</tbody></table>"
    )


def _bars(block: Bars, currency: str) -> str:
    most = max((abs(f.value) for _, f in block.items), default=0) or 1
    made = []
    for label, figure in block.items:
        width = f"{abs(figure.value) / most * 70:.2f}%"
        less = ' class="less"' if figure.value < 0 else ""
        made.append(
            f'<span>{escape(label)}</span><div><i{less} style="width:{width}"></i>{_cell(figure, currency)}</div>'
        )
    return f'<h3>{escape(block.title)}</h3><div class="bars">' + "".join(made) + "</div>"
