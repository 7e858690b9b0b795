"""What people may not see: gone from records and plans, and not to be computed from what is left."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest

from optimiser.app_pages.shell import downloads
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.names import fold
from optimiser.desk.state import as_records
from optimiser.plan.derive import TOGETHER
from optimiser.plan.tables import Plan
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy import sight, sight_plan
from optimiser.verbs import case_from, read, solve
from tests.soak import some_of

NAME = "Quillfeather"
"""A word that stands in nothing but planted rows."""
Records = dict[str, list[dict[str, Any]]]


def actor(agency: str = "", *roles: str) -> Actor:
    return Actor("p1", "Kim", frozenset(roles or ("viewer",)), agency)


@cache
def solved(example: str) -> Plan:
    return solve(read(example_path(example)))


def marked(example: str, initiatives: Iterable[int], agencies: Iterable[int]) -> Case:
    """The example's case with these rows, and no others, marked sensitive."""
    records = as_records(solved(example).case)
    chosen = {"Initiatives": {*initiatives}, "Agencies": {*agencies}}
    for sheet, rows in chosen.items():
        for n, row in enumerate(records[sheet]):
            row["sensitive"] = n in rows
    return case_from(records)


# -- who sees what --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (actor("", "analyst"), {"open", "x", "y"}),
        (actor("", "finance"), {"open", "x", "y"}),
        (actor("", "administrator", "viewer"), {"open", "x", "y"}),
        (actor("", "viewer"), {"open"}),
        (actor("", "member"), {"open"}),
        (actor("A", "viewer"), {"open", "x"}),
        (actor("b", "analyst"), {"open", "x", "y"}),
        (actor("C", "finance"), {"open"}),
        (Actor("p", "Kim", frozenset(), ""), set()),
    ],
)
def test_an_agency_sees_what_it_leads_or_is_a_partner_of(who: Actor, sees: set[str]) -> None:
    records: Records = {
        "Agencies": [{"agency": a} for a in "ABC"],
        "Initiatives": [
            {"initiative": "open", "lead": "C", "request": 1.0},
            {"initiative": "x", "lead": "A", "request": 1.0, "sensitive": True},
            {"initiative": "y", "lead": "B", "request": 1.0, "sensitive": "yes"},
        ],
        "Partners": [{"initiative": "X", "agency": "B"}],
    }
    shown = sight.records(who, records)
    assert {r["initiative"] for r in shown.get("Initiatives", [])} == sees
    assert sight.whole(who, records) == (sees == {"open", "x", "y"})
    if sees != {"open", "x", "y"}:
        with pytest.raises(NotAllowed):
            sight.demand_whole(who, records)


def test_what_was_sensitive_in_one_state_is_hidden_in_all() -> None:
    now: Records = {"Initiatives": [{"initiative": "x", "sensitive": False}], "Agencies": []}
    before: Records = {"Initiatives": [{"initiative": "X", "sensitive": True}], "Agencies": []}
    assert sight.records(actor(), now)["Initiatives"]
    assert not sight.records(actor(), now, before)["Initiatives"]


# -- records --------------------------------------------------------------------------------------------------------------


def planted() -> Records:
    """A case in which a sensitive agency and a sensitive initiative stand wherever a name can stand."""
    a, i = f"{NAME} Bureau", f"{NAME} Watch"
    return {
        "Case": [{"setting": "name", "value": f"With the {a}"}],
        "Agencies": [{"agency": "City"}, {"agency": "Health"}, {"agency": "Court"}, {"agency": a, "sensitive": True}],
        "Funds": [
            {"fund": "Pool", "allowed": f"initiative != {i} ; agency = City | Health | Court | {a}"},
            {"fund": f"{NAME} Bureau gift", "owner": a, "amount": 100_000.0},
        ],
        "Contributions": [
            {"agency": "City", "fund": "Pool", "amount": 300_000.0},
            {"agency": a, "fund": "Pool", "amount": 271_828.0},
        ],
        "Initiatives": [
            {
                "initiative": "Patrol",
                "name": f"Patrol, as {i}",
                "lead": "City",
                "request": 200_000.0,
                "theme": "street",
            },
            {"initiative": "Clinic", "lead": "Health", "request": 250_000.0, "theme": "street"},
            {"initiative": "Bench", "lead": "Court", "request": 150_000.0, "theme": "street"},
            {"initiative": i, "lead": "Court", "request": 314_159.0, "theme": "Nightjar", "sensitive": True},
            {"initiative": "Led by them", "lead": a, "request": 161_803.0, "theme": "street"},
        ],
        "Partners": [{"initiative": "Patrol", "agency": "City"}, {"initiative": "Patrol", "agency": a}],
        "Costs": [{"initiative": i, "category": "Whisperware", "share": 1.0}],
        "Staff": [
            *({"agency": agency, "role": "analyst", "fte": 4.0} for agency in ("City", "Health", "Court")),
            {"agency": a, "role": "owlkeeper", "fte": 7.77},
        ],
        "Needs": [
            *({"initiative": one, "role": "analyst", "fte": 3.0} for one in ("Patrol", "Clinic", "Bench")),
            {"initiative": i, "role": "owlkeeper", "fte": 2.22},
        ],
        "Substitutes": [{"role": "owlkeeper", "can_do": "analyst"}],
        "Outcomes": [
            *({"initiative": one, "outcome": "calls", "at_full": 90.0} for one in ("Patrol", "Clinic", "Bench")),
            {"initiative": "Led by them", "outcome": "calls", "at_full": 60.0},
            {"initiative": i, "outcome": "feathers", "at_full": 55.5, "curve": "owlish"},
        ],
        "Curves": [{"curve": "owlish", "level": x, "achieved": x} for x in (0.0, 1.0)],
        "Priorities": [{"of": "theme", "item": "Nightjar", "weight": 3.3}],
        "Performance": [{"of": "agency", "item": a, "measure": "hoots", "target": 4.0, "actual": 2.0}],
        "Rules": [
            {"rule": "cap", "where": f"initiative = {i}", "at_most": 299_999.0},
            {"rule": "theme", "where": "theme = Nightjar", "at_most": 299_998.0},
            {"rule": "plain", "where": "theme = street", "at_most": 900_000.0, "note": f"agreed with {a}"},
            {"rule": "fine", "where": "theme = street", "at_most": 800_000.0},
        ],
        "Scenarios": [
            {
                "scenario": "s",
                "sheet": "Initiatives",
                "where": f"initiative = {i}",
                "column": "request",
                "change": "* 2",
            }
        ],
        "History": [{"initiative": i, "year": 2024.0, "funding": 1234.5, "outcome": "feathers", "value": 6.5}],
        "Uncertainty": [
            {"of": "initiative", "item": i, "column": "request", "low": 0.9, "high": 1.1, "measured": "factor"},
            {"of": "fund", "item": "Pool", "column": "amount", "low": 1.0, "high": 2.0, "note": f"see {i}"},
        ],
    }


SECRET_WORDS = (NAME, "Nightjar", "owlkeeper", "feathers", "owlish", "hoots", "Whisperware", "Led by them")
SECRET_NUMBERS = (271_828, 314_159, 161_803, 7.77, 2.22, 55.5, 3.3, 299_999, 299_998, 1234.5)


def assert_clean(said: str) -> None:
    for word in SECRET_WORDS:
        assert word.lower() not in said.lower(), word
    for number in SECRET_NUMBERS:
        assert f"{number}" not in said.replace(",", ""), number


@pytest.mark.parametrize("who", [actor(), actor("City", "analyst"), actor("Health", "member")])
def test_not_a_trace_in_any_sheet(who: Actor) -> None:
    records = planted()
    case_from(records)  # it is a case that could be solved
    shown = sight.records(who, records)
    assert_clean(json.dumps(shown))
    assert [r["rule"] for r in shown["Rules"]] == ["fine"]
    assert [r["initiative"] for r in shown["Initiatives"]] == (["Patrol", "Clinic", "Bench"])
    assert shown["Funds"][0]["allowed"] == "agency = City | Health | Court"
    # What was left to contributions is written out, or the missing one would be the difference.
    assert shown["Funds"][0]["amount"] == 571_828.0
    assert sight.records(actor("", "analyst"), records) == {s: [dict(r) for r in rows] for s, rows in records.items()}


def test_sentences_that_speak_of_it_are_replaced() -> None:
    eyes = sight.eyes(actor("City"), planted())
    assert not eyes.mentions("Patrol gets $200k.")
    for said in (
        f"Initiatives: request of {NAME}  watch, 300,000 → 314,159",
        "theme = NIGHTJAR at most $300k",
        f"“{NAME} Bureau” pays in",
    ):
        assert eyes.mentions(said)
        assert eyes.written(said) == sight.UNSEEN
    assert not eyes.mentions(f"{NAME}Watchers is another word")


def test_exports_say_for_whom_they_were_made() -> None:
    assert sight.made_for(actor("City"), False) == (
        "Made for Kim, City. Rows for others' eyes only are left out and added up with others."
    )
    assert (
        sight.made_for(actor("", "analyst"), True) == "Made for Kim, the partnership's office. It holds the whole case."
    )


# -- plans ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [actor(), actor("City", "analyst"), actor("Health", "member")])
def test_not_a_trace_in_a_plan_and_its_exports(who: Actor) -> None:
    plan = solve(case_from(planted()))
    assert plan.has_plan
    shown = sight_plan.plan(who, plan)
    everything = [
        json.dumps({n: list(t.records()) for n, t in {**shown.case.tables, **shown.tables}.items()}),
        json.dumps([shown.notes, dict(shown.extra), shown.objective, shown.case.settings.name], default=str),
        downloads.plan_data(shown).decode(),
    ]
    book = openpyxl.load_workbook(BytesIO(downloads.plan_workbook(shown)))
    everything.append(json.dumps([[c.value for c in row] for sheet in book for row in sheet], default=str))
    for said in everything:
        assert_clean(said)
    assert sight_plan.plan(actor("", "analyst"), plan) is plan


def test_totals_of_money_are_the_true_ones() -> None:
    plan = replace(solved("gun-violence"), case=marked("gun-violence", [3, 8], [2]))
    shown = sight_plan.plan(actor(), plan)
    assert len(shown.tables["Awards"]) < len(plan.tables["Awards"])
    for sheet, column in (
        ("Spend", "money"),
        ("Awards", "award"),
        ("Received", "received"),
        ("Balances", "spend"),
    ):
        assert shown.tables[sheet][column].sum() == pytest.approx(plan.tables[sheet][column].sum(), rel=1e-9)
    for sheet, column in (("Posts", "fte"), ("Achieved", "achieved"), ("Received", "released"), ("Awards", "impact")):
        assert shown.tables[sheet][column].sum() < plan.tables[sheet][column].sum(), "of what is shown one by one"
    spend = {"fund": sums(shown, "fund"), "agency": sums(shown, "agency")}
    balances: dict[str, float] = {}
    for row in shown.tables["Balances"].records():
        balances[row["fund"]] = balances.get(row["fund"], 0.0) + row["spend"]
    for fund, money in balances.items():
        assert spend["fund"].get(fund, 0.0) == pytest.approx(money, abs=1e-6)
    for row in shown.tables["Received"].records():
        assert spend["agency"].get(row["agency"], 0.0) == pytest.approx(row["received"], abs=1e-6)


def sums(plan: Plan, column: str) -> dict[str, float]:
    made: dict[str, float] = {}
    for row in plan.tables["Spend"].records():
        made[row[column]] = made.get(row[column], 0.0) + row["money"]
    return made


# -- by linear algebra ----------------------------------------------------------------------------------------------------


class Reader:
    """Somebody who has all tables that were sent, and knows which cells of the true plan are not zero. They write down
    every number as a sum of true cells, and ask which secret follows. Knows nothing of how the merging was chosen."""

    def __init__(self, whole: Plan, sent: Plan, who: Actor) -> None:
        self.whole, self.sent, self.who = whole, sent, who
        self.shown = {
            d: {fold(v) for v in sent.case.tables[s][d]}
            for d, s in (("initiative", "Initiatives"), ("agency", "Agencies"), ("fund", "Funds"))
        }

        for sheet in ("Posts", "Hires", "Levels"):
            assert not any(v.startswith("Other initiatives") for v in sent.tables[sheet]["initiative"])

    def label(self, dimension: str, key: str) -> str:
        return key if fold(key) in self.shown[dimension] else "*"

    def follows(self, sheet: str, amount: str, secret: Any, known: Any) -> list[str]:
        """Names of the secrets, among sums of this sheet's cells, that the tables determine."""
        cells = [r for r in self.whole.tables[sheet].records() if r[amount]]
        equations: dict[tuple[str, ...], list[int]] = {}
        for n, r in enumerate(cells):
            i, a = self.label("initiative", r["initiative"]), self.label("agency", r["agency"])
            f = self.label("fund", r["fund"]) if "fund" in r else ""
            t, k = r["period"], r.get("role", "")
            if i == "*" and "fund" not in r:
                continue  # of what is shown together only money is sent
            rows: list[tuple[str, ...]] = [
                ("award or people", i),
                ("received or released", a),
                ("by agency and role", a, k),
            ]
            if "fund" in r:
                rows += [("balance", f, t), ("total", "")]
            if i != "*":  # lines of what is shown are sent one by one
                rows.append(("line", f, i, a, t, k, r.get("category", ""), r.get("fills", "")))
            for row in rows:
                equations.setdefault(row, []).append(n)
        secrets: dict[str, list[int]] = {}
        for n, r in enumerate(cells):
            for name in secret(r):
                secrets.setdefault(name, []).append(n)
        secrets = {k: m for k, m in secrets.items() if not all(known(cells[n]) for n in m)}
        # What stands alone in a sum is read off; it is taken out of all others, which may then stand alone.
        read_off: set[int] = set()
        while alone := {m[0] for m in equations.values() if len(m) == 1}:
            read_off |= alone
            equations = {k: left for k, m in equations.items() if (left := [n for n in m if n not in alone])}
        place = {n: k for k, n in enumerate(n for n in range(len(cells)) if n not in read_off)}
        matrix = np.zeros((len(equations), len(place)))
        for j, members in enumerate(equations.values()):
            matrix[j, [place[n] for n in members]] = 1.0
        wanted = np.zeros((len(place), len(secrets)))
        for j, members in enumerate(secrets.values()):
            wanted[[place[n] for n in members if n not in read_off], j] = 1.0
        if not secrets or not place:
            return list(secrets)
        solution, *_ = np.linalg.lstsq(matrix.T, wanted, rcond=None)
        rest = np.abs(matrix.T @ solution - wanted).max(axis=0)
        return [name for name, left in zip(secrets, rest, strict=True) if left < 1e-7]


def given_away(whole: Plan, sent: Plan, who: Actor) -> list[str]:
    """Every sensitive total, part and cell of spend, posts and hires that follows from what was sent."""
    own = fold(who.agency)
    case = whole.case.tables
    delivers = {(fold(r["initiative"]), fold(r["agency"])) for r in case["Partners"].records()}
    rows = {fold(r["initiative"]): r for r in case["Initiatives"].records()}
    mine = {k for k, r in rows.items() if own and (fold(r["lead"]) == own or (k, own) in delivers)}
    secret_i = {k for k, r in rows.items() if r["sensitive"] and k not in mine}
    secret_a = {fold(r["agency"]) for r in case["Agencies"].records() if r["sensitive"] and fold(r["agency"]) != own}

    def secret(r: Mapping[str, Any]) -> list[str]:
        i, a = fold(r["initiative"]), fold(r["agency"])
        made = []
        if i in secret_i:
            made += [f"{i}", f"{i} by {a}", f"{i} in {r['period']}", f"{i} from {r.get('fund', r.get('role'))}"]
        if a in secret_a:
            made += [f"{a}", f"{a} for {i}", f"{a} in {r['period']}", f"{a} from {r.get('fund', r.get('role'))}"]
        if made:
            made.append(
                f"cell {i} {a} {r['period']} {r.get('fund')} {r.get('role')} {r.get('category')} {r.get('fills')}"
            )
        return made

    def known(r: Mapping[str, Any]) -> bool:
        return fold(r["initiative"]) in mine or (bool(own) and fold(r["agency"]) == own)

    reader = Reader(whole, sent, who)
    return [
        f"{sheet}: {name}"
        for sheet, amount in (("Spend", "money"), ("Posts", "fte"), ("Hires", "fte"))
        for name in reader.follows(sheet, amount, secret, known)
    ]


def test_the_reader_finds_what_is_given_away() -> None:
    """Without any merging, and with the one sensitive row alone merged, the reader has it."""
    plan = replace(solved("gun-violence"), case=marked("gun-violence", [3], []))
    assert given_away(plan, plan, actor())
    records = as_records(plan.case)
    records["Initiatives"] = [r for n, r in enumerate(records["Initiatives"]) if n != 3]
    alone = replace(
        plan,
        case=replace(
            plan.case,
            tables={
                **plan.case.tables,
                "Initiatives": plan.case.tables["Initiatives"].take(
                    np.arange(len(plan.case.tables["Initiatives"])) != 3
                ),
            },
        ),
    )
    assert given_away(plan, alone, actor())
    assert not given_away(plan, sight_plan.plan(actor(), plan), actor())


@pytest.mark.long
@pytest.mark.parametrize("example", some_of(("gun-violence", "task-force", "opioid-response"), ("task-force",)))
def test_no_sensitive_figure_follows_from_what_is_sent(example: str) -> None:
    dice, whole = random.Random(7), solved(example)
    agencies = whole.case.tables["Agencies"]["agency"].tolist()
    count, seen = len(whole.case.tables["Initiatives"]), 0
    for _ in range(5):
        case = marked(
            example,
            dice.sample(range(count), dice.choice([0, 1, 1, 2, 4])),
            dice.sample(range(len(agencies)), dice.choice([0, 0, 1, 1, 2])),
        )
        plan, who = replace(whole, case=case), actor(dice.choice(["", *agencies]), "member")
        try:
            sent = sight_plan.plan(who, plan)
        except sight.Withheld:
            continue
        seen += sent is not plan
        assert given_away(plan, sent, who) == []
        for sheet in ("Awards", "Received", "Spend", "Posts", "Hires", "Levels", "Match"):
            for r in sent.tables[sheet].records():
                assert_names_no_secret(case, who, r)
    assert seen >= 3


def assert_names_no_secret(case: Case, who: Actor, row: Mapping[str, Any]) -> None:
    eyes = sight.eyes(who, case)
    assert fold(str(row.get("initiative", ""))) not in eyes.initiatives
    assert fold(str(row.get("agency", ""))) not in eyes.agencies


def test_what_cannot_be_kept_by_totals_is_withheld() -> None:
    case = case_from(
        {
            "Agencies": [{"agency": "City"}, {"agency": "Health", "sensitive": True}],
            "Funds": [{"fund": "Pool", "amount": 1_000_000.0}],
            "Initiatives": [
                {"initiative": "Patrol", "lead": "City", "request": 400_000.0},
                {"initiative": "Clinic", "lead": "Health", "request": 300_000.0},
            ],
        }
    )
    with pytest.raises(sight.Withheld, match="office"):
        sight_plan.plan(actor("City"), solve(case))


def test_nothing_made_for_one_is_given_to_another() -> None:
    plan = replace(solved("gun-violence"), case=marked("gun-violence", [3, 8], [2]))
    agencies = plan.case.tables["Agencies"]["agency"].tolist()
    first, second = (sight_plan.plan(actor(a), plan) for a in agencies[:2])
    assert first is not second
    assert sight_plan.plan(actor(agencies[0]), plan) is first
    assert agencies[0] in first.extra["made_for"]
    assert agencies[1] in second.extra["made_for"]


def test_a_plan_without_an_agency_that_delivers_nothing_is_not_the_whole() -> None:
    """Its rows are all told one by one, and yet nothing more can be asked of it: its case lacks what the agency pays."""
    records: Records = {
        "Agencies": [{"agency": "Health"}, {"agency": "Police"}, {"agency": NAME, "sensitive": "yes"}],
        "Funds": [{"fund": "Own", "kind": "own budget", "owner": "Health"}],
        "Contributions": [{"agency": "Health", "fund": "Own", "amount": 500}, {"agency": NAME, "fund": "Own", "amount": 300}],
        "Initiatives": [{"initiative": "A", "lead": "Health", "request": 400}, {"initiative": "B", "lead": "Police", "request": 900}],
    }  # fmt: skip
    plan = solve(case_from(records))
    mine = sight_plan.seen(plan, sight.eyes(actor("Health", "member"), plan.case))
    assert TOGETHER not in mine.tables["Awards"]["state"].tolist()
    assert not mine.is_whole
    assert plan.is_whole
    assert sight_plan.seen(plan, sight.eyes(actor("", "finance"), plan.case)).is_whole
