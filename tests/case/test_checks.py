"""Records that contradict themselves or each other: errors by themselves, warnings where only the whole case shows it."""

from typing import Any

import numpy as np
import pytest

from optimiser.case.checking.checks import check
from optimiser.case.checking.default_rows import amounts_by_fund
from optimiser.case.readable import money_exact
from optimiser.case.reading.workbook import Tables, read_tables, tables_from
from optimiser.case.settings import Objective, Settings, Tier, parse_objective, parse_tiers, read_settings
from optimiser.verbs import check_records
from tests.case.books import SMALL, book, codes, said

Records = list[dict[str, Any]]


def case(**sheets: Records) -> Tables:
    """The small case with these sheets replaced or added; its cells can all be read."""
    small: dict[str, Any] = {
        "Agencies": [{"agency": "PD"}, {"agency": "DA"}],
        "Funds": [{"fund": "Pool", "amount": 1000}],
        "Initiatives": [{"initiative": "Mapping", "request": 600}, {"initiative": "Courts", "request": 500}],
    }
    tables = tables_from({**small, **sheets})
    assert not tables.errors, said(tables)
    return tables


def sentences(**sheets: Records) -> list[str]:
    return [str(f) for f in check(case(**sheets))]


PERIODS = [{"period": "Q1"}, {"period": "Q2"}, {"period": "Q3"}]


def test_a_sound_case_has_no_faults() -> None:
    assert check(case()) == []
    assert check(read_tables(book())) == []


@pytest.mark.parametrize(
    ("sheet", "low", "high", "record"),
    [
        ("Agencies", "minimum", "maximum", {"agency": "PD"}),
        ("Initiatives", "minimum", "maximum", {"initiative": "A", "request": 9}),
    ],
)
def test_a_floor_above_its_cap(sheet: str, low: str, high: str, record: dict[str, Any]) -> None:
    found = sentences(**{sheet: [{**record, low: 8, high: 5}]})
    assert found == [
        f'[R01] {sheet}!{low}, row 1: found "8"; expected {low} at most {high}, which is 5; lower {low} to 5, or raise '
        f"{high} to 8"
    ]
    assert sentences(**{sheet: [{**record, low: 5, high: 5}]}) == []


def test_a_share_of_a_partner_above_its_cap() -> None:
    rows: list[Any] = [{"initiative": "Mapping", "agency": "PD", "min_share": 0.6, "max_share": 0.5}, {"agency": "DA"}]
    rows[1]["initiative"] = "Mapping"
    assert "lower min_share to 0.5, or raise max_share to 0.6" in sentences(Partners=rows)[0]


def test_a_minimum_above_the_cost_at_full_scope() -> None:
    never = [{"initiative": "A", "request": 90, "minimum": 95}]
    assert sentences(Initiatives=never) == [
        "[R01] warning Initiatives!minimum, row 1: found 95; expected at most the cost at full scope, 90; lower minimum to 90: "
        "as it stands, it can never be funded"
    ]
    assert sentences(Initiatives=[{**never[0], "minimum": 90}]) == []
    assert sentences(Initiatives=[{**never[0], "maximum": 0}]) == []
    dearer = [{"initiative": "A", "agency": "PD", "cost_factor": 1.1}]
    assert sentences(Initiatives=never, Partners=dearer) == []
    staff = [{"agency": "PD", "role": "analyst", "fte": 1}]
    people = {"Initiatives": never, "Needs": [{"initiative": "A", "role": "analyst", "fte": 1}]}
    assert any("R01" in said for said in sentences(**people, Staff=staff))
    assert not any("R01" in said for said in sentences(**people, Staff=[{**staff[0], "hire_max": 1}]))


def test_what_is_no_contradiction() -> None:
    locked_out = [{"initiative": "A", "request": 9, "minimum": 5, "maximum": 0}]
    tolerances = [{"rule": "r", "kind": "formula", "at_least": 0.1, "at_most": 0.05}]
    switched_off = [{"rule": "r", "at_least": 2, "at_most": 1, "active": "no"}]
    assert sentences(Initiatives=locked_out) == []
    assert sentences(Rules=tolerances) == []
    assert sentences(Rules=switched_off) == []


def test_a_window_that_ends_before_it_begins() -> None:
    found = sentences(Periods=PERIODS, Funds=[{"fund": "F", "amount": 1, "first": "Q3", "last": "q1"}])
    assert found == [
        '[R03] Funds!first, row 1: found "Q3"; expected a first period that is not after the last one, Q1; exchange the two, '
        "or correct one of them"
    ]


def test_installments_lie_in_the_window_and_add_up() -> None:
    funds = [{"fund": "F", "amount": 100, "first": "Q1", "last": "Q2"}]
    good = [{"fund": "F", "period": "Q1", "amount": 40}, {"fund": "F", "period": "Q2", "amount": 60}]
    assert sentences(Periods=PERIODS, Funds=funds, Installments=good) == []
    bad = [{"fund": "F", "period": "Q1", "amount": 40}, {"fund": "f", "period": "Q3", "amount": 50}]
    found = sentences(Periods=PERIODS, Funds=funds, Installments=bad)
    assert found == [
        '[R04] Installments!amount, row 2: found "a sum of 90"; expected installments of F that add up to its amount, 100; '
        "correct the installments by 10, or the amount of F",
        '[R04] Installments!period, row 2: found "Q3"; expected a period from Q1 to Q2, when F is open; choose a period in '
        "the window, or change first or last of F",
    ]


def test_installments_of_a_fund_without_an_amount_add_up_to_its_contributions() -> None:
    sheets: dict[str, Any] = {
        "Funds": [{"fund": "F"}],
        "Contributions": [{"agency": "PD", "fund": "F", "amount": 30}, {"agency": "DA", "fund": "F", "amount": 20}],
    }
    assert sentences(**sheets, Installments=[{"fund": "F", "period": "FY", "amount": 50}]) == []
    assert "its amount, 50" in sentences(**sheets, Installments=[{"fund": "F", "period": "FY", "amount": 60}])[0]
    assert amounts_by_fund(case(**sheets).tables) == {"F": 50}


def test_contributions_above_the_stated_amount() -> None:
    rows = [{"agency": "PD", "fund": "Pool", "amount": 700}, {"agency": "DA", "fund": "Pool", "amount": 350.5}]
    assert sentences(Contributions=rows) == [
        '[R05] Contributions!amount, row 2: found "a sum of 1050.5"; expected contributions to Pool of at most its amount, '
        "1000; lower them by 50.5, or raise the amount of Pool"
    ]


def test_cost_shares_add_up_to_one() -> None:
    rows = [{"initiative": "Mapping", "category": c, "share": s} for c, s in (("travel", 0.3), ("personnel", 0.6))]
    assert sentences(Costs=rows) == [
        '[N14] Costs!share, row 2: found "a sum of 0.9"; expected shares of Mapping that add up to 1; correct them by 0.1'
    ]
    thirds = [{"initiative": "Mapping", "category": c, "share": 0.3333333} for c in ("a", "b", "c")]
    assert sentences(Costs=thirds) == []


def curve(*points: tuple[float, float]) -> Records:
    return [{"curve": "c", "level": x, "achieved": y} for x, y in points]


def test_curves() -> None:
    assert sentences(Curves=curve((1, 1), (0, 0), (0.5, 0.8))) == []
    assert sentences(Curves=curve((0, 0), (0.5, 1), (1, 1))) == []
    assert [f[:28] for f in sentences(Curves=curve((0.1, 0.2), (1, 0.9)))] == [
        "[R06] Curves!achieved, row 1",
        "[R06] Curves!achieved, row 2",
    ]
    assert "no steeper than before this point" in sentences(Curves=curve((0, 0), (0.5, 0.2), (1, 1)))[0]
    assert "that does not fall; write at least 1" in sentences(Curves=curve((0, 0), (0.5, 1), (0.7, 0.9), (1, 1)))[0]


def test_a_curved_outcome_is_not_negative() -> None:
    rows = [{"initiative": "Mapping", "outcome": "o", "at_full": -2, "curve": "c"}]
    assert "since the outcome has a curve" in " ".join(sentences(Curves=curve((0, 0), (1, 1)), Outcomes=rows))
    rows = [{**rows[0], "curve": None}, {"initiative": "Courts", "outcome": "o", "at_full": 1}]
    assert sentences(Curves=curve((0, 0), (1, 1)), Outcomes=rows) == []


def test_areas_in_a_circle_are_reported_once() -> None:
    rows = [
        {"area": "A", "parent": "B"},
        {"area": "B", "parent": "C"},
        {"area": "C", "parent": "B"},
        {"area": "D", "parent": "A"},
    ]
    assert sentences(Areas=rows) == [
        '[R08] Areas!parent, row 1: found "B in C in B"; expected areas that do not lie in themselves; correct or clear a parent'
    ]
    assert len(sentences(Areas=[{"area": "A", "parent": "a"}])) == 1
    assert sentences(Areas=[{"area": "A"}, {"area": "B", "parent": "A"}, {"area": "C", "parent": "B"}]) == []


def test_a_soft_rule_says_what_breaking_it_costs() -> None:
    assert sentences(Rules=[{"rule": "fair", "hard": "no"}]) == [
        '[R09] Rules!penalty, row 1: found ""; expected a penalty, since fair is not hard; write the penalty for each unit by '
        "which it is broken, or make the rule hard"
    ]
    assert (
        sentences(Rules=[{"rule": "fair", "hard": "no", "penalty": 0}, {"rule": "x", "hard": "no", "active": "no"}])
        == []
    )


def test_floors_above_the_money_are_a_warning_that_says_by_how_much() -> None:
    rows = [
        {"initiative": "A", "request": 40_600, "must_fund": "yes"},
        {"initiative": "B", "request": 9000, "minimum": 400},
    ]
    rows[1]["must_fund"] = "yes"
    assert sentences(Initiatives=rows) == [
        "[R02] warning Initiatives!must_fund: found initiatives that must be funded that take $41,000 at least; expected at "
        "most the sum of all funds, $1,000; short by $40,000: raise a fund, or lower one of them"
    ]
    agencies = [{"agency": "PD", "minimum": 800}, {"agency": "DA", "minimum": 300.5}]
    euro = [{"setting": "currency", "value": "EUR"}]
    assert "short by €100.50" in sentences(Agencies=agencies, Case=euro)[0]
    cheap = [{"initiative": "A", "agency": "PD", "cost_factor": 0.01}]
    assert sentences(Initiatives=[rows[0]], Partners=cheap) == []


def test_a_role_that_nobody_has_is_a_warning() -> None:
    needs = [
        {"initiative": "Mapping", "role": "analyst", "fte": 1},
        {"initiative": "Courts", "role": "analyst", "fte": 2},
    ]
    (found,) = sentences(Needs=needs)
    assert found.startswith('[R11] warning Needs!role, row 1: found "analyst"; expected a role that somebody has')
    has = {"agency": "PD", "role": "analyst", "fte": 1}
    other = {"agency": "PD", "role": "clerk", "fte": 1}
    assert sentences(Needs=needs, Staff=[has]) == []
    assert len(sentences(Needs=needs, Staff=[{**has, "releasable": 0}])) == 1
    assert sentences(Needs=needs, Staff=[{**has, "fte": 0, "hire_max": 1}]) == []
    assert sentences(Needs=needs, Staff=[other], Substitutes=[{"role": "clerk", "can_do": "analyst"}]) == []
    assert len(sentences(Needs=needs, Staff=[other])) == 1


def test_partners_whose_shares_leave_no_way_are_a_warning() -> None:
    rows = [{"initiative": "Mapping", "agency": a, "max_share": 0.4} for a in ("PD", "DA")]
    assert "Mapping cannot be delivered at all" in sentences(Partners=rows)[0]
    rows = [{"initiative": "Mapping", "agency": a, "min_share": 0.6} for a in ("PD", "DA")]
    assert sentences(Partners=rows)[0].startswith("[R10] warning Partners!min_share, row 2")


def test_a_thousand_times_last_year_is_a_warning() -> None:
    rows = [
        {"initiative": "A", "request": 900_000, "baseline": 900},
        {"initiative": "B", "request": 900, "baseline": 800},
    ]
    assert sentences(Initiatives=rows) == [
        '[N15] warning Initiatives!request, row 1: found "900000"; expected an amount like last year\'s award, 900 (it is 1,000 '
        "times that); check the unit of both amounts"
    ]


def test_fractions_of_a_cent_are_one_warning_for_a_column() -> None:
    rows = [{"initiative": n, "request": r} for n, r in (("A", 1.25), ("B", 0.123), ("C", 1e6 / 3), ("D", 0.1 + 0.2))]
    (found,) = sentences(Initiatives=rows)
    assert found.startswith('[N09] warning Initiatives!request, row 2: found "0.123"')
    assert "and in 1 more cell:" in found


def test_faults_stand_in_cells_of_the_workbook() -> None:
    rows: list[Any] = [["initiative", "maximum", "request", "minimum"], ["A", 5, 600, 1], ["B", 5, 500, 8]]
    (fault,) = check(read_tables(book(Initiatives=rows)))
    assert (fault.sheet, fault.cell) == ("Initiatives", "D3")


def test_what_could_not_be_read_is_passed_over() -> None:
    rows: list[Any] = [["initiative", "category", "share"], ["Mapping", "travel", 0.5], ["Mapping", "general", "TBD"]]
    tables = read_tables(book(Costs=rows))
    assert codes(tables) == {"N03"}
    assert check(tables) == []
    assert check(read_tables(b"")) == []


# Settings


def settings(**values: object) -> tuple[Settings, list[str]]:
    rows: list[Any] = [["setting", "value"], *([name, value] for name, value in values.items())]
    tables = read_tables(book(Case=rows))
    assert not tables.errors
    made, faults = read_settings(tables["Case"], tables.place("Case", "value"))
    assert [f for f in check(tables) if f.sheet == "Case"] == faults
    return made, [str(f) for f in faults]


def test_settings_have_their_defaults() -> None:
    assert read_settings(read_tables(book())["Case"]) == (Settings(), [])
    assert SMALL.keys() == {"Agencies", "Funds", "Initiatives"}


def test_settings_are_read() -> None:
    made, faults = settings(
        Name="Metro 2027",
        currency="EUR",
        objective="impact within 2% > fairness within 0.1 > Stability",
        rounding=0.01,
        post_step="halves",
        tiers="Gold >= 90, Silver≥50.5; Bronze>=0",
        **{"Score Effect": "Proportional", "time limit": "60"},
        gap=0.001,
        quorum=3,
        majority="66%",
    )
    assert made == Settings(
        "Metro 2027",
        "EUR",
        (Objective("impact", 0.02), Objective("fairness", 0.1), Objective("stability")),
        0.01,
        0.5,
        (Tier("Gold", 90), Tier("Silver", 50.5), Tier("Bronze", 0)),
        "proportional",
        0.001,
        60,
        3,
        0.66,
    )
    assert [f[:23] for f in faults] == ["[N01] warning Case!B9: ", "[N02] warning Case!B12:"]


@pytest.mark.parametrize(("value", "unit"), [(1, 1), (0, 0), (0.01, 0.01), ("cents", 0.01), ("none", 0), ("1", 1)])
def test_rounding(value: object, unit: float) -> None:
    assert settings(rounding=value)[0].rounding == unit


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("objectve", "impact", 'found "objectve"; expected one of the settings name, currency'),
        ("objectve", "impact", 'write "objective"'),
        ("objective", "impct", '"impct" is no objective: write impact'),
        ("objective", "impact > impact", "impact stands twice: name each objective once"),
        ("objective", "impact within lots > thrift", '"lots" is no share'),
        ("objective", "impact within 200% > thrift", '"200%" is no share'),
        ("objective", "impact, fairness", "write objectives joined by >"),
        ("tiers", "A>=60, B>=80", "B must begin below A: list the tiers from best to least"),
        ("tiers", "A>=80, a>=60", "the tier a stands twice"),
        ("tiers", "A=80", '"A=80" is no tier'),
        ("tiers", "A>=800", "a score from 0 to 100"),
        ("rounding", 10, "write 1, 0.01 or 0"),
        ("score_effect", "linear", "expected one of none, proportional"),
        ("gap", -1, "expected a number from 0 to 1"),
        ("gap", "small", "expected a number from 0 to 1"),
        ("time_limit", True, "expected a number, 0 or more"),
        ("majority", 66, "write a number from 0 to 1"),
    ],
)
def test_a_bad_setting_says_what_it_can_be(name: str, value: object, says: str) -> None:
    made, (fault,) = settings(**{name: value})
    assert made == Settings()
    assert says in fault
    assert "Case!B2" in fault


def test_the_grammar_of_objectives_and_tiers() -> None:
    assert parse_objective("impact") == (Objective("impact", 0.0),)
    assert parse_objective("Thrift within 5 % > coverage") == (Objective("thrift", 0.05), Objective("coverage"))
    assert parse_tiers("A>=80, B>=60, C>=0") == Settings().tiers
    for wrong in ("", ">", "impact >", "impact within > fairness", "1"):
        with pytest.raises(ValueError, match="objective"):
            parse_objective(wrong)
    with pytest.raises(ValueError, match="tier"):
        parse_tiers("")


def test_money_is_written_as_people_write_it() -> None:
    assert money_exact(40000, "USD") == "$40,000"
    assert money_exact(np.float64(12.5), "EUR") == "€12.50"


def test_a_sheet_that_is_missing_is_told_once_and_not_at_every_cell_that_names_its_records() -> None:
    cut = {
        "Agencies": [{"agency": "PD", "minimum": 10}],
        "Initiatives": [{"initiative": "A", "request": 100}],
        "Contributions": [{"agency": "PD", "fund": f"Fund {n}", "amount": 1} for n in range(9)],
    }
    _, faults = check_records(cut)
    assert [(f.sheet, f.code) for f in faults] == [("Funds", "S01"), ("Contributions", "K02")]
