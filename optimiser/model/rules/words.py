"""Plain English for rules: selections, measures, bases and numbers as a reader says them."""

from __future__ import annotations

from optimiser.case.facts import DIMENSIONS, OF_INITIATIVE, SHEET_OF, Facts
from optimiser.case.names import fold, fold_title
from optimiser.case.selection import Clause, parse
from optimiser.case.words import listed, written
from optimiser.model.rules.number import Number
from optimiser.model.rules.rule import BASES, OF_INITIATIVES, Rule, measure_prefix

number = written
_MEASURES = {
    "money": "the money spent",
    "staff": "the staff engaged",
    "in kind": "the value of released staff",
    "level": "the delivered level",
}
_ORDER = {">=": "at least", "<=": "at most", "<": "below", ">": "above"}
_PEOPLE = (("agency", "of", "agencies"), ("role", "in", "roles"), ("period", "in", "periods"))
_TIME = {">=": "is {} or later", "<=": "is {} or earlier", "<": "is before {}", ">": "is after {}"}


# -- selections -------------------------------------------------------------------------------------------------------


def selection(facts: Facts, text: str, empty: str = "") -> str:
    """A selection in words: `where the category is travel and the initiative's score is at least 70`."""
    said = [_clause(facts, clause) for clause in parse(text)]
    return "where " + " and ".join(said) if said else empty


def initiatives(facts: Facts, text: str, last: str) -> str:
    """Initiatives that a selection names: their names alone where it lists them, else `initiatives where …`."""
    clauses = parse(text)
    if len(clauses) == 1 and fold_title(clauses[0].column) == "initiative" and clauses[0].operator == "=":
        return listed(clauses[0].values, last)
    said = (
        selection(facts, text).replace("where the initiative's", "whose").replace("and the initiative's", "and whose")
    )
    return f"initiatives {said}" if clauses else "all initiatives"


def dimensions(facts: Facts, text: str) -> set[str]:
    """The dimensions that a selection narrows."""
    return {facts.subject(clause).dimension for clause in parse(text)}


def column(facts: Facts, written: str) -> str:
    """A column of numbers in words: `the initiative's score`, `the area's population`."""
    owner, name = _owner(facts, written)
    return f"the {owner}'s {name}"


def _clause(facts: Facts, clause: Clause) -> str:
    owner, name = _owner(facts, clause.column)
    subject = facts.subject(clause)
    operator, values = clause.operator, clause.values
    if owner == name:
        who = f"the {name}"
    elif subject.values.dtype == bool:
        yes = (fold(values[0]) in ("yes", "true", "1")) == (operator == "=")
        return f"the {owner} is {'' if yes else 'not '}marked {name}"
    elif subject.values.dtype == object or name in ("score", "priority", "request", "minimum", "maximum", "baseline"):
        who = f"the {owner}'s {name}"
    else:
        who = f"the {owner}'s figure for {name}"
    if subject.inside is not None and any(len(subject.inside[fold(v)]) > 1 for v in values):
        return f"{who} {'lies' if operator == '=' else 'does not lie'} in {listed(values, 'or')}"
    if operator in ("=", "!="):
        return f"{who} is {'' if operator == '=' else 'not '}{listed(values, 'or')}"
    if subject.order is not None:
        return f"{who} {_TIME[operator].format(values[0])}"
    return f"{who} is {_ORDER[operator]} {values[0]}"


def _owner(facts: Facts, written: str) -> tuple[str, str]:
    """Whose column it is (fund, agency, initiative, area, or the dimension itself), and its name in words."""
    prefix, dot, rest = (part.strip() for part in written.partition("."))
    column = fold_title(written)
    if column in DIMENSIONS:
        return column, column
    if dot and fold_title(prefix) in {*SHEET_OF, *(fold_title(s) for s in SHEET_OF.values())}:
        owner = next(d for d in SHEET_OF if fold_title(prefix) in (d, fold_title(SHEET_OF[d])))
        return owner, rest.replace("_", " ")
    if column in OF_INITIATIVE:
        return "initiative", column
    with_it = (d for d in SHEET_OF if any(fold_title(t) == column for t in facts.sorted[d].columns))
    return next(with_it, "initiative"), written.replace("_", " ")


# -- amounts ----------------------------------------------------------------------------------------------------------


def bounds(rule: Rule, what: Number) -> str:
    """`at least 10% and at most 20%`, `exactly 2`."""
    if rule.at_least is not None and rule.at_least == rule.at_most:
        return f"exactly {what.written(rule.at_least)}"
    both = (("at least", rule.at_least), ("at most", rule.at_most))
    return " and ".join(f"{word} {what.written(value)}" for word, value in both if value is not None)


def measure(written: str) -> str:
    """What is summed: `the money spent`, or the outcome's name."""
    return _MEASURES.get(fold(written) or "money", written)


def base(facts: Facts, rule: Rule) -> str:
    """What a share is taken of: `the amount of that fund`, `the staff engaged where the role is analyst`."""
    written = rule.of.strip()
    if fold(written) in BASES:
        return _case_sum(facts, rule, fold(written))
    prefix, rest = measure_prefix(written)
    tail = f" for that {each(rule)}" if rule.per else ""
    return joined(f"{measure(prefix or rule.measure)}{tail}", selection(facts, rest, "in all"))


def _case_sum(facts: Facts, rule: Rule, name: str) -> str:
    if name == "total":
        return "the total of all funds"
    narrowed = dimensions(facts, rule.where)
    per = {"initiative" if name in OF_INITIATIVES else name: name for name in rule.each}
    of, to = {
        "amount": ("the amount", (("fund", "of", "funds"),)),
        "contribution": ("the contributions", (("agency", "of", "agencies"), ("fund", "to", "funds"))),
        "baseline": ("last year's awards", (("initiative", "of", "initiatives"),)),
        "request": ("the requests", (("initiative", "of", "initiatives"),)),
        "fte": ("the releasable staff", _PEOPLE),
        "headcount": ("the staff on the books", _PEOPLE),
    }[name]  # fmt: skip
    said = [of]
    for dimension, word, many in to:
        if dimension in per:
            said.append(f"{word} that {per[dimension]}")
        elif dimension in narrowed:
            said.append(f"{word} those {many}")
    if len(said) == 1:
        said.append("in all" if to is _PEOPLE else "of all " + to[0][2])
    return " ".join(said)


# -- whole sentences --------------------------------------------------------------------------------------------------


def joined(*parts: str) -> str:
    """Parts of a sentence, the empty ones left out."""
    return " ".join(part for part in parts if part)


def each(rule: Rule) -> str:
    """What `per` names: `agency`, or `agency and period`."""
    return listed(rule.each)


def _over(facts: Facts, rule: Rule) -> str:
    """Over which time a sum runs, where that is more than one period and `per` does not take them one by one."""
    periods = facts.select(rule.where).get("period")
    if "period" in rule.each or (facts.size("period") if periods is None else periods.sum()) < 2:
        return ""
    return f"over {'all' if periods is None else 'those'} periods together, "


def finish(facts: Facts, rule: Rule, said: str, unit: str, *, repeated: bool = True, timed: bool = True) -> str:
    """The sentence with its repetition, its time and, for a soft rule, what breaking it costs.

    unit: one unit of the breach (`USD`, `FTE·period` …); repeated: whether `per` is still to be said; timed: whether
    what is summed has periods.
    """
    said = _over(facts, rule) + said if timed else said
    said = f"for each {each(rule)}, {said}" if rule.per and repeated else said
    cost = number(rule.penalty or 0.0)
    soft = "" if rule.hard else f" It may be broken; each {unit} of breach costs {cost} of impact."
    return f"{said[:1].upper()}{said[1:]}.{soft}"
