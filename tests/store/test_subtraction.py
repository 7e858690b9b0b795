"""No hidden amount follows by subtraction: an attack with linear programs on all that one reader is sent.

The attacker knows nothing of how rows were merged. They read the figures of the plan's workbook and the records of the
inputs, as both are handed out, and are told besides which cells of the plan are not zero. Then the other way round: for
a range that the attack leaves, a plan at its far end is made, and whatever is handed out of it must be the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest
from scipy.optimize import linprog

from optimiser.app_pages.shell import downloads
from optimiser.case.names import fold
from optimiser.case.selection import parse
from optimiser.papers import as_text
from optimiser.papers.blocks import figures_of
from optimiser.papers.paper import Source, shelf
from optimiser.plan.derive import table_of
from optimiser.plan.tables import SPEC, Plan
from optimiser.store.base.rights import Actor
from optimiser.store.privacy import sight, sight_plan
from optimiser.store.privacy.sight_merge import WIDTH, Merge, merged
from optimiser.verbs import case_from, solve
from tests.oracle.random_cases import random_case
from tests.store.test_sight import actor, solved

Row = dict[str, Any]
Cell = tuple[str, str, str, str]
"""Folded fund, initiative, agency and period."""
ROUNDING = 2.0
"""What whole units may break a limit of the inputs by."""


def sheets(book: bytes) -> dict[str, list[Row]]:
    """Records of a workbook as somebody reads them."""
    made = {}
    for sheet in openpyxl.load_workbook(BytesIO(book), data_only=True):
        titles, *rows = sheet.iter_rows(values_only=True)
        made[sheet.title] = [dict(zip(titles, row, strict=True)) for row in rows]
    return made  # type: ignore[return-value]


@dataclass(frozen=True)
class Found:
    """What follows of one hidden amount, and the plan's money, cell by cell, at the far end of it."""

    name: str
    amount: float
    least: float
    most: float
    world: Mapping[Cell, float]

    @property
    def width(self) -> float:
        return self.most - self.least


class Attacker:
    """Somebody with a workbook of the plan and the inputs."""

    def __init__(self, whole: Plan, book: dict[str, list[Row]], inputs: Mapping[str, list[Row]], who: Actor) -> None:
        self.book, self.inputs, self.own = book, inputs, fold(who.agency)
        case = whole.case.tables
        delivers = {(fold(r["initiative"]), fold(r["agency"])) for r in case["Partners"].records()}
        rows = {fold(r["initiative"]): r for r in case["Initiatives"].records()}
        self.mine = {
            k for k, r in rows.items() if self.own and (fold(r["lead"]) == self.own or (k, self.own) in delivers)
        }
        self.agencies = {fold(r["agency"]) for r in case["Agencies"].records() if r["sensitive"]} - {self.own}
        self.initiatives = {
            k for k, r in rows.items() if k not in self.mine and (r["sensitive"] or fold(r["lead"]) in self.agencies)
        }
        self.shown = {
            d: {fold(str(r[d])) for r in book[s]} for d, s in (("initiative", "Awards"), ("agency", "Received"))
        }
        self.shown["fund"] = {fold(str(r["fund"])) for r in book["Balances"]}
        self.cells: dict[Cell, float] = {}
        for r in whole.tables["Spend"].records():
            key = (fold(r["fund"]), fold(r["initiative"]), fold(r["agency"]), fold(r["period"]))
            self.cells[key] = self.cells.get(key, 0.0) + r["money"]
        self.hidden = [k for k in self.cells if k[1] not in self.shown["initiative"]]
        assert not {k[1] for k in self.hidden} & self.mine, "what is one's own is shown"
        self.place = {k: n for n, k in enumerate(self.hidden)}
        self.truth = np.array([self.cells[k] for k in self.hidden])
        self.equal: list[tuple[np.ndarray, float]] = []
        self.most: list[tuple[np.ndarray, float]] = []
        self.told()
        self.known()

    def row(self, chosen: Any) -> np.ndarray:
        return np.array([1.0 if chosen(*k) else 0.0 for k in self.hidden])

    def named(self, sheet: str, column: str) -> set[str]:
        return {fold(r[column]) for r in self.inputs[sheet]}

    def as_sent(self, dimension: str, key: str) -> str:
        return key if key in self.shown[dimension] else "*"

    def told(self) -> None:
        """Figures of the plan: each less the lines that are shown one by one."""
        lines = [
            (fold(r["fund"]), fold(r["initiative"]), fold(r["agency"]), fold(r["period"]), r["money"])
            for r in self.book["Spend"]
            if fold(r["initiative"]) in self.named("Initiatives", "initiative")
        ]
        for r in self.book["Balances"]:
            fund, period = (fold(str(r[c])) for c in ("fund", "period"))
            left = r["spend"] - sum(m for f, _, _, t, m in lines if (f, t) == (fund, period))
            sent = fund if fund in self.named("Funds", "fund") else "*"
            self.equal.append(
                (self.row(lambda f, i, a, t, s=sent, p=period: self.as_sent("fund", f) == s and t == p), left)
            )
        for r in self.book["Received"]:
            agency = fold(str(r["agency"]))
            left = r["received"] - sum(m for _, _, a, _, m in lines if a == agency)
            sent = agency if agency in self.named("Agencies", "agency") else "*"
            self.equal.append((self.row(lambda f, i, a, t, s=sent: self.as_sent("agency", a) == s), left))
        total = sum(r["award"] for r in self.book["Awards"]) - sum(m for *_, m in lines)
        self.equal.append((self.row(lambda *_: True), total))
        for row, value in self.equal:
            assert row @ self.truth == pytest.approx(value, abs=1e-6), "the attacker reads the figures rightly"

    def known(self) -> None:
        """What the inputs say of rows that are not hidden."""
        partners = self.inputs.get("Partners", ())
        for r in self.inputs["Initiatives"]:
            key = fold(r["initiative"])
            here = self.row(lambda f, i, a, t, k=key: i == k)
            if not here.any():
                continue
            factors = [float(p.get("cost_factor") or 1) for p in partners if fold(p["initiative"]) == key]
            full = float(r["request"]) * max(factors, default=1.0) + self.hires(key)
            maximum = r.get("maximum")
            self.limit(here, full if maximum in (None, "") or np.isnan(maximum) else min(full, maximum))
            if r.get("all_or_nothing") is True:
                self.limit(-here, -float(here @ self.truth))
            elif isinstance(r.get("minimum"), float) and r["minimum"] > 0:
                self.limit(-here, -r["minimum"])
        for r in self.inputs["Agencies"]:
            key = fold(r["agency"])
            here = self.row(lambda f, i, a, t, k=key: a == k)
            shown = sum(m for (_, i, a, _), m in self.cells.items() if a == key and i in self.shown["initiative"])
            for sign, column in ((1.0, "maximum"), (-1.0, "minimum")):
                if here.any() and isinstance(r.get(column), float) and np.isfinite(r[column]):
                    self.limit(sign * here, sign * (r[column] - shown))
        for rule in self.inputs.get("Rules", ()):
            clauses = parse(rule.get("where") or "")
            if (
                rule.get("of")
                or rule.get("per")
                or rule.get("hard") is False
                or (rule.get("kind") or "limit") != "limit"
            ):
                continue
            if (rule.get("measure") or "money") == "money" and [(c.column, c.operator) for c in clauses] == [
                ("initiative", "=")
            ]:
                named = {fold(v) for v in clauses[0].values}
                here = self.row(lambda f, i, a, t, n=named: i in n)
                shown = sum(m for (_, i, *_), m in self.cells.items() if i in named & self.shown["initiative"])
                for sign, column in ((1.0, "at_most"), (-1.0, "at_least")):
                    if isinstance(rule.get(column), float) and np.isfinite(rule[column]):
                        self.limit(sign * here, sign * (rule[column] - shown))

    def hires(self, initiative: str) -> float:
        needed = {fold(n["role"]) for n in self.inputs.get("Needs", ()) if fold(n["initiative"]) == initiative}
        staff = [s for s in self.inputs.get("Staff", ()) if fold(s["role"]) in needed]
        periods = max(1, len(self.inputs.get("Periods", ())))
        return sum(float(s.get("hire_max") or 0) * float(s.get("hire_cost") or 0) * periods for s in staff)

    def limit(self, row: np.ndarray, most: float) -> None:
        self.most.append((row, max(most, float(row @ self.truth)) + ROUNDING))

    def secrets(self) -> Iterator[tuple[str, list[Cell]]]:
        """Each hidden row's money: all of it, and by fund, by the other side and by period."""
        groups: dict[str, list[Cell]] = {}
        for cell in self.cells:
            fund, initiative, agency, period = cell
            if initiative in self.mine or agency == self.own:
                continue
            for key, other, is_hidden in (
                (initiative, agency, initiative in self.initiatives), (agency, initiative, agency in self.agencies)
            ):  # fmt: skip
                for part in ("", f" with {other}", f" from {fund}", f" in {period}") if is_hidden else ():
                    groups.setdefault(key + part, []).append(cell)
        yield from groups.items()

    def finds(self) -> Iterator[Found]:
        for name, cells in self.secrets():
            amount = sum(self.cells[c] for c in cells)
            if any(c not in self.place for c in cells):
                yield Found(name, amount, amount, amount, {})
                continue
            weights = self.row(lambda *cell, chosen=frozenset(cells): cell in chosen)
            (least, _), (most, world) = (self.end(weights, sign) for sign in (1.0, -1.0))
            yield Found(name, amount, least, most, world)

    def end(self, weights: np.ndarray, sign: float) -> tuple[float, Mapping[Cell, float]]:
        unit = max(1.0, float(self.truth.max()))
        rows, limits = zip(*self.equal, strict=True)
        upper = {"A_ub": np.array([r for r, _ in self.most]), "b_ub": np.array([v for _, v in self.most]) / unit}
        found = linprog(
            sign * weights,
            A_eq=np.array(rows),
            b_eq=np.array(limits) / unit,
            **(upper if self.most else {}),
            method="highs",
        )
        assert found.status == 0, found.message
        x = found.x * unit
        return float(weights @ x), dict(zip(self.hidden, x.tolist(), strict=True))


def narrow(whole: Plan, sent: Plan, who: Actor) -> list[str]:
    """Every hidden amount that follows to within less than the promised width."""
    return [
        f"{f.name}: {f.amount:,.0f} lies from {f.least:,.0f} to {f.most:,.0f}"
        for f in attacker(whole, sent, who).finds()
        if f.width < WIDTH * f.amount * (1 - 1e-6)
    ]


def attacker(whole: Plan, sent: Plan, who: Actor) -> Attacker:
    return Attacker(whole, sheets(downloads.plan_workbook(sent)), sight.records(who, records_of(whole)), who)


def records_of(plan: Plan) -> dict[str, list[Row]]:
    return {name: list(table.records()) for name, table in plan.case.tables.items()}


def sensitive(plan: Plan, dice: random.Random) -> tuple[Plan, Actor]:
    """The plan with one to three rows marked, and a reader."""
    count = dice.choice([1, 1, 2, 3])
    agencies = plan.case.tables["Agencies"]["agency"].tolist()
    of_agencies = dice.choice([0, 0, 0, 1]) if len(agencies) > 3 else 0
    records = {name: [dict(r) for r in rows] for name, rows in records_of(plan).items()}
    for sheet, chosen in (("Initiatives", count - of_agencies), ("Agencies", of_agencies)):
        rows = records[sheet]
        funded = dict(
            zip(plan.tables["Awards"]["initiative"].tolist(), plan.tables["Awards"]["award"].tolist(), strict=True)
        )
        by = [k for k, r in enumerate(rows) if sheet == "Agencies" or funded[r["initiative"]] > 0] or [0]
        marks = {*dice.sample(by, min(chosen, len(by)))}
        for k, row in enumerate(rows):
            row["sensitive"] = k in marks
    return replace(plan, case=case_from(records)), actor(dice.choice(["", *agencies]), "member")


def test_the_attack_finds_what_the_request_of_another_row_gives_away() -> None:
    """The fault as it was: “Other initiatives” less the request of the small row that was added to the large hidden one."""
    plan = solve(
        case_from({
            "Agencies": [{"agency": "City"}, {"agency": "Health"}],
            "Funds": [{"fund": "Pool", "amount": 2_000_000.0}],
            "Initiatives": [
                {"initiative": "Secret", "lead": "City", "request": 1_000_000.0, "sensitive": True},
                {"initiative": "Small", "lead": "City", "request": 20_000.0},
                {"initiative": "Large", "lead": "City", "request": 600_000.0},
                {"initiative": "Clinic", "lead": "Health", "request": 300_000.0},
            ],
        })
    )  # fmt: skip
    who = actor("Health", "member")
    together = Merge(frozenset({"secret", "small"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sight_plan, "merged", lambda *_: together)
        sight_plan._seen.clear()
        assert narrow(plan, sight_plan.plan(who, plan), who)
    sight_plan._seen.clear()
    sent = sight_plan.plan(who, plan)
    assert narrow(plan, sent, who) == []
    assert "Large" not in sent.tables["Awards"]["name"].tolist()
    assert any("holds Large too" in note or "holds Small and Large too" in note for note in sent.notes), sent.notes


@pytest.mark.long
@pytest.mark.parametrize("example", ["gun-violence", "task-force", "opioid-response"])
def test_no_amount_of_the_examples_follows(example: str) -> None:
    dice, seen = random.Random(11), 0
    for _ in range(2):
        plan, who = sensitive(solved(example), dice)
        try:
            sent = sight_plan.plan(who, plan)
        except sight.Withheld:
            continue
        seen += sent is not plan
        assert narrow(plan, sent, who) == []
    assert seen


def test_no_amount_of_random_cases_follows() -> None:
    seen = 0
    for seed in range(27):
        dice = random.Random(seed)
        whole = solve(case_from(random_case(seed)))
        if not whole.has_plan:
            continue
        plan, who = sensitive(whole, dice)
        try:
            sent = sight_plan.plan(who, plan)
        except sight.Withheld:
            continue
        if sent is not plan:
            seen += 1
            assert narrow(plan, sent, who) == [], seed
    assert seen >= 6


# -- and nothing else tells it --------------------------------------------------------------------------------------------


def handed_out(plan: Plan) -> dict[str, Any]:
    """What is made of a plan for its reader: the workbook, the data, and the text and figures of every paper."""
    source = Source(plan, plan.case, "For a test")
    papers = {
        (name, subject): (as_text.write(content).decode(), figures_of(content.blocks))
        for name, paper in shelf().items()
        if not paper.after
        for subject in paper.subjects(source)
        for content in [paper.content(source, subject)]
    }
    return {
        "workbook": sheets(downloads.plan_workbook(plan)),
        "data": json.loads(downloads.plan_data(plan)),
        "papers": papers,
    }


def with_money(plan: Plan, world: Mapping[Cell, float], cells: Mapping[Cell, float]) -> Plan:
    """The plan in which these cells hold other money, and what is added up from them."""
    spend, change = [], {"initiative": dict[str, float](), "agency": dict[str, float]()}
    for r in plan.tables["Spend"].records():
        key = (fold(r["fund"]), fold(r["initiative"]), fold(r["agency"]), fold(r["period"]))
        money = r["money"] * (world[key] / cells[key] if key in world else 1.0)
        for dimension, of in change.items():
            of[r[dimension]] = of.get(r[dimension], 0.0) + money - r["money"]
        spend.append({**r, "money": money})
    made = {"Spend": spend}
    for sheet, dimension, column in (("Awards", "initiative", "award"), ("Received", "agency", "received")):
        made[sheet] = [
            {**r, column: r[column] + change[dimension].get(r[dimension], 0.0)} for r in plan.tables[sheet].records()
        ]
    tables = {n: table_of(SPEC[n], ([r[c] for c in SPEC[n].names] for r in rows)) for n, rows in made.items()}
    return replace(plan, tables={**plan.tables, **tables})


@pytest.mark.long
@pytest.mark.parametrize(("example", "seed"), [("gun-violence", 1), ("task-force", 2)])
def test_two_plans_that_a_reader_cannot_tell_apart_look_the_same(
    example: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, who = sensitive(solved(example), random.Random(seed))
    eyes = sight.eyes(who, plan.case)
    together = merged(plan, eyes)
    monkeypatch.setattr(sight_plan, "merged", lambda *_: together)
    sent = sight_plan.plan(who, plan)
    attack = attacker(plan, sent, who)
    found = max(attack.finds(), key=lambda f: f.width)
    assert found.width > 0.1 * found.amount
    other = sight_plan.plan(who, with_money(plan, found.world, attack.cells))
    assert other is not sent
    one, two = handed_out(sent), handed_out(other)
    for what in one:
        assert rounded(one[what]) == rounded(two[what]), what


def rounded(value: Any) -> Any:
    """Without what sums of floats lose."""
    if isinstance(value, float):
        return None if np.isnan(value) else float(f"{value:.6f}") + 0.0
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list | tuple) else value
