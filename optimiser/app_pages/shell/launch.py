"""Starts the app's server with the app's own settings, wherever it is started from: on this machine only, unless people
sign in."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from optimiser.app_pages.shell.gate import Gate, is_loopback
from optimiser.desk import guidebook

HERE = Path(__file__).resolve().parents[1]
CONFIG = HERE / "config.toml"
SCRIPT = HERE / "main.py"
"""The app's pages begin here, in the repository and in an installed package alike."""
HOSTS = "OPTIMISER_HOSTS"
"""The variable that names the app's further names on the network, parted by commas."""
MODE, OFFICE = "OPTIMISER_MODE", "office"
"""The variable that says how the app runs, and its value where people sign in; else it is for this machine alone."""
SECRETS = Path(".streamlit") / "secrets.toml"
NEEDED = ("redirect_uri", "cookie_secret")
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
"""What the section [auth] of the secrets must say, of this app and of the provider."""
SECRET_LENGTH, SECRET_SIGNS = 32, 10
"""Least length of a cookie_secret, and least number of different characters in it."""
_NO_PAGES = ("__init__", "main")
_SERVER = "<script>window.__streamlit = {BACKEND_BASE_URL: new URL('.', location.href).href}</script>"
"""The folder of a page's address is the server's, also behind a proxy that gives it a folder of its own."""


class NotSafe(Exception):
    """The server would be open to others without sign-in. The message says what to do."""


def is_office() -> bool:
    """Whether people sign in."""
    return os.environ.get(MODE, "").strip().lower() == OFFICE


def options() -> dict[str, Any]:
    """Every setting of config.toml, as `section.name`."""
    return dict(_flat("", tomllib.loads(CONFIG.read_text("utf-8"))))


def _flat(prefix: str, settings: dict[str, Any]) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for name, value in settings.items():
        made += _flat(f"{prefix}{name}.", value) if isinstance(value, dict) else [(prefix + name, value)]
    return made


def _secrets() -> dict[str, Any]:
    """What the secrets files say. Raises ValueError, with a sentence, where one cannot be read."""
    found: dict[str, Any] = {}
    for folder in (Path.home(), Path.cwd()):
        file = folder / SECRETS
        if file.is_file():
            try:
                found |= tomllib.loads(file.read_text("utf-8"))
            except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
                raise ValueError(f"{SECRETS} cannot be read ({problem})") from problem
    return found


def sign_in_missing() -> str:
    """What is not set up for sign-in, or too weak, in words; "" where it is."""
    try:
        auth = _secrets().get("auth")
    except ValueError as problem:
        return str(problem)
    if not isinstance(auth, dict):
        return f"{SECRETS} has no section [auth]"
    missing = [name for name in (*NEEDED, *OF_PROVIDER) if not str(auth.get(name, "")).strip()]
    if missing:
        return f"[auth] of {SECRETS} lacks {', '.join(missing)}"
    return _weak(str(auth["cookie_secret"])) or _open_way(auth)


def _weak(secret: str) -> str:
    """Why a cookie_secret can be guessed; "" where it cannot."""
    if len(secret) < SECRET_LENGTH:
        return f"the cookie_secret is shorter than {SECRET_LENGTH} characters"
    if len(set(secret)) < SECRET_SIGNS or any(
        secret == (secret[:n] * len(secret))[: len(secret)] for n in range(1, 13)
    ):
        made = "python -c 'import secrets; print(secrets.token_hex(32))'"
        return f"the cookie_secret repeats itself, so it can be guessed; make one with {made}"
    return ""


def _open_way(auth: Mapping[str, Any]) -> str:
    """Which address would carry a sign-in readable for all on its way; "" where none does."""
    for name in ("redirect_uri", "server_metadata_url"):
        address = urlsplit(str(auth[name]).strip())
        if not address.hostname:
            return f"{name} is no address: write it whole, with https://"
        if address.scheme != "https" and not is_loopback(address.hostname):
            return f"{name} goes over plain http to another machine, where a sign-in can be read on its way; use https"
    return ""


def hosts(address: str = "") -> set[str]:
    """The app's names on the network, besides this machine's own: where it listens, that of the sign-in's way back, and
    those of OPTIMISER_HOSTS."""
    named = {address, *os.environ.get(HOSTS, "").split(",")}
    try:
        auth = _secrets().get("auth")
    except ValueError:
        auth = None
    if isinstance(auth, dict):
        named.add(urlsplit(str(auth.get("redirect_uri", ""))).hostname or "")
    return {name.strip() for name in named if name.strip()}


def gates(address: str = "") -> list[Any]:
    """The middleware of a server that listens at this address."""
    from starlette.middleware import Middleware

    close_helpers()
    keep_waiting_edits()
    return [Middleware(Gate, hosts=hosts(address))]


def routes() -> list[Any]:
    """What the server answers beside the framework's own addresses."""
    return [*_page_routes(), *site_routes()]


def _page_routes() -> list[Any]:
    """The address of each page, whose browser is told where the server is.

    Else it looks for it below the page's own address first, and the network's log shows two errors for each page that is
    opened by its address.
    """
    from starlette.responses import HTMLResponse
    from starlette.routing import Route
    from streamlit.file_util import get_static_dir

    own = Path(get_static_dir(), "index.html").read_text("utf-8")
    told = own.replace("<head>", f"<head>{_SERVER}", 1)

    async def page(_request: Any) -> HTMLResponse:
        return HTMLResponse(told, headers={"Cache-Control": "no-cache"})

    return [Route(f"/{file.stem}", page) for file in sorted(HERE.glob("*.py")) if file.stem not in _NO_PAGES]


def site_routes() -> list[Any]:
    """The guide as a site, under its own address. It holds nothing of a case, so it asks nobody to sign in."""
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    folder = guidebook.site()
    return [Mount(f"/{guidebook.SITE}", StaticFiles(directory=folder))] if folder else []


def close_helpers() -> None:
    """Switches off the framework's own offers to write files beside the app, whoever asks for them."""
    from streamlit.runtime import backend_operation_handler as helpers

    for helper in (helpers.InstallSkillsHandler, helpers.DismissSkillsNudgeHandler):
        helper.handle = _closed  # type: ignore[method-assign, assignment]


def keep_waiting_edits() -> None:
    """An edit that waits until a run of the page ends is kept when a link is clicked meanwhile.

    The framework makes one of two waiting requests, and takes what the newer one says of each widget. With a click on a
    link the browser says nothing of the widgets of the page that is left, and an edit of one of them would be forgotten.
    """
    from streamlit.runtime.scriptrunner_utils import script_requests

    own = script_requests._coalesce_widget_states
    if getattr(own, "keeps_all", False):
        return

    def kept(old_states: Any, new_states: Any) -> Any:
        made = own(old_states, new_states)
        if made is not None and made is not old_states and old_states is not None:
            told = {state.id for state in made.widgets}
            made.widgets.extend(state for state in old_states.widgets if state.id not in told)
        return made

    kept.keeps_all = True  # type: ignore[attr-defined]
    script_requests._coalesce_widget_states = kept


async def _closed(_self: Any, request: Any, session_id: str) -> Any:
    from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse

    return BackendOperationResponse(request_id=request.request_id, error_msg="This app has no such helper.")


def check_safe(address: str, office: bool) -> None:
    """Raises NotSafe where others could reach the app without signing in, or sign-in is asked for and not set up."""
    if office and (missing := sign_in_missing()):
        raise NotSafe(f"Sign-in is not set up: {missing}. docs/people-and-privacy.md says how.")
    if not office and not is_loopback(address):
        raise NotSafe(
            f"Without sign-in Optimiser listens on this machine only, not on {address or 'every address'}. "
            "Leave out --address, or set up sign-in and add --office."
        )


@asynccontextmanager
async def told(_app: Any) -> AsyncIterator[None]:
    """Says where the app answers, once a free port is found: a browser does not open on every machine."""
    from streamlit import config

    address, port = config.get_option("server.address"), config.get_option("server.port")
    sys.stderr.write(f"Its address: http://{address}:{port}\n")
    yield


def launch(
    port: int | None = None, open_browser: bool = True, address: str | None = None, office: bool = False
) -> None:
    """Serves the app until it is interrupted.

    port: by default a free one from 8501; open_browser: show it; address: where to listen, by default on this machine
    only; office: people sign in (also where OPTIMISER_MODE says so). Raises NotSafe.
    """
    import streamlit as st

    from optimiser.desk.workers import processes_of

    office = office or is_office()
    chosen = {**options(), "server.headless": not open_browser}
    if port is not None:
        chosen["server.port"] = port
    if address is not None:
        chosen["server.address"] = address
    check_safe(str(chosen["server.address"]), office)
    os.environ[MODE] = OFFICE if office else "local"
    if office:
        # The address that people type is the provider's to check; the browser need not be told this machine's.
        chosen.pop("browser.serverAddress", None)
    where = "for those who sign in" if office else "on this machine only"
    sys.stderr.write(f"Optimiser runs {where}. Press Ctrl+C here to end it.\n")
    processes_of("solves").warm()  # while people open their browser
    app = st.App(SCRIPT, routes=routes(), middleware=gates(str(chosen["server.address"])), lifespan=told)
    app.run(config=chosen)
