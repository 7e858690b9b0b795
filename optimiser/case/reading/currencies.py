"""Currencies as people write them: signs, codes and words, and which codes each may stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import unescape

_SAID = {
    "USD CAD AUD NZD HKD SGD MXN ARS CLP COP TWD JMD LRD FJD": "$, dollar, dollars",
    "USD": "us$, us dollars",
    "CAD": "c$, ca$",
    "AUD": "a$, au$",
    "NZD": "nz$",
    "HKD": "hk$",
    "SGD": "s$",
    "MXN": "mx$",
    "BRL": "r$, reais",
    "EUR": "€, euro, euros",
    "GBP EGP SSP": "£",
    "GBP EGP": "pounds",
    "JPY CNY": "¥",
    "JPY": "yen",
    "CNY": "yuan",
    "INR": "₹",
    "INR PKR LKR NPR MUR": "rs, rs., rupees",
    "NGN": "₦",
    "GHS": "₵",
    "KRW": "₩, won",
    "RUB": "₽",
    "TRY": "₺, tl",
    "UAH": "₴",
    "ILS": "₪",
    "VND": "₫",
    "PHP": "₱",
    "THB": "฿",
    "SEK NOK DKK ISK CZK": "kr, kr.",
    "SEK": "kronor",
    "NOK DKK": "kroner",
    "CZK": "korun, kč",
    "PLN": "złotych, zł, zl",
    "CHF XOF XAF": "francs",
    "CHF": "franken, fr., sfr.",
    "MXN ARS CLP COP PHP": "pesos",
    "HUF": "ft",
    "RON MDL": "lei",
    "BGN": "лв",
    "UGX KES TZS": "shillings",
    "UGX": "ush",
    "KES": "ksh",
    "TZS": "tsh",
}
"""Codes -> the signs and words that stand for one of them."""
SIGNS = {said: tuple(codes.split()) for codes, words in _SAID.items() for said in words.split(", ")}
_CODES = (
    "AED ALL AMD ARS AUD AZN BAM BDT BGN BHD BRL BWP BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB EUR FJD GBP GEL "
    "GHS HKD HNL HUF IDR ILS INR ISK JMD JOD JPY KES KRW KWD KZT LKR LRD MAD MDL MUR MWK MXN MYR MZN NAD NGN NOK NPR NZD "
    "OMR PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SEK SGD SSP THB TND TRY TWD TZS UAH UGX USD UYU VND XAF XOF ZAR "
    "ZMW"
)
CODES = frozenset(_CODES.split())
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^<>]*)>")
_NUMBER = re.compile(rb"""\bnumFmtId\s*=\s*["'](\d+)["']""")
_CODE = re.compile(rb"""\bformatCode\s*=\s*"([^"]*)\"""")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs[\s>](.*?)</(?:\w+:)?cellXfs\s*>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\s([^<>]*)>")
_SIGN = re.compile(r'\[\$([^\]-]+)|"([^"]+)"|([£€¥₹₦₩₽₺₴₪₫₱฿])')
_WORDS = sorted((*SIGNS, *(c.lower() for c in CODES)), key=len, reverse=True)
_ANY = "|".join(map(re.escape, _WORDS))
BEFORE = re.compile(rf"(?:{_ANY})(?![^\W\d_])\s*", re.IGNORECASE)
"""A currency before a number, or before the rest of a title."""
AFTER = re.compile(rf"\s*(?<![^\W\d_])(?:{_ANY})$", re.IGNORECASE)
"""A currency after a number."""


def codes_of(written: str) -> tuple[str, ...]:
    """The codes that a sign, code or word may stand for; none where it is no currency: `codes_of("€") == ("EUR",)`."""
    folded = " ".join(written.casefold().split())
    return SIGNS.get(folded) or ((folded.upper(),) if folded.upper() in CODES else ())


def same_currency(written: str, currency: str) -> bool:
    """Whether what is written may be the currency of the case (a code, or what people use in place of one)."""
    own = codes_of(currency) or (currency.strip().upper(),)
    return bool(set(codes_of(written) or (written.strip().upper(),)) & set(own))


def apart(signs: Mapping[int, str]) -> list[int]:
    """The cells whose currency cannot be that of most others: `apart({2: "$", 3: "USD", 4: "€"}) == [4]`. signs: cell -> the
    sign, code or word beside its number."""
    votes = Counter(c for s in signs.values() for c in codes_of(s) or (s.upper(),))
    most = max(votes, key=lambda c: votes[c], default="")
    return [i for i, s in signs.items() if not same_currency(s, most)]


def in_formats(styles: bytes) -> dict[bytes, str]:
    """The number of a cell's style -> the currency that its number format writes: `{b"5": "£"}`. styles: XML of an .xlsx.

    Not the dollar sign, which a spreadsheet program writes into the formats that it offers first, whatever the money is.
    """
    signs: dict[bytes, str] = {}
    for about in _FORMAT.findall(styles):
        number, code = _NUMBER.search(about), _CODE.search(about)
        if number and code:
            said = _SIGN.findall(unescape(code[1].decode("utf-8", "replace")))
            sign = next((s for s in ("".join(found).strip() for found in said) if s != "$" and codes_of(s)), "")
            signs |= {number[1]: sign} if sign else {}
    cells = _CELL_STYLES.search(styles)
    used = [_NUMBER.search(about) for about in _STYLE.findall(cells[1])] if cells and signs else []
    return {str(k).encode(): signs[found[1]] for k, found in enumerate(used) if found and found[1] in signs}
