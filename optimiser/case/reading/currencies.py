"""Currencies as people write them: signs, codes and words, and which codes each may stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

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
