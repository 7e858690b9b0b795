"""What more of what a frontier sweeps is worth, by the amount in which people think of it: $1,000, one FTE, 1%."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.analysis.frontier import Frontier, Limit
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.names import fold, fold_title
from optimiser.case.spec import BY_NAME
from optimiser.case.which import known_sheet
from optimiser.report import words
from optimiser.report.text import columns

MONEY = "money"
LEAST = 0.01
"""The largest worth of a frontier is at least this; a smaller one is said of an amount a thousand times as large."""
_OF_MONEY = ("coverage", "stability", "thrift")


@dataclass(frozen=True)
class Step:
    """amount: of what is swept, for which its worth is said; more: in words; unit: of the objective, as of a limit; impact: unit of
    impact."""

    amount: float
    more: str
    unit: str
    currency: str
    impact: str

    def worth(self, of_one: float) -> str:
        """What so much more is worth, from what one more is: $1,000 more is worth 0.0519 points."""
        value = of_one * self.amount
        if abs(value) < 1e-9:
            return f"{self.more} is worth nothing"
        if self.unit == MONEY:
            return f"{self.more} is worth {words.money_short(value, self.currency)}"
        decimals = max(0, 2 - int(f"{abs(value):e}".partition("e")[2]))
        if self.unit == "impact" and self.impact != words.POINTS:
            return f"{self.more} is worth {words.points(value, self.impact)}"
        said = words.number(value, decimals)
        return f"{self.more} is worth {said}" + (f" point{'s' * (said != '1')}" if self.unit == "impact" else "")


def text(found: Frontier, case: Case, limit: Limit | None = None) -> str:
    """The points in a table, lowest first, and how they were found."""
    by = step(found, case, limit)
    rows = [
        (
            words.digits(p.at, 6),
            "no plan" if p.value is None else words.digits(p.value, 6),
            "" if p.worth is None else by.worth(p.worth),
            ", ".join(word for word, on in (("knee", p.knee), ("present", p.present)) if on),
        )
        for p in sorted([*found.points, *([found.now] if found.now is not None else [])], key=lambda p: p.at)
    ]
    how = "These are all points at which it turns." if found.exact and not found.note else found.note
    means = [impact.meaning(case)] if "impact" in (found.swept, found.objective) else []
    return "\n".join(
        [
            f"{found.swept} against {found.objective}. {how}",
            *means,
            "",
            *columns(rows, (found.swept, found.objective, "worth", "")),
        ]
    )


def step(found: Frontier, case: Case, limit: Limit | None = None) -> Step:
    """The amount for which the worths of a frontier are said. limit: what it sweeps; None where it is an objective."""
    currency, unit, of = case.settings.currency, _unit(found.swept), _unit(found.objective)
    if limit is not None:
        unit = _unit_of(case, limit)
    amount = {MONEY: 1_000.0, "share": 0.01}.get(unit, 1.0)
    largest = max((abs(p.worth) for p in found.points if p.worth is not None), default=0.0)
    widest = max((abs(p.at) for p in found.points), default=0.0)
    while 0 < largest * amount < LEAST and amount * 1_000 <= widest:
        amount *= 1_000
    return Step(amount, _more(unit, amount, currency), of, currency, impact.unit(case))


def _unit_of(case: Case, limit: Limit) -> str:
    """The unit of a column; of the limits of a rule, that of the rule."""
    sheet = known_sheet(limit.sheet)
    column = next((c for c in BY_NAME[sheet].columns if fold_title(c.name) == fold_title(limit.column)), None)
    if sheet == "Rules" and column is not None and column.name in ("at_least", "at_most"):
        name = fold(limit.where.partition("=")[2].strip().strip('"'))
        row = next((r for r in case.tables["Rules"].records() if fold(r["rule"]) == name), {})
        if words.is_share(row):
            return "share"
        of_money = row.get("kind") in ("", "limit") and not row["of"] and row["measure"] in ("", MONEY, "in kind")
        return MONEY if of_money else ""
    return column.unit if column is not None else ""


def _unit(objective: str) -> str:
    return MONEY if objective in _OF_MONEY else objective


def _more(unit: str, amount: float, currency: str) -> str:
    if unit == MONEY:
        return f"{words.money_exact(amount, currency)} more"
    if unit == "share":
        return "1 percentage point more" if amount == 0.01 else f"{words.percent(amount)} more"
    of = {"FTE": " FTE", "impact": " point" + "s" * (amount != 1)}.get(unit, "")
    return f"{words.number(amount)}{of} more" if of or amount != 1 else "one more"
