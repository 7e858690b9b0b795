"""The grammar of selections: `column op value | value …`, joined by `;` (and). Text is never evaluated as code.

Each clause speaks of one dimension (fund, agency, initiative, category, period or role), so a whole selection is a
yes or no for each member of some dimensions, and what it selects is their product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.table import Array

OPERATORS = ("!=", ">=", "<=", "=", "<", ">")
_QUOTES = "“”„‟«»‘’'"
"""What spreadsheets and word processors make of straight double quotes, and what others use in place of them."""
_TOKEN = re.compile(r'"[^"]*"|!=|>=|<=|[=<>;|]|[^"=<>;|!]+|.')


class SelectionError(ValueError):
    """A selection that cannot be read: `found`, `expected` and `cure` make the message."""

    def __init__(self, found: str, expected: str, cure: str) -> None:
        super().__init__(f"found {found}; expected {expected}; {cure}")
        self.found, self.expected, self.cure = found, expected, cure


@dataclass(frozen=True)
class Clause:
    """One comparison: the column as written, the operator, and the values of which one must fit."""

    column: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column} {self.operator} {' | '.join(quoted(v) for v in self.values)}"


def quoted(name: str) -> str:
    """The name as a selection may hold it: in double quotes where it has characters of the grammar."""
    return f'"{name}"' if re.search(r'[=<>;|!:"]', name) or name != name.strip() else name


def _once(values: Iterable[str]) -> tuple[str, ...]:
    """The same without what stands twice."""
    made: dict[str, str] = {}
    for value in values:
        made.setdefault(fold(value), value)
    return tuple(made.values())


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a selection; none where the text is blank.

    Raises SelectionError where the text is not in the grammar.
    """
    clauses: list[Clause] = []
    for part in _split(_tokens(text), ";"):
        if not any(token.strip() for token in part):
            continue
        at = next((k for k, token in enumerate(part) if token in OPERATORS), None)
        if at is None:
            cure = "write a comparison such as `theme = training`"
            if clauses:
                cure += f"; several values of one column are joined by a bar: `{clauses[-1]} | {_joined(part)}`"
            raise SelectionError(f'"{_joined(part)}"', "column = value", f"{cure}.")
        column, values = _joined(part[:at]), _once(_joined(v) for v in _split(part[at + 1 :], "|"))
        if not column or not all(values) or any(token in OPERATORS for token in part[at + 1 :]):
            written = "".join(part).strip()
            raise SelectionError(f'"{written}"', "column, one comparison, value", _cure(written))
        if part[at] not in ("=", "!=") and len(values) > 1:
            raise SelectionError(
                f'"{"".join(part).strip()}"', "one value after an order", "write one number or period."
            )
        clauses.append(Clause(column, part[at], values))
    return tuple(clauses)


def _cure(written: str) -> str:
    """What makes clauses of what was written: a semicolon or a bar, where comparisons were joined in another way."""
    both = _comparisons(r"&&?|,|\band\b", written)
    if both:
        return f"part comparisons that must all hold by a semicolon: `{'; '.join(both)}`."
    either = [clause for part in _comparisons(r"\|\|?|\bor\b", written) for clause in parse(part)]
    if either and all((fold(c.column), c.operator) == (fold(either[0].column), "=") for c in either):
        values = tuple(value for clause in either for value in clause.values)
        return f"several values of one column are joined by a bar: `{Clause(either[0].column, '=', values)}`."
    if either:
        return "a row is selected where all comparisons hold, parted by a semicolon; of one column several values may be joined by a bar."
    if "==" in written:
        return "write one = where two stand."
    return "put names with such characters in double quotes."


def _comparisons(by: str, written: str) -> list[str]:
    """The comparisons that were joined so; none where they were not."""
    parts = re.split(rf"\s*(?:{by})\s*", written, flags=re.IGNORECASE)
    return parts if len(parts) > 1 and all(sum(t in OPERATORS for t in _tokens(p)) == 1 for p in parts) else []


def _tokens(text: str) -> list[str]:
    if text.count('"') % 2:
        raise SelectionError(f'"{text}"', "quotes in pairs", "close the double quote.")
    return _TOKEN.findall(text)


def _split(tokens: Sequence[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _joined(tokens: Sequence[str]) -> str:
    text = "".join(tokens).strip()
    return (
        text[1:-1].strip()
        if len(tokens) and text.startswith('"') and text.endswith('"') and text.count('"') == 2
        else text
    )


@dataclass(frozen=True)
class Subject:
    """What a column of a selection stands for.

    values: one for each member of `dimension`: text ("" blank) or numbers (NaN blank).
    order: rank of each value where text has an order (periods), else None.
    known: the names that may be written, where an unknown one is an error; None: any.
    inside: name (folded) -> the folded names that it includes (areas), else None.
    called: asked for what people call a known name (folded) -> that name, where the case says it.
    """

    dimension: str
    values: Array
    order: Mapping[str, int] | None = None
    known: Sequence[str] | None = None
    inside: Mapping[str, frozenset[str]] | None = None
    called: Callable[[], Mapping[str, str]] = dict


def matches(clause: Clause, subject: Subject, warn: Callable[[str], None] | None = None) -> Array:
    """Which members of the subject's dimension satisfy the clause (a bool for each).

    warn is called with a value that no row has. Raises SelectionError for an unknown name, a number that is none,
    or an order of text.
    """
    operator = clause.operator
    if subject.values.dtype != object:
        numbers = subject.values.astype(float)
        wanted = [_number(clause, value) for value in clause.values]
        if operator in ("=", "!="):
            hit = np.isin(numbers, wanted)
            _warn_absent(
                clause, [v for v, w in zip(clause.values, wanted, strict=True) if not np.any(numbers == w)], warn
            )
            return np.asarray(hit if operator == "=" else ~hit)
        return np.asarray(_ordered(numbers, operator, wanted[0]) & ~np.isnan(numbers))
    if subject.known is not None:
        folded = {fold(name) for name in subject.known}
        for value in clause.values:
            if fold(value) not in folded:
                raise SelectionError(f'"{value}"', f"a known {clause.column}", _cure_of_name(clause, value, subject))
    if operator in ("=", "!="):
        wanted_names: set[str] = set()
        for value in clause.values:
            key = fold(value)
            wanted_names |= subject.inside.get(key, frozenset({key})) if subject.inside is not None else {key}
        present = [fold(v) for v in subject.values.tolist()]
        hit = np.fromiter((v != "" and v in wanted_names for v in present), bool, len(present))
        if subject.known is None:
            some = [v for v in subject.values.tolist() if v]
            absent = [v for v in clause.values if fold(v) not in present]
            lists = {v: several for v in absent if (several := _several(v, some))}
            _warn_absent(clause, [v for v in absent if v not in lists], warn)
            if warn is not None:
                for several in lists.values():
                    warn(f"a list without bars, meant perhaps as `{Clause(clause.column, operator, tuple(several))}`")
        return hit if operator == "=" else ~hit
    if subject.order is None:
        raise SelectionError(f'"{clause}"', "= or !=", f"{clause.column} has no order; only numbers and periods have.")
    ranks = np.array([subject.order.get(fold(v), -1) for v in subject.values.tolist()])
    return _ordered(ranks, operator, subject.order[fold(clause.values[0])]) & (ranks >= 0)


def _several(value: str, known: Iterable[str]) -> list[str]:
    """The known names that are written as one value, joined by something else than `|`; none where it is no such list."""
    by_fold = {fold(name): name for name in known}
    parts = [part for part in re.split(r"\s*(?:[,/&+]|\band\b|\bor\b)\s*", value, flags=re.IGNORECASE) if part]
    return [by_fold[fold(p)] for p in parts] if len(parts) > 1 and all(fold(p) in by_fold for p in parts) else []


def _cure_of_name(clause: Clause, value: str, subject: Subject) -> str:
    """What to write in place of a name that is not known."""
    assert subject.known is not None, "any name may be written where none are known"
    keys = {**subject.called(), **{fold(name): name for name in subject.known}}
    if several := _several(value, keys):
        whole = Clause(clause.column, clause.operator, tuple(keys[fold(name)] for name in several))
        return f"several of one column are joined by a bar: write `{whole}`."
    if fold(value) in keys:
        return f"that is what {keys[fold(value)]} is called: write {quoted(keys[fold(value)])}."
    bare = fold(value.strip(_QUOTES))
    if bare in keys:
        return f"only straight quotes are quotes: write {quoted(keys[bare])}."
    near = nearest(value, keys)
    return f"did you mean {keys[fold(near)]}?" if near else "use one of those of the case."


def _warn_absent(clause: Clause, absent: Sequence[str], warn: Callable[[str], None] | None) -> None:
    if warn is not None:
        for value in absent:
            warn(f"no row with {clause.column} = {value}")


def _number(clause: Clause, value: str) -> float:
    flags = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
    if fold(value) in flags:
        return flags[fold(value)]
    try:
        number = float(value.rstrip("% ")) / 100 if value.endswith("%") else float(value)
    except ValueError:
        raise SelectionError(
            f'"{value}"', f"a number for {clause.column}", "write digits and a decimal point."
        ) from None
    if not np.isfinite(number):
        raise SelectionError(f'"{value}"', f"a number for {clause.column}", "write a finite number.")
    return number


def _ordered(values: Array, operator: str, limit: float) -> Array:
    compare = {">=": np.greater_equal, "<=": np.less_equal, "<": np.less, ">": np.greater}[operator]
    return np.asarray(compare(values, limit))


def title_match(written: str, titles: Sequence[str]) -> str:
    """The title that was meant, ignoring case, spaces and underscores; "" where there is none."""
    by_fold = {fold_title(t): t for t in titles}
    return by_fold.get(fold_title(written), "")
