"""The app as a person meets it: its own server on a free port of this machine, and the Chromium that the machine has."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 90_000
"""Milliseconds that something may take to be seen, on a machine that does much else."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_START = (
    "import sys; from optimiser.app_pages.shell.launch import launch; launch(port=int(sys.argv[1]), open_browser=False)"
)


def chromium() -> str:
    """Where Chromium or Chrome stands on this machine; "" where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    return ""


def kept_in(home: Path) -> dict[str, str]:
    """This process's environment, with the store in a folder of its own."""
    made = {k: v for k, v in os.environ.items() if k not in ("OPTIMISER_DATABASE_URL", "OPTIMISER_MODE")}
    return {**made, "OPTIMISER_HOME": str(home)}


def answers(address: str, seconds: float = 60) -> None:
    """Waits until the server there is well. Raises TimeoutError."""
    for _ in range(int(seconds * 2)):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(address)


@contextmanager
def serving(folder: Path, home: Path | None = None) -> Iterator[str]:
    """The app's address while it runs; started from another folder, as an installed package would be.

    home: the folder of its store, by default one of its own inside `folder`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {_START}", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=kept_in(home or folder / "home"))
        try:
            address = f"http://127.0.0.1:{port}"
            try:
                answers(address)
            except TimeoutError:
                raise TimeoutError((folder / "server.log").read_text("utf-8")[-2000:]) from None
            yield address
        finally:
            server.kill()
            server.wait(10)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium that speaks to nobody of its own accord; what is expected of its pages may take its time."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        try:
            yield made
        finally:
            made.close()


def settled(page: Page, seconds: float = PATIENCE / 1000) -> None:
    """Waits until the page is drawn: a headline, no solve under way, no script running, charts in place."""
    page.wait_for_selector("h1", timeout=seconds * 1000)
    quiet = 0
    deadline = time.monotonic() + seconds
    while quiet < 4 and time.monotonic() < deadline:
        busy = page.query_selector(
            '[data-testid="stStatusWidget"], [class*="st-key-progress"], [data-stale="true"], [data-testid="stSkeleton"]'
        )
        quiet = 0 if busy else quiet + 1
        page.wait_for_timeout(200)
    if page.query_selector('[data-testid="stPlotlyChart"]'):
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=seconds * 1000)
        page.wait_for_timeout(300)


def requests_of(context: BrowserContext) -> list[str]:
    """Hosts that the pages of a context speak to, as they do."""
    hosts: list[str] = []
    context.on("request", lambda r: hosts.append(r.url))
    return hosts
