"""Starts the app's server with the app's own settings, wherever it is started from: on this machine only, unless people
sign in."""

from __future__ import annotations

import ipaddress
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "config.toml"
MODE, OFFICE = "OPTIMISER_MODE", "office"
"""The variable that says how the app runs, and its value where people sign in; else it is for this machine alone."""
SECRETS = Path(".streamlit") / "secrets.toml"
NEEDED = ("redirect_uri", "cookie_secret")
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
"""What the section [auth] of the secrets must say, of this app and of the provider."""


class NotSafe(Exception):
    """The server would be open to others without sign-in. The message says what to do."""


def script() -> Path:
    """The app's entry: `app.py` of the repository; in an installed wheel, the page package's own."""
    top = HERE.parents[1] / "app.py"
    return top if top.is_file() and (top.parent / "optimiser" / "app_pages") == HERE else HERE / "main.py"


def options() -> dict[str, Any]:
    """Every setting of config.toml, as `section.name`."""
    return dict(_flat("", tomllib.loads(CONFIG.read_text("utf-8"))))


def _flat(prefix: str, settings: dict[str, Any]) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for name, value in settings.items():
        made += _flat(f"{prefix}{name}.", value) if isinstance(value, dict) else [(prefix + name, value)]
    return made


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches a server at this address; "" listens everywhere."""
    if address.strip().lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip()).is_loopback
    except ValueError:
        return False


def sign_in_missing() -> str:
    """What is not set up for sign-in, in words; "" where it is."""
    found: dict[str, Any] = {}
    for folder in (Path.home(), Path.cwd()):
        file = folder / SECRETS
        if file.is_file():
            try:
                found |= tomllib.loads(file.read_text("utf-8"))
            except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
                return f"{SECRETS} cannot be read ({problem})"
    auth = found.get("auth")
    if not isinstance(auth, dict):
        return f"{SECRETS} has no section [auth]"
    missing = [name for name in (*NEEDED, *OF_PROVIDER) if not str(auth.get(name, "")).strip()]
    if missing:
        return f"[auth] of {SECRETS} lacks {', '.join(missing)}"
    return "the cookie_secret is shorter than 32 characters" if len(str(auth["cookie_secret"])) < 32 else ""


def check_safe(address: str, office: bool) -> None:
    """Raises NotSafe where others could reach the app without signing in, or sign-in is asked for and not set up."""
    if office and (missing := sign_in_missing()):
        raise NotSafe(f"Sign-in is not set up: {missing}. docs/people-and-privacy.md says how.")
    if not office and not is_loopback(address):
        raise NotSafe(
            f"Without sign-in Optimiser listens on this machine only, not on {address or 'every address'}. "
            "Leave out --address, or set up sign-in and add --office."
        )


def launch(
    port: int | None = None, open_browser: bool = True, address: str | None = None, office: bool = False
) -> None:
    """Serves the app until it is interrupted.

    port: by default a free one from 8501; open_browser: show it; address: where to listen, by default on this machine
    only; office: people sign in (also where OPTIMISER_MODE says so). Raises NotSafe.
    """
    from streamlit.web import bootstrap

    from optimiser.app_pages.workers import processes_of

    office = office or os.environ.get(MODE, "").strip().lower() == OFFICE
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
    flags = {name.replace(".", "_"): value for name, value in chosen.items()}
    where = "for those who sign in" if office else "on this machine only"
    sys.stderr.write(f"Optimiser runs {where}. Press Ctrl+C here to end it.\n")
    bootstrap.load_config_options(flags)
    processes_of("solves").warm()  # while people open their browser
    bootstrap.run(str(script()), False, [], flags)
