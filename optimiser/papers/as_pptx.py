"""Slides: each a sentence, a few lines beside it, and one table or one native chart that can be opened and edited."""

from __future__ import annotations

import io
from typing import Any

from optimiser.case.writing.saved import clean, timeless
from optimiser.papers.blocks import Bars, Deck, Grid, Missing, Para, Slide, said

_INK, _MUTED, _MONEY, _LESS, _LINE = "0F1724", "566275", "3A7BC8", "B5412A", "D8DEE7"
_WIDE, _HIGH = 13.333, 7.5
_LEFT, _ROOM, _TOP, _FOOT = 0.6, 12.13, 1.35, 6.92
"""Places in inches: left edge, width between the edges, where the content begins and where the foot begins."""
_PAD, _APART, _LETTER, _LEAST = 0.06, 0.3, 0.68, 9.0
"""Margin of cells in inches, that of a text after a number, width of a letter of DejaVu Sans (bold) in ems, the smallest size of
type in points."""
_LABELS, _ENDS = 0.36, 1.8
"""Part of a chart's width that labels may take; size of type (points) for each inch of its width, so that figures fit at the
ends of bars."""
_SHORT = '[>=999500]"{0}"#,##0.00,,"m";[>=9999.5]"{0}"#,##0,"k";"{0}"#,##0'
_NEAR = 0.05
"""Inches by which slides of a template may differ from ours."""
_CURE = "In PowerPoint choose Design, Slide Size, Widescreen (13.33 by 7.5 inches), save it, and try again."
_BOTH = '"+{0}"#,##0;"−{0}"#,##0;"{0}"0'


class WrongSize(ValueError):
    """Slides of a template have another size than those of the papers, in a sentence."""


def write(deck: Deck, template: bytes | None = None) -> bytes:
    """The file. template: a .pptx whose master and layouts are kept; its own slides are left out. Raises WrongSize."""
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation(io.BytesIO(template) if template else None)
    if template:
        wide, high = (made.slide_width or 0) / Inches(1), (made.slide_height or 0) / Inches(1)
        if abs(wide - _WIDE) > _NEAR or abs(high - _HIGH) > _NEAR:
            raise WrongSize(f"its slides measure {wide:.4g} by {high:.4g} inches. {_CURE}")
        for slide in list(made.slides._sldIdLst):
            made.part.drop_rel(slide.rId)
            made.slides._sldIdLst.remove(slide)
    else:
        made.slide_width, made.slide_height = Inches(_WIDE), Inches(_HIGH)
    layout = next((x for x in made.slide_layouts if x.name == "Title Only"), made.slide_layouts[0])
    for number, slide in enumerate(deck.slides, 1):
        _slide(made, layout, slide, deck, number)
    made.core_properties.title, made.core_properties.author = clean(deck.title)[:255], "Optimiser"
    target = io.BytesIO()
    made.save(target)
    return timeless(target.getvalue())


def _slide(made: Any, layout: Any, slide: Slide, deck: Deck, number: int) -> None:
    page = made.slides.add_slide(layout)
    for holder in list(page.placeholders):
        if holder != page.shapes.title:
            holder._element.getparent().remove(holder._element)
    title = page.shapes.title
    size = 28.0 if len(slide.title) <= 44 else 24.0 if len(slide.title) <= 96 else 20.0
    _place(title, _LEFT, 0.35, _ROOM, 0.95)
    _lines(title.text_frame, [[(slide.title, True, _INK)]], size)
    if slide.shown is None:
        _beside(page, slide.paras, deck.currency, _ROOM, 24.0)
    else:
        left = _ROOM * 0.36 if slide.paras else 0.0
        if slide.paras:
            _beside(page, slide.paras, deck.currency, left, 18.0)
        x = _LEFT + left + (0.35 if left else 0.0)
        if isinstance(slide.shown, Bars):
            _bars(page, slide.shown, x, _LEFT + _ROOM - x, deck.currency)
        else:
            _table(page, slide.shown, x, _LEFT + _ROOM - x, deck.currency)
    _foot(page, deck.foot, f"{number} of {len(deck.slides)}")


def _place(shape: Any, x: float, y: float, width: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = Inches(x), Inches(y), Inches(width), Inches(height)


def _box(page: Any, x: float, y: float, width: float, height: float) -> Any:
    """A box for text at a place, in inches."""
    box = page.shapes.add_textbox(0, 0, 0, 0)
    _place(box, x, y, width, height)
    return box


def _lines(frame: Any, lines: list[list[tuple[str, bool, str]]], size: float, space: float = 0.0) -> None:
    """Paragraphs of runs (text, bold, color) in a frame."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for k, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(space)
        for text, bold, color in line:
            run = paragraph.add_run()
            run.text = clean(text).replace("\n", " ").replace("\v", " ")
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(color)


def _beside(page: Any, paras: tuple[Para, ...], currency: str, width: float, size: float) -> None:
    box = _box(page, _LEFT, _TOP, width, _FOOT - _TOP - 0.1)
    lines = []
    for para in paras:
        color = _MUTED if para.look == "muted" else _INK
        parts = para.parts
        lines.append([
            (said(p, currency), not isinstance(p, str) or (k == 0 < len(parts) - 1 and p.endswith(": ")), color)
            for k, p in enumerate(parts)
        ])  # fmt: skip
    while size > _LEAST and _depth(lines, width, size) > _FOOT - _TOP - 0.1:
        size -= 0.5
    _lines(box.text_frame, lines, size, size * 0.6)


def _depth(lines: list[list[tuple[str, bool, str]]], width: float, size: float) -> float:
    """How much room paragraphs take, in inches."""
    rows = [_rows("".join(text for text, _, _ in line), width, size) for line in lines]
    return sum(r * size * 1.2 + size * 0.6 for r in rows) / 72


def _table(page: Any, grid: Grid, x: float, width: float, currency: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Emu, Inches, Pt

    lines = [[clean(said(c, currency)).replace("\n", " ") for c in line] for line in (grid.titles, *grid.rows)]
    shares = grid.widths or tuple(1.0 for _ in grid.titles)
    widths = [width * share / sum(shares) for share in shares]
    apart = [j > 0 and j not in grid.numbers and j - 1 in grid.numbers for j in range(len(widths))]
    pads = [_APART if a else _PAD for a in apart]
    size, heights = _fitted(lines, widths, pads)
    frame = page.shapes.add_table(
        len(lines), len(grid.titles), Inches(x), Inches(_TOP), Inches(width), Inches(sum(heights))
    )
    frame.name = clean(grid.name)
    table = frame.table
    style = table._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId")
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid: nothing of the theme's
    table.horz_banding = table.first_row = False
    for j, own in enumerate(widths):
        table.columns[j].width = Inches(own)
    for i, (line, cells) in enumerate(zip(lines, (grid.titles, *grid.rows), strict=True)):
        table.rows[i].height = Inches(heights[i])
        for j, (text, value) in enumerate(zip(line, cells, strict=True)):
            cell = table.cell(i, j)
            cell.margin_top = cell.margin_bottom = Emu(15000)
            cell.margin_left, cell.margin_right = Inches(pads[j]), Inches(_PAD)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if j in grid.numbers else PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold = Pt(size), i == 0 or i - 1 in grid.strong
            run.font.color.rgb = RGBColor.from_string(_MUTED if i == 0 or isinstance(value, Missing) else _INK)


def _fitted(lines: list[list[str]], widths: list[float], pads: list[float]) -> tuple[float, list[float]]:
    """The largest size of type (points) at which the rows fit above the foot, and their heights (inches). pads: the margin to
    the left of each column."""
    room = _FOOT - _TOP - 0.15
    for half in range(40, 17, -1):
        size = half / 2
        heights = [
            max(_rows(text, own - pad - _PAD, size) for text, own, pad in zip(line, widths, pads, strict=True))
            * size * 1.2 / 72 + 0.09
            for line in lines
        ]  # fmt: skip
        if sum(heights) <= room:
            loose = min((room - sum(heights)) / len(lines), 0.2)
            return size, [h + loose for h in heights]
    return _LEAST, heights


_BROKEN = 100
"""A word that must be broken counts as so many lines: smaller type is better."""


def _rows(text: str, width: float, size: float) -> int:
    """In how many lines a text stands, in letters as wide as those of DejaVu: word by word."""
    most = max(int(width * 72 / (size * _LETTER)), 1)
    rows, at = 1, 0
    for word in text.split(" "):
        need = len(word) + (at > 0)
        if at + need <= most:
            at += need
        else:
            rows += (at > 0) + (len(word) - 1) // most * _BROKEN
            at = (len(word) - 1) % most + 1
    return rows


def _bars(page: Any, bars: Bars, x: float, width: float, currency: str) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Inches, Pt

    head = _box(page, x, _TOP, width, 0.35)
    _lines(
        head.text_frame, [[(bars.title, True, _INK)]], max(min(14.0, width * 72 / (len(bars.title) * _LETTER)), _LEAST)
    )
    if not bars.items:  # nobody receives anything: a chart of nothing cannot be made, and its title says it
        return
    values = [f.value for _, f in bars.items]
    data = CategoryChartData()
    data.categories = [clean(label) for label, _ in bars.items]
    data.add_series(clean(bars.title), values)
    height = _FOOT - _TOP - 0.45
    frame = page.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, Inches(x), Inches(_TOP + 0.35), Inches(width), Inches(height), data
    )
    frame.name = clean(bars.name)
    chart = frame.chart
    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(_type_of_bars([clean(label) for label, _ in bars.items], width, height))
    chart.font.color.rgb = RGBColor.from_string(_INK)
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 40, True
    labels = plot.data_labels
    labels.number_format = _number_format(bars, currency)
    labels.number_format_is_linked = False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    most, least = max([*values, 0]), min([*values, 0])
    span = (most - least) or 1
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = least - span * 0.16 if least < 0 else 0
    chart.value_axis.maximum_scale = most + span * 0.16
    axis = chart.category_axis
    axis.reverse_order, axis.tick_label_position = True, XL_TICK_LABEL_POSITION.LOW
    axis.major_tick_mark, axis.has_major_gridlines = XL_TICK_MARK.NONE, False
    axis.format.line.color.rgb = RGBColor.from_string(_LINE)
    series = plot.series[0]
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor.from_string(_MONEY)
    for k, value in enumerate(values):
        if value < 0:
            fill = series.points[k].format.fill
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(_LESS)


def _type_of_bars(labels: list[str], width: float, height: float) -> float:
    """The largest size of type (points) at which every label stands in one line. width, height: of the chart, in inches."""
    band = height / max(len(labels), 1)
    for size in (16.0, 14.0, 12.0, 11.0, 10.0):
        one = all(_rows(label, width * _LABELS, size) == 1 for label in labels)
        if one and size * 1.25 / 72 <= band and size <= width * _ENDS:
            return size
    return _LEAST


def _number_format(bars: Bars, currency: str) -> str:
    from optimiser.case.readable import SYMBOLS

    symbol = SYMBOLS.get(currency.upper(), f"{currency} ").replace('"', "")
    money = all(f.unit in ("money", "whole") for _, f in bars.items)
    if any(f.value < 0 for _, f in bars.items):
        return _BOTH.format(symbol if money else "")
    return _SHORT.format(symbol) if money else "#,##0.0"


def _foot(page: Any, text: str, number: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.enum.text import PP_ALIGN

    line = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, 0, 0)
    _place(line, _LEFT, _FOOT, _ROOM, 0.015)
    line.fill.solid()
    line.fill.fore_color.rgb = RGBColor.from_string(_LINE)
    line.line.fill.background()
    line.shadow.inherit = False
    _lines(_box(page, _LEFT, _FOOT + 0.08, _ROOM - 1.1, 0.4).text_frame, [[(text, False, _MUTED)]], 9.0)
    box = _box(page, _LEFT + _ROOM - 1.0, _FOOT + 0.08, 1.0, 0.3)
    _lines(box.text_frame, [[(number, False, _MUTED)]], 9.0)
    box.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
