"""Repairs work when they are applied, the cheapest is as cheap as can be, and there are several where they exist."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.limits.move_costs import Costs
from optimiser.analysis.reasons.conflict import conflict
from optimiser.analysis.reasons.repair import as_scenario, repairs
from optimiser.case.case import Case
from optimiser.case.selection import quoted
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import compile_rules
from tests.analysis.test_conflict import FUND, SEEDS, THRIFT, planted, possible
from tests.rules.small import checked

INF = float("inf")

# -- the full elastic solve, once more, row by row --------------------------------------------------------------------

Slack = tuple[dict[int, float], float, float]
"""Row -> how far one unit moves its limits outward; cost of one unit; most units."""


def plainly(case: Case) -> Case:
    """The case without soft rules, for the objective of least money."""
    rules = case.tables["Rules"]
    tables = {**case.tables, "Rules": rules.take(rules["hard"] & rules["active"])}
    return Case(tables, replace(case.settings, objective=THRIFT))


def elastic(case: Case) -> float:
    """The least cost of making a case possible by moving limits, in money."""
    case = plainly(case)
    model = Program.of(case).model
    slacks = list(_slacks(case, model))
    columns, rows = len(model.column_lower), len(model.row_lower)
    starts: list[int] = []
    index: list[int] = []
    value: list[float] = []
    more: dict[int, list[tuple[int, float]]] = {}
    for k, (moved, _, _) in enumerate(slacks):
        for row, by in moved.items():
            more.setdefault(row, []).append((columns + k, -by))
    for row in range(rows):
        starts.append(len(index))
        span = slice(model.start[row], model.start[row + 1])
        index += model.index[span].tolist() + [c for c, _ in more.get(row, [])]
        value += model.value[span].tolist() + [v for _, v in more.get(row, [])]
    upper = model.column_upper.copy()
    for name, family in model.columns.families.items():
        if name not in ("achieved", "funded"):
            keep = (
                (case.facts.maximum == 0)[family.keys["initiative"]] if name == "level" else np.zeros(family.size, bool)
            )
            upper[family.span] = np.where(keep, upper[family.span], 1e9)
    must = model.columns["funded"]
    lower = model.column_lower.copy()
    obliged = case.facts.must_fund[must.keys["initiative"]]
    lower[must.span] = 0.0
    row_lower, row_upper = model.row_lower.copy(), model.row_upper.copy()
    for k in np.flatnonzero(obliged).tolist():
        starts.append(len(index))
        index.append(must.first + k)
        value.append(1.0)
        row_lower, row_upper = np.append(row_lower, 1.0), np.append(row_upper, INF)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 1e-9)
    highs.passModel(
        columns + len(slacks), len(row_lower), len(index), 2, 1, 0.0,
        np.append(np.zeros(columns), [cost for _, cost, _ in slacks]),
        np.append(lower, np.zeros(len(slacks))), np.append(upper, [most for _, _, most in slacks]),
        row_lower, row_upper, np.array(starts, np.int32), np.array(index, np.int32), np.array(value, float),
        np.append(model.integer, np.zeros(len(slacks))).astype(np.int32),
    )  # fmt: skip
    highs.run()
    status = highs.getModelStatus()
    return float(highs.getInfo().objective_function_value) if status == highspy.HighsModelStatus.kOptimal else INF


def _slacks(case: Case, model: Model) -> Iterator[Slack]:
    f = case.facts
    total = float(f.amount.sum())
    average = total / (float(f.releasable_fte.sum()) or float((f.need * f.active_periods[:, None]).sum()) or 1.0)

    def rows(name: str) -> Iterator[tuple[int, dict[str, int]]]:
        family = model.rows[name]
        for k in range(family.size):
            yield family.first + k, {d: int(codes[k]) for d, codes in family.keys.items()}

    def moved(sheet: str, where: str, column: str, by: str = "+ 1") -> dict[int, float]:
        changed = verbs.apply_changes(case, [{"sheet": sheet, "where": where, "column": column, "change": by}])
        other = Program.of(plainly(changed)).model
        if len(other.value) != len(model.value) or not np.array_equal(other.value, model.value):
            return {}
        made = {}
        for before, after in ((model.row_lower, other.row_lower), (model.row_upper, other.row_upper)):
            for row in np.flatnonzero(np.isfinite(before) & (before != after)).tolist():
                made[row] = float(after[row] - before[row])
        return made

    for name in f.names["fund"]:
        if shift := moved("Funds", f"fund = {quoted(name)}", "amount"):
            yield shift, 1.0, INF
    for a, k in zip(*(c.tolist() for c in np.nonzero(f.releasable_fte.max(axis=2) > 0)), strict=True):
        where = f"agency = {quoted(f.names['agency'][a])} ; role = {quoted(f.names['role'][k])}"
        price = float(f.cost_per_fte[a, k].max()) or average
        if shift := moved("Staff", where, "fte"):
            yield shift, price * sum(row in dict(rows("people")) for row in shift), INF
        share, known = f.releasable_fte[a, k], f.fte[a, k] > 0
        released = share[known] / f.fte[a, k][known]
        if released.max() < 1 and np.ptp(released) < 1e-12:
            mine = {r: float(f.fte[a, k, c["period"]]) for r, c in rows("people") if (c["agency"], c["role"]) == (a, k)}
            yield mine, price * sum(mine.values()), 1 - float(released.max())
    for a, k in zip(*(c.tolist() for c in np.nonzero(f.hire_max.max(axis=2) > 0)), strict=True):
        mine = {r: 1.0 for r, c in rows("hire limit") if (c["agency"], c["role"]) == (a, k)}
        yield mine, (float(f.cost_per_fte[a, k].max()) or average) * len(mine), INF
    for row, _ in rows("staffing"):
        yield {row: -1.0}, average, INF
    for row, _ in rows("min spend"):
        yield {row: -1.0}, 1.0, INF
    for row, _ in rows("match"):
        yield {row: -1.0}, 1.0, INF
    for row, _ in rows("carry-over"):
        yield {row: 1.0}, 1.0, INF
    for row, c in rows("agency"):
        yield {row: -1.0}, 1.0, float(f.agency_minimum[c["agency"]])
        yield {row: 1.0}, 1.0, INF
    for row, c in rows("award"):
        yield {row: -1.0}, 1.0, float(f.minimum[c["initiative"]])
        if f.maximum[c["initiative"]] > 0:
            yield {row: 1.0}, 1.0, INF
    for row, c in rows("minimum"):
        yield {row: -1.0}, 1.0, float(f.minimum[c["initiative"]])
    request = np.where(f.request > 0, f.request, total * 1e-3)
    for row, c in rows("scope"):
        i = c["initiative"]
        if f.all_or_nothing[i] or (f.must_fund[i] and f.minimum[i] <= 0):
            yield {row: -1.0}, float(request[i]), 1.0
        elif f.minimum[i] > f.request[i] * f.cost_factor[f.partner_initiative == i].max():
            yield {row: 1.0}, float(f.request[i]), 50.0
    for i in range(f.size("initiative")):
        mine = {r: 1.0 for r, c in rows("pace") if c["initiative"] == i}
        if mine:
            yield mine, float(request[i]), 1 - float(f.pace[i])
    for name, by in (("min share", -1.0), ("max share", 1.0)):
        for row, c in rows(name):
            yield {row: by}, float(request[c["initiative"]]), 1.0
    units = {
        "money": 1.0, "FTE·periods": average, "points × money": 0.01,
        "level": float(f.request.sum()) / len(f.request), "initiatives": float(f.request.sum()) / len(f.request),
        "outcome": total / (float(np.abs(f.at_full).sum()) or 1.0),
    }  # fmt: skip
    compiled = compile_rules(f)
    for name in (n for n in model.rows.families if n.startswith("rule ")):
        for row, c in rows(name):
            limits = compiled[c["rule"]].blocks[c["part"]]
            yield {row: -1.0 if limits.at_least else 1.0}, units[limits.unit], INF


# -- on planted cases -------------------------------------------------------------------------------------------------


@pytest.mark.first(3)
@pytest.mark.parametrize("number", SEEDS)
def test_every_repair_works_and_the_cheapest_is_as_cheap_as_can_be(number: int) -> None:
    case, _, kind = planted(number)
    offered = repairs(case)
    assert offered, kind
    for repair in offered:
        assert possible(verbs.apply_changes(case, repair.changes)), (kind, repair)
        assert repair.cost >= repair.least * (1 - 1e-8) - 1e-6, (kind, repair)
    assert len({str(r.changes) for r in offered}) == len({r.sentence for r in offered}) == len(offered)
    least = elastic(case)
    if kind != "locked_out":  # a maximum of 0 is a bound there, not a row
        assert min(r.least for r in offered) <= least * (1 + 1e-6) + 1e-3, (kind, offered)


def _must(**more: Any) -> Case:
    records = deepcopy({**FUND, **more})
    for row in records["Initiatives"]:
        row["must_fund"] = "yes"
    return checked(records)


def test_several_repairs_in_whole_units() -> None:
    records = deepcopy(FUND)
    for row in records["Initiatives"]:
        row.update({"must_fund": "yes", "minimum": 300.4})
    records["Funds"][0]["amount"] = 5000
    records["Initiatives"].append(
        {"initiative": "C", "lead": "Lab", "request": 9000, "minimum": 4450.25, "must_fund": "yes"}
    )
    offered = repairs(checked(records), wanted=4)
    assert [(r.cost, r.sentence) for r in offered] == [
        (52.0, "Lower the minimum of B by $52."),
        (52.0, "Lower the minimum of C by $52."),
        (52.0, "Lower the minimum of Night patrol by $52."),
        (52.0, "Raise the amount of Pool B by $52."),
    ]
    assert offered[3].changes == ({"sheet": "Funds", "where": "fund = P", "column": "amount", "change": "+ 52"},)
    assert offered[0].least == pytest.approx(51.05)


def test_people_in_tenths_of_an_fte() -> None:
    staff = [{"agency": "Lab", "role": "analyst", "fte": 4, "releasable": 0.25, "cost_per_fte": 100}]
    records = deepcopy(FUND)
    records["Initiatives"][0].update(must_fund="yes", minimum=0)
    records["Staff"], records["Needs"] = staff, [{"initiative": "A", "role": "analyst", "fte": 1.37}]
    offered = {r.sentence: r for r in repairs(checked(records), wanted=5)}
    assert offered["Release 35% of the analysts of County crime laboratory instead of 25%."].cost == pytest.approx(40)
    assert offered["Add 1.5 FTE of analyst at County crime laboratory."].cost == pytest.approx(150)
    assert "Let Night patrol do with 1 FTE of analyst at full scope." in offered
    assert "Require only $291.97 for Night patrol." in offered


def test_people_where_nobody_has_any() -> None:
    records = deepcopy(FUND)
    records["Initiatives"][0].update(must_fund="yes", minimum=0)
    records["Needs"] = [{"initiative": "A", "role": "pilot", "fte": 1.5}]
    said = [r.sentence for r in repairs(checked(records), wanted=4)]
    assert "Release 1.5 FTE of pilot at County crime laboratory." in said
    assert "No longer require Night patrol." in said


def test_a_request_raised_where_its_scope_costs_less_than_the_floor() -> None:
    records = deepcopy(FUND)
    records["Initiatives"][0].update(must_fund="yes", minimum=450)
    offered = repairs(checked(records))
    assert [r.sentence for r in offered] == [
        "Lower the minimum of Night patrol by $50.",
        "Raise the request of Night patrol by $50.",
        "No longer require Night patrol.",
    ]


def test_costs_are_settable() -> None:
    case = _must()
    assert {r.cost for r in repairs(case)} == {100.0}
    assert {r.cost for r in repairs(case, costs=Costs(money=2.5))} == {250.0}


def test_a_possible_case_needs_no_repair() -> None:
    assert repairs(checked(FUND)) == []


def test_a_repair_becomes_a_scenario() -> None:
    case = _must()
    repair = repairs(case)[0]
    with_it = as_scenario(case, repair, "cure")
    assert conflict(with_it) is not None
    assert conflict(verbs.scenario(with_it, "cure")) is None
    row = next(with_it.tables["Scenarios"].records())
    assert row["note"] == repair.sentence
    for taken in ("Cure", "base", " "):
        with pytest.raises(ValueError, match="cannot be the scenario's name"):
            as_scenario(with_it, repair, taken)


def test_two_promises_that_a_count_bars_are_given_up_together() -> None:
    """At most one of three that must be funded: to give two of them up is cheaper than to give up the grant's rule."""
    case = verbs.case_from(
        {
            "Agencies": [{"agency": "P"}],
            "Funds": [{"fund": "Grant", "amount": 10_000}],
            "Initiatives": [
                {"initiative": name, "lead": "P", "request": request, "must_fund": "yes", "minimum": minimum}
                for name, request, minimum in (("A", 300, ""), ("B", 5_000, ""), ("C", 400, 200))
            ],
            "Rules": [{"rule": "one", "kind": "excludes", "set_by": "award"}],
        }
    )
    first, *_ = repairs(case, wanted=1)
    assert first.sentence == "No longer require A and no longer require C."
    assert first.cost == 300 + 200
    assert verbs.solve(verbs.apply_changes(case, first.changes)).has_plan


def test_no_repair_holds_another_one() -> None:
    """A rule that is dropped whole does more than the part of it that was needed: the other change need not be made."""
    case = verbs.case_from({
        "Agencies": [{"agency": a, "score": s, "population": p} for a, s, p in (("P", 80, 100), ("S", 95, 300), ("J", 60, 200))],
        "Funds": [{"fund": "L", "amount": 100000.01, "min_spend": 0.9}],
        "Initiatives": [{"initiative": a, "lead": a, "request": 60000} for a in "PSJ"],
        "Rules": [{"rule": "Earned", "kind": "earned", "where": "fund = L", "per": "agency", "of": "population", "set_by": "agreement"}],
    })  # fmt: skip
    found = repairs(case)
    assert len(found) >= 2
    for one in found:
        others = [other for other in found if other is not one]
        assert not any(all(row in one.changes for row in other.changes) for other in others), one.sentence
        for row in one.changes if len(one.changes) > 1 else ():
            assert not possible(verbs.apply_changes(case, [r for r in one.changes if r is not row])), one.sentence
