"""The conflict of cases that cannot be met: it holds the planted cause, and none of its members can be spared."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.limits.demands import Demands
from optimiser.analysis.reasons.conflict import Conflict, conflict
from optimiser.case.case import Case
from optimiser.case.selection import quoted
from optimiser.case.settings import Objective
from optimiser.model.matrix import StageCost
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from tests.oracle.random_cases import Records, random_case
from tests.rules.small import checked
from tests.soak import some_of

Cell = tuple[str, str, str]
"""Sheet, item and column of a member."""
THRIFT = (Objective("thrift"),)

SEEDS = some_of(range(300), range(9))


# -- planted causes ---------------------------------------------------------------------------------------------------


class Planter:
    """A random case that has a plan, and one cause more for which it has none."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.records: Records = random_case(seed, rules=True)
        self.agency = self.records["Agencies"][0]["agency"]
        self.records["Agencies"].append({"agency": "Newcomer"})
        self.money = sum(float(f["amount"] or 0) for f in self.records["Funds"]) + 1
        self.causes = [
            self.minimum_above_all_money, self.rule_above_all, self.set_asides, self.nobody_for_a_need,
            self.agency_minimum, self.agency_maximum, self.too_many_counted, self.excluded, self.required,
            self.nowhere_to_spend, self.no_match, self.too_slow, self.not_carried, self.average, self.locked_out,
            self.scope_below_minimum,
        ]  # fmt: skip

    def __getitem__(self, sheet: str) -> list[dict[str, Any]]:
        return self.records.setdefault(sheet, [])

    def initiative(self, name: str, **columns: Any) -> None:
        """A new initiative, by default led by the newcomer."""
        row = {"initiative": name, "request": 1000, "lead": "Newcomer", "name": f"{name} for all", **columns}
        self["Initiatives"].append(row)

    def rule(self, name: str, **columns: Any) -> Cell:
        self["Rules"].append({"rule": name, **columns})
        return ("Rules", name, "")

    def fund(self, **columns: Any) -> None:
        self["Funds"].append({"fund": "New grant", "kind": "joint grant", "amount": 10_000, **columns})

    # Each grows what is harmless first; what it returns is planted after, as (sheet, row) to be added or columns to
    # be set, with the cells that a conflict must name.

    def minimum_above_all_money(self) -> set[Cell]:
        self.initiative("X", request=self.money * 3, minimum=self.money * 1.1, must_fund="yes")
        return {("Initiatives", "X", "must_fund")}

    def rule_above_all(self) -> set[Cell]:
        self.initiative("X")
        return {self.rule("planted", kind="limit", where="initiative = X", at_least=2000)}

    def set_asides(self) -> set[Cell]:
        self.initiative("X", request=20_000)
        self.initiative("Y", request=20_000)
        self.fund(allowed="initiative = X | Y")
        first = self.rule("one", kind="limit", where='fund = "New grant" ; initiative = X', at_least=0.6, of="amount")
        other = self.rule("two", kind="limit", where='fund = "New grant" ; initiative = Y', at_least=0.55, of="amount")
        return {first, other, ("Funds", "New grant", "amount")}

    def nobody_for_a_need(self) -> set[Cell]:
        self.initiative("X", must_fund="yes")
        self["Needs"].append({"initiative": "X", "role": "pathologist", "fte": 1.5})
        return {("Initiatives", "X", "must_fund"), ("Needs", "X, pathologist", "fte")}

    def agency_minimum(self) -> set[Cell]:
        self["Agencies"][-1]["minimum"] = 5000
        self.initiative("X")
        return {("Agencies", "Newcomer", "minimum")}

    def agency_maximum(self) -> set[Cell]:
        self["Agencies"][-1]["maximum"] = 600
        self.initiative("X", must_fund="yes", all_or_nothing="yes")
        return {("Agencies", "Newcomer", "maximum"), ("Initiatives", "X", "must_fund")}

    def too_many_counted(self) -> set[Cell]:
        count = len(self["Initiatives"]) + 1
        return {self.rule("planted", kind="count", at_least=count)}

    def excluded(self) -> set[Cell]:
        self.initiative("X", must_fund="yes")
        self.initiative("Y", must_fund="yes", minimum=100)
        cells = {("Initiatives", "X", "must_fund"), ("Initiatives", "Y", "must_fund")}
        return cells | {self.rule("planted", kind="excludes", where="initiative = X | Y")}

    def required(self) -> set[Cell]:
        self.initiative("X", must_fund="yes")
        self.initiative("Y", maximum=0)
        cells = {("Initiatives", "X", "must_fund"), ("Initiatives", "Y", "maximum")}
        return cells | {self.rule("planted", kind="requires", where="initiative = X", of="initiative = Y")}

    def nowhere_to_spend(self) -> set[Cell]:
        self.initiative("X")
        self.fund(allowed="initiative = X", min_spend=0.9)
        return {("Funds", "New grant", "min_spend")}

    def no_match(self) -> set[Cell]:
        for fund in self["Funds"]:
            fund["can_match"] = "no"
            fund["match_rate"] = ""
        self["Rules"][:] = [r for r in self["Rules"] if r["kind"] != "match"]
        self.initiative("X", request=50_000)
        self.fund(allowed="initiative = X", min_spend=0.5, match_rate=0.3)
        return {("Funds", "New grant", "min_spend"), ("Funds", "New grant", "match_rate")}

    def too_slow(self) -> set[Cell]:
        period = self["Periods"][0]["period"] if self["Periods"] else ""
        self.initiative("X", must_fund="yes", pace=0.4, first=period, last=period)
        return {("Initiatives", "X", "must_fund"), ("Initiatives", "X", "pace")}

    def not_carried(self) -> set[Cell]:
        if len(self["Periods"]) < 2:
            self.records["Periods"] = [{"period": p} for p in ("FY", "FY2")]
        first, last = self["Periods"][0]["period"], self["Periods"][-1]["period"]
        self.initiative("X", request=50_000, first=last)
        self.fund(allowed="initiative = X", min_spend=0.5, carryover=0, first=first, last=last)
        return {("Funds", "New grant", "min_spend"), ("Funds", "New grant", "carryover")}

    def average(self) -> set[Cell]:
        self.initiative("X", must_fund="yes", score=50)
        cell = self.rule("planted", kind="average", where="initiative = X", at_least=70)
        return {("Initiatives", "X", "must_fund"), cell}

    def locked_out(self) -> set[Cell]:
        self.initiative("X", maximum=0)
        cell = self.rule("planted", kind="limit", measure="level", where="initiative = X", at_least=0.5)
        return {("Initiatives", "X", "maximum"), cell}

    def scope_below_minimum(self) -> set[Cell]:
        self.initiative("X", request=1000, minimum=1500, must_fund="yes")
        return {("Initiatives", "X", "must_fund")}


@cache
def planted(number: int) -> tuple[Case, set[Cell], str]:
    """The case of a number, what its conflict must name, and the kind of its cause."""
    for attempt in range(40):
        seed = number + 1000 * attempt
        planter = Planter(seed)
        cause = planter.causes[number % len(planter.causes)]
        cells = cause()
        case, _ = verbs.check_records(planter.records)
        if case is not None and _spared(case, cells) and not possible(case):
            return case, cells, cause.__name__
    raise AssertionError(number)


def _spared(case: Case, cells: set[Cell]) -> bool:
    """Whether the case has a plan without each of the planted cells: then every conflict holds all of them."""
    return all(possible(case, [cell]) for cell in cells)


# -- asking, with the case's own linear program -----------------------------------------------------------------------


FREE = [("must_fund", "= no"), ("all_or_nothing", "= no"), ("minimum", "= 0")]
EASED = {
    ("Rules", ""): [("active", "= no")],
    ("Funds", "carryover"): [("carryover", "= 1")],
    ("Funds", "min_spend"): [("min_spend", "= 0")],
    ("Funds", "match_rate"): [("match_rate", "= 0")],
    ("Agencies", "minimum"): [("minimum", "= 0")],
    ("Agencies", "maximum"): [("maximum", "= ")],
    ("Initiatives", "maximum"): [("maximum", "= ")],
    ("Initiatives", "pace"): [("pace", "= 1")],
    ("Initiatives", "must_fund"): FREE,
    ("Initiatives", "all_or_nothing"): FREE,
    ("Initiatives", "minimum"): FREE,
    ("Staff", "hire_max"): [("hire_max", "= 1000000")],
    ("Needs", "fte"): [("fte", "= 0")],
    ("Partners", "min_share"): [("min_share", "= 0")],
    ("Partners", "max_share"): [("max_share", "= 1")],
}
"""What anybody can change so that a member demands nothing."""
KEYS = {
    "Rules": ("rule",), "Funds": ("fund",), "Agencies": ("agency",), "Initiatives": ("initiative",),
    "Staff": ("agency", "role"), "Needs": ("initiative", "role"), "Partners": ("initiative", "agency"),
}  # fmt: skip


def possible(case: Case, without: Iterable[Cell] = ()) -> bool:
    """Whether the case has a plan without some members: by changes, and where these would move other limits too (money
    and people, of which rules take shares) in the linear program of the case."""
    without = list(without)
    rows = []
    for sheet, item, column in without:
        names = [item] if len(KEYS[sheet]) == 1 else item.split(", ", 1)
        where = " ; ".join(f"{key} = {quoted(name)}" for key, name in zip(KEYS[sheet], names, strict=True))
        for changed, change in EASED.get((sheet, column), []):
            rows.append({"sheet": sheet, "where": where, "column": changed, "change": change})
    eased = verbs.apply_changes(case, rows) if rows else case
    model, facts = Program.of(replace(eased, settings=replace(case.settings, objective=THRIFT))).model, eased.facts
    upper, most = model.row_upper.copy(), model.column_upper.copy()
    for name, family in model.columns.families.items():
        if name not in ("level", "funded", "achieved"):
            most[family.span] = 1e12
    for item in (item for sheet, item, column in without if (sheet, column) == ("Funds", "amount")):
        code = facts.names["fund"].index(item)
        for name, moves in (("fund", np.ones(len(facts.amount))), ("carry-over", facts.carryover)):
            rows_of = model.rows[name]
            fund, period = rows_of.keys["fund"], rows_of.keys["period"]
            mine = (fund == code) & (facts.installment[fund, period] > 0) & (moves[fund] > 0)
            upper[rows_of.first + np.flatnonzero(mine)] = np.inf
    for item in (item for sheet, item, column in without if (sheet, column) == ("Staff", "fte")):
        agency, role = item.split(", ", 1)
        rows_of = model.rows["people"]
        mine = (rows_of.keys["agency"] == facts.names["agency"].index(agency)) & (
            rows_of.keys["role"] == facts.names["role"].index(role)
        )
        upper[rows_of.first + np.flatnonzero(mine)] = np.inf
    zero = StageCost("possible", np.zeros(len(most)))
    solution = solve(replace(model, row_upper=upper, column_upper=most, stages=(zero,), ties=()))
    assert solution.status in ("optimal", "within_gap", "infeasible")
    return solution.x is not None


def cells_of(found: Conflict) -> set[Cell]:
    return {(m.sheet, m.item, m.column) for m in found.members}


# -- tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.first(2)
@pytest.mark.parametrize("number", SEEDS)
def test_the_conflict_holds_the_planted_cause_and_spares_nobody(number: int) -> None:
    case, cells, kind = planted(number)
    found = conflict(case)
    assert found is not None
    named = cells_of(found)
    assert cells <= named, (kind, named)
    others = [(m.sheet, m.item, m.column) for m in Demands(case).members if (m.sheet, m.item, m.column) not in named]
    assert not possible(case, others), (kind, named)
    for one in named:
        assert possible(case, [*others, one]), (kind, one)
    assert found.sentence()


def test_a_case_with_a_plan_has_no_conflict() -> None:
    assert conflict(verbs.case_from(FUND)) is None


FUND: Records = {
    "Agencies": [{"agency": "Lab", "name": "County crime laboratory"}],
    "Funds": [{"fund": "P", "name": "Pool B", "amount": 500}],
    "Initiatives": [
        {"initiative": "A", "name": "Night patrol", "lead": "Lab", "request": 400, "minimum": 300},
        {"initiative": "B", "lead": "Lab", "request": 400, "minimum": 300},
    ],
}


def _must(*names: str, **more: Any) -> Case:
    records = deepcopy(FUND)
    for row in records["Initiatives"]:
        if row["initiative"] in names:
            row.update({"must_fund": "yes", **more})
    return checked(records)


def test_the_sentence_adds_up_the_numbers_and_uses_names() -> None:
    found = conflict(_must("A", "B"))
    assert found is not None
    assert found.sentence() == (
        "Three requirements cannot all hold: Pool B has $500, and the others need at least $600 of it: $100 too "
        "little. They are: (1) Pool B has $500. (2) Night patrol must receive at least $300. (3) B must "
        "receive at least $300."
    )


def test_a_floor_above_what_the_scope_can_cost() -> None:
    found = conflict(_must("A", minimum=450))
    assert found is not None
    assert found.sentence() == "Night patrol must receive at least $450, but its full scope costs only $400."


def test_an_initiative_that_no_fund_may_pay_for() -> None:
    records = deepcopy(FUND)
    records["Funds"][0]["allowed"] = "category != travel"
    records["Costs"] = [
        {"initiative": "A", "category": "travel", "share": 0.5}, {"initiative": "A", "category": "general", "share": 0.5},
    ]  # fmt: skip
    records["Initiatives"][0]["must_fund"] = "yes"
    found = conflict(checked(records))
    assert found is not None
    assert found.sentence() == "Night patrol must receive at least $300, but no fund may pay for its travel."


def test_a_conflict_of_people() -> None:
    records = deepcopy(FUND)
    records["Staff"] = [{"agency": "Lab", "role": "analyst", "fte": 1}]
    records["Needs"] = [{"initiative": "A", "role": "analyst", "fte": 2}]
    records["Initiatives"][0].update(must_fund="yes", minimum=0)
    found = conflict(checked(records))
    assert found is not None
    assert found.reason == (
        "County crime laboratory can release 1 FTE of analyst, and the others need at least 2 FTE of it: 1 FTE too little."
    )
