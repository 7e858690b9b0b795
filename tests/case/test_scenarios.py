"""Scenarios: what a row of the sheet changes, what it may not change, and in which cell a mistake is reported."""

from __future__ import annotations

import io
import math
from random import Random
from typing import Any

import openpyxl
import pytest

import optimiser
from optimiser import verbs
from optimiser.case.case import Case
from optimiser.case.faults import Fault, InvalidCase
from optimiser.case.scenario.apply import names
from tests.case.books import book, saved
from tests.oracle.random_cases import random_case

Records = dict[str, list[dict[str, Any]]]


def small(*scenarios: tuple[str, str, str, str], **sheets: list[dict[str, Any]]) -> Records:
    """Two agencies, two funds, two initiatives, and one scenario `s` of these (sheet, where, column, change)."""
    records: Records = {
        "Periods": [{"period": "Q1"}, {"period": "Q2"}],
        "Areas": [{"area": "North", "population": 10}, {"area": "North East", "parent": "North", "population": 4}],
        "Agencies": [{"agency": "Sheriff", "score": 60}, {"agency": "Clinic"}],
        "Funds": [{"fund": "Pool"}, {"fund": "Grant", "amount": 500_000, "kind": "joint grant"}],
        "Installments": [
            {"fund": "Grant", "period": "Q1", "amount": 300_000},
            {"fund": "Grant", "period": "Q2", "amount": 200_000},
        ],
        "Contributions": [
            {"agency": "Sheriff", "fund": "Pool", "amount": 70_000},
            {"agency": "Clinic", "fund": "Pool", "amount": 30_000},
        ],
        "Initiatives": [
            {"initiative": "I1", "lead": "Sheriff", "request": 100_000, "theme": "guns", "area": "North East"},
            {"initiative": "I2", "request": 200_000, "theme": "opioids", "maximum": 150_000},
        ],
        "Staff": [{"agency": "Sheriff", "role": "analyst", "fte": 10, "releasable": 0.5}],
        "Rules": [{"rule": "cap", "where": "theme = guns", "at_most": 90_000}],
        **sheets,
    }
    keys = ("sheet", "where", "column", "change")
    records["Scenarios"] = [{"scenario": "s", **dict(zip(keys, row, strict=True))} for row in scenarios]
    return records


def changed(*scenarios: tuple[str, str, str, str], **sheets: list[dict[str, Any]]) -> Case:
    return verbs.scenario(optimiser.case_from(small(*scenarios, **sheets)), "s")


def rows(case: Case, sheet: str, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(case.tables[sheet][c].tolist() for c in columns), strict=True))


def faults(*scenarios: tuple[str, str, str, str], **sheets: list[dict[str, Any]]) -> list[Fault]:
    """Errors of the Scenarios sheet at check time."""
    _, found = verbs.check_records(small(*scenarios, **sheets))
    return [f for f in found if f.level == "error"]


def only(found: list[Fault]) -> Fault:
    assert len(found) == 1, list(map(str, found))
    return found[0]


# What changes


def test_numbers_are_set_multiplied_and_added_in_that_order_whatever_the_order_of_rows() -> None:
    case = changed(
        ("Initiatives", "initiative = I1", "request", "+ 50"),
        ("Initiatives", "initiative = I1", "request", "* 0.9"),
        ("Initiatives", "initiative = I1", "request", "- 20"),
        ("Initiatives", "initiative = I1", "request", "= 1000"),
    )
    assert rows(case, "Initiatives", "initiative", "request") == [("I1", 930.0), ("I2", 200_000.0)]


def test_decimals_stay_decimals() -> None:
    case = changed(("Funds", "fund = Grant", "amount", "* 0.83"))
    assert rows(case, "Funds", "amount")[1] == (415_000.0,)
    assert rows(case, "Installments", "amount") == [(249_000.0,), (166_000.0,)]


def test_without_where_every_row_changes_and_a_blank_stays_blank() -> None:
    case = changed(("Initiatives", "", "maximum", "* 0.5"), ("Initiatives", "", "priority", "* 2"))
    assert rows(case, "Initiatives", "priority") == [(2.0,), (2.0,)]
    first, second = (m for (m,) in rows(case, "Initiatives", "maximum"))
    assert math.isnan(first)
    assert second == 75_000


def test_where_takes_the_sheets_own_columns_its_areas_include_those_inside() -> None:
    case = changed(("Initiatives", "area = north ; theme != opioids", "priority", "= 3"))
    assert rows(case, "Initiatives", "priority") == [(3.0,), (1.0,)]


def test_a_key_of_areas_means_that_row_alone() -> None:
    case = changed(("Areas", "area = North", "population", "* 2"))
    assert rows(case, "Areas", "population") == [(20.0,), (4.0,)]


def test_settings_are_changed_also_where_the_sheet_case_is_absent() -> None:
    case = changed(
        ("Case", "setting = objective", "value", "= impact within 2% > fairness"),
        ("Case", "setting = Time Limit", "value", "* 0.5"),
    )
    assert [(o.name, o.within) for o in case.settings.objective] == [("impact", 0.02), ("fairness", 0.0)]
    assert case.settings.time_limit == 150


def test_an_absent_attribute_may_be_set() -> None:
    case = changed(("Agencies", "agency = Sheriff", "sworn", "= 120"), ("Agencies", "agency = Clinic", "sworn", "= 8"))
    assert rows(case, "Agencies", "sworn") == [(120.0,), (8.0,)]


def test_a_cell_is_cleared_by_an_equals_sign_alone() -> None:
    case = changed(("Initiatives", "initiative = I2", "maximum", "="))
    assert math.isnan(rows(case, "Initiatives", "maximum")[1][0])


def test_flags_choices_and_rules_are_switched() -> None:
    case = changed(("Rules", "rule = cap", "active", "= no"), ("Funds", "fund = Pool", "kind", "= Own Budget"))
    assert rows(case, "Rules", "active") == [(False,)]
    assert rows(case, "Funds", "kind")[0] == ("own budget",)


# Defaults are filled in first


def test_an_amount_that_is_the_sum_of_contributions_is_filled_in_before_it_changes() -> None:
    case = changed(("Funds", "fund = Pool", "amount", "+ 5000"))
    assert rows(case, "Funds", "amount")[0] == (105_000.0,)


def test_an_amount_that_nobody_changes_follows_the_contributions() -> None:
    case = changed(("Contributions", "agency = Clinic", "", "remove"))
    assert case.facts.amount.tolist() == [500_000, 70_000]


def test_default_partners_are_there_when_one_is_added() -> None:
    case = changed(("Partners", "initiative = I1 ; agency = Clinic", "cost_factor", "= 1.2"))
    assert rows(case, "Partners", "initiative", "agency", "cost_factor") == [
        ("I1", "Sheriff", 1),
        ("I1", "Clinic", 1.2),
    ]


def test_default_rows_that_nobody_touches_stay_unwritten() -> None:
    assert rows(changed(("Partners", "initiative = I1", "effectiveness", "= 0.5")), "Partners", "initiative") == [
        ("I1",)
    ]
    case = changed(("Priorities", "of = theme ; item = guns", "weight", "* 2"))
    assert rows(case, "Priorities", "of", "item", "weight") == [("theme", "guns", 2.0)]
    case = changed(
        ("Costs", "initiative = I1", "share", "= 0.6"),
        ("Costs", "initiative = I1 ; category = travel", "share", "= 0.4"),
    )
    assert rows(case, "Costs", "category", "share") == [("general", 0.6), ("travel", 0.4)]


# Rows come and go


def test_equals_adds_a_row_where_a_whole_new_key_is_named() -> None:
    case = changed(
        ("Funds", "fund = State", "amount", "= 80000"),
        ("Funds", "fund = State", "kind", "= joint grant"),
        ("Staff", "agency = Clinic ; role = nurse", "fte", "= 4"),
    )
    assert rows(case, "Funds", "fund", "kind", "amount", "carryover")[2] == ("State", "joint grant", 80_000.0, 1.0)
    assert rows(case, "Staff", "agency", "role", "fte", "releasable", "period")[1] == ("Clinic", "nurse", 4.0, 1.0, "")
    assert case.facts.size("fund") == 3


def test_an_added_row_can_be_multiplied_in_the_same_scenario() -> None:
    case = changed(("Funds", "fund = State", "amount", "= 80000"), ("Funds", "", "amount", "* 2"))
    assert rows(case, "Funds", "amount") == [(200_000.0,), (1_000_000.0,), (160_000.0,)]


def test_rows_are_removed_and_added_anew() -> None:
    case = changed(
        ("Installments", "fund = Grant", "", "remove"),
        ("Installments", "fund = Grant ; period = Q2", "amount", "= 500000"),
    )
    assert rows(case, "Installments", "fund", "period", "amount") == [("Grant", "Q2", 500_000.0)]


@pytest.mark.parametrize(
    ("changes", "installments"),
    [
        ([("Funds", "fund = Grant", "amount", "* 2")], [600_000, 400_000]),
        (
            [("Funds", "fund = Grant", "amount", "= 600000"), ("Installments", "period = Q2", "amount", "= 300000")],
            [300_000, 300_000],
        ),
        (
            [
                ("Funds", "fund = Grant", "amount", "* 2"),
                ("Installments", "period = Q1", "amount", "- 1000"),
                ("Installments", "period = Q2", "amount", "+ 1000"),
            ],
            [599_000, 401_000],
        ),
    ],
)
def test_installments_follow_the_amount(changes: list[tuple[str, str, str, str]], installments: list[float]) -> None:
    case = changed(*changes)
    assert [a for (a,) in rows(case, "Installments", "amount")] == installments


def test_scenarios_are_stacked_in_the_order_named() -> None:
    records = small(("Funds", "fund = Grant", "amount", "* 0.5"))
    records["Scenarios"].append(
        {"scenario": "more", "sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "+ 10"}
    )
    case = optimiser.case_from(records)
    assert names(case.tables["Scenarios"]) == ("s", "more")
    assert rows(verbs.scenario(case, "S", "more"), "Funds", "amount")[1] == (250_010.0,)
    assert rows(verbs.scenario(case, "more", "s"), "Funds", "amount")[1] == (250_005.0,)
    assert verbs.scenario(case, "base") is case


def test_the_case_itself_is_left_as_it_was() -> None:
    case = optimiser.case_from(small(("Funds", "fund = Grant", "amount", "* 0.5")))
    before = case.sha256
    other = verbs.scenario(case, "s")
    assert case.tables["Funds"]["amount"][1] == 500_000
    assert Case(case.tables, case.settings).sha256 == before != other.sha256
    assert other.tables["Agencies"] is case.tables["Agencies"]


def test_changes_that_stand_on_no_sheet() -> None:
    case = optimiser.case_from(small())
    row = {"sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "= 7"}
    assert rows(verbs.apply_changes(case, [row]), "Funds", "amount")[1] == (7.0,)
    with pytest.raises(InvalidCase) as caught:
        verbs.apply_changes(case, [row, {**row, "sheet": "Fund"}])
    assert (caught.value.faults[0].sheet, caught.value.faults[0].cell) == ("Changes", "sheet, row 2")


# Mistakes


@pytest.mark.parametrize(
    ("row", "code", "column", "said"),
    [
        (("Fundz", "", "amount", "* 2"), "C01", "sheet", "write Funds"),
        (("Scenarios", "", "note", "= x"), "C01", "sheet", "sheet"),
        (("Funds", "", "amuont", "= 2"), "C01", "column", "write amount"),
        (("Funds", "", "", "= 2"), "C01", "column", "write which"),
        (("Funds", "", "amount", "remove"), "C01", "column", "clear the cell"),
        (("Funds", "fnud = Pool", "amount", "* 2"), "C02", "where", "write fund"),
        (("Funds", "fund", "amount", "* 2"), "C02", "where", "theme = training"),
        (("Installments", "fund = Grnat", "amount", "* 2"), "C02", "where", "did you mean Grant"),
        (("Funds", "kind > 3", "amount", "* 2"), "C02", "where", "order"),
        (("Funds", "fund = Pol", "amount", "* 2"), "C04", "where", "write Pool"),
        (
            ("Funds", "fund = Pool ; kind = joint grant", "amount", "= 2"),
            "C04",
            "where",
            "name its key and nothing else",
        ),
        (("History", "", "value", "* 2"), "C04", "where", "no rows"),
        (("Funds", "", "amount", "120000"), "C03", "change", "write `+ 120000` to add that, or `= 120000` to set it"),
        (("Funds", "", "amount", "rmove"), "C03", "change", "write remove"),
        (("Funds", "", "kind", "* 2"), "C03", "column", "set it with"),
        (("Initiatives", "initiative = I1", "maximum", "* 2"), "C03", "change", "set it with"),
        (("Funds", "fund = Grant", "amount", "* ten"), "N03", "change", "write a number"),
        (("Funds", "fund = Grant", "amount", "+ 5%"), "N02", "change", "write `* 1.05` to change it by 5%"),
        (("Funds", "fund = Grant", "amount", "= much"), "N03", "change", "write a number"),
        (("Funds", "fund = Grant", "amount", "- 600000"), "N16", "change", "change it by less"),
        (("Staff", "", "releasable", "* 3"), "N16", "change", "Sheriff, analyst"),
        (("Rules", "", "active", "= perhaps"), "V03", "change", "yes or no"),
        (("Agencies", "agency = Clinic", "", "remove"), "C06", "change", "Contributions row 2"),
        (("Funds", "fund = Grant", "fund", "= Other"), "C06", "change", "Installments row 1, Installments row 2"),
        (("Partners", "initiative = I1", "", "remove"), "C04", "where", "by default"),
        (("Case", "setting = rouding", "value", "= 1"), "C04", "where", "write rounding"),
        (("Periods", "start >= 2026-01-01", "end", "= 2026-02-01"), "C02", "where", "start has no order"),
    ],
)
def test_a_mistake_names_its_cell_and_its_cure(
    row: tuple[str, str, str, str], code: str, column: str, said: str
) -> None:
    fault = only(faults(row))
    assert (fault.code, fault.sheet, fault.cell) == (code, "Scenarios", f"{column}, row 1"), str(fault)
    assert said in str(fault)


def test_two_equals_on_one_cell_are_an_error() -> None:
    fault = only(faults(("Funds", "", "amount", "= 1"), ("Funds", "fund = Pool", "amount", "= 1")))
    assert (fault.code, fault.cell) == ("C05", "change, row 2")
    assert "Scenarios!change, row 1 sets the same cell" in str(fault)
    assert "Pool" in fault.found


def test_removing_an_agency_with_all_that_refers_to_it() -> None:
    everything = [(sheet, "agency = Clinic", "", "remove") for sheet in ("Agencies", "Contributions")]
    assert faults(*everything) == []
    assert changed(*everything).facts.names["agency"] == ["Sheriff"]


def test_a_new_row_lacks_what_it_must_have() -> None:
    with pytest.raises(InvalidCase) as caught:
        changed(("Initiatives", "initiative = I3", "lead", "= Nobody"))
    assert {(f.sheet, f.cell, f.code) for f in caught.value.faults} == {("Scenarios", "change, row 1", "K02")}


def test_what_breaks_the_case_only_in_the_scenario_is_a_warning_of_the_base_and_an_error_of_the_scenario() -> None:
    row = ("Initiatives", "initiative = I2", "minimum", "= 170000")
    case, found = verbs.check_records(small(row))
    assert case is not None
    assert [(f.code, f.level, f.sheet, f.cell) for f in found] == [("R01", "warning", "Scenarios", "change, row 1")]
    with pytest.raises(InvalidCase) as caught:
        verbs.scenario(case, "s")
    assert "maximum" in str(caught.value.faults[0])


def test_contributions_above_a_cut_amount_say_which_scenario() -> None:
    with pytest.raises(InvalidCase, match="1 fault") as caught:
        changed(("Funds", "fund = Pool", "amount", "- 50000"))
    assert "(in the scenario s)" in str(caught.value.faults[0])


def paid_in(case: Case) -> dict[tuple[str, str], float]:
    return {(agency, fund): amount for agency, fund, amount in rows(case, "Contributions", "agency", "fund", "amount")}


@pytest.mark.parametrize(("change", "factor"), [("* 0.5", 0.5), ("* 1.2", 1.2), ("* 0", 0.0), ("× 0.1", 0.1)])
def test_a_fund_that_is_multiplied_scales_its_contributions_and_says_so(change: str, factor: float) -> None:
    before = paid_in(optimiser.case_from(small()))
    case = changed(("Funds", "", "amount", change))
    assert paid_in(case) == {key: pytest.approx(amount * factor) for key, amount in before.items()}
    (said,) = case.warnings
    assert (said.code, said.level, said.cell) == ("C08", "warning", "change, row 1")
    assert "Pool" in said.found
    assert "scaled" in said.cure


def test_contributions_are_scaled_only_where_their_own_fund_is_multiplied() -> None:
    before = paid_in(optimiser.case_from(small()))
    for row in (("Funds", "fund = Grant", "amount", "* 0.5"), ("Funds", "fund = Pool", "amount", "= 200000")):
        case = changed(row)
        assert (paid_in(case), case.warnings) == (before, ())
    own = ("Contributions", "", "amount", "= 10")
    case = changed(("Funds", "fund = Pool", "amount", "* 0.5"), own)
    assert (set(paid_in(case).values()), case.warnings) == ({10.0}, ())


def test_a_check_is_quiet_about_contributions_that_scale() -> None:
    _, found = verbs.check_records(small(("Funds", "fund = Pool", "amount", "* 0.5")))
    assert found == ()


def test_a_score_that_performance_overrides_is_a_warning() -> None:
    measured = [{"of": "agency", "item": "Sheriff", "measure": "x", "target": 2, "actual": 1}]
    case = changed(("Agencies", "agency = Sheriff", "score", "= 10"), Performance=measured)
    assert [(w.code, w.cell) for w in case.warnings] == [("C07", "column, row 1")]


def test_an_unknown_scenario_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="did you mean s"):
        verbs.scenario(optimiser.case_from(small(("Funds", "fund = Grant", "amount", "* 0.5"))), "ss")


def written(*listed: list[str]) -> bytes:
    """A small workbook with these rows on the sheet Scenarios, each cell as text (also one that begins with =)."""
    made = openpyxl.load_workbook(io.BytesIO(book(Scenarios=[])))
    for i, row in enumerate(listed, 1):
        for j, value in enumerate(row, 1):
            made["Scenarios"].cell(i, j, value).data_type = "s"
    return saved(made)


def test_in_a_workbook_the_cell_is_that_of_the_sheet() -> None:
    titles = ["scenario", "note", "sheet", "where", "column", "change"]
    listed = [
        ["s", "", "Funds", "fund = Pol", "amount", "* 2"],
        ["s", "", "Funds", "fund = New", "owner", "= PD"],
        ["s", "", "Funds", "fund = Newer", "owner", "= Nobody"],
        ["t", "", "Initiatives", "initiative = Courts", "minimum", "= 90"],
        ["t", "", "Initiatives", "initiative = Courts", "maximum", "= 80"],
    ]
    _, found = verbs.check(written(titles, *listed))
    assert [(f.code, f.cell, f.level) for f in found] == [("C04", "D2", "error"), ("R01", "F5", "warning")]
    _, found = verbs.check(written(titles, *listed[1:]))
    assert [(f.code, f.cell, f.level) for f in found] == [("K02", "F3", "error"), ("R01", "F4", "warning")]


# Against changes made by hand, on random cases

NUMBERS = {
    "Initiatives": ("initiative", ("request", "priority")),
    "Agencies": ("agency", ("score",)),
    "Staff": ("role", ("fte", "hire_cost")),
    "Rules": ("rule", ("penalty",)),
}


@pytest.mark.parametrize("seed", range(30))
def test_a_scenario_is_what_one_would_have_written(seed: int) -> None:
    """Random changes of written numbers, made on the plain records by a loop that knows nothing of tables."""
    dice = Random(seed)
    records = random_case(seed, rules=seed % 2 == 0)
    base = optimiser.case_from(records)
    by_hand = {sheet: [dict(r) for r in listed] for sheet, listed in records.items()}
    listed: list[dict[str, Any]] = []
    for sheet, (key, columns) in NUMBERS.items():
        for column in columns:
            value: Any = next(iter(base.tables[sheet].columns.values()), [])
            if not len(value):
                continue
            name = dice.choice(base.tables[sheet][key].tolist())
            k = next(i for i, r in enumerate(base.tables[sheet].records()) if r[key] == name)
            before = base.tables[sheet][column]
            if math.isnan(before[k]):
                continue
            operation, number = dice.choice([("*", 0.75), ("+", 3.0), ("=", 41.0)])
            listed.append(
                {"sheet": sheet, "where": f'{key} = "{name}"', "column": column, "change": f"{operation} {number}"}
            )
            for i, row in enumerate(base.tables[sheet].records()):
                if row[key] == name and not math.isnan(before[i]):
                    worth = {"*": before[i] * number, "+": before[i] + number, "=": number}[operation]
                    by_hand[sheet][i][column] = round(min(worth, 100.0) if column == "score" else worth, 9)
                    if column == "score" and worth > 100:
                        return
                    for cost in by_hand["Costs"] if column == "request" else ():
                        if cost["initiative"] == row["initiative"] and "amount" in cost:  # they follow the request
                            cost["amount"] = cost["amount"] * (by_hand[sheet][i][column] / before[i])
    made = verbs.apply_changes(base, listed)
    assert made.sha256 == optimiser.case_from(by_hand).sha256


def test_a_scenario_called_as_the_case_unchanged_is_never_passed_over() -> None:
    records = small(("Funds", "fund = Grant", "amount", "* 0.5"))
    records["Scenarios"][0]["scenario"] = "Base"
    found = [f for f in verbs.check_records(records)[1] if f.level == "error"]
    assert (only(found).code, only(found).cure) == ("C09", "rename the scenario")


def test_a_division_is_told_as_the_product_that_it_is() -> None:
    assert only(faults(("Funds", "fund = Grant", "amount", "/ 2"))).cure == "write `* 0.5`"
