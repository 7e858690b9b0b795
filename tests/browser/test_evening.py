"""A committee's evening, played by a clerk and four members, each signed in in a browser of their own: the roll, an interest and a
recusal, an amendment from the floor, the second vote, and the minutes on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Error, Locator, expect

from optimiser.store.base import people
from optimiser.store.committee import decisions
from optimiser.store.keeping import audit_check
from optimiser.store.work import cases, runs
from optimiser.verbs import case_from, solve
from tests.app.small import RECORDS
from tests.browser.office import WAIT, Office, Person, give, office
from tests.browser.server import browser, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
CLEO, BEN, CAI, DEE, EVA = "Cleo Clerk", "Ben Brown", "Cai Cole", "Dee Dunn", "Eva East"
MEMBERS = (BEN, CAI, DEE, EVA)
KNOWN = {f"s-{n}": {"name": name} for n, name in enumerate((CLEO, *MEMBERS))}
TITLE, AMENDMENT = "Fund the clinic first", "$20,000 more for Patrols"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, KNOWN) as made:
        give(made.database, "s-0", CLEO, {"analyst"})
        for n, name in enumerate(MEMBERS, 1):
            give(made.database, f"s-{n}", name, {"member"})
        yield made


@pytest.fixture
def chrome() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT)
    with browser() as made:
        yield made
    expect.set_options(timeout=5_000)


@pytest.fixture
def motion(here: Office) -> str:
    """The id of the case: solved, and its plan moved by Cai, seconded by Dee."""
    db = here.database
    clerk = give(db, "s-0", CLEO, {"analyst"})
    made = cases.create(db, clerk, "Harbor partnership", "from a test", RECORDS)
    run = runs.keep(db, clerk, made.id, 1, solve(case_from(cases.version(db, clerk, made.id).records)), "base")
    ids = {name: people.signed_in(db, f"s-{n}", name).id for n, name in enumerate(MEMBERS, 1)}
    decisions.propose(db, clerk, run.id, TITLE, mover=ids[CAI], seconder=ids[DEE])
    return made.id


def sits_down(chrome: Browser, here: Office, name: str, case: str) -> Person:
    """Signs in and opens the vote on what is moved."""
    made = Person(chrome, here, name)
    made.page.goto(f"{here.address}/committee?case={case}")
    made.part("7 Vote")
    expect(made.headline).to_have_text("Nobody has voted yet")
    return made


def opened(who: Person, box: str, inside: Locator) -> None:
    """Opens a box by its button, until what is in it is there: a page that is drawn anew shuts it."""
    for patience in (5_000, 10_000, WAIT):
        if not inside.is_visible():
            who.press(box)
        try:
            expect(inside).to_be_visible(timeout=patience)
            return
        except AssertionError:
            if patience == WAIT:
                raise


def votes(who: Person, choice: str, reason: str = "") -> None:
    """Votes, and sees the vote in the table."""
    page = who.page
    row = page.get_by_role("table", name="Votes").get_by_role("row").filter(has_text=who.name)
    for patience in (5_000, 10_000, WAIT):
        try:
            page.get_by_role("radio", name=choice).check(force=True, timeout=patience)
            if reason:
                page.get_by_role("textbox", name="Your reason").fill(reason, timeout=patience)
            page.get_by_role("button", name="Vote", exact=True).click(timeout=patience)
            expect(row).to_contain_text(choice, timeout=patience)
            return
        except (AssertionError, Error):
            if patience == WAIT:
                raise


def sees_what_was_done(who: Person) -> None:
    """An open page says that others did something, and shows it when asked."""
    who.press("Something was done meanwhile: show it")


def resolves(clerk: Person, headline: str) -> None:
    """Ends the vote as it stands by now."""
    sees_what_was_done(clerk)
    expect(clerk.headline).to_have_text(headline)
    ends = clerk.page.get_by_role("button", name="Resolve it as approved, for good")
    opened(clerk, "Resolve the vote", ends)
    ends.click()


@pytest.mark.long
def test_an_evening_of_five_people_in_two_roles(here: Office, chrome: Browser, motion: str) -> None:
    cleo = sits_down(chrome, here, CLEO, motion)
    ben, cai, dee, eva = (sits_down(chrome, here, name, motion) for name in MEMBERS)

    present = cleo.page.get_by_role("button", name="Record the roll")
    opened(cleo, "Call the roll", present)
    present.click()
    expect(cleo.page.get_by_text("4 of 4 members are present.")).to_be_visible()

    declares = ben.page.get_by_role("button", name="Declare it")
    opened(ben, "Declare an interest", declares)
    ben.page.get_by_role("textbox", name="Why (may stay blank)").fill("I command it.")
    declares.click()
    expect(
        ben.page.get_by_text("declared an interest in Harbor Police and does not vote: I command it.")
    ).to_be_visible()
    expect(ben.page.get_by_text("1 recused, so 3 may vote")).to_be_visible()
    expect(ben.page.get_by_role("radio", name="Approve")).to_have_count(0)

    floor = cleo.page.get_by_role("textbox", name="An amendment, as it is said")
    floor.fill("and $20k more for Patrols")
    floor.press("Enter")
    expect(cleo.page.get_by_text("Paid by")).to_be_visible()
    for box, name in (("Moved by", DEE), ("Seconded by", CAI)):
        cleo.page.get_by_role("combobox", name=box).click()
        cleo.page.get_by_role("option", name=name, exact=True).click()
    cleo.press("Move the amendment")
    expect(cleo.page.get_by_text(f"Moved by {DEE}, seconded by {CAI}.")).to_be_visible()

    for who in (cai, dee, eva):
        sees_what_was_done(who)
        who.press("To the amendment")
        expect(who.page.get_by_text(f"Amendment: {AMENDMENT}").first).to_be_visible()
        votes(who, "Approve")
    resolves(cleo, "3 of 3 members have voted")
    expect(cleo.headline).to_have_text("Nobody has voted yet")
    expect(cleo.page.get_by_text(f"{TITLE}, as amended").first).to_be_visible()

    for who, choice, reason in ((cai, "Approve", "As it stands now."), (dee, "Approve", ""), (eva, "Reject", "")):
        sees_what_was_done(who)
        who.press("To the motion as amended")
        expect(who.page.get_by_text(f"{TITLE}, as amended").first).to_be_visible()
        votes(who, choice, reason)
    resolves(cleo, "3 of 3 members have voted")
    expect(cleo.headline).to_have_text("Approved: 2 for, 1 against, 0 abstained")
    expect(cleo.page.get_by_role("combobox", name="Proposal")).to_have_value(f"{TITLE}, as amended (approved)")

    paper = docx.Document(io.BytesIO(cleo.download("Minutes")))
    said = "\n".join(
        [p.text for p in paper.paragraphs] + [c.text for t in paper.tables for r in t.rows for c in r.cells]
    )
    for line in (
        "2 decisions, in the order in which they were made.",
        f"Amendment: {AMENDMENT}",
        f"{TITLE}, as amended",
        f"Moved by {CAI}, seconded by {DEE}.",
        "4 of 4 members are present.",
        "2 approve, 1 reject, 0 abstain; 1 recused, so 3 may vote. The quorum of 2 is met.",
        f"{BEN} declared an interest in Harbor Police and does not vote: I command it.",
        "As it stands now.",
        "Approved.",
        "Secretary",
    ):
        assert line in said, line
    db = here.database
    clerk = give(db, "s-0", CLEO, {"analyst"})
    decided = decisions.decided(db, clerk, motion)
    assert [(d.outcome, d.tally.recused, d.tally.votes) for d in decided] == [("approved", 1, 3)] * 2
    assert audit_check.verify(db, clerk).is_whole
