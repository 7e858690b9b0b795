"""Two programmes worked through in docs/rules/worked.md: each figure is solved again here."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.compliance import of_grant
from optimiser.case.case import Case
from optimiser.case.readable import money_exact
from optimiser.model.rules import held_back, rules_of, sentence
from optimiser.plan.tables import Plan
from tests.rules.small import Records, checked
from tests.rules.worked import settlement_board, voca_year

PAGE = Path(__file__).parents[2] / "docs" / "rules" / "worked.md"


@cache
def plan_of(make: object) -> Plan:
    """The plan of a worked case, proven and verified."""
    plan = verbs.solve(make())  # type: ignore[operator]
    assert plan.status in ("optimal", "within_gap")
    assert verbs.verify(plan) == []
    return plan


def without(case: Case, sheet: str, **cells: object) -> Case:
    """The case with a sheet emptied, or with other cells in the rules that are formulas."""
    records: Records = {
        n: [{k: v for k, v in r.items() if v == v} for r in t.records()] for n, t in case.tables.items()
    }
    if not cells:
        records[sheet] = []
    for row in records["Rules"]:
        if cells and row["kind"] == "formula":
            row |= cells
    return checked({n: rows for n, rows in records.items() if rows})


def received(plan: Plan) -> dict[str, float]:
    """Money that each agency receives."""
    return dict(zip(*(plan.tables["Received"][c].tolist() for c in ("agency", "received")), strict=True))


def paid(plan: Plan, fund: str) -> float:
    """What a fund pays in all."""
    spend = plan.tables["Spend"]
    return float(spend["money"][spend["fund"] == fund].sum())


def usd(value: float) -> str:
    """Whole dollars."""
    return money_exact(round(value), "USD")


def rules(plan: Plan, fund: str) -> list[str]:
    """The compliance of the grant: one line for each rule, with the member nearest to its limit left to the full sheet."""
    lines = ["| set by | rule | asks for | limits | at their limit | waiver |", "|---|---|---|---|---|---|"]
    table = list(of_grant(plan, fund).records())
    for name in dict.fromkeys(r["rule"] for r in table):
        mine = [r for r in table if r["rule"] == name]
        assert all(r["state"] in ("kept", "at its limit") for r in mine)
        asks = list(dict.fromkeys(r["required"] for r in mine))
        numbers = {a.removeprefix("at least ").removeprefix("at most ") for a in asks}
        if len(asks) == 2 and len(numbers) == 1:
            asks = [f"exactly {numbers.pop()}"]
        tight = sum(r["state"] == "at its limit" for r in mine)
        asked = (
            asks[0]
            if len(asks) == 1
            else "by formula"
            if mine[0]["rule"].startswith(f"{fund}: counties")
            else "; ".join(asks)
        )
        cells = (mine[0]["set_by"], name, asked, str(len(mine)), str(tight), mine[0]["waiver"].replace("|", "\\|"))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def page() -> str:
    """The page, written from the plans."""
    lines = [
        "# Two programs, worked through", "",
        "Names and amounts are made up; the rules are those of the [library](library.md). A test solves both cases again",
        "(`tests/rules/test_worked.py`) and writes this page; the VOCA year without rounding, so that no dollar is a question of luck.", "",
        *voca_page(), *board_page(),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def voca_page() -> list[str]:
    """A state's VOCA year."""
    case, plan = voca_year(), plan_of(voca_year)
    got = received(plan)
    matched = float(plan.tables["Match"]["money"].sum())
    wider = verbs.solve(without(case, "Rules", at_least=0.2))
    plain = verbs.solve(without(case, "Waivers"))
    uncapped = without(case, "Rules", of="people; floor 40000")
    [held] = [h for r in rules_of(uncapped.facts) if (h := held_back(uncapped.facts, r)) is not None]
    spent, amount = paid(plan, "VOCA"), 1600000.0
    return [
        "## A state's VOCA year", "",
        f"A state has {usd(amount)} for victim services in twelve counties and for its own office; the counties have {usd(300000)} that",
        "can match it.",
        "Four set-asides of 10% (child abuse, domestic abuse, sexual assault, underserved), at most 5% for administration, 20% match",
        "of each project. Oak's projects are a tribe's, and exempt. Cedar has a waiver of the Governor's office for the year. The",
        "state's own policy splits the money by people, none below $40,000 a county, none above what it asks for, give or take 10%.",
        "", *rules(plan, "VOCA"), "",
        f"The plan spends {usd(spent)} of the grant, and {usd(matched)} of the counties' money matches it. Solved in whole dollars, its",
        "impact is less than a thousandth lower.", "",
        "| county | gets, its own match included |", "|---|---|", *(f"| {name} | {usd(got[name])} |" for name in got), "",
        f"**The waiver.** {next(r.waived for r in rules_of(case.facts) if r.waived)}",
        f"Without it the counties' money would be match for {usd(paid(plain, 'VOCA'))} of the grant only:",
        f"{usd(spent - paid(plain, 'VOCA'))} less would be spent.", "",
        "**The county that cannot take its share.** Pine asks for $25,000, less than the floor of $40,000. Without `cap request` in the",
        f"formula it would hold up all others. {held.sentence}",
        "With `cap request` it still holds some back: a fifth of its cost must be matched, so it can take $20,000 of the grant, and by",
        "the formula the others may get no more than in proportion to that. If each county might get up to 20% less than its share, and",
        f"not 10%, the grant would spend {usd(paid(wider, 'VOCA'))}: {usd(paid(wider, 'VOCA') - spent)} more.", "",
    ]  # fmt: skip


def board_page() -> list[str]:
    """An opioid settlement board."""
    case, plan = settlement_board(), plan_of(settlement_board)
    got = received(plan)
    housing = next(sentence(case.facts, r) for r in rules_of(case.facts) if "housing" in r.name)
    return [
        "## An opioid settlement board", "",
        f"A board pays out {usd(3600000)} over two years, by the agreement of its state (here North Carolina's): 80% to local",
        "governments, 5% as county incentive, 15% to the state; 85% for abatement, 70% for future abatement. Counties first get",
        "$100,000 each, and all split the rest by deaths from overdose, give or take 2%. The board's own policy sets 30% aside",
        "for recovery housing.", "", *rules(plan, "Settlement"), "",
        "| who | gets |", "|---|---|", *(f"| {name} | {usd(got[name])} |" for name in got), "",
        f"The set-aside for recovery housing would yield if too little were asked for; here enough is. It reads: *{housing}*", "",
    ]  # fmt: skip


@pytest.mark.parametrize(("make", "fund"), [(voca_year, "VOCA"), (settlement_board, "Settlement")])
def test_the_plans_keep_their_rules_and_use_what_the_story_is_about(make: object, fund: str) -> None:
    plan = plan_of(make)
    assert [str(w) for w in plan.case.warnings if w.sheet in ("Rules", "Waivers")] == []
    states = set(of_grant(plan, fund)["state"].tolist())
    assert states == {"kept", "at its limit"}


def test_the_waiver_frees_money_and_the_formula_leaves_nobody_without() -> None:
    case, plan = voca_year(), plan_of(voca_year)
    assert len(case.tables["Agencies"]) == 13
    assert paid(plan, "VOCA") > paid(verbs.solve(without(case, "Waivers")), "VOCA")
    got = received(plan)
    assert got["Pine"] == pytest.approx(25000, abs=2)
    assert min(v for name, v in got.items() if name not in ("Pine", "State")) >= 40000 * 0.85


@pytest.mark.skipif(not os.environ.get("OPTIMISER_SOAK"), reason="takes a quarter of a minute")
def test_the_voca_year_in_whole_dollars_is_near_the_best() -> None:
    exact, whole = plan_of(voca_year), verbs.solve(without(voca_year(), "Case"))
    assert whole.case.settings.rounding == 1
    assert whole.proof.whole
    assert verbs.verify(whole) == []
    assert 0.999 * (exact.impact or 0.0) <= (whole.impact or 0.0) <= (exact.impact or 0.0) + 1


def test_the_page_is_what_the_plans_say() -> None:
    if os.environ.get("OPTIMISER_WRITE_GOLDEN"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), "run this test with OPTIMISER_WRITE_GOLDEN=1 to write the page again"
