"""Plain English for rules: selections, measures and numbers as a reader says them."""

from __future__ import annotations

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.selection import parse
from optimiser.model.rules.rule import Rule

_OPERATORS = {"=": "is", "!=": "is not", ">=": "is at least", "<=": "is at most", "<": "is below", ">": "is above"}
_MEASURES = {"money": "money", "staff": "staff", "in kind": "released staff, valued", "level": "delivered level"}
_BASES = {
    "amount": "the amount of the funds",
    "contribution": "the contributions",
    "baseline": "last year's awards",
    "request": "the requests",
    "fte": "the releasable staff",
    "total": "the total of all funds",
}


def selection(text: str, empty: str = "") -> str:
    """A selection in words: `where theme is guns or opioids and score is at least 70`; `empty` where it is blank."""
    said = []
    for clause in parse(text):
        joined = (" or " if clause.operator == "=" else " nor ").join(clause.values)
        said.append(f"{clause.column} {_OPERATORS[clause.operator]} {joined}")
    return "where " + " and ".join(said) if said else empty


def number(value: float, share: bool = False) -> str:
    """A number without needless decimals; a share as a percentage."""
    if share:
        return f"{value * 100:,.6g}%"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def bounds(rule: Rule, share: bool = False) -> str:
    """`at least 10% and at most 20%`."""
    said = []
    if rule.at_least is not None:
        said.append(f"at least {number(rule.at_least, share)}")
    if rule.at_most is not None:
        said.append(f"at most {number(rule.at_most, share)}")
    if rule.at_least is not None and rule.at_least == rule.at_most:
        return f"exactly {number(rule.at_least, share)}"
    return " and ".join(said)


def measure(rule: Rule) -> str:
    """What is summed."""
    return _MEASURES.get(rule.measure or "money", rule.measure)


def base(rule: Rule) -> str:
    """What a share is taken of."""
    written = rule.of.strip()
    if fold(written) in _BASES:
        return _BASES[fold(written)]
    prefix, colon, rest = written.partition(":")
    if colon and '"' not in prefix:
        return f"{fold(prefix)} {selection(rest, 'of everything')}"
    return f"{measure(rule)} {selection(written, 'of everything')}"


def finish(facts: Facts, rule: Rule, said: str) -> str:
    """The sentence with its repetition and, for a soft rule, what breaking it costs."""
    each = f"For each {rule.per}: " if rule.per else ""
    soft = "" if rule.hard else f" It may be broken at {number(rule.penalty or 0.0)} of impact for each unit."
    said = each + said if each else said[:1].upper() + said[1:]
    return f"{said}.{soft}"
