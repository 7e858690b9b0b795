"""Parts of What if, Why and Rules: each opens on each example, its headline is of its figures, a click makes a scenario."""

from __future__ import annotations

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.reasons.near_best import near_best
from optimiser.analysis.uncertain import outlook
from optimiser.analysis.what_if.frontier import frontier
from optimiser.analysis.what_if.tornado import tornado
from optimiser.app_pages import inputs
from optimiser.app_pages.shell import case_bar, session
from optimiser.app_pages.shell.picture import data
from optimiser.app_pages.what_if_parts import traded
from optimiser.desk import background
from optimiser.desk.rule_preview import preview
from optimiser.desk.state import Draft, as_records
from optimiser.report.charts import bars_of_tenths, certain, over_draws, side_by_side, trading
from optimiser.report.charts.pairs import Pair, dumbbell, waterfall
from optimiser.verbs import apply_changes, case_from, solve
from tests.app.small import RECORDS, laid, opened, plain, solved
from tests.app.test_why import answered


def on(draft: Draft, page: str, key: str, part: str) -> AppTest:
    at = opened(draft, page)
    at.session_state[key] = part
    return answered(at.run())


def settled(draft: Draft) -> None:
    if draft.running is not None:
        session.runs().wait(draft.running, 30)
        draft.settle()


def said(at: AppTest) -> str:
    return "\n".join(m.value for m in at.markdown).replace("\\", "")


def heading(at: AppTest) -> str:
    return plain(at.title[0].value)


# -- what matters -----------------------------------------------------------------------------------------------------


def test_what_matters_and_a_scenario_of_one_end() -> None:
    draft = solved()
    plan = session.plan(draft)
    assert plan is not None
    at = on(draft, "what_if", "what-if-part", "What matters")
    limits = [Cell("Funds", f"fund = {f}", "amount") for f in ("Budget", "Grant", "Pool")]
    limits += [Cell("Rules", "rule = Health first", "at_least"), Cell("Rules", "rule = Police cap", "at_most")]
    bars = bars_of_tenths.shown([b for b in tornado(plan.case, limits) if b.swing > 1e-9 * b.base])
    assert heading(at) == bars_of_tenths.headline(plan.case, bars)
    table = at.dataframe[0].value
    assert table["Number"].tolist() == [trading.limit_name(plan.case, b.limit) for b in bars]
    at.button(key="make-matters").click().run()
    assert not at.exception, at.exception
    settled(draft)
    after = session.plan(draft)
    assert after is not None
    assert after.objective == pytest.approx(bars[0].at_low, rel=1e-6)


def test_a_number_is_named_as_people_name_its_record() -> None:
    case = case_from(RECORDS)
    names = [
        trading.limit_name(case, Cell(sheet, where, column))
        for sheet, where, column in (
            ("Funds", "fund = Pool", "amount"),
            ("Funds", "fund = Budget", "amount"),
            ("Initiatives", "initiative = I1", "score"),
            ("Staff", "agency = Police ; role = analyst", "fte"),
            ("Rules", "rule = Police cap", "at_most"),
        )
    ]
    assert names == [
        "Safety pool, amount", "Budget, amount", "Outreach, score", "analyst at Harbor Police, FTE", "Police cap, at most",
    ]  # fmt: skip


# -- trade-off --------------------------------------------------------------------------------------------------------


def test_a_fund_is_followed_and_a_point_becomes_a_scenario() -> None:
    draft = solved()
    plan = session.plan(draft)
    assert plan is not None
    at = on(draft, "what_if", "what-if-part", "Trade-off")
    box = next(b for b in at.selectbox if b.label == "Impact against")
    limit = next(one for one in traded.limits(plan.case) if one.where == "fund = Pool")
    box.set_value(limit).run()
    at = answered(at)
    low, high = traded.reach(plan.case, limit)
    assert (low, high) == (150_000, 450_000)
    spots = trading.thinned(trading.swept(plan.case, frontier(plan.case, limit, low, high), limit))
    assert heading(at) == trading.swept_headline(plan.case, spots, limit)
    assert [s.present for s in spots].count(True) == 1
    point = next(b for b in at.selectbox if b.label.startswith("Point"))
    point.set_value(0).run()
    next(b for b in at.button if b.label == "Make it a scenario").click().run()
    assert not at.exception, at.exception
    settled(draft)
    after = session.plan(draft)
    assert after is not None
    assert after.impact == pytest.approx(spots[0].y, rel=1e-6)


def test_the_span_of_a_trade_off_makes_no_cliff_of_a_small_loss() -> None:
    spots = [trading.TradePoint(x, 1000 - x, str(x), str(1000 - x), x / 1000) for x in (0.0, 1.0, 2.0)]
    low, high = trading.chart(spots, "x", "y").figure.layout.yaxis.range
    assert high - low >= 0.03 * 1000
    assert [
        p["customdata"] for p in [{"customdata": d} for d in trading.chart(spots, "x", "y").figure.data[1].customdata]
    ] == [0, 1, 2]


def test_thinning_keeps_the_ends_and_the_marked_points() -> None:
    spots = [trading.TradePoint(k, -k, str(k), "", 0.0, present=k == 17, knee=k == 31) for k in range(60)]
    kept = trading.thinned(spots)
    assert len(kept) <= trading.MOST + 2
    assert {0, 17, 31, 59} <= {int(s.x) for s in kept}


# -- pairs ------------------------------------------------------------------------------------------------------------


def test_the_steps_of_the_impact_add_up() -> None:
    plan = session.plan(solved())
    assert plan is not None
    less = solve(
        apply_changes(plan.case, [{"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.5"}])
    )
    for most in (1, 2, 5):
        steps = side_by_side.impact_steps(plan, less, most)
        assert sum(v for _, v, _ in steps) == pytest.approx((less.impact or 0) - (plan.impact or 0), abs=1e-3)
        assert len(steps) <= most
    pairs = side_by_side.award_pairs(side_by_side.moved(plan, less), "USD")
    now = less.award.set_index("name")["award"]
    assert all(now[p.name] == pytest.approx(p.after) for p in pairs)


def test_pictures_are_drawn_of_little_too() -> None:
    same = Pair("Only", 5.0, 5.0, "5", "5")
    low, high = dumbbell([same], "Before", "After", gain=True).layout.xaxis.range
    assert low < 5 < high
    assert np.isfinite(waterfall(("a", 1.0, "1"), [], ("b", 1.0, "1")).layout.yaxis.range).all()


def test_data_to_take_away_holds_no_formula() -> None:
    assert b"'=1+1" in data([{"Name": "=1+1", "Money": -5.0}])
    assert b",-5.0" in data([{"Name": "=1+1", "Money": -5.0}])


# -- what is certain --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_is_certain_and_an_alternative_as_a_scenario() -> None:
    draft = session.desk().lay("From a test", as_records(session.example("gun-violence")))
    session.solve_now(draft, wait=300)
    plan = session.plan(draft)
    assert plan is not None
    at = on(draft, "why", "why-part", "What is certain")
    found = near_best(plan.case)
    assert found is not None
    assert heading(at) == certain.headline(found)
    table = at.dataframe[0].value
    assert len(table) == len(found.places)
    assert (table["Standing"] == "contested").sum() == len(found.of("sometimes"))
    for other in found.alternatives:
        assert other.sentence in said(at)
        changed = solve(apply_changes(plan.case, certain.rows(plan, other)))
        assert changed.has_plan
        funded = set(changed.award.loc[changed.award["award"] > 0, "initiative"])
        assert not funded & set(other.dropped)
        assert (changed.impact or 0) >= (plan.impact or 0) - other.gives_up - 1e-2 * (plan.impact or 0)
    at.button(key="other-0").click().run()
    assert not at.exception, at.exception
    assert draft.scenario == certain.scenario_name(plan, found.alternatives[0])


# -- the rule builder -------------------------------------------------------------------------------------------------


def test_a_rule_is_written_previewed_and_added() -> None:
    draft = solved()
    at = on(draft, "rules", "rules-part", "Write a rule")
    at.text_input(key="build-name-0").set_value("Operations share").run()
    next(s for s in at.selectbox if s.key == "build-where-column-0-0").set_value("theme").run()
    at.multiselect(key="build-where-value-0-theme-=-0").set_value(["Operations"]).run()
    at.selectbox(key="build-of-0").set_value("a share of all funds").run()
    at.number_input(key="build-at_most-True-0").set_value(20.0).run()
    assert not at.exception, at.exception
    row = {"rule": "Operations share", "kind": "limit", "measure": "money", "where": "theme = Operations", "of": "total",
           "at_most": 0.2, "hard": True}  # fmt: skip
    made = preview(draft, row, session.plan(draft))
    assert made.possible
    assert heading(at) == made.sentence.rstrip(".")
    assert made.selects[0].startswith("3 of 5 initiatives: ")
    assert made.selects[0] in said(at)
    assert "breaks it" in made.standing
    at.button(key="build-add").click().run()
    assert not at.exception, at.exception
    added = draft.records("Rules")[-1].values
    assert {k: added[k] for k in row} == row
    session.solve_now(draft, wait=300)
    settled(draft)
    plan = session.plan(draft)
    assert plan is not None
    theme = plan.award.set_index("initiative")["award"]
    assert theme[["I3", "I4", "I5"]].sum() <= 0.2 * 600_000 + 3


def test_the_form_offers_what_stands_beside_a_share_and_whose_cash_is_match() -> None:
    draft = solved()
    at = on(draft, "rules", "rules-part", "Write a rule")
    at.text_input(key="build-name-0").set_value("Building").run()
    at.selectbox(key="build-of-0").set_value("a share of all funds").run()
    at.selectbox(key="build-beside-0").set_value("; greater").run()
    at.number_input(key="build-beside-amount-0").set_value(55_000.0).run()
    at.number_input(key="build-at_most-True-0").set_value(5.0).run()
    assert not at.exception, at.exception
    assert "or $55,000, whichever is more" in heading(at)
    at.selectbox(key="build-beside-0").set_value("; lesser request").run()
    at.number_input(key="build-at_most-True-0").set_value(None).run()
    at.number_input(key="build-at_least-True-0").set_value(5.0).run()
    assert "or all that those it is for can take, where that is less" in heading(at)
    at.selectbox(key="build-kind-0").set_value("match").run()
    at.selectbox(key="build-made-of-0").set_value("cash:").run()
    at.multiselect(key="build-matched-by-0").set_value(["Pool"]).run()
    at.number_input(key="build-at_least-True-0").set_value(10.0).run()
    assert not at.exception, at.exception
    row = {"rule": "Building", "kind": "match", "measure": "cash: fund = Pool", "at_least": 0.1, "hard": True}
    made = preview(draft, row, session.plan(draft))
    assert made.sentence
    assert heading(at) == made.sentence.rstrip(".")


def test_a_rule_that_cannot_be_read_is_not_added() -> None:
    draft = solved()
    made = preview(draft, {"rule": "Odd", "kind": "limit", "where": "fund = Pol", "at_most": 5.0}, session.plan(draft))
    assert not made.possible
    assert any("Pool" in f.cure for f in made.faults)


# -- sheets of their own ----------------------------------------------------------------------------------------------


def test_parts_without_their_sheet_are_not_offered_or_say_so() -> None:
    draft = solved()
    at = opened(draft, "what_if")
    offered = at.segmented_control if hasattr(at, "segmented_control") else at.get("button_group")
    assert offered
    assert heading(on(draft, "what_if", "what-if-part", "Uncertainty")) == "Nothing is marked as uncertain yet"
    assert heading(on(laid(), "what_if", "what-if-part", "Trade-off")).endswith("not solved yet")


def test_a_case_that_cannot_be_solved_is_not_one_that_was_not_solved_yet() -> None:
    draft = session.desk().lay("From a test", as_records(session.example("cannot-be-met")))
    session.solve_now(draft, wait=300)
    trade = on(draft, "what_if", "what-if-part", "Trade-off")
    assert heading(trade) == "No plan keeps every rule"
    said = [m.value for m in trade.markdown]
    assert not any("best in both" in m for m in said)
    assert any("Why says why" in plain(m) for m in said)
    proposed = opened(draft, "committee")
    assert any("No plan is possible" in plain(m.value) for m in proposed.markdown)
    assert any(b.label == "See why, and ways out" for b in opened(draft).button)
    for page, part, name in (("rules", "", ""), ("what_if", "what-if-part", "What matters")):
        at = on(draft, page, part, name) if part else opened(draft, page)
        assert not any("yet" in plain(t.value) for t in (*at.title, *at.markdown))


def test_an_empty_case_says_which_tables_need_a_record() -> None:
    empty: dict[str, list[dict[str, object]]] = {
        "Case": [],
        "Agencies": [{"agency": "A"}],
        "Funds": [],
        "Initiatives": [],
    }
    draft = session.desk().lay("Begun empty", empty)
    assert inputs.headline(draft) == "No funds or initiatives yet"
    begun = {**empty, "Initiatives": [{"initiative": "I", "request": 5}]}
    assert inputs.headline(session.desk().lay("Nearly there", begun)) == "No funds yet"


@pytest.mark.long
def test_the_outlook_of_a_case_with_uncertain_numbers() -> None:
    uncertain = [{"of": "fund", "item": "Pool", "column": "amount", "low": 200_000, "high": 300_000}]
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Uncertainty": uncertain})))
    session.solve_now(draft, wait=300)
    plan = session.plan(draft)
    assert plan is not None
    at = on(draft, "what_if", "what-if-part", "Uncertainty")
    found = outlook.uncertainty(plan.case, replanned=False)
    assert heading(at) == over_draws.over_draws_headline(found)
    assert all(line in said(at) for line in found.sentences())
    at.button(key="look-others").click().run()
    at = answered(at)
    assert not at.error
    better = outlook.uncertainty(plan.case, aims=("average", "worst"), replanned=False)
    assert heading(at) == over_draws.over_draws_headline(better)
    assert at.dataframe[0].value["Plan"].tolist() == [r["title"] for r in better.records()]


@pytest.mark.parametrize("part", ["Re-plan the year", "Earlier years"])
def test_sheets_of_the_year_and_of_earlier_years(part: str) -> None:
    draft = session.desk().lay("From a test", as_records(session.example("gun-violence")))
    session.solve_now(draft, wait=300)
    at = on(draft, "what_if", "what-if-part", part)
    assert len(at.get("plotly_chart")) == 1
    assert not at.error


@pytest.mark.first(1)
@pytest.mark.parametrize("example", ["task-force", "opioid-response", "cannot-be-met"])
def test_quick_parts_open_on_each_example(example: str) -> None:
    draft = session.desk().lay("From a test", as_records(session.example(example)))
    session.solve_now(draft, wait=300)
    settled(draft)
    for page, key, part in (("rules", "rules-part", "Write a rule"), ("what_if", "what-if-part", "Try a change")):
        at = opened(draft, page)
        at.session_state[key] = part
        assert not at.run().exception, at.exception


def test_the_small_case_is_what_these_tests_say() -> None:
    assert len(case_from(RECORDS).tables["Initiatives"]) == 5


@pytest.mark.parametrize(
    ("best", "bound", "gap", "end"),
    [
        (None, None, None, "s."),
        (None, 788.0, None, "s. No plan can do better than $788 of weighted delivery."),
        (
            785.0,
            788.0,
            0.004,
            "$785 of weighted delivery; at most 0.4% better is possible. No plan can do better than $788 of weighted delivery.",
        ),
        (785.0, 785.0, 0.0, "$785 of weighted delivery; now settling ties."),
    ],
)
def test_how_far_a_solve_is_tells_its_best_its_bound_and_its_gap(
    best: float | None, bound: float | None, gap: float | None, end: str
) -> None:
    run = background.RunningSolve("r", case_from(RECORDS))
    run.began = time.monotonic()
    run.heard({"best": best, "bound": bound, "gap": gap})
    assert case_bar._how_far(run).endswith(end)
