"""SF-424A adds up as the form demands, the journal is balanced, the quarterly lines tie to the ledger."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import optimiser
from optimiser.analysis.rulebook.compliance import of_grant
from optimiser.case.faults import InvalidCase
from optimiser.papers.blocks import Missing
from optimiser.papers.grants import grants, shared_out
from optimiser.papers.paper import Source, make, shelf
from optimiser.papers.shelf import budget_worksheet, quarterly
from optimiser.papers.shelf.sf424a import LISTING, REMARKS, TITLE, as_json
from tests.oracle.random_cases import random_case
from tests.papers.cases import records, solved, source, with_actuals
from tests.papers.reading import of_docx
from tests.soak import SOAK

FORMS, JOURNALS = (range(10), range(20)) if SOAK else (range(3), range(4))
"""Lots of random cases, five in each."""


@cache
def random_source(seed: int) -> Source | None:
    """The plan of a random case whose funds are all federal; None where there is none."""
    made = random_case(seed)
    for k, fund in enumerate(made["Funds"]):
        fund["origin"] = ("federal", "federal", "state", "local")[(seed + k) % 4]
    if seed % 3 == 0:
        made["Periods"] = _dated(made.get("Periods", []))
    try:
        plan = optimiser.solve(optimiser.case_from(made), time_limit=5)
    except InvalidCase:
        return None
    return source(plan) if plan.has_plan else None


def _dated(periods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The periods as quarters from October 2026 on."""
    made = []
    for k, p in enumerate(periods):
        year, month = 2026 + (9 + 3 * k) // 12, (9 + 3 * k) % 12 + 1
        made.append({**p, "start": f"{year}-{month:02d}-01", "end": f"{year}-{month + 2:02d}-28"})
    return made


def random_sources(lot: int) -> Iterator[Source]:
    """Five of them."""
    found = 0
    for seed in range(100 * lot, 100 * lot + 100):
        made = random_source(seed)
        if made is not None:
            yield made
            found += 1
        if found == 5:
            return


def whole(text: str) -> int:
    """An amount of the form, which is in whole units."""
    assert text.endswith(".00")
    return int(Decimal(text))


@pytest.mark.first(1)
@pytest.mark.parametrize("lot", FORMS)
def test_sf424a_adds_up_on_random_cases(lot: int) -> None:
    count = 0
    for made in random_sources(lot):
        for fund in grants(made):
            if made.figures.spend(fund=fund).value:
                adds_up(as_json(made, fund), made, fund)
                assert not shelf()["sf-424a"].checks(made, fund)
                count += 1
    assert count >= 5


def adds_up(form: dict[str, Any], made: Source, fund: str) -> None:
    """Every sum that the form demands, recomputed from its fields alone."""
    items = form["activity_line_items"]
    assert 1 <= len(items) <= 4
    classes = (
        "personnel",
        "fringe_benefits",
        "travel",
        "equipment",
        "supplies",
        "contractual",
        "construction",
        "other",
    )
    direct, sections = (
        [f"{c}_amount" for c in classes],
        ("budget_summary", "budget_categories", "non_federal_resources"),
    )
    for item in items:
        a, b, c = ({k: whole(v) for k, v in item[part].items()} for part in sections)
        assert (
            a["federal_new_or_revised_amount"] + a["non_federal_new_or_revised_amount"]
            == a["total_amount"]
            == b["total_amount"]
        )
        assert sum(b[d] for d in direct) == b["total_direct_charge_amount"]
        assert b["total_direct_charge_amount"] + b["total_indirect_charge_amount"] == b["total_amount"]
        assert (
            c["applicant_amount"] + c["state_amount"] + c["other_amount"]
            == c["total_amount"]
            == a["non_federal_new_or_revised_amount"]
        )
        assert len(item["activity_title"]) <= TITLE
        assert len(item.get("assistance_listing_number", "")) <= LISTING
    assert len({item["activity_title"] for item in items}) == len(items)
    for total, part in (
        ("total_budget_summary", "budget_summary"),
        ("total_budget_categories", "budget_categories"),
        ("total_non_federal_resources", "non_federal_resources"),
        ("total_federal_fund_estimates", "federal_fund_estimates"),
    ):
        for field, value in form[total].items():
            assert whole(value) == sum(whole(item[part][field]) for item in items), (total, field)
    federal, other, both = (
        form["forecasted_cash_needs"][f"{w}_forecasted_cash_needs"] for w in ("federal", "non_federal", "total")
    )
    for field in both:
        assert whole(federal[field]) + whole(other[field]) == whole(both[field])
    for part in (federal, other, both):
        quarters = [whole(v) for k, v in part.items() if "quarter" in k]
        assert not quarters or sum(quarters) == whole(part["total_amount"])
    later = sum(whole(v) for v in form["total_federal_fund_estimates"].values())
    summary = form["total_budget_summary"]
    assert whole(federal["total_amount"]) + later == whole(summary["federal_new_or_revised_amount"])
    assert abs(whole(summary["federal_new_or_revised_amount"]) - made.figures.exact_spend(fund=fund)) <= 0.5
    assert len(form.get("remarks", "")) <= REMARKS


def test_the_json_and_the_sheet_of_sf424a_say_the_same() -> None:
    made = source(solved(8))
    files = {f.file.rpartition(".")[2]: f for f in make(shelf()["sf-424a"], made)}
    form = json.loads(files["json"].content)
    figures = files["xlsx"].figures
    assert figures["SF-424A[Grant] B total"] == whole(form["total_budget_categories"]["total_amount"])
    assert figures["SF-424A[Grant] B direct"] == whole(form["total_budget_categories"]["total_direct_charge_amount"])
    assert figures["SF-424A[Grant] D federal first_quarter"] == whole(
        form["forecasted_cash_needs"]["federal_forecasted_cash_needs"]["first_quarter_amount"]
    )
    for item in form["activity_line_items"]:
        title = item["activity_title"]
        assert figures[f"SF-424A[Grant] A {title} federal"] == whole(
            item["budget_summary"]["federal_new_or_revised_amount"]
        )
        assert figures[f"SF-424A[Grant] B supplies {title}"] == whole(item["budget_categories"]["supplies_amount"])


@pytest.mark.first(1)
@pytest.mark.parametrize("lot", JOURNALS)
def test_the_journal_is_balanced_on_random_cases(lot: int) -> None:
    paper = shelf()["journal"]
    for made in random_sources(lot):
        (text,) = (f for f in make(paper, made) if f.file.endswith(".csv"))
        lines = list(csv.DictReader(io.StringIO(text.content.decode())))
        debits, credits = (sum((Decimal(r[c] or "0") for r in lines), Decimal(0)) for c in ("Debit", "Credit"))
        assert debits == credits
        assert abs(debits - Decimal(str(made.figures.spent.value))) <= Decimal("0.005") * len(lines)
        assert not text.doubts
        if made.plan.proof.whole and made.case.settings.rounding:
            assert debits == Decimal(str(made.figures.spent.value))


def test_account_strings_are_the_offices_own() -> None:
    made = source(solved(8))
    (text,) = (f for f in make(shelf()["journal"], made) if f.file.endswith(".csv"))
    lines = list(csv.DictReader(io.StringIO(text.content.decode())))
    assert {r["Account"] for r in lines if r["Credit"]} == {"210-0000", "110-0000"}
    assert {r["Account"][:4] for r in lines if r["Debit"]} == {"210-", "110-"}
    assert not text.missing


def test_a_segment_without_a_code_is_blank_and_listed() -> None:
    made = records(4)
    made["Account codes"] = [r for r in made["Account codes"] if r["item"] != "supplies"]
    plan = optimiser.solve(optimiser.case_from(made))
    (text,) = (f for f in make(shelf()["journal"], source(plan)) if f.file.endswith(".csv"))
    assert [(m.place, dict(m.record)) for m in text.missing] == [
        ("Account codes, code of category supplies", {"of": "category", "item": "supplies"})
    ]
    assert b"210-________" in text.content or b"110-________" in text.content


@pytest.mark.parametrize("amounts", [[1, 1, 1], [0, 0], [5], [1, 2, 3, 4, 0.5], []])
@pytest.mark.parametrize("total", [0, 1, 7, 100])
def test_whole_amounts_add_up_to_their_total(amounts: list[float], total: int) -> None:
    if amounts:
        made = shared_out([Fraction(a) for a in amounts], total)
        assert sum(made) == total
        assert all(v >= 0 for v in made)


def test_quarterly_lines_tie_to_the_ledger_to_the_cent() -> None:
    made = source(solved(8))
    (file, *_) = make(shelf()["quarterly"], made)
    spent = round(sum(r["money"] for r in made.details.tables["Actuals"].records()), 2)
    assert file.figures["ledger"] == spent == file.figures["ledger[Grant]"]
    assert file.figures["SF-425[Grant] 10e"] == spent  # nothing was spent before
    assert file.figures["SEFA[Grant] spent"] == spent
    f = file.figures
    assert f["SF-425[Grant] 10c"] == round(f["SF-425[Grant] 10a"] - f["SF-425[Grant] 10b"], 2)
    assert f["SF-425[Grant] 10g"] == round(f["SF-425[Grant] 10e"] + f["SF-425[Grant] 10f"], 2)
    assert f["SF-425[Grant] 10h"] == round(f["amount[Grant]"] - f["SF-425[Grant] 10g"], 2)
    assert not file.doubts


def test_what_was_passed_on_is_asked_for_where_nobody_says_who_receives_the_grant() -> None:
    made = with_actuals(records(8))
    plan = optimiser.solve(optimiser.case_from(made))
    made["Funds"][0].pop("owner")
    (file, *_) = make(shelf()["quarterly"], source(plan, details=optimiser.case_from(made)))
    assert "SEFA[Grant] passed" not in file.figures
    assert ("Funds", "owner") in {(m.sheet, m.column) for m in file.missing}


@pytest.mark.parametrize("column", ["spent_before", "cash_received", "obligated"])
def test_a_line_that_hangs_on_a_missing_fact_is_blank(column: str) -> None:
    made = with_actuals(records(4))
    made["Funds"][0].pop(column)
    made["Funds"][0]["award_start"] = "2025-10-01"  # a year before the case begins
    plan = optimiser.solve(optimiser.case_from(made))
    (file, *_) = make(shelf()["quarterly"], source(plan))
    assert column in {m.column for m in file.missing}
    lines = {
        "spent_before": ("10b", "10e", "10g", "10h"),
        "cash_received": ("10a", "10c"),
        "obligated": ("10f", "10g", "10h"),
    }
    for line in lines[column]:
        assert f"SF-425[Grant] {line}" not in file.figures


def test_what_was_spent_before_counts_from_the_first_day_of_the_award() -> None:
    made = with_actuals(records(4))
    made["Funds"][0].update(spent_before=1000.25, award_start="2025-10-01")
    plan = optimiser.solve(optimiser.case_from(made))
    ledger = quarterly.Ledger(source(plan))
    found = ledger.cumulative("Grant")
    assert not isinstance(found, Missing)
    assert found.value == round(1000.25 + float(ledger.spent("Grant")), 2)


def test_what_was_authorized_before_is_never_taken_from_this_case_alone() -> None:
    made = with_actuals(records(4))
    made["Funds"][0].update(spent_before=1000.25, award_start="2025-10-01", match_given=50.0)
    plan = optimiser.solve(optimiser.case_from(made))
    (file, *_) = make(shelf()["quarterly"], source(plan))
    assert ("Funds", "Grant", "authorized") in {(m.sheet, m.row, m.column) for m in file.missing}
    assert not {f"SF-425[Grant] 10{line}" for line in "dhik"} & set(file.figures)
    made["Funds"][0]["authorized"] = 500_000.0
    (file, *_) = make(shelf()["quarterly"], source(plan, details=optimiser.case_from(made)))
    f = {line: file.figures[f"SF-425[Grant] 10{line}"] for line in "deghijk"}
    assert f["d"] == 500_000
    assert f["h"] == round(500_000 - f["g"], 2)
    assert f["i"] == 125_000  # a fifth of all cost is a quarter of the federal share
    assert f["k"] == round(f["i"] - f["j"], 2)


def test_the_compliance_sheet_has_the_rules_of_the_grant_and_then_the_others() -> None:
    made = source(solved(8))
    paper = shelf()["grant-compliance"]
    assert paper.subjects(made) == ["Grant"]
    (file,) = make(paper, made)
    read = of_docx(file.content)
    own = [r["rule"] for r in of_grant(made.plan, "Grant").records()]
    assert [row[0].partition(" (")[0] for row in read.tables["Rules of this grant"][0][1:]] == own
    others = [row[0] for row in read.tables["Other rules that take in its money"][0][1:]]
    assert others == ["Something for supplies"]
    assert "Nobody takes all: " in read.text


def test_the_worksheet_has_what_others_pay_and_subawards_apart() -> None:
    made = source(solved(8))
    f, fund = made.figures, "Grant"
    lines = budget_worksheet.cost_lines(made, fund)
    assert sum(line.federal for line in lines) == f.exact_spend(fund=fund)
    assert Fraction(sum(line.cents for line in lines), 100) == round(sum(f.match(fund).values()), 2)
    owner = made.text("Funds", fund, "owner")
    assert {line.agency for line in lines if line.section == "subawards"} == set(f.members("agency")) - {owner}
    assert {line.agency for line in lines if line.section not in ("subawards", "personnel")} <= {owner}
    lent = [line for line in lines if line.category == "staff in kind"]
    assert lent
    assert all(line.federal == 0 < line.cents and "FTE analyst × 9,000" in line.how for line in lent)
    for file in make(shelf()["budget-worksheet"], made):
        sections = {k: v for k, v in file.figures.items() if re.fullmatch(r"worksheet\[Grant\] [a-z ]+ total", k)}
        assert round(sum(sections.values()), 2) == file.figures["worksheet[Grant] total"]


@pytest.mark.first(1)
@pytest.mark.parametrize("lot", FORMS)
def test_the_worksheet_of_random_cases_adds_up(lot: int) -> None:
    for made in random_sources(lot):
        for fund in grants(made):
            lines = budget_worksheet.cost_lines(made, fund)
            assert sum(line.federal for line in lines) == made.figures.exact_spend(fund=fund)
            match = sum(made.figures.match(fund).values(), Fraction(0))
            assert abs(Fraction(sum(line.cents for line in lines), 100) - match) <= Fraction(1, 200)


def test_program_income_that_was_spent_is_asked_for_where_there_is_any() -> None:
    made = with_actuals(records(4))
    plan = optimiser.solve(optimiser.case_from(made))
    (file, *_) = make(shelf()["quarterly"], source(plan))
    assert [file.figures[f"SF-425[Grant] 10{line}"] for line in "lmno"] == [0, 0, 0, 0]
    made["Funds"][0].update(program_income=900.5, income_deducted=100.25)
    (file, *_) = make(shelf()["quarterly"], source(plan, details=optimiser.case_from(made)))
    assert "income_added" in {m.column for m in file.missing}
    assert "SF-425[Grant] 10o" not in file.figures
    made["Funds"][0]["income_added"] = 0.0
    (file, *_) = make(shelf()["quarterly"], source(plan, details=optimiser.case_from(made)))
    assert file.figures["SF-425[Grant] 10o"] == 800.25


def test_what_is_not_known_of_an_award_is_listed_and_what_does_not_apply_is_said() -> None:
    made = with_actuals(records(4))
    plan = optimiser.solve(optimiser.case_from(made))
    for key in ("agent_fee", "expected_income"):
        made["Funds"][0].pop(key)
    made["Funds"][0].update(passed_from="State office", cluster="Justice cluster")
    blank, full = source(plan, details=optimiser.case_from(made)), source(plan)
    for name, column in (("allocation", "agent_fee"), ("sf-424a", "expected_income"), ("quarterly", "passed_number")):
        assert column in {m.column for m in next(iter(make(shelf()[name], blank))).missing}
        assert column not in {m.column for m in next(iter(make(shelf()[name], full))).missing}
    (letter,) = make(shelf()["allocation"], full)
    assert "Fee of the fiscal agent: 3.7% of the award" in of_docx(letter.content).text
    assert letter.figures["agent's fee[Grant]"] == round(0.037 * letter.figures["amount[Grant]"], 2)
    assert as_json(full, "Grant")["total_budget_categories"]["program_income_amount"] == "1200.00"
    assert "program_income_amount" not in as_json(blank, "Grant")["total_budget_categories"]
    lines = [f for f in make(shelf()["quarterly"], full) if f.file.endswith("docx")]
    assert of_docx(lines[0].content).tables["SEFA lines"][0][1][2:6] == [
        "none",
        "Bureau",
        "15PBJA-26-GG-0001",
        "direct award",
    ]
