"""What pooling is worth, against every group solved by itself from a workbook made by hand for it."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import permutations
from math import factorial, fsum
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from optimiser import verbs
from optimiser.analysis.together.game import Game
from optimiser.analysis.together.pooling import pooling
from optimiser.case.case import Case
from optimiser.command_line import app
from tests.oracle.random_cases import Records, random_case
from tests.rules.small import checked

ROOT = Path(__file__).parents[2]


def sub_case(records: Records, case: Case, inside: set[str], whole: bool) -> Case:
    """The workbook of one group: its money, its people, its delivery, and nothing that must be done."""
    made, facts = deepcopy(records), case.facts
    paid = [r for r in made.get("Contributions", []) if r["agency"] in inside]
    made["Contributions"] = paid
    share: dict[str, float] = {}
    for k, name in enumerate(facts.names["fund"]):
        row = next(r for r in made["Funds"] if r["fund"] == name)
        outside = facts.amount[k] - sum(r["amount"] for r in records.get("Contributions", []) if r["fund"] == name)
        mine = whole if not row.get("owner") else row["owner"] in inside
        amount = sum(r["amount"] for r in paid if r["fund"] == name) + (max(outside, 0.0) if mine else 0.0)
        share[name] = amount / facts.amount[k] if facts.amount[k] else 0.0
        row.update(amount=amount, min_spend=0)
    for row in made.get("Installments", []):
        row["amount"] *= share[row["fund"]]
    for row in made["Agencies"]:
        row["minimum"] = 0
    for row in made["Initiatives"]:
        row.update(minimum=0, must_fund="no")
    for row in made.get("Staff", []):
        if row["agency"] not in inside:
            row.update(fte=0, hire_max=0)
    made["Partners"] = [
        {
            "initiative": facts.names["initiative"][i], "agency": facts.names["agency"][a], "min_share": low,
            "max_share": high if facts.names["agency"][a] in inside else 0, "cost_factor": factor, "effectiveness": effect,
        }
        for i, a, low, high, factor, effect in zip(
            facts.partner_initiative, facts.partner_agency, facts.min_share, facts.max_share, facts.cost_factor,
            facts.effectiveness, strict=True,
        )
    ]  # fmt: skip
    for row in made["Partners"]:
        if row["min_share"] > row["max_share"]:  # an outsider who must take part: nothing can be done
            others = [r for r in made["Partners"] if r["initiative"] == row["initiative"]]
            for other in others:
                other.update(min_share=0, max_share=0)
    rules = []
    for row in made.get("Rules", []):
        if row["kind"] in ("limit", "average", "count"):
            row["at_least"] = ""
            if row.get("at_most", "") == "":
                continue
        if row["kind"] == "formula":
            row["at_least"] = 1
        rules.append(row)
    made["Rules"] = rules
    made["Case"] = [r for r in made.get("Case", []) if r["setting"] != "objective"]
    return checked(made)


def alone(records: Records, case: Case, inside: set[str], whole: bool) -> float:
    plan = verbs.solve(sub_case(records, case, inside, whole), objective="impact")
    assert plan.objective is not None
    return plan.objective


def random_records(seed: int) -> Records:
    """A random case of few agencies, whose funds are mostly owned."""
    records = random_case(seed, rules=True)
    dice = Random(seed)
    for row in records["Funds"]:
        if dice.random() < 0.6:
            row["owner"] = dice.choice(records["Agencies"])["agency"]
    return records


SEEDS = [s for s in range(60) if len(random_case(s, rules=True)["Agencies"]) <= 4][:5]


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_group_against_a_workbook_of_its_own(seed: int) -> None:
    records = random_records(seed)
    case = checked(records)
    game = Game(case)
    game.value(range(1, game.everyone + 1))
    names = case.facts.names["agency"]
    for group in range(1, game.everyone + 1):
        inside = {names[a] for a in game.members(group)}
        expected = alone(records, case, inside, group == game.everyone)
        assert game.values[group] == pytest.approx(expected, rel=1e-6, abs=1e-3), (inside, game.straight)


def farm(agencies: int, seed: int = 1, **more: Any) -> Records:
    """Agencies with money and people, initiatives that any of three may deliver; no switches."""
    dice = Random(seed)
    names = [f"a{k}" for k in range(agencies)]
    return {
        "Agencies": [{"agency": a} for a in names],
        "Funds": [
            {"fund": "Pool", "kind": "pooled"}, {"fund": "Grant", "kind": "joint grant", "amount": 900, "owner": "a0"},
            {"fund": "Gift", "amount": 50},
        ],
        "Contributions": [{"agency": a, "fund": "Pool", "amount": dice.randint(50, 300)} for a in names],
        "Initiatives": [
            {"initiative": f"i{k}", "request": dice.randint(200, 600), "priority": dice.randint(5, 30) / 10} for k in range(agencies)
        ],
        "Partners": [
            {"initiative": f"i{k}", "agency": a, "effectiveness": dice.randint(7, 12) / 10}
            for k in range(agencies) for a in dice.sample(names, min(3, agencies))
        ],
        "Staff": [{"agency": a, "role": "analyst", "fte": dice.randint(0, 4)} for a in names],
        "Needs": [{"initiative": f"i{k}", "role": "analyst", "fte": dice.randint(1, 4)} for k in range(0, agencies, 2)],
        "Rules": [
            {"rule": "r", "kind": "limit", "where": "fund = Pool ; initiative = i0 | i1", "at_most": 0.4, "of": "amount"},
            {"rule": "must", "kind": "limit", "where": "initiative = i2", "at_least": 20},
        ],
        **more,
    }  # fmt: skip


def test_shapley_shares_are_the_mean_over_all_orders_and_add_up_exactly() -> None:
    found = pooling(checked(farm(4)))
    game = Game(checked(farm(4)))
    game.value(range(1, 16))
    mean = np.zeros(4)
    for order in permutations(range(4)):
        group = 0
        for k in order:
            mean[k] += (game.values[group | 1 << k] - game.values[group]) / factorial(4)
            group |= 1 << k
    assert [s.shapley for s in found.shares] == pytest.approx(mean.tolist(), rel=1e-9)
    assert fsum(s.shapley for s in found.shares) == found.whole
    assert fsum(s.core for s in found.shares) == pytest.approx(found.whole, rel=1e-12)
    assert found.exact
    assert found.groups == (15, 15)


def test_core_shares_of_ten_agencies_against_all_1024_groups() -> None:
    case = checked(farm(10))
    found = pooling(case)
    game = Game(case)
    assert not game.model.integer.any()
    game.value(range(1, 1024))
    assert found.groups == (1023, 1023)
    worst = max(
        value - sum(share.core for k, share in enumerate(found.shares) if group >> k & 1)
        for group, value in game.values.items()
        if 0 < group < 1023
    )
    assert found.stable == (worst <= 1e-6 * found.whole)
    assert found.worst_core.advantage == pytest.approx(worst, abs=1e-6)
    for group in (5, 77, 300, 801, 1022):
        assert game.values[group] == pytest.approx(game.solved(group).stages[0].best, rel=1e-9)


def test_where_only_resources_are_short_prices_divide_the_whole_and_nobody_leaves() -> None:
    records = farm(5, Rules=[])
    records["Funds"] = records["Funds"][:2]  # no money that nobody owns
    for row in records["Initiatives"]:
        row["request"] *= 1000  # nothing is ever done in full
    for row in records["Needs"]:
        row["fte"] *= 300
    found = pooling(checked(records))
    assert found.common == pytest.approx(0, abs=1e-6 * found.whole)
    assert [s.core for s in found.shares] == pytest.approx(
        [s.price for s in found.shares], rel=1e-6, abs=1e-6 * found.whole
    )
    assert found.stable
    assert found.overlap is None
    assert (
        "No group does better by leaving, if the whole is divided by core shares (all 31 groups checked)."
        in found.sentences
    )


def test_joining_that_loses_is_said() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "x"}, {"agency": "y"}],
        "Funds": [{"fund": "X", "owner": "x", "amount": 100}, {"fund": "Y", "owner": "y", "amount": 100}],
        "Initiatives": [{"initiative": "only", "request": 100}],
    }
    found = pooling(checked(records))
    assert (found.whole, found.alone, found.gain) == (100, 200, -100)
    assert found.overlap == (("x",), ("y",), 100)
    assert not found.stable
    assert [s.shapley for s in found.shares] == [50, 50]
    assert found.worst_core.advantage == pytest.approx(50)
    assert (
        "Joining does not always add: x and y lose $100 of weighted delivery by joining, since what both could do is done only once."
        in found.sentences
    )


def test_money_that_nobody_owns_belongs_to_the_whole_only() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "x", "name": "City"}, {"agency": "y"}, {"agency": "idle"}],
        "Funds": [{"fund": "Gift", "amount": 100}],
        "Initiatives": [{"initiative": "one", "request": 100}],
        "Partners": [{"initiative": "one", "agency": "x"}, {"initiative": "one", "agency": "y"}],
    }
    found = pooling(checked(records))
    assert (found.whole, found.alone) == (100, 0)
    assert [s.shapley for s in found.shares] == [0, 50, 50]
    assert "Outside money of funds that nobody owns belongs to the whole only: $100 of Gift." in found.sentences
    assert "idle brings nothing and delivers nothing: its share is 0." in found.sentences


def test_beyond_the_exact_orders_of_joining_are_sampled_with_error_bars() -> None:
    case = checked(farm(6))
    exact, sampled = pooling(case), pooling(case, exact_to=3, orders=40, seed=5)
    assert not sampled.exact
    assert sampled.groups[0] <= 63
    assert fsum(s.shapley for s in sampled.shares) == sampled.whole == pytest.approx(exact.whole)
    for one, other in zip(exact.shares, sampled.shares, strict=True):
        assert other.alone == pytest.approx(one.alone, abs=1e-9)
        assert abs(one.shapley - other.shapley) <= 5 * other.error + 1e-6
    assert pooling(case, exact_to=3, orders=40, seed=5).shares == sampled.shares


def test_progress_is_told_and_the_obligations_are_priced() -> None:
    heard: list[str] = []
    records = farm(4)
    records["Rules"].append({"rule": "costly", "kind": "limit", "where": "initiative = i3", "at_least": 150})
    for row in records["Initiatives"]:
        row["request"] *= 10
    records["Initiatives"][3]["priority"] = 0
    found = pooling(checked(records), progress=heard.append)
    assert heard[-1] == "15 of 15 groups of agencies"
    assert found.achieved is not None
    assert found.achieved < found.whole - 1
    assert any("With its obligations" in line for line in found.sentences)


def test_the_command_prints_a_table_and_plain_numbers() -> None:
    case = ROOT / "data" / "cannot-be-met.xlsx"
    text = CliRunner().invoke(app, ["pooling", str(case)])
    assert text.exit_code == 0
    assert text.stdout.startswith("This case has no plan, so nothing is achieved as it stands")
    data = json.loads(CliRunner().invoke(app, ["pooling", str(case), "--json"]).stdout)
    assert data["achieved"] is None
    assert fsum(a["shapley"] for a in data["agencies"].values()) == data["whole"]
    assert data["groups"] == {"solved": 15, "of": 15}
