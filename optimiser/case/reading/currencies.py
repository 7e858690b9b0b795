"""Currencies as people write them: signs, codes and words, and which codes each may stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_DOLLARS = ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD", "JMD", "LRD", "FJD")
_CROWNS = ("SEK", "NOK", "DKK", "ISK", "CZK")
SIGNS: dict[str, tuple[str, ...]] = {
    "$": _DOLLARS,
    "us$": ("USD",),
    "c$": ("CAD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "au$": ("AUD",),
    "nz$": ("NZD",),
    "hk$": ("HKD",),
    "s$": ("SGD",),
    "mx$": ("MXN",),
    "r$": ("BRL",),
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "us dollars": ("USD",),
    "€": ("EUR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "£": ("GBP", "EGP", "SSP"),
    "pounds": ("GBP", "EGP"),
    "¥": ("JPY", "CNY"),
    "yen": ("JPY",),
    "yuan": ("CNY",),
    "₹": ("INR",),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "rs.": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "rupees": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "₦": ("NGN",),
    "₵": ("GHS",),
    "₩": ("KRW",),
    "won": ("KRW",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "tl": ("TRY",),
    "₴": ("UAH",),
    "₪": ("ILS",),
    "₫": ("VND",),
    "₱": ("PHP",),
    "฿": ("THB",),
    "kr": _CROWNS,
    "kr.": _CROWNS,
    "kronor": ("SEK",),
    "kroner": ("NOK", "DKK"),
    "korun": ("CZK",),
    "złotych": ("PLN",),
    "francs": ("CHF", "XOF", "XAF"),
    "franken": ("CHF",),
    "reais": ("BRL",),
    "pesos": ("MXN", "ARS", "CLP", "COP", "PHP"),
    "zł": ("PLN",),
    "zl": ("PLN",),
    "kč": ("CZK",),
    "ft": ("HUF",),
    "lei": ("RON", "MDL"),
    "лв": ("BGN",),
    "fr.": ("CHF",),
    "sfr.": ("CHF",),
    "shillings": ("UGX", "KES", "TZS"),
    "ush": ("UGX",),
    "ksh": ("KES",),
    "tsh": ("TZS",),
}
_CODES = (
    "AED ALL AMD ARS AUD AZN BAM BDT BGN BHD BRL BWP BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB EUR FJD GBP GEL "
    "GHS HKD HNL HUF IDR ILS INR ISK JMD JOD JPY KES KRW KWD KZT LKR LRD MAD MDL MUR MWK MXN MYR MZN NAD NGN NOK NPR NZD "
    "OMR PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SEK SGD SSP THB TND TRY TWD TZS UAH UGX USD UYU VND XAF XOF ZAR "
    "ZMW"
)
CODES = frozenset(_CODES.split())
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
