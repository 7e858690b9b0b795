"""The styles of an .xlsx file: of each cell its number format, and why it could not be read (white on white, tiny, …)."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element, fromstring

from optimiser.case.reading.number_format import GENERAL

CONTRAST = 1.5
"""Least contrast of letters that can be read, as (lighter + 0.05) / (darker + 0.05) of the luminances."""
LEAST_SIZE = 5.0
"""Of letters, in points."""
_PICTURES = ("dings", "symbol")
"""In the names of fonts that show other signs than the letters and digits of a cell."""
BUILT_IN: Mapping[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);\\("$"#,##0\\)', 6: '"$"#,##0_);[Red]\\("$"#,##0\\)',
    7: '"$"#,##0.00_);\\("$"#,##0.00\\)', 8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "mm/dd/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);\\(#,##0\\)", 38: "#,##0_);[Red]\\(#,##0\\)", 39: "#,##0.00_);\\(#,##0.00\\)",
    40: "#,##0.00_);[Red]\\(#,##0.00\\)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)', 43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    49: "@",
}  # fmt: skip
"""Number formats that a file names by their number alone."""
_OTHER = "?"
"""In place of a format that a file names by a number that is not known here: it shows nothing that can be told."""
_INDEXED = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_THEME = {
    "lt1": "FFFFFF", "dk1": "000000", "lt2": "EEECE1", "dk2": "1F497D", "accent1": "4F81BD", "accent2": "C0504D", "accent3": "9BBB59",
    "accent4": "8064A2", "accent5": "4BACC6", "accent6": "F79646", "hlink": "0000FF", "folHlink": "800080",
}  # fmt: skip
"""Colours of a theme by their names, in the order in which cells number them; these where a file says none."""
Colour = tuple[float, float, float]
WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Style:
    """How a cell looks. format: its number format; unseen: why its content cannot be read as it is, "" where it can."""

    format: str = GENERAL
    unseen: str = ""


class Styles:
    """The styles of a file, by the number that cells name."""

    def __init__(self, cells: Sequence[Style], differential: Sequence[str], theme: Sequence[str]) -> None:
        self._cells, self._differential, self._theme = cells, differential, theme

    def __getitem__(self, number: str) -> Style:
        return self._cells[int(number)] if number.isdigit() and int(number) < len(self._cells) else Style()

    def differential_of(self, number: str) -> str:
        """Why a conditional format may show something else than the value, by its number; "" where it does not."""
        known = number.isdigit() and int(number) < len(self._differential)
        return self._differential[int(number)] if known else ""

    def differential(self, element: Element) -> str:
        """The same of a format that stands in the rule itself."""
        return _differential(element, self._theme)


def styles_of(styles: bytes, theme: bytes) -> Styles:
    """The styles of a file. styles, theme: the XML of these parts; empty where the file has none."""
    colours = _theme(theme)
    if not styles:
        return Styles((), (), colours)
    root = fromstring(styles)
    formats = {
        **BUILT_IN,
        **{int(e.get("numFmtId", "0")): e.get("formatCode", "") for e in _children(root, "numFmts", "numFmt")},
    }
    fonts, fills = _children(root, "fonts", "font"), _children(root, "fills", "fill")
    cells = []
    for xf in _children(root, "cellXfs", "xf"):
        font, fill = _at(fonts, xf.get("fontId", "0")), _at(fills, xf.get("fillId", "0"))
        spread = any(local(e.tag) == "alignment" and e.get("horizontal") == "fill" for e in xf)
        unseen = "its content is repeated over the cell's width" if spread else _unseen(font, fill, colours)
        cells.append(Style(formats.get(int(xf.get("numFmtId", "0")), _OTHER), unseen))
    return Styles(cells, [_differential(e, colours) for e in _children(root, "dxfs", "dxf")], colours)


@lru_cache(maxsize=1024)
def local(tag: object) -> str:
    """The name of an element without its namespace."""
    return str(tag).rsplit("}", 1)[-1]


def _children(root: Element, group: str, name: str) -> list[Element]:
    return [e for part in root if local(part.tag) == group for e in part if local(e.tag) == name]


def _at(elements: Sequence[Element], number: str) -> Element | None:
    return elements[int(number)] if number.isdigit() and int(number) < len(elements) else None


def _find(element: Element | None, *path: str) -> Element | None:
    for name in path:
        element = next((e for e in element if local(e.tag) == name), None) if element is not None else None
    return element


def _unseen(font: Element | None, fill: Element | None, theme: Sequence[str]) -> str:
    """Why letters of this font on this ground cannot be read."""
    size, name = _find(font, "sz"), _find(font, "name")
    if size is not None and float(size.get("val", "11")) < LEAST_SIZE:
        return f"its letters are {float(size.get('val', '11')):g} points high"
    if name is not None and any(part in name.get("val", "").lower() for part in _PICTURES):
        return f"its font {name.get('val')} shows other signs"
    ink = _colour(_find(font, "color"), theme, BLACK)
    pattern = _find(fill, "patternFill")
    solid = pattern is not None and pattern.get("patternType", "none") == "solid"
    ground = _colour(_find(pattern, "fgColor"), theme, WHITE) if solid else WHITE
    return "its letters have the colour of the cell" if ink and ground and _contrast(ink, ground) < CONTRAST else ""


def _differential(element: Element, theme: Sequence[str]) -> str:
    if _find(element, "numFmt") is not None:
        return "it changes the number format"
    ink = _colour(_find(element, "font", "color"), theme, BLACK)
    pattern = _find(element, "fill", "patternFill")
    # In a conditional format the ground of a solid fill is the background colour.
    ground = _colour(_find(pattern, "bgColor"), theme, WHITE)
    return "it gives letters the colour of the cell" if ink and ground and _contrast(ink, ground) < CONTRAST else ""


def _theme(content: bytes) -> Sequence[str]:
    found: dict[str, str] = {}
    for element in fromstring(content).iter() if content else ():
        if local(element.tag) in _THEME:
            colour = next((e.get("lastClr") or e.get("val") or "" for e in element), "")
            found.setdefault(local(element.tag), colour)
    return [found.get(name) or standard for name, standard in _THEME.items()]


def _colour(element: Element | None, theme: Sequence[str], default: Colour) -> Colour | None:
    """The colour that an element names, `default` where there is none; None where it is not known."""
    if element is None or element.get("auto") in ("1", "true"):
        return default
    code, tint = element.get("rgb", "")[-6:], 0.0
    if element.get("theme", "").isdigit():
        at = int(element.get("theme", "0"))
        code, tint = (theme[at] if at < len(theme) else ""), float(element.get("tint", "0"))
    elif element.get("indexed", "").isdigit():
        at = int(element.get("indexed", "0"))
        if at in (64, 65):
            return BLACK if at == 64 else WHITE
        code = _INDEXED[at % 8] if at < 16 else ""
    try:
        red, green, blue = (int(code[k : k + 2], 16) / 255 for k in (0, 2, 4))
    except ValueError:
        return None
    if tint:
        hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
        light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
        return colorsys.hls_to_rgb(hue, light, strength)
    return red, green, blue


def _contrast(one: Colour, other: Colour) -> float:
    def luminance(colour: Colour) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
