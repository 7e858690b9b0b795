"""Tables that open: the cases on Start, the rules on Rules, and the groups and tables of Inputs."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.app_pages.inputs import GROUPS, ORDER
from optimiser.app_pages.shell import session
from optimiser.case.spec import SHEETS
from optimiser.desk.listed import Funds, funds_of
from optimiser.store.work import drafts, recent
from tests.app.small import laid, opened, plain, solved


def test_every_table_stands_in_one_group_and_is_reached_by_it_and_found_by_its_columns() -> None:
    assert sorted(ORDER) == sorted(s.name for s in SHEETS)
    at = opened(solved(), "inputs")
    for group, sheets in GROUPS.items():
        at.button_group(key="table-group").set_value(group).run()
        assert at.session_state["table"] in sheets, group
        listed = [option.content.rpartition(" ")[0] for option in at.button_group(key="table-pills").proto.options]
        assert listed == list(sheets)
    found = at.selectbox(key="table-find")
    assert {f"Score, in {s}" for s in ("Agencies", "Initiatives")} <= set(found.options)
    found.set_value(("Funds", "Carryover")).run()
    assert at.session_state["table"] == "Funds"
    assert at.selectbox(key="table-find").value is None
    assert not at.exception


def test_the_cases_are_listed_with_state_money_and_owner_sorted_and_opened() -> None:
    first, other = solved(), laid()
    number = first.records("Funds")[1].number
    first.edit("Funds", {number: {"amount": 1_200_000.0}})
    at = opened(other)
    shown = [plain(m.value) for m in at.markdown]
    assert {"Proven best, 1 edit since", "Solved when opened"} <= set(shown)
    assert {"$1.6m", "$600k", "you"} <= set(shown)

    def order() -> list[str]:
        return [str(b.key) for b in at.button if str(b.key).startswith("case-")]

    assert set(order()) <= {f"case-{r.id}" for r in recent.listed(session.db(), session.actor())}
    at.button(key="sort-cases-Money").click().run()
    rising = order()
    assert rising.index(f"case-{other.id}") < rising.index(f"case-{first.id}")
    at.button(key="sort-cases-Money").click().run()
    assert order().index(f"case-{first.id}") < order().index(f"case-{other.id}")
    is_open = at.button(key=f"case-{other.id}")
    assert is_open.label.endswith("[open]")
    assert not is_open.disabled
    at.button(key=f"case-{first.id}").click().run()
    assert at.session_state["case"] == first.id
    assert not at.exception


@pytest.mark.parametrize(
    ("funds", "paid", "money"),
    [
        ([{"fund": "A", "amount": 5}, {"fund": "B"}], [{"fund": "b", "amount": 2}, {"fund": "B", "amount": 3}], 10.0),
        ([{"fund": "A", "amount": "12 or so"}], [], None),
        ([], [], 0.0),
    ],
)
def test_the_money_of_a_case_is_its_funds_or_what_is_paid_into_them(
    funds: list[dict[str, Any]], paid: list[dict[str, Any]], money: float | None
) -> None:
    records = {"Case": [{"setting": "Currency", "value": "EUR"}], "Funds": funds, "Contributions": paid}
    assert funds_of(records) == Funds(money, "EUR")


def test_rules_are_sorted_by_name_and_a_rule_opens_with_its_limits() -> None:
    at = opened(solved(), "rules")
    for expected in (["Health first", "Police cap"], ["Police cap", "Health first"]):
        at.button(key="sort-rules-Rule").click().run()
        assert [plain(b.label) for b in at.button if str(b.key).startswith("rule-open-")] == expected
    next(b for b in at.button if plain(b.label) == "Police cap").click().run()
    assert any("Charter, article 2" in plain(c.value) for c in at.caption)
    assert "at most 50%" in str(at.table[0].value)
    assert not at.exception


def test_a_case_can_be_begun_with_nothing_and_typed() -> None:
    at = opened(laid())
    at.button(key="begin-empty").click().run()
    assert not at.exception
    draft = session.desk().known(at.session_state["case"])
    assert draft is not None
    at.switch_page("optimiser/app_pages/plan.py").run()
    assert "3 cells must be mended" in " ".join(m.value for m in at.markdown), "no page is a dead end"
    assert draft.add("Agencies", {"agency": "Police"})
    assert draft.add("Funds", {"fund": "Pool", "amount": 1_000})
    assert draft.add("Initiatives", {"initiative": "Patrols", "lead": "Police", "request": 800})
    session.solve_now(draft, wait=300)
    plan = session.plan(draft)
    assert plan is not None
    assert plan.award.set_index("initiative")["award"]["Patrols"] == 800


def test_a_case_is_listed_by_the_name_that_it_has_now_and_by_that_of_its_newest_version_for_others() -> None:
    draft = session.desk().lay("Begun empty", {"Case": [{"setting": "name", "value": "A new case"}]})
    draft.edit("Case", {draft.records("Case")[0].number: {"value": "Hanse 2027"}})
    draft.add("Funds", {"fund": "Pool", "amount": 700_000})
    session.desk.clear()  # the server was started again
    at = opened(laid())
    assert plain(at.button(key=f"case-{draft.id}").label) == "Hanse 2027"
    assert any("$700k" in plain(m.value) for m in at.markdown)
    assert plain(at.button(key=f"bar-case-{draft.id}").label) == "Hanse 2027"
    known = next(r for r in recent.listed(session.db(), session.actor()) if r.id == draft.id)
    assert known.name == "A new case", "what is not saved is nobody else's"
    drafts.save(session.db(), session.actor(), draft.state.id)
    known = next(r for r in recent.listed(session.db(), session.actor()) if r.id == draft.id)
    assert known.name == "Hanse 2027"
