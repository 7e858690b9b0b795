"""A plan: the answer to a case, as tables of plain values.

Six tables are the decision (Spend, Posts, Hires, Levels, Match, Balances); the others are computed from these and the
case by `optimiser.plan.derive`. Money stands in the rounding of the case, levels and FTE are not rounded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.impact import unit
from optimiser.case.readable import counted, money_exact, points
from optimiser.case.spec import Column, Sheet
from optimiser.case.table import ReadOnly, Table
from optimiser.case.tolerances import LEAST_SIZE

if TYPE_CHECKING:
    import pandas as pd

    from optimiser.solvers.solution import Ends


def _t(name: str, help: str) -> Column:
    return Column(name, "text", help)


def _n(name: str, help: str, unit: str = "") -> Column:
    return Column(name, "number", help, unit)


_MONEY, _FTE = "money", "FTE"

DECISION: tuple[Sheet, ...] = (
    Sheet(
        "Spend",
        "Money from one fund, to one initiative, through one agency, in one cost category and period.",
        (_t("fund", "Fund."), _t("initiative", "Initiative."), _t("agency", "Agency."), _t("category", "Cost category."), _t("period", "Period."), _n("money", "Money spent.", _MONEY)),
        ("fund", "initiative", "agency", "category", "period"),
    ),
    Sheet(
        "Posts",
        "People whom an agency releases to an initiative.",
        (_t("agency", "Agency that releases them."), _t("role", "Their own role."), _t("fills", "The role that they fill."), _t("initiative", "Initiative."), _t("period", "Period."), _n("fte", "Staff released.", _FTE)),
        ("agency", "role", "fills", "initiative", "period"),
    ),
    Sheet(
        "Hires",
        "People hired for an initiative.",
        (_t("agency", "Agency that hires them."), _t("role", "Their role."), _t("initiative", "Initiative."), _t("period", "Period."), _n("fte", "Staff hired.", _FTE)),
        ("agency", "role", "initiative", "period"),
    ),
    Sheet(
        "Levels",
        "Share of an initiative's scope that an agency delivers in a period.",
        (_t("initiative", "Initiative."), _t("agency", "Agency."), _t("period", "Period."), _n("level", "Share of the full scope.", "share")),
        ("initiative", "agency", "period"),
    ),
    Sheet(
        "Match",
        "What counts as match of a fund, for one initiative: spend of another fund, or released staff (in kind).",
        (_t("fund", "Fund that is matched."), _t("source", "Fund that matches it, or `in kind`."), _t("initiative", "Initiative."), _n("money", "What counts.", _MONEY)),
        ("fund", "source", "initiative"),
    ),
    Sheet(
        "Balances",
        "Each fund's money in each period: what arrives and what becomes of it.",
        (_t("fund", "Fund."), _t("period", "Period."), _n("installment", "Arrives.", _MONEY), _n("brought_forward", "Comes from the period before.", _MONEY), _n("spend", "Is spent.", _MONEY), _n("carried_forward", "Moves on to the next period.", _MONEY), _n("unspent", "Stays unspent.", _MONEY)),
        ("fund", "period"),
    ),
)  # fmt: skip

WAIVED = "waived"
"""In the column sense of Compliance: the whole rule is waived."""
DERIVED: tuple[Sheet, ...] = (
    Sheet(
        "Awards",
        "What each initiative gets.",
        (_t("initiative", "Initiative."), _t("name", "Its name."), _t("theme", "Its theme."), _n("request", "Cost at full scope.", _MONEY), _n("award", "Money that it receives.", _MONEY), _n("level", "Share of the full scope that is delivered.", "share"), _n("people", "Staff released or hired.", "FTE·periods"), _n("impact", "Impact."), _t("state", "in full, in part or not funded")),
        ("initiative",),
    ),
    Sheet(
        "Received",
        "What each agency pays in and receives.",
        (_t("agency", "Agency."), _t("name", "Its name."), _n("contribution", "Money that it pays into funds.", _MONEY), _n("received", "Money spent through it.", _MONEY), _n("released", "Staff that it releases.", "FTE·periods"), _n("hired", "Staff that it hires.", "FTE·periods")),
        ("agency",),
    ),
    Sheet(
        "Achieved",
        "What the plan achieves, by outcome, in the outcome's own unit.",
        (_t("outcome", "Outcome."), _n("achieved", "Achieved."), _n("at_full", "If every initiative were delivered in full.")),
        ("outcome",),
    ),
    Sheet(
        "Compliance",
        "Every rule with what it requires and what the plan does.",
        (_t("rule", "Rule."), _t("kind", "Kind of rule."), _t("per", "For which member it is repeated."), _t("sense", "at_least or at_most; waived: the whole rule is, and has no figures"), _n("required", "As written."), _n("achieved", "In the same unit as required."), _n("headroom", "Distance from the limit, in `unit`."), _t("unit", "Unit of the headroom."), Column("kept", "flag", "Whether it holds."), Column("binding", "flag", "Whether it has no headroom."), Column("hard", "flag", "Whether it must hold."), _n("penalty", "Impact lost to the breach of a soft rule."), _t("authority", "By whose authority."), _t("set_by", "Who made the rule and may change it."), _t("waiver", "Who may grant a waiver."), _t("waived", "The waiver that was granted: what of the rule is waived, by whom, when and until when."), _t("sentence", "In plain English.")),
        ("rule", "per", "sense"),
    ),
)  # fmt: skip

SPEC: Mapping[str, Sheet] = {sheet.name: sheet for sheet in (*DECISION, *DERIVED)}


@dataclass(frozen=True)
class Stage:
    """One objective of the plan, in the reader's sign: the best possible, its bound, what later ones may give up, and what the plan has."""

    objective: str
    best: float
    bound: float
    within: float
    achieved: float


@dataclass(frozen=True)
class Proof:
    """How sure the answer is. dual_bound: the bound recomputed from the duals (the solver's own bound where there are switches).

    largest_violation is relative to the largest term of its row; whole: every spend line stands in the rounding.
    """

    largest_violation: float
    dual_bound: float | None
    gap: float | None
    whole: bool
    ties: str
    exact_bound: bool


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """The answer to a case. `tables` holds the sheets of DECISION and DERIVED; it is empty where there is no plan.

    status: optimal, within_gap, stopped or infeasible. objective and bound are those of the first objective.
    """

    case: Case
    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    impact: float | None
    stages: tuple[Stage, ...]
    tables: Mapping[str, Table]
    proof: Proof
    size: Mapping[str, int]
    seconds: Mapping[str, float]
    versions: Mapping[str, str]
    solver: str
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    ends: Ends | None = None
    """Where the solver ended, for questions about the plan; of a plan that was read from a file or the store nobody knows."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", ReadOnly(self.tables))

    def __repr__(self) -> str:
        return "\n  ".join([f"Plan of {self.case.settings.name or 'a case'}: {self.status}", *self._said()])

    def _repr_html_(self) -> str:
        lines = [f"<b>{escape(self.case.settings.name or 'Plan')}</b>: {self.status}", *map(escape, self._said())]
        return "<br>".join(lines) + (self.tables["Awards"]._repr_html_() if self.has_plan else "")

    def _said(self) -> list[str]:
        """What a glance should tell: worth, money, initiatives, rules, and where the tables are."""
        if not self.has_plan:
            return ["no plan"]
        currency = self.case.settings.currency
        award, kept = self.tables["Awards"]["award"], np.array([r["kept"] for r in self.limits()], bool)
        rules = f"; {int(kept.sum()):,} of {counted(len(kept), 'limit')} of rules kept" if len(kept) else ""
        funded = int((self.tables["Awards"]["level"] > 0).sum())
        worth = points(self.impact or 0.0, unit(self.case), bare=True)
        return [
            f"impact {worth}; {money_exact(float(award.sum()), currency)} to {funded:,} of "
            f"{counted(len(award), 'initiative')}{rules}",
            *self.notes,
            f"tables: {', '.join(name for name, table in self.tables.items() if len(table))}",
        ]

    @property
    def has_plan(self) -> bool:
        """Whether there is anything to show: false where the case is infeasible or nothing was found in time."""
        return bool(self.tables)

    @property
    def is_whole(self) -> bool:
        """Whether it is the plan that was solved, and not what one person may see of it: only of that can more be asked."""
        return "seen_by" not in self.extra

    @property
    def why_none(self) -> str:
        """Why there is no plan, which only a proof makes impossible; blank where there is one."""
        return "" if self.has_plan else why_none(self.status)

    @property
    def spend(self) -> pd.DataFrame:
        """fund, initiative, agency, category, period, money: one row for each line above 0."""
        return self._frame("Spend")

    @property
    def posts(self) -> pd.DataFrame:
        """agency, role, fills, initiative, period, fte."""
        return self._frame("Posts")

    @property
    def award(self) -> pd.DataFrame:
        """One row for each initiative: request, award, level, people, impact, state."""
        return self._frame("Awards")

    @property
    def received(self) -> pd.DataFrame:
        """One row for each agency: contribution, received, released, hired."""
        return self._frame("Received")

    @property
    def rules(self) -> pd.DataFrame:
        """One row for each limit of each rule: required, achieved, headroom, kept."""
        return self._frame("Compliance")

    def limits(self) -> list[dict[str, Any]]:
        """Rows of Compliance that are limits, as records: a rule that is waived altogether has none."""
        return [r for r in self._table("Compliance").records() if r["sense"] != WAIVED]

    def _frame(self, sheet: str) -> pd.DataFrame:
        """A sheet as a pandas table. Raises NoPlan where there is none."""
        return self._table(sheet).frame()

    def _table(self, sheet: str) -> Table:
        if not self.has_plan:
            raise NoPlan(
                f"the case has no plan ({self.status}: {self.why_none}): ask plan.has_plan first; "
                "optimiser.explain(case) says more"
            )
        return self.tables[sheet]


def why_none(status: str) -> str:
    """Why there is no plan, in words: only where a solve ended as infeasible is there none."""
    return "no plan keeps every hard rule" if status == "infeasible" else "no plan was found in time"


class NoPlan(LookupError):
    """A table of a plan was asked for where there is no plan."""


def tightness(row: Mapping[str, Any]) -> tuple[bool, bool, float]:
    """Order of the limits of a rule (rows of Compliance), the tightest first: broken, then at the limit, then by the distance
    from the limit as a share of it; a share of nothing, which nothing can tighten, is last."""
    required, achieved = row["required"], row["achieved"]
    apart = abs(achieved - required) / max(abs(required), LEAST_SIZE) if math.isfinite(achieved) else math.inf
    return row["kept"], not row["binding"], apart
