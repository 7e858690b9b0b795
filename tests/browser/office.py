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

from playwright.sync_api import Page

from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from tests.browser.provider import CLIENT, SECRET, Provider, providing

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
