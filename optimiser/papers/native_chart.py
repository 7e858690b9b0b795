"""A native bar chart on a sheet, which can be opened and edited: below its table, on the same page or one of its own."""

from __future__ import annotations

from typing import Any

from optimiser.case.writing.saved import clean

_ROOM, _BAR, _BROAD_BAR, _AROUND = 21.0, 0.62, 1.0, 2.8
"""In centimetres: what a printed page has for bars, a bar, one whose label takes two lines, what stands around all of them."""
_LONG = 34
"""Letters of a label that takes two lines."""
_ROW, _PAGE = 0.52, 22.0
"""Height of a row and of a page, in centimetres."""


def bar_chart(sheet: Any, title: str, first: int, last: int, row: int, columns: int) -> int:
    """Draws the bars of a table (labels in column A, figures in B, from row `first` to `last`) at a row of the sheet.

    columns: how many there are, over which it stands. What does not fit on a page is left out, and said. Returns the row
    after it.
    """
    from openpyxl.chart import BarChart, Reference
    from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
    from openpyxl.worksheet.pagebreak import Break

    count = last - first + 1
    longest = max(len(str(sheet.cell(r, 1).value or "")) for r in range(first, last + 1))
    bar = _BROAD_BAR if longest > _LONG else _BAR
    shown = min(count, int(_ROOM / bar))
    end = first + shown - 1
    made: Any = BarChart()
    made.type, made.style, made.legend = "bar", 10, None
    made.title = clean(title if shown == count else f"{title} (the first {shown} of {count})")
    made.title.tx.rich.p[0].r[0].rPr = _type(1300, True)
    made.add_data(Reference(sheet, min_col=2, min_row=first, max_row=end))
    made.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=end))
    made.x_axis.scaling.orientation = "maxMin"
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.tickLblPos, made.x_axis.tickLblSkip = "low", 1
    made.y_axis.numFmt, made.y_axis.majorGridlines = "#,##0", None
    made.x_axis.txPr, made.y_axis.txPr = _texts(1100), _texts(1100)
    if all((sheet.cell(r, 2).value or 0) >= 0 for r in range(first, end + 1)):
        made.y_axis.scaling.min = 0
    made.gapWidth = 45
    made.series[0].graphicalProperties.solidFill = "3A7BC8"
    made.series[0].invertIfNegative = False
    below = row + int((max(shown, 4) * bar + _AROUND) / _ROW)
    made.anchor = TwoCellAnchor(
        editAs="oneCell", _from=AnchorMarker(col=0, row=row), to=AnchorMarker(col=columns, row=below)
    )
    if row * _ROW + (below - row) * _ROW > _PAGE:
        sheet.row_breaks.append(Break(id=row - 1))
    sheet.add_chart(made)
    return below + 2


def _type(hundredths: int, bold: bool = False) -> Any:
    from openpyxl.drawing.text import CharacterProperties, Font

    return CharacterProperties(sz=hundredths, b=bold, latin=Font(typeface="Calibri"))


def _texts(hundredths: int) -> Any:
    """Type of the texts of an axis."""
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import Paragraph, ParagraphProperties

    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_type(hundredths)), endParaRPr=_type(hundredths))])
