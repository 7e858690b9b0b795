"""The next in line against re-solves of its own, reviewers' words, the verb, and the promise with reviewers' errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from optimiser import verbs
from optimiser.analysis.debate.next_in_line import next_in_line
from optimiser.analysis.debate.review_words import view
from optimiser.analysis.uncertain.promise_kept import promise, spreads
from optimiser.case.case import Case
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app

MONEY = {"A": 60_000, "B": 50_000, "C": 40_000, "D": 30_000, "E": 20_000}
GIVEN = {"A": (95, 85, 90), "B": (80, 60, 70), "C": (70, 72, 74), "D": (90, 20, 55), "E": (50, 30, 40)}


def case(amount: float = 120_000, **settings: Any) -> Case:
    """Five initiatives of one agency that do not all fit into one fund, each scored by three reviewers."""
    return verbs.case_from({
        "Case": [{"setting": k, "value": v} for k, v in {"reviews": "mean", **settings}.items()],
        "Agencies": [{"agency": "P"}],
        "Funds": [{"fund": "F", "amount": amount}],
        "Initiatives": [
            {"initiative": k, "name": f"Work {k}", "lead": "P", "request": v, "all_or_nothing": "yes"} for k, v in MONEY.items()
        ],
        "Reviews": [
            {"initiative": k, "reviewer": r, "score": s}
            for k, scores in GIVEN.items() for r, s in zip(("Ann", "Bob", "Cy"), scores, strict=True)
        ],
    })  # fmt: skip


def best(money: float, without: str = "", forced: str = "") -> tuple[float, set[str]]:
    """By trying every set: the most points of score and money, and the set."""
    keys, found = [k for k in MONEY if k != without], (-1.0, set[str]())
    for mask in range(2 ** len(keys)):
        chosen = {k for n, k in enumerate(keys) if mask >> n & 1}
        if sum(MONEY[k] for k in chosen) <= money and (not forced or forced in chosen):
            points = sum(MONEY[k] * sum(GIVEN[k]) / 300 for k in chosen)
            found = max(found, (points, chosen), key=lambda pair: pair[0])
    return found


@pytest.mark.first(1)
@pytest.mark.parametrize("money", [80_000, 120_000, 150_000, 250_000])
def test_who_is_next_is_what_trying_every_set_says(money: float) -> None:
    plan = verbs.solve(case(money))
    found = next_in_line(plan, set(MONEY))
    points, funded = best(money)
    assert {d.initiative for d in found.declined} == funded
    for one in found.declined:
        other, then = best(money, without=one.initiative)
        assert one.price == pytest.approx(points - other)
        assert {s.initiative: s.money for s in one.gains} == {k: MONEY[k] for k in then - funded}
        assert {s.initiative: -s.money for s in one.pays} == {k: MONEY[k] for k in funded - then - {one.initiative}}
    assert {b.initiative for b in found.below} == set(MONEY) - funded
    prices = [b.price for b in found.below if b.price is not None]
    assert prices == sorted(prices)
    for low in found.below:
        other, _ = best(money, forced=low.initiative)
        assert low.price == (pytest.approx(points - other) if other >= 0 else None)
        if low.rows:
            award = verbs.solve(verbs.apply_changes(plan.case, low.rows)).award.set_index("initiative")["award"]
            assert award[low.initiative] > 0, f"{low.lifts[0]} does not lift {low.initiative}"
    assert any(b.lifts for b in found.below) or not found.below
    assert all("by 3 reviewers)" in said for b in found.below for said in b.lifts if " score of " in said)
    only = next_in_line(plan, {min(funded)}, nearest=0)
    assert [d.initiative for d in only.declined] == [min(funded)]
    assert not any(b.lifts for b in only.below)
    asked = next_in_line(plan, nearest=0)
    assert [d.initiative for d in asked.declined] == sorted(funded, key=lambda k: -MONEY[k])[:3]
    assert asked.others == len(funded) - len(asked.declined)


def test_what_must_be_funded_is_asked_about_only_by_name_and_stands_last_without_a_plan() -> None:
    made = case()
    must = verbs.apply_changes(
        made,
        [
            {"sheet": "Initiatives", "where": "initiative = A", "column": "must_fund", "change": "= yes"},
            {"sheet": "Rules", "where": "rule = A in full", "column": "where", "change": "= initiative = A"},
            {"sheet": "Rules", "where": "rule = A in full", "column": "at_least", "change": "= 60000"},
        ],
    )
    plan = verbs.solve(must)
    assert "A" not in {d.initiative for d in next_in_line(plan, nearest=0).declined}
    last = next_in_line(plan, set(MONEY), nearest=0).declined[-1]
    assert (last.initiative, last.price) == ("A", None)


def test_disagreement_stands_first_and_who_is_harsh_is_named() -> None:
    found = view(case())
    assert found.initiatives[0].initiative == "D"
    assert found.headline() == "Reviewers differ most on Work D: from 20 to 90"
    assert [i.rank for i in sorted(found.initiatives, key=lambda i: i.initiative)] == [1, 3, 2, 4, 5]
    assert [(r.reviewer, r.called) for r in found.reviewers] == [("Bob", "harsh"), ("Cy", ""), ("Ann", "lenient")]
    assert view(verbs.case_from({n: list(t.records()) for n, t in case().tables.items() if n != "Reviews"})).lines()


def test_reviewers_differences_are_the_error_of_a_score_in_the_promise() -> None:
    made = case()
    within = view(made).initiatives[0].error
    assert within is not None
    assert spreads(made).tolist() == pytest.approx([within / (sum(GIVEN[k]) / 3) for k in MONEY])
    found = promise(verbs.solve(made))
    assert found.expected < found.promised
    said = verbs.case_from({**{n: list(t.records()) for n, t in made.tables.items()}, "Uncertainty": [
        {"of": "initiative", "item": "A", "column": "score", "low": 85, "high": 95}]})  # fmt: skip
    assert spreads(said)[0] == pytest.approx(10 / 12**0.5 / 90, rel=0.02), "what the sheet Uncertainty says comes first"


def test_the_verb_says_both(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(path, case().tables)
    done = CliRunner().invoke(app, ["reviews", str(path), "--declines", "Work A"])
    assert done.exit_code == 0, done.output
    assert "If Work A declines ($60,000), next in line: " in done.stdout
    assert "Bob: 5 initiatives" in done.stdout
    assert "below the line" in done.stdout
    told = json.loads(CliRunner().invoke(app, ["reviews", str(path), "--declines", "A", "--json"]).stdout)
    assert told["initiatives"][0]["initiative"] == "D"
    assert [d["initiative"] for d in told["next"]["declined"]] == ["A"]
    assert CliRunner().invoke(app, ["reviews", str(path), "--declines", "Work Z"]).exit_code == 2


def test_what_was_not_found_in_time_is_not_told_as_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = verbs.solve(case())
    late = replace(plan, status="stopped", tables={})
    monkeypatch.setattr("optimiser.analysis.debate.next_in_line.glance", lambda _: SimpleNamespace(plan=late))
    lines = next_in_line(plan).lines()
    assert any("no plan was found in time" in line for line in lines)
    assert not any("no plan keeps" in line for line in lines)


def test_a_name_that_is_none_is_answered_with_the_nearest_as_the_case_has_it(tmp_path: Path) -> None:
    write_tables(tmp_path / "case.xlsx", case().tables)
    for said, wrong in (("work a", False), ("Wrok A", True), ("", True)):
        told = CliRunner().invoke(app, ["reviews", str(tmp_path / "case.xlsx"), "--declines", said, "--json"])
        assert (told.exit_code == 2) is wrong, told.output
        if said and wrong:
            assert "There is no initiative Wrok A. Did you mean Work A?" in told.output
