"""A paper as plain text: for e-mail, screen readers and whoever has nothing else."""

from __future__ import annotations

from textwrap import wrap

from optimiser.case.writing.saved import clean
from optimiser.papers.blocks import Bars, Deck, Document, Grid, Heading, Para, Signature, said

_LINE = 100


def write(paper: Document | Deck) -> bytes:
    """The file, in UTF-8."""
    lines = [paper.title, "=" * min(len(paper.title), _LINE), ""]
    if isinstance(paper, Document) and paper.lead:
        lines += [*wrap(paper.lead, _LINE), ""]
    for block in paper.blocks:
        if isinstance(block, Heading):
            lines += ["", block.text, "-" * min(len(block.text), _LINE)]
        elif isinstance(block, Para):
            text = "".join(said(p, paper.currency) for p in block.parts)
            lead = "  - " if block.look == "bullet" else ""
            lines += [*wrap(lead + text, _LINE, subsequent_indent=" " * len(lead)), ""]
        elif isinstance(block, Grid):
            lines += [f"[{block.name}]", *_columns(block, paper.currency), ""]
        elif isinstance(block, Bars):
            rows = tuple((label, figure) for label, figure in block.items)
            lines += [block.title, *_columns(Grid(block.name, ("", ""), rows, frozenset({1})), paper.currency), ""]
        elif isinstance(block, Signature):
            lines += [f"{name}: ____________________  date: __________" for name in block.names]
    return clean("\n".join([*lines, "", *wrap(paper.foot, _LINE), ""])).encode()


def _columns(block: Grid, currency: str) -> list[str]:
    """Rows under their titles, no cell cut."""
    rows = [[one_line(said(c, currency)) for c in row] for row in block.rows]
    widths = [max(len(row[j]) for row in [list(block.titles), *rows]) for j in range(len(block.titles))]
    return [
        " | ".join(
            cell.rjust(w) if j in block.numbers else cell.ljust(w)
            for j, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in ([list(block.titles), *rows] if any(block.titles) else rows)
    ]


def one_line(text: str) -> str:
    """Text without breaks, nor the sign that parts columns."""
    return " ".join(text.replace("|", "/").split())
