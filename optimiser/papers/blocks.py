"""What a paper consists of: headings, sentences, tables, bars. Writers turn the same blocks into each format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from optimiser.papers.figures import Figure

BLANK = "________"
"""What stands where a fact is missing: room to write it by hand."""


@dataclass(frozen=True)
class Missing:
    """A fact that the case does not have yet: the cell to fill. row: key of the record; label: what it is called in the paper;
    record: where there is no record yet, the cells by which one is added."""

    sheet: str
    row: str
    column: str
    label: str
    number: int = 0
    record: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """The cell: Funds, fain of JAG (row 3)."""
        where = f"{self.sheet}, {self.column} of {self.row}" if self.row else f"{self.sheet}, {self.column}"
        return f"{where} (row {self.number})" if self.number else where


@dataclass(frozen=True)
class Total:
    """A figure that is the sum of other cells of its table. of: their rows and columns, from 0."""

    figure: Figure
    of: tuple[tuple[int, int], ...]


Cell = str | Figure | Missing | Total


@dataclass(frozen=True)
class Heading:
    """A title within a paper. level: 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Para:
    """A paragraph; its parts are joined as they stand. look: lead, muted, bullet or ""."""

    parts: tuple[Cell, ...]
    look: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. name: by which it is found again; numbers: columns that stand to the right; widths: of columns, relative;
    strong: rows in bold."""

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Bars:
    """Bars of one series, each with its figure at its end. items: label and figure."""

    name: str
    title: str
    items: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True)
class Signature:
    """Lines to sign on, one for each name."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Break:
    """The next block begins a page (a sheet, in a workbook)."""


Block = Heading | Para | Grid | Bars | Signature | Break


@dataclass(frozen=True)
class Document:
    """One paper for one reader. title, lead: what stands above; foot: what stands at the foot of each page."""

    title: str
    blocks: tuple[Block, ...]
    foot: str
    currency: str
    lead: str = ""
    landscape: bool = False


@dataclass(frozen=True)
class Slide:
    """One page of slides: a sentence as title, paragraphs, and at most one table or chart."""

    title: str
    paras: tuple[Para, ...] = ()
    shown: Grid | Bars | None = None


@dataclass(frozen=True)
class Deck:
    """Slides."""

    title: str
    slides: tuple[Slide, ...]
    foot: str
    currency: str
    blocks: tuple[Block, ...] = field(init=False)

    def __post_init__(self) -> None:
        parts = [b for s in self.slides for b in (*s.paras, s.shown) if b is not None]
        object.__setattr__(self, "blocks", tuple(parts))


def cells(blocks: Sequence[Block]) -> Iterator[Cell]:
    """Every cell and part of a sentence."""
    for block in blocks:
        if isinstance(block, Para):
            yield from block.parts
        elif isinstance(block, Grid):
            for row in block.rows:
                yield from row
        elif isinstance(block, Bars):
            yield from (f for _, f in block.items)


def figures_of(blocks: Sequence[Block]) -> dict[str, float | int]:
    """Name -> value of every figure that stands in a paper."""
    found: dict[str, float | int] = {}
    for cell in cells(blocks):
        shown = figure_of(cell)
        if shown is not None and found.setdefault(shown.name, shown.value) != shown.value:
            raise AssertionError(f"two values of {shown.name}: {found[shown.name]} and {shown.value}")
    return found


def figure_of(cell: Cell) -> Figure | None:
    """The figure that a cell shows; None where it shows text, or nothing."""
    shown = cell.figure if isinstance(cell, Total) else cell
    return shown if isinstance(shown, Figure) else None


def missing_of(blocks: Sequence[Block]) -> list[Missing]:
    """Every fact that is missing, each once."""
    return list(dict.fromkeys(cell for cell in cells(blocks) if isinstance(cell, Missing)))


def said(cell: Cell, currency: str) -> str:
    """A cell as text."""
    if isinstance(cell, Missing):
        return BLANK
    return cell if isinstance(cell, str) else (cell.figure if isinstance(cell, Total) else cell).text(currency)


def grid(
    name: str,
    titles: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    numbers: Sequence[int] = (),
    widths: Sequence[float] = (),
    total: Sequence[Cell] = (),
) -> Grid:
    """A table. total: what stands in a last row in bold; its figures are those that the columns above add up to."""
    last = [tuple(_sum(rows, j, c) if isinstance(c, Figure) else c for j, c in enumerate(total))] if total else []
    every = (*(tuple(r) for r in rows), *last)
    strong = frozenset({len(rows)} if total else set[int]())
    return Grid(name, tuple(titles), every, frozenset(numbers), tuple(widths), strong)


def _sum(rows: Sequence[Sequence[Cell]], column: int, total: Figure) -> Cell:
    """The sum of a column, as a formula where the figures above it add up to it."""
    shown = [(i, figure_of(row[column])) for i, row in enumerate(rows)]
    places = tuple((i, column) for i, f in shown if f is not None)
    added = sum(Fraction(f.value).limit_denominator(1000) for _, f in shown if f is not None)
    return Total(total, places) if places and added == Fraction(total.value).limit_denominator(1000) else total


def section(
    name: str,
    titles: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    numbers: Sequence[int] = (),
    widths: Sequence[float] = (),
    total: Sequence[Cell] = (),
) -> list[Block]:
    """A table under a heading that says what it is called."""
    return [Heading(name, 2), grid(name, titles, rows, numbers, widths, total)]


def para(*parts: Cell, look: str = "") -> Para:
    """A paragraph."""
    return Para(parts, look)
