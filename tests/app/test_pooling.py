"""Pooling: its headline is the verb's finding, its tables are the plan's, and a point of the frontier becomes a scenario."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimiser.analysis.together.pooling import pooling
from optimiser.analysis.what_if.trade_off import trade_off, value_of
from optimiser.app_pages.shell import session
from optimiser.app_pages.what_if_parts import points
from optimiser.case import impact
from optimiser.desk.state import Draft, as_records
from optimiser.report.charts import coalitions as pooled
from optimiser.report.charts import trading as trades
from optimiser.verbs import case_from
from tests.app.small import RECORDS, laid, opened, plain
from tests.app.test_why import answered

PAID_IN = [
    {"agency": "Police", "fund": "Pool", "amount": 100_000},
    {"agency": "Health", "fund": "Pool", "amount": 200_000},
    {"agency": "Police", "fund": "Budget", "amount": 100_000},
]


def shared() -> Draft:
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Contributions": PAID_IN})))
    session.solve_now(draft, wait=300)
    return draft


def test_headline_figures_and_pictures_are_of_one_object() -> None:
    draft = shared()
    plan = session.plan(draft)
    assert plan is not None
    at = answered(opened(draft, "pooling"))
    found = pooling(plan.case)
    assert plain(at.title[0].value) == pooled.headline(found, impact.unit(plan.case))
    assert "two agencies" in plain(at.title[0].value)
    said = "\n".join(m.value for m in at.markdown).replace("\\", "")
    assert pooled.finding(found, impact.unit(plan.case)) in said
    of = impact.title(plan.case)
    table = at.dataframe[-1].value.set_index("Agency")
    received = plan.received.set_index("agency")
    for share in found.shares:
        assert table.loc[share.name, f"In the pool, {of}"] == pytest.approx(share.shapley, abs=0.05)
        assert table.loc[share.name, f"Alone, {of}"] == pytest.approx(share.alone, abs=0.05)
        assert table["Receives"][share.name] == received["received"][share.agency]
        assert table["Puts in"][share.name] == received["contribution"][share.agency]
    assert table[f"In the pool, {of}"].sum() == pytest.approx(found.whole, abs=0.2)
    assert len(at.get("plotly_chart")) == 2


def test_the_price_of_fairness_and_a_point_as_a_scenario() -> None:
    draft = shared()
    plan = session.plan(draft)
    assert plan is not None
    at = opened(draft, "pooling")
    at.session_state["pooling-part"] = "The price of fairness"
    at = answered(at)
    spots = trades.thinned(trades.traded(trade_off(plan.case, "impact", "fairness", count=points.POINTS), plan.case))
    assert len(spots) > 1
    assert at.title[0].value.replace("\\", "") == trades.headline(spots, "fairness")
    here = next(s for s in spots if s.present)
    assert here.x == pytest.approx(value_of(plan, "fairness"))
    box = next(b for b in at.selectbox if b.label.startswith("Point"))
    last = max(range(len(spots)), key=lambda k: spots[k].x)
    box.set_value(last).run()
    at.button(key=f"make-fairness-{plan.case.sha256[:8]}").click().run()
    assert not at.exception, at.exception
    if draft.running is not None:
        session.runs().wait(draft.running, 20)
        draft.settle()
    after = session.plan(draft)
    assert draft.scenario != "base"
    assert after is not None
    assert value_of(after, "fairness") == pytest.approx(spots[last].x, rel=1e-3)
    assert after.impact == pytest.approx(spots[last].y, rel=1e-3)


def test_who_pays_nothing_in_has_no_price_of_fairness() -> None:
    records = {**RECORDS, "Contributions": []}
    draft = session.desk().lay("From a test", as_records(case_from(records)))
    session.solve_now(draft, wait=300)
    at = opened(draft, "pooling")
    at.session_state["pooling-part"] = "The price of fairness"
    at = answered(at)
    assert "nothing to be fair about" in plain(at.title[0].value)


def test_without_a_plan() -> None:
    assert "not solved" in opened(laid(), "pooling").title[0].value


def test_a_case_without_a_plan_says_so_first_and_reports_no_success() -> None:
    rule = {"rule": "More than there is", "at_least": 9_000_000, "authority": "Nobody"}
    records = {**RECORDS, "Rules": [*RECORDS["Rules"], rule]}
    draft = session.desk().lay("From a test", as_records(case_from(records)))
    session.solve_now(draft, wait=300)
    title = plain(answered(opened(draft, "pooling")).title[0].value)
    assert title.startswith("This case has no plan")
    assert "reach" not in title.replace("could reach", "")


def test_large_figures_have_separators_and_no_tenths_and_gains_are_of_what_is_shown() -> None:
    case = case_from({**RECORDS, "Contributions": PAID_IN})
    found = pooling(case)
    assert max(s.shapley for s in found.shares) > pooled.WHOLE, "weighted dollars"
    assert pooled.digits(found).format == "%,.0f"
    for row in pooled.table(found, [], "x"):
        assert row["Alone, x"] == round(row["Alone, x"])
        assert row["Gain, x"] == row["In the pool, x"] - row["Alone, x"]
    small = replace(found, shares=tuple(replace(s, alone=1.26, shapley=12.34, core=12.34) for s in found.shares))
    assert pooled.digits(small).format == "%,.1f"
    assert pooled.table(small, [], "x")[0]["Gain, x"] == 11.0
