"""A title as people write it: the name, and the unit that stands beside it ("Request ($000)", "FY27 ask, EUR").

The one reader of titles: for the sheets of a case, for what is pasted and for files that are mapped. A unit is never
dropped: what is understood is a factor or a currency, what is not stands in `rest`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from optimiser.case.names import fold
from optimiser.case.reading.currencies import AFTER, BEFORE, codes_of

_SCALES: tuple[tuple[str, float], ...] = (
    (
        r"['’,]?000[,. ]000['’]?s?|millions?|millionen|millones|milioni|milhões|miljoner|millioner|milionów|miljoen|mio\.?|mill\.?"
        r"|mln\.?|mn|mm|m",
        1e6,
    ),
    (
        r"(?:1?['’,]|1[. ])?000['’]?s?|thousands?|tsd\.?|tausend|milliers|migliaia|milhares|miles|duizend|duizenden"
        r"|tusen|tisíc|tys\.?|tkr|k|t",
        1e3,
    ),
    (r"billions?|bn|mrd\.?|milliarden|b", 1e9),
    (r"hundreds?", 1e2),
    (r"lakhs?", 1e5),
    (r"crores?|cr\.?", 1e7),
)
_SCALE = [(re.compile(rf"(?:{pattern})(?![^\W_])", re.IGNORECASE), factor) for pattern, factor in _SCALES]
_GLUED = re.compile(
    r"((?i:k|t|mm?|mn|bn?))(?=\s*(?:[$€£¥₹]|[A-Z]{3}\b))|(?<=[$€£¥₹])((?i:k|mm?|mn|bn?))\b|(?<=\b[A-Z]{3})((?i:k|m|mn|bn))\b"
)
_FILLERS = re.compile(
    r"(?:(?:in|of|the|amounts?|all|are|figures|shown|expressed|stated|as|units?|currency|alle|angaben|beträge|sind|von|bedragen|en|x"
    r"|montants?|exprimés|de|importi|espressi|di|importes|expresados|valores|em|kwoty|w|belopp|i)\b|d['’])[\s:]*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[\[(]([^\[\]()]*)[\])]\s*")
_YEAR = re.compile(
    r"(?<!\w)(?:FY|CY|SFY|FFY)?\s?['’]?(?:(?:19|20)\d\d|(?<=FY)\d\d|(?<=FY )\d\d)(?:\s?[-–/]\s?(?:FY)?\d\d(?:\d\d)?)?(?!\w)",
    re.IGNORECASE,
)
_NEUTRAL = "money share shares fte ftes weight date year text number required optional key"
NEUTRAL = frozenset(("", *_NEUTRAL.split()))
"""What may stand beside a name and says nothing that its column does not."""


@dataclass(frozen=True)
class Title:
    """A title. name: without its unit; factor: what its numbers are multiplied by; currency: as written;
    rest: words beside the name that are no unit; unit: all that stands beside the name, as written."""

    name: str
    factor: float = 1.0
    currency: str = ""
    rest: str = ""
    unit: str = ""


@lru_cache(maxsize=1 << 14)
def read_title(written: str) -> Title:
    """The name of a column and its unit: "Request ($ thousands)" is Request, 1000, "$"."""
    text = " ".join(written.replace("_", " ").split())
    found = Title(text)
    while match := (re.search(_BRACKETS.pattern + "$", found.name) or re.match(_BRACKETS.pattern, found.name)):
        name = (found.name[: match.start()] + " " + found.name[match.end() :]).strip()
        if not name:
            break
        found = _with(found, name, match[1], bracketed=True)
    for pattern in (
        r"(?<![\d\s])\s*[,;:]\s*([^,;:]+)$",
        r"\s+[-–—/|]\s+(\S.*)$",
        r"\s+in\s+(\S.*)$",
        r"\s+(\S+\s\S+)$",
        r"\s+(\S+)$",
    ):
        match = re.search(pattern, found.name)
        if match and match.start() and _unit(match[1], bracketed=False):
            return _with(found, found.name[: match.start()], match[1], bracketed=False)
    return found


def read_note(written: str) -> Title | None:
    """The unit that a note says ("(in thousands of dollars)", "All amounts in EUR"); None where it says none."""
    for part in (written, *re.findall(r"[\[(]([^\[\]()]*)[\])]", written), *re.findall(r"\bin\s.+", written)):
        unit = _unit(part, bracketed=False)
        if unit and part.strip():
            return Title("", unit[0], unit[1], "", " ".join(part.split()))
    return None


def without_year(name: str) -> tuple[str, str]:
    """A name without the year in it, and the year: "FY27 request" -> "request", "FY27"."""
    match = _YEAR.search(name)
    if match is None:
        return name, ""
    return " ".join((name[: match.start()] + " " + name[match.end() :]).split()), match[0].strip()


def _with(found: Title, name: str, beside: str, bracketed: bool) -> Title:
    """The title with the unit that stood beside its name."""
    unit = _unit(beside, bracketed)
    said = ", ".join(filter(None, (beside.strip(), found.unit)))
    if unit is None:
        return replace(found, name=name, unit=said, rest=", ".join(filter(None, (beside.strip(), found.rest))))
    return replace(found, name=name, unit=said, factor=found.factor * unit[0], currency=found.currency or unit[1])


def _unit(written: str, bracketed: bool) -> tuple[float, str] | None:
    """The factor and the currency of a text that is a unit and nothing else; None of any other text.

    bracketed: between brackets, where a letter alone ("k") can be a unit too.
    """
    text = written.strip()
    if fold(text) in NEUTRAL:
        return (1.0, "") if bracketed else None
    factor, currency, letter, is_unit, bare_number = 1.0, "", "", False, False
    if glued := _GLUED.search(text):
        letter = next(filter(None, glued.groups()))
        text = (text[: glued.start()] + " " + text[glued.end() :]).strip()
        factor, is_unit = next(f for pattern, f in _SCALE if pattern.fullmatch(letter)), True
    while text:
        if not currency and (sign := BEFORE.match(text) or AFTER.fullmatch(text)):
            currency, text, is_unit = sign[0].strip(), text[sign.end() :].strip(), True
        elif filler := _FILLERS.match(text):
            text = text[filler.end() :].strip()
        else:
            scale = next(((m, f) for pattern, f in _SCALE if (m := pattern.match(text))), None)
            if scale is None or factor != 1.0 or (len(scale[0][0]) == 1 and not (bracketed or currency)):
                return None
            bare_number |= scale[0][0][0] == "1"
            factor, text, is_unit = scale[1], text[scale[0].end() :].strip(), True
    if bare_number and not (bracketed or currency):  # "Room 1,000" has no unit
        return None
    return (factor, currency if codes_of(currency) else "") if is_unit else None
