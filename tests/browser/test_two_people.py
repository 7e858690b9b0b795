"""Two people with different rights on every page and export: not one sensitive value in any byte that the wrong one gets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from optimiser.app_pages.history import AUDIT, COMPARE, DECISIONS, STEPS
from optimiser.store.base import people
from optimiser.store.committee import comments, decisions
from optimiser.store.work import cases, drafts, runs
from optimiser.verbs import case_from, solve
from tests.browser.office import WAIT, Office, give, office, sign_in
from tests.browser.server import browser, chromium, settled
from tests.store.test_sight import NAME, SECRET_NUMBERS, SECRET_WORDS, planted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
KNOWN = {"s-1": {"name": "Olive Office"}, "s-2": {"name": "Cleo City"}, "s-3": {"name": "Mia Member"}}
PAGES = (
    "Start",
    "Inputs",
    "Rules",
    "Plan",
    "Why",
    "What if",
    "Pooling",
    "Committee",
    "Papers",
    "History",
    "Administration",
)
PARTS = ("What agencies get", "Where money flows", "Where people go", "Funds by period", "Who gets what")
NUMBERS = [n for n in SECRET_NUMBERS if n in (271_828, 314_159, 161_803)]
"""Those of rows of this case (its rules that had the others are left out) that are nothing else by chance."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office"), KNOWN) as made:
        yield made


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture(scope="module")
def case(here: Office) -> str:
    """A shared case with planted secrets, edited, saved, solved, talked about and put to the vote."""
    db, records = here.database, planted()
    records["Rules"] = records["Rules"][-1:]
    chief = people.local(db)
    made = cases.create(db, chief, "The city's case", "from the office", records).id
    state = drafts.open(db, chief, made)
    row = next(r for r in state.sheets["Initiatives"] if NAME in str(r.values["initiative"]))
    change = ["Initiatives", row.number, row.values["initiative"], "request", row.values["request"], 314_159.5]
    state = drafts.step(db, chief, state.id, state.revision, f"request of {NAME} Watch, 314,159 → 314,159.5", [change])
    drafts.save(db, chief, state.id, f"{NAME} Watch asks for more")
    plan = solve(case_from(cases.version(db, chief, made).records))
    run = runs.keep(db, chief, made, 2, plan, "base")
    cases.share(db, chief, made, True)
    comments.add(db, chief, made, "initiative", f"{NAME} Watch", "314,159 is too much")
    comments.add(db, chief, made, "initiative", "Patrol", f"and the {NAME} Bureau?")
    proposal = decisions.propose(db, chief, run.id, f"Fund {NAME} Watch", f"The {NAME} Bureau agrees.")
    decisions.vote(db, chief, proposal.id, "approve", f"for {NAME} Watch")
    decisions.resolve(db, chief, proposal.id)
    decisions.propose(db, chief, run.id, f"Fund {NAME} Watch again")
    return made


class Ear:
    """Every byte that a browser gets: frames of websockets, answers, downloads (opened)."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[tuple[str, bytes]] = []
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda w: w.on("framereceived", lambda d: self._take(page.url, d)))
        page.on("response", self._answer)

    def _answer(self, response: object) -> None:
        url = getattr(response, "url", "")
        if "/media/" in url or "/component" in url:
            with suppress(Error):  # of a download the browser keeps no body; that is read from its file
                self._take(url, response.body())  # type: ignore[attr-defined]

    def _take(self, where: str, data: str | bytes) -> None:
        self.heard.append((where, data if isinstance(data, bytes) else data.encode()))

    def download(self, name: str, data: bytes) -> None:
        """What was taken away, and what is packed in it."""
        self._take(name, data)
        try:
            with ZipFile(BytesIO(data)) as packed:
                for member in packed.namelist():
                    self._take(f"{name}/{member}", packed.read(member))
        except BadZipFile:
            pass

    def finds(self) -> list[str]:
        """Secrets among what was heard, with where."""
        found = []
        for where, data in self.heard:
            low = data.lower()
            for word in SECRET_WORDS:
                if (at := low.find(word.lower().encode())) >= 0:
                    found.append(f"{word} in {where}: {data[max(0, at - 60) : at + 60]!r}")
            for number in NUMBERS:
                forms = (
                    f"{number:,}".encode(),
                    f"{number}".encode(),
                    struct.pack("<d", number),
                    struct.pack(">d", number),
                )
                found += [f"{number} in {where}" for form in forms if form in data]
        return found


def round_trip(here: Office, chrome: Browser, name: str, case: str) -> Ear:
    """One person signs in, looks at every page and takes every download."""
    context = chrome.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(WAIT)
    ear = Ear(context)
    page = context.new_page()
    sign_in(page, here.address, name)
    expect(page.get_by_text(f"{name}", exact=False).first).to_be_visible(timeout=WAIT)
    page.goto(f"{here.address}/?case={case}")
    settled(page)
    for title in PAGES:
        if title in ("History", "Administration"):
            page.goto(f"{here.address}/{title.lower()}?case={case}")
        else:
            page.goto(f"{here.address}/{'' if title == 'Start' else title.lower().replace(' ', '_')}?case={case}")
        settled(page)
        if title == "Plan":
            expect(page.get_by_role("button", name="Download the plan")).to_be_visible(timeout=WAIT)
            for part in PARTS:
                page.get_by_text(part, exact=True).first.click()
                settled(page)
        if title == "History":
            for part in (STEPS, COMPARE, AUDIT, DECISIONS):
                page.get_by_text(part, exact=True).first.click()
                settled(page)
        for button in ("Download the plan", "Data", "Export", "The report as it was decided"):
            found = page.get_by_role("button", name=button, exact=True)
            if found.count() and found.first.is_enabled():
                with page.expect_download(timeout=WAIT) as taken:
                    found.first.click()
                ear.download(f"{title}: {button}", taken.value.path().read_bytes())
    context.close()
    return ear


@pytest.mark.long
def test_the_office_hears_the_secrets(here: Office, chrome: Browser, case: str) -> None:
    """The ear is good: whoever may see it all gets every word."""
    give(here.database, "s-1", "Olive Office", {"analyst", "finance"})
    found = round_trip(here, chrome, "Olive Office", case).finds()
    for word in (NAME, "Nightjar", "owlkeeper", "271828"):
        assert any(f.startswith(word) for f in found), word


@pytest.mark.long
@pytest.mark.parametrize(
    ("subject", "name", "roles", "agency"),
    [("s-2", "Cleo City", {"analyst", "finance"}, "City"), ("s-3", "Mia Member", {"member", "viewer"}, "")],
)
def test_not_one_sensitive_value_reaches_the_wrong_person(
    here: Office, chrome: Browser, case: str, subject: str, name: str, roles: set[str], agency: str
) -> None:
    give(here.database, subject, name, roles, agency)
    ear = round_trip(here, chrome, name, case)
    assert any(b"Clinic" in data for _, data in ear.heard)
    assert any(where.startswith("Plan: ") for where, _ in ear.heard)
    found = ear.finds()
    assert not found, "\n".join(found)
