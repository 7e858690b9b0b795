"""A small case of three funds and five initiatives, solved in a moment, for the tests of the app."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import jobs
from optimiser.app_pages.shell.text import JOINER
from optimiser.desk.jobs import Job
from optimiser.desk.state import Draft, as_records
from optimiser.verbs import case_from
from tests.app import ROOT

RECORDS: dict[str, list[dict[str, object]]] = {
    "Case": [{"setting": "name", "value": "Harbor partnership (fictional)"}],
    "Periods": [{"period": "Q1"}, {"period": "Q2"}],
    "Agencies": [{"agency": "Police", "name": "Harbor Police"}, {"agency": "Health", "name": "Harbor Public Health"}],
    "Funds": [
        {"fund": "Pool", "name": "Safety pool", "amount": 300_000},
        {"fund": "Grant", "name": "Health grant", "kind": "joint grant", "amount": 200_000, "allowed": "theme = Health"},
        {"fund": "Budget", "kind": "own budget", "amount": 100_000, "allowed": "agency = Police"},
    ],
    "Installments": [
        {"fund": "Pool", "period": "Q1", "amount": 200_000},
        {"fund": "Pool", "period": "Q2", "amount": 100_000},
    ],
    "Initiatives": [
        {"initiative": "I1", "name": "Outreach", "theme": "Health", "lead": "Health", "request": 250_000, "priority": 2},
        {"initiative": "I2", "name": "Clinic", "theme": "Health", "lead": "Health", "request": 180_000},
        {"initiative": "I3", "name": "Patrols", "theme": "Operations", "lead": "Police", "request": 150_000},
        {"initiative": "I4", "name": "Analysts", "theme": "Operations", "lead": "Police", "request": 120_000, "priority": 1.5},
        {"initiative": "I5", "name": "Cameras", "theme": "Operations", "lead": "Police", "request": 90_000, "priority": 0.1},
    ],
    "Staff": [{"agency": "Police", "role": "analyst", "fte": 2}, {"agency": "Health", "role": "nurse", "fte": 3}],
    "Needs": [{"initiative": "I4", "role": "analyst", "fte": 2}, {"initiative": "I1", "role": "nurse", "fte": 1}],
    "Rules": [
        {"rule": "Health first", "where": "theme = Health", "at_least": 200_000, "authority": "Charter, article 1"},
        {"rule": "Police cap", "where": "agency = Police", "at_most": 0.5, "of": "total", "authority": "Charter, article 2"},
    ],
}  # fmt: skip


def laid() -> Draft:
    """The small case on the desk, not solved yet."""
    return session.desk().lay("From a test", as_records(case_from(RECORDS)))


def solved() -> Draft:
    """The small case on the desk, solved."""
    draft = laid()
    session.solve_now(draft, wait=300)
    assert draft.shown is not None
    return draft


def opened(draft: Draft, page: str = "start") -> AppTest:
    """The app on a page, with this draft."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    at.session_state["case"] = draft.id
    at.run()
    if page != "start":
        at.switch_page(f"optimiser/app_pages/{page}.py").run()
    assert not at.exception, at.exception
    return at


def plain(text: object) -> str:
    """What a reader sees of a text that went to the page letter by letter."""
    return str(text).replace(JOINER, "").replace("\\", "")


def looked_for(at: AppTest) -> list[Job]:
    """What the page has asked and is not answered yet; what tests before it have left goes on beside that."""
    return [job for job in jobs().running() if "asks" in at.session_state and at.session_state["asks"] in job.followers]
