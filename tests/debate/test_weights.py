"""Weights without a quarrel: corners against plain enumeration; the core, what is lost and the option against fresh solves."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from itertools import combinations, islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from optimiser import verbs
from optimiser.analysis.debate import weights_words
from optimiser.analysis.debate.agenda import flipped
from optimiser.analysis.debate.stated import (
    Statement,
    Trade,
    Weights,
    answers_form,
    answers_in,
    corners,
    middle,
    open_corners,
    stated,
)
from optimiser.analysis.debate.weights import OPTION, PROPOSAL, Weighed, Weighing, weigh, weighed_names, weights_rows
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from tests.oracle.random_cases import random_case
from tests.rules.small import checked

NAMES = ("averted", "solved", "served", "placed")


def enumerated(rows: list[Weights], size: int) -> set[Weights]:
    """Every point of the weights at which as many limits meet as it takes, by solving each choice of them."""
    limits = [*rows, *(tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size))]
    made = set[Weights]()
    for chosen in combinations(limits, size - 1):
        system = [[*row, Fraction(0)] for row in chosen] + [[Fraction(1)] * (size + 1)]
        for k in range(size):
            pivot = next((r for r in range(k, size) if system[r][k]), None)
            if pivot is None:
                break
            system[k], system[pivot] = system[pivot], system[k]
            system[k] = [v / system[k][k] for v in system[k]]
            for r in range(size):
                if r != k:
                    system[r] = [a - system[r][k] * b for a, b in zip(system[r], system[k], strict=True)]
        else:
            at = tuple(row[size] for row in system)
            if all(sum(a * v for a, v in zip(row, at, strict=True)) >= 0 for row in limits):
                made.add(at)
    return made


row = st.lists(st.integers(-4, 4), min_size=4, max_size=4).map(lambda r: tuple(Fraction(v, 3) for v in r))


@settings(max_examples=40)
@given(st.lists(row, max_size=5), st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_corners_are_those_of_plain_enumeration(rows: list[Weights], way: list[int]) -> None:
    made, plain = corners(rows, 4), enumerated(rows, 4)
    assert set(made) == plain
    assert len(made) == len(plain)
    if made:
        best = max(sum(a * v for a, v in zip(way, at, strict=True)) for at in plain)
        assert best == max(sum(a * v for a, v in zip(way, at, strict=True)) for at in made)
        assert sum(middle(made)) == 1


def test_an_order_leaves_the_known_corners_open() -> None:
    full = open_corners(Statement(tuple((n,) for n in NAMES)), NAMES, [1, 1, 1, 1])
    assert set(full) == {tuple(Fraction(int(i < k), k) for i in range(4)) for k in (1, 2, 3, 4)}
    assert [round(float(v), 4) for v in middle(full)] == [0.5208, 0.2708, 0.1458, 0.0625], "rank-order centroid"
    tied = open_corners(Statement((("averted", "served"), ("solved",))), NAMES, [1, 1, 1, 1])
    assert all(c[0] == c[2] >= c[1] >= c[3] for c in tied)
    first = open_corners(Statement((("served",),)), NAMES, [1, 1, 1, 1])
    assert len(first) == 8, "what is not named stands behind, in no order"
    assert all(c[2] == max(c) for c in first)


def test_trades_are_of_units_and_ranges_of_the_whole() -> None:
    swing = [40.0, 20.0, 600.0, 900.0]
    said = Statement(
        (), {"placed": (0.1, 0.1)}, (Trade("averted", "solved", 3, 3), Trade("solved", "served", 10, None))
    )
    for c in open_corners(said, NAMES, swing):
        unit = [float(v) / s for v, s in zip(c, swing, strict=True)]
        assert unit[0] == pytest.approx(3 * unit[1])
        assert unit[1] >= 10 * unit[2] - 1e-12
        assert c[3] == Fraction(1, 10)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "says nothing"),
        ([], "has an order"),
        ({"rank": ["averted"]}, "rank is no part"),
        ({"order": "averted"}, "order is a list"),
        ({"order": ["avertet"]}, "Did you mean averted"),
        ({"order": ["averted", ["solved", "Averted "]]}, "averted stands twice"),
        ({"ranges": {"averted": [20, 40]}}, "25% is 0.25"),
        ({"ranges": {"averted": [0.4, 0.2]}}, "above its most"),
        ({"ranges": {"averted": [0.4, True]}}, "is a number from 0 on"),
        ({"ranges": {"averted": [0.4]}}, "a least and a most share"),
        ({"ranges": {"averted": 0.1, "AVERTED": 0.2}}, "two ranges"),
        ({"ranges": ["averted"]}, "ranges name each"),
        ({"trades": [{"one": "averted", "worth": 2}]}, "a trade says"),
        ({"trades": [{"one": "averted", "of": "averted", "worth": 2}]}, "both sides"),
        ({"trades": [{"one": "averted", "of": "solved", "at_least": 3, "at_most": 2}]}, "solved: at least 3 is more than at most 2"),
        ({"trades": [{"one": "averted", "of": "solved", "worth": -1}]}, "found -1"),
        ({"trades": [{"one": "averted", "of": "solved", "worth": float("nan")}]}, "found nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(data: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("%", "%")):
        stated(data, NAMES)


def test_an_answer_is_kept_as_it_is_given() -> None:
    data = {"order": ["served", ["averted", "placed"]], "ranges": {"served": [0.2, 0.5]},
            "trades": [{"one": "averted", "of": "solved", "at_least": 2}]}  # fmt: skip
    read = stated(data, NAMES)
    assert stated(json.loads(json.dumps(read.json())), NAMES) == read
    assert read.words() == (
        "served before averted = placed; served 20% to 50% of the weight; 1 × averted is worth at least 2 × solved"
    )
    with pytest.raises(ValueError, match="no weights are as this says"):
        open_corners(stated({"order": ["served", "averted"], "ranges": {"averted": 0.6}}, NAMES), NAMES, [1] * 4)
    many = [f"outcome {k}" for k in range(10)]
    with pytest.raises(ValueError, match="more than 100 corners"):
        open_corners(stated({"ranges": {n: [0.01, 0.19] for n in many}}, many), many, [1] * 10)


# -- on cases -------------------------------------------------------------------------------------------------------------


def weighed_case(seed: int) -> tuple[Case, dict[str, Statement]] | None:
    """A random case with something to weigh and a plan, and three members' answers by its seed."""
    case = checked(random_case(seed, rules=True))
    try:
        _, names = weighed_names(case)
        swings = Weighing(case).swings
    except ValueError:
        return None
    dice = Random(seed)
    order = dice.sample(names, len(names))
    low = round(dice.uniform(0.1, 0.4), 2)
    said = {
        "Ada": stated({"order": order}, names),
        "Ben": stated({"ranges": {order[-1]: [low, low + 0.3]}}, names),
        "Cy": stated({"trades": [{"one": order[0], "of": order[-1], "worth": (swings[names.index(order[-1])] or 1.0) / 3}]}, names),
    }  # fmt: skip
    return case, said


SEEDS = [seed for seed in range(60) if seed % 2]


@cache
def some(count: int) -> list[tuple[Case, dict[str, Statement]]]:
    found = (weighed_case(seed) for seed in SEEDS)
    return list(islice((one for one in found if one is not None), count))


def fresh(case: Case, weighing: Weighing, shares: Array, key: str = "") -> float | None:
    """The best by these weights in points of 100, from a case whose sheet Priorities has them: another way to the same."""
    changed = verbs.apply_changes(case, weights_rows(case, shares.tolist(), weighing.criteria))
    if key:
        changed = verbs.apply_changes(changed, flipped(changed, key, False))
    plan = verbs.solve(changed, objective="impact")
    scale = sum(
        case.facts.weights[weighing.kind].get(c.name.casefold(), 1.0) * c.swing for c in weighing.criteria
    )  # fmt: skip
    return None if plan.objective is None else plan.stages[0].best / (scale or 1.0) * 100


def test_core_and_losses_are_those_of_fresh_solves() -> None:
    asked = 0
    for case, said in some(3):
        plan, weighing = verbs.solve(case), Weighing(case)
        found = weigh(case, plan, said)
        needed: list[tuple[Array, str, float]] = []
        for m in found.members:
            best = {}
            for at in (*m.corners.tolist(), m.middle.tolist()):
                shares = weighing.settling(at)
                mine = weighing.best(shares)
                best[tuple(at)] = weighing.value(shares, mine)
                if asked % 2 == 0:
                    other = fresh(case, weighing, shares)
                    assert other == pytest.approx(best[tuple(at)], abs=1e-5), "as of a case with these weights"
                asked += 1
                for i, key in enumerate(case.facts.names["initiative"]):
                    place = found.places[i]
                    if place.standing == "never":
                        assert mine.level[i] <= 1e-6
                    elif place.standing == "always":
                        assert mine.level[i] > 1e-6
                        needed += [(shares, key, best[tuple(at)])]
            for whose, compared in ((PROPOSAL, found.proposal), *((o.name, o.plan) for o in found.members)):
                lost = [best[tuple(at)] - weighing.value(weighing.settling(at), compared) for at in m.corners.tolist()]
                assert max(lost) >= -1e-6, "nobody's best is beaten"
                assert m.under[whose].most == pytest.approx(max(0.0, *lost), abs=1e-6)
        for shares, key, most in needed[::23]:
            without = fresh(case, weighing, shares, key)
            assert without is None or without <= most + 1e-5, "nothing is better without it"
    assert asked > 20


def test_nowhere_is_more_lost_than_at_a_corner_and_no_plan_has_a_smaller_greatest_loss() -> None:
    for case, said in some(3):
        weighing, dice = Weighing(case), np.random.default_rng(5)
        found = weigh(case, verbs.solve(case), said)
        every = [found.proposal, *(m.plan for m in found.members)]
        for m in found.members:
            for mix in dice.dirichlet(np.ones(len(m.corners)), 4):
                shares = weighing.settling(mix @ m.corners)
                best = weighing.value(shares, weighing.best(shares))
                for p in [p for p in every if p.whose in m.under]:
                    lost = best - weighing.value(shares, p)
                    assert lost <= m.under[p.whose].most + 1e-6
                    if best > 1e-6:
                        assert lost / best <= m.under[p.whose].share + 1e-7
        if found.option is not None:
            least = found.greatest(OPTION).under[OPTION].share
            assert all(least <= found.greatest(p.whose).under[p.whose].share + 1e-6 for p in every)


def plain_case() -> Case:
    """Linear, no switch; two outcomes that want different initiatives."""
    return checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "Pool", "amount": 1000}],
        "Initiatives": [
            {"initiative": k, "name": n, "lead": "A", "request": r}
            for k, n, r in (("lab", "Lab", 600), ("van", "Van", 500), ("desk", "Desk", 400), ("bus", "Bus", 300))
        ],
        "Outcomes": [
            {"initiative": "lab", "outcome": "cases", "at_full": 30}, {"initiative": "lab", "outcome": "people", "at_full": 5},
            {"initiative": "van", "outcome": "people", "at_full": 60}, {"initiative": "desk", "outcome": "cases", "at_full": 24},
            {"initiative": "bus", "outcome": "people", "at_full": 1},
        ],
        "Priorities": [{"of": "outcome", "item": "cases", "weight": 2}],
    })  # fmt: skip


def laid() -> tuple[Case, Weighed]:
    case = plain_case()
    names = weighed_names(case)[1]
    said = {
        "Ada": stated({"ranges": {"cases": 1}}, names),
        "Ben": stated({"ranges": {"people": 1}}, names),
        "Cy": stated({"trades": [{"one": "cases", "of": "people", "worth": 2}]}, names),
    }
    return case, weigh(case, verbs.solve(case), said)


def test_the_option_is_the_best_of_the_worst() -> None:
    """With one weight for each member and no switch the least greatest loss is the greatest over mixtures of the members of
    the least mean loss; that is searched for here, without the option's own program."""
    case, found = laid()
    weighing = Weighing(case)
    ends = [(weighing.settling(m.middle.tolist()), m.best) for m in found.members[:2]]

    def least_mean(part: float) -> float:
        shares = sum((w * s / b for w, (s, b) in zip((part, 1 - part), ends, strict=True)), np.zeros(2))
        return 1 - weighing.value(shares, weighing.best(shares))

    low, high = 0.0, 1.0
    for _ in range(60):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (a, high) if least_mean(a) < least_mean(b) else (low, b)
    two = weigh(case, verbs.solve(case), {m.name: m.says for m in found.members[:2]})
    assert two.greatest(OPTION).under[OPTION].share == pytest.approx(least_mean(low), abs=1e-6)
    assert two.greatest(OPTION).under[OPTION].share > 0.1


def test_what_is_said_and_kept(tmp_path: Path) -> None:
    case, found = laid()
    assert weights_words.sentence(found) == (
        "Of 4 initiatives 1 is funded whichever of 3 members' weights count, 1 in no case; 2 are contested."
    )
    told = weights_words.lines(found)
    assert "The answers of Ada and Ben would change the plan; that of Cy would not." in told
    assert any(line.startswith("One option among others, and nobody's weights:") for line in told)
    for m in found.members:
        kept = verbs.solve(verbs.apply_changes(case, weights_rows(case, m.middle.tolist(), found.criteria)))
        assert kept.award["award"].tolist() == pytest.approx(m.plan.award.tolist(), abs=1.5), (
            "a member's plan as a scenario"
        )
    book, answers, copy = tmp_path / "case.xlsx", tmp_path / "members.toml", tmp_path / "copy.xlsx"
    write_tables(book, case.tables)
    answers.write_text(
        '[[member]]\nname = "Ada"\norder = ["people", "cases"]\n\n[[member]]\nname = "Ben"\nranges = { cases = [0.4, 0.6] }\n'
    )
    run = CliRunner().invoke(
        app, ["weights", str(book), "--members", str(answers), "--json", "--plan-of", "ada", "-o", str(copy)]
    )
    data = json.loads(run.stdout)
    assert set(data["members"]) == {"Ada", "Ben"}
    assert data["members"]["Ada"]["corners"] == [[0.5, 0.5], [0.0, 1.0]]
    assert verbs.solve(verbs.scenario(verbs.read(str(copy)), "weights of Ada")).award["award"].sum() > 0
    run = CliRunner().invoke(app, ["weights", str(book), "--members", str(answers)])
    assert run.exit_code == 0
    assert "2 members' weights" in run.stdout
    answers.write_text('[[member]]\nname = "Ada"\norder = ["peeple"]\n')
    run = CliRunner().invoke(app, ["weights", str(book), "--members", str(answers), "--json"])
    assert run.exit_code == 3
    fault = json.loads(run.stdout)["faults"][0]
    assert (fault["code"], fault["cell"]) == ("W01", "members.toml")
    assert fault["found"].startswith("Ada: nothing that is weighed is called peeple")


def test_a_file_to_be_filled_in_is_proposed_and_read_as_it_is(tmp_path: Path) -> None:
    case, _ = laid()
    book, form = tmp_path / "case.xlsx", tmp_path / "said.toml"
    write_tables(book, case.tables)
    run = CliRunner().invoke(app, ["weights", str(book)])
    assert (run.exit_code, run.stdout) == (2, "")
    assert "--propose MEMBERS.toml" in run.stderr
    run = CliRunner().invoke(app, ["weights", str(book), "--propose", str(form)])
    assert (run.exit_code, run.stderr) == (
        0,
        f"{form} is ready to be filled in. Then: optimiser weights {book} --members {form}\n",
    )
    run = CliRunner().invoke(app, ["weights", str(book), "--members", str(form), "--json"])
    assert run.exit_code == 0, run.stderr
    assert set(json.loads(run.stdout)["members"]) == {"First member", "Second member"}


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), min_size=2, max_size=5, unique_by=fold))
def test_a_form_holds_any_name(names: list[str]) -> None:
    said = answers_in(answers_form(names), names)
    assert said["First member"].order == tuple((n,) for n in names)


def test_themes_are_weighed_where_there_are_no_outcomes() -> None:
    case = checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "Pool", "amount": 500}],
        "Initiatives": [
            {"initiative": "a", "lead": "A", "request": 400, "theme": "Streets"},
            {"initiative": "b", "lead": "A", "request": 400, "theme": "Schools"},
            {"initiative": "c", "lead": "A", "request": 100},
        ],
    })  # fmt: skip
    kind, names = weighed_names(case)
    assert (kind, names) == ("theme", ("Schools", "Streets"))
    found = weigh(case, verbs.solve(case), {"Ada": stated({"order": ["Schools"]}, names)})
    assert [round(c.most) for c in found.criteria] == [400, 400]
    assert found.option is None
    assert found.places[1].standing == "always"
    with pytest.raises(ValueError, match="nothing to weigh"):
        weighed_names(checked({"Agencies": [{"agency": "A"}], "Funds": [{"fund": "P", "amount": 1}],
                               "Initiatives": [{"initiative": "a", "lead": "A", "request": 1}]}))  # fmt: skip
