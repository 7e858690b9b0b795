"""The app in office mode, with a sign-in service of its own, and people whose roles an administrator has given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, Page, expect

from optimiser.app_pages.main import MORE
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from tests.browser.provider import CLIENT, SECRET, Provider, providing
from tests.browser.server import requests_of, settled

ROOT = Path(__file__).parents[2]
WAIT = 90_000
_START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from optimiser.app_pages.shell.launch import launch; "
    "launch(port=int(sys.argv[1]), open_browser=False, office=True)"
)


@dataclass(frozen=True)
class Office:
    """A running office: its address, its sign-in service, its store."""

    address: str
    provider: Provider
    database: Database


@contextmanager
def office(folder: Path, known: Mapping[str, Mapping[str, Any]], **variables: str) -> Iterator[Office]:
    """An office while it runs. known: who can sign in; variables: of the server's environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with providing(known) as provider:
        (folder / ".streamlit").mkdir(exist_ok=True)
        (folder / ".streamlit" / "secrets.toml").write_text(
            f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{"0123456789abcdef" * 2}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n',
            "utf-8",
        )
        database = Database(f"sqlite:///{folder / 'store.db'}")
        migrate.ready(database)
        environment = {
            **os.environ, "OPTIMISER_DATABASE_URL": f"sqlite:///{folder / 'store.db'}", "HOME": str(folder), **variables,
        }  # fmt: skip
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-c", _START, str(port)], cwd=folder, stdout=log, stderr=log, env=environment
            )
            try:
                _wait(address, folder)
                yield Office(address, provider, database)
            finally:
                server.kill()
                server.wait(10)
                database.close()


def _wait(address: str, folder: Path) -> None:
    for _ in range(240):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError((folder / "server.log").read_text("utf-8")[-2000:])


def give(database: Database, subject: str, name: str, roles: set[str], agency: str = "") -> Actor:
    """A person with these roles, as an administrator would make them; returns them at work."""
    found = people.signed_in(database, subject, name)
    boss = people.local(database)
    people.set_roles(database, boss, found.id, roles)
    people.set_agency(database, boss, found.id, agency)
    return people.actor(database, found.id)


def sign_in(page: Page, address: str, name: str) -> None:
    """Signs in as the person of this name, from the app's first page."""
    page.goto(address)
    page.get_by_role("button", name="Sign in").click(timeout=WAIT)
    page.get_by_role("link", name=name).click(timeout=WAIT)
    page.wait_for_url(f"{address}/**", timeout=WAIT)


class Person:
    """Somebody at work in a browser of their own. spoken_to: every address that it asked."""

    def __init__(self, chrome: Browser, here: Office, name: str) -> None:
        context = chrome.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
        context.set_default_timeout(WAIT)
        self.spoken_to = requests_of(context)
        self.page: Page = context.new_page()
        self.name = name
        self.page.on("websocket", lambda w: self.spoken_to.append(w.url))
        sign_in(self.page, here.address, name)
        expect(self.page.get_by_text(f"{name} · ")).to_be_visible()

    @property
    def headline(self) -> Locator:
        """What the page says first."""
        return self.page.get_by_role("heading", level=1)

    def go(self, title: str) -> None:
        """To another page, by the navigation."""
        if title in [page for page, _ in MORE]:
            self.press("More")
            self.page.get_by_role("menuitem", name=title).click()
        else:
            self.page.get_by_role("link", name=title, exact=True).click()
        settled(self.page)

    def part(self, name: str) -> None:
        """To a part of the page; of the page before some parts may stand for a moment yet."""
        part = self.page.get_by_role("radio", name=name, exact=True)
        expect(part).to_have_count(1)
        part.click()

    def press(self, name: str) -> None:
        """A button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def download(self, name: str) -> bytes:
        """The bytes behind a button."""
        with self.page.expect_download() as taken:
            self.press(name)
        return taken.value.path().read_bytes()
