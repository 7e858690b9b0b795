"""Every limit of a case, and the two programs on which they are asked: what is possible, and what is best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from optimiser.analysis.limits.aspects import Limit, Member
from optimiser.analysis.limits.feasible import feasibility
from optimiser.analysis.limits.ground import Ground
from optimiser.analysis.limits.initiatives import Floor, Maximum, Pace
from optimiser.analysis.limits.money import AgencyMaximum, AgencyMinimum, CarryOver, FundAmount, MatchRate, MinSpend
from optimiser.analysis.limits.people_limits import Hires, Needs, PartnerShare, Released, Staff
from optimiser.analysis.limits.rule_limits import RuleLimit
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.settings import Objective
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import compile_rules

OF_ONE = (
    ("fund", (FundAmount, CarryOver, MinSpend, MatchRate)),
    ("agency", (AgencyMinimum, AgencyMaximum)),
    ("initiative", (Floor, Maximum, Pace)),
)
"""Limits of one record each."""


def every(on: Ground) -> Iterator[Limit]:
    """Every limit, those first that people would rather hear named: rules, money, floors, people, what delivery asks for."""
    f = on.facts
    yield from (RuleLimit(on, number) for number in range(len(on.rules)))
    for dimension, kinds in OF_ONE:
        for code in range(f.size(dimension)):
            yield from (kind(on, code) for kind in kinds)
    for staffed, most in ((Staff, f.releasable_fte), (Hires, f.hire_max), (Released, f.releasable_fte)):
        yield from (staffed(on, int(a), int(k)) for a, k in zip(*np.nonzero(most.max(axis=2) > 0), strict=True))
    yield from (Needs(on, i, k) for i, k in on.by("staffing", "initiative", "role"))
    for family, largest in (("min share", False), ("max share", True)):
        yield from (PartnerShare(on, i, a, largest) for i, a in on.by(family, "initiative", "agency"))


class Demands(Ground):
    """A case as demands: the linear program of its feasibility, and the members that can be taken out of it."""

    def __init__(self, case: Case) -> None:
        rules = case.tables["Rules"]
        tables = {**case.tables, "Rules": rules.take(rules["hard"] & rules["active"])}
        facts = Facts(tables, replace(case.settings, objective=(Objective("thrift"),)))
        compiled = compile_rules(facts)
        super().__init__(case, facts, compiled, feasibility(facts, build(facts, compiled), compiled))

    def again(self, case: Case) -> Model:
        """The same of another case."""
        return Demands(case).model

    @cached_property
    def limits(self) -> list[Limit]:
        """Every limit."""
        return list(every(self))

    @cached_property
    def members_of(self) -> list[Member | None]:
        """What each limit demands (None: nothing)."""
        return [limit.member() for limit in self.limits]

    @cached_property
    def members(self) -> list[Member]:
        """What can be taken out, in the same order."""
        return [member for member in self.members_of if member is not None]


def without(model: Model, dropped: Sequence[Member]) -> Model:
    """The model in which these members demand nothing."""
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    for member in dropped:
        lower[member.lower] = -np.inf
        upper[member.upper] = np.inf
        lower[member.imposed] = 0.0
    return replace(model, row_lower=lower, row_upper=upper)
