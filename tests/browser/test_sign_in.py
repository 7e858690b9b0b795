"""Sign-in against a real provider: in, what the role allows, idle for too long, out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from optimiser.store.base import people
from tests.browser.office import WAIT, Office, give, office, sign_in
from tests.browser.server import browser, chromium, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
KNOWN = {
    "s-100": {"name": "Ada Admin", "email": "ada@example.org", "email_verified": True},
    "s-200": {"name": "Vera Viewer", "email": "vera@example.org", "email_verified": True},
    "s-300": {"name": "Nils New", "email": "ada@example.org", "email_verified": False},
    "s-400": {"name": "Ana Analyst", "email": "ana@example.org", "email_verified": True},
}
IDLE_SECONDS = 45


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    variables = {"OPTIMISER_ADMINISTRATOR": "ada@example.org", "OPTIMISER_IDLE_MINUTES": str(IDLE_SECONDS / 60)}
    with office(tmp_path_factory.mktemp("office"), KNOWN, **variables) as made:
        yield made


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(WAIT)
    yield made
    context.close()


def test_nothing_is_shown_before_sign_in(here: Office, page: Page) -> None:
    heard: list[bytes] = []
    page.on("websocket", lambda w: w.on("framereceived", lambda data: heard.append(_bytes(data))))
    page.goto(here.address)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=WAIT)
    assert heard
    assert not any(b"nitiatives are funded" in frame or b"Initiative" in frame for frame in heard)


def test_whoever_has_no_role_is_told_whom_to_ask(here: Office, page: Page) -> None:
    give(here.database, "s-100", "Ada Admin", {"administrator"})
    sign_in(page, here.address, "Nils New")
    expect(page.get_by_role("heading", name="You have no role here yet")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Ask Ada Admin to give you one")).to_be_visible()
    new = people.signed_in(here.database, "s-300", "Nils New")
    assert new.roles == frozenset()
    # A role that is given takes effect without signing in again, and one that is taken away too.
    give(here.database, "s-300", "Nils New", {"viewer"})
    page.reload()
    expect(page.get_by_text("Nils New · viewer")).to_be_visible(timeout=WAIT)
    people.set_roles(here.database, people.local(here.database), new.id, [])
    page.reload()
    expect(page.get_by_role("heading", name="You have no role here yet")).to_be_visible(timeout=WAIT)


@pytest.mark.long
def test_the_role_decides_what_is_offered(here: Office, chrome: Browser) -> None:
    give(here.database, "s-200", "Vera Viewer", {"viewer"})
    give(here.database, "s-400", "Ana Analyst", {"analyst"})
    offered = {}
    for name in ("Vera Viewer", "Ana Analyst"):
        context = chrome.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        sign_in(page, here.address, name)
        expect(page.get_by_text(f"{name} · ")).to_be_visible(timeout=WAIT)
        settled(page)
        offered[name] = page.get_by_role("button", name="Solve").count() + page.get_by_text("Upload").count()
        context.close()
    assert offered["Ana Analyst"] > 0
    assert offered["Vera Viewer"] < offered["Ana Analyst"]


def test_signing_out_ends_it_in_every_tab_and_at_the_provider(here: Office, chrome: Browser) -> None:
    give(here.database, "s-200", "Vera Viewer", {"viewer"})
    context = chrome.new_context()
    page, other = context.new_page(), context.new_page()
    sign_in(page, here.address, "Vera Viewer")
    expect(page.get_by_text("Vera Viewer · viewer")).to_be_visible(timeout=WAIT)
    other.goto(here.address)
    expect(other.get_by_text("Vera Viewer · viewer")).to_be_visible(timeout=WAIT)
    cookies = context.cookies()
    page.get_by_role("button", name="Sign out").click(timeout=WAIT)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=WAIT)
    assert "/end" in here.provider.seen
    expect(other.get_by_role("heading", name="Please sign in again")).to_be_visible(timeout=WAIT)
    # The cookie of before, kept by somebody, opens nothing.
    context.add_cookies(cookies)  # type: ignore[arg-type]
    again = context.new_page()
    again.goto(here.address)
    expect(again.get_by_role("heading", name="Please sign in again")).to_be_visible(timeout=WAIT)
    context.close()


@pytest.mark.long
def test_what_is_idle_for_too_long_ends_by_itself(here: Office, page: Page) -> None:
    give(here.database, "s-200", "Vera Viewer", {"viewer"})
    sign_in(page, here.address, "Vera Viewer")
    expect(page.get_by_text("Vera Viewer · viewer")).to_be_visible(timeout=WAIT)
    # Nothing is touched: the page clears itself, and a reload does not bring it back.
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible(timeout=WAIT * 2)
    page.reload()
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Vera Viewer").click()
    expect(page.get_by_text("Vera Viewer · viewer")).to_be_visible(timeout=WAIT)


def test_the_secrets_stay_on_the_server(here: Office, page: Page, tmp_path: Path) -> None:
    for path in ("/.streamlit/secrets.toml", "/app/static/secrets.toml", "/secrets.toml", "/_stcore/../secrets.toml"):
        answer = page.request.get(here.address + path)
        assert b"cookie_secret" not in answer.body()


def _bytes(data: str | bytes) -> bytes:
    return data if isinstance(data, bytes) else data.encode()
