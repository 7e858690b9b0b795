"""Who is at work in this session: the one person of local mode, or whom the office's sign-in service has named.

Local mode listens on this machine only. Office mode (OPTIMISER_MODE=office) asks for sign-in through OpenID Connect, and
ends what has been idle for too long: on the server, by when a sign-in was last used, never by what a page says.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from optimiser.app_pages.shell.gate import is_loopback
from optimiser.app_pages.shell.launch import is_office
from optimiser.app_pages.shell.text import letters
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.migrate import ready
from optimiser.store.base.rights import Actor

IDLE = "OPTIMISER_IDLE_MINUTES"
IDLE_MINUTES = 30.0
WATCH_SECONDS = 20.0
"""How often an open page asks whether it has been idle for too long."""


@st.cache_resource(show_spinner=False)
def database() -> Database:
    """The store, brought up to date once for this server."""
    made = Database()
    ready(made)
    return made


def idle_seconds() -> float:
    """After how long without use a sign-in ends."""
    try:
        minutes = float(os.environ.get(IDLE, "") or IDLE_MINUTES)
    except ValueError:
        minutes = IDLE_MINUTES
    return max(minutes, 0.0) * 60 if minutes == minutes else IDLE_MINUTES * 60


class Sittings:
    """When each sign-in was last used. One that is not known here was last used when it was made, so that a restart of
    the server ends old ones rather than forgetting that they had ended."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def live(self, key: str, made: float, idle: float) -> bool:
        """Whether a sign-in goes on. made: when the person signed in; idle: seconds, at most."""
        with self._lock:
            return time.time() - self._used.get(key, made) <= idle

    def use(self, key: str) -> None:
        """A person has done something with it."""
        now = time.time()
        with self._lock:
            self._used[key] = max(now, self._used.get(key, 0.0))
            if len(self._used) > 10_000:
                self._used = {k: at for k, at in self._used.items() if at > now - 7 * 86_400}

    def end(self, key: str) -> None:
        """It is not to be used again, in no other tab either."""
        with self._lock:
            self._used[key] = 0.0


@st.cache_resource(show_spinner=False)
def sittings() -> Sittings:
    """All sign-ins of this server."""
    return Sittings()


def guard() -> Actor:
    """Called first on every run of the app: the person at work, or a page that says how to become one, and no further."""
    if not is_office():
        _on_this_machine()
        return actor()
    if not st.user.get("is_logged_in"):
        _ask("Sign in", "Optimiser shows a partnership's money and people to those who may see them.")
    key, made = _sitting(st.user)
    if not sittings().live(key, made, idle_seconds()):
        minutes = idle_seconds() / 60
        _ask(
            "Please sign in again",
            f"You were signed out because nothing was done for {minutes:g} minutes. Nothing is lost: what you edited is kept.",
        )
    sittings().use(key)
    found = actor()
    if not found.roles:
        _nobody(found)
    _watch()
    return found


def actor() -> Actor:
    """The person at work in this session, with the roles that they have now.

    Raises PermissionError where nobody is signed in, or no longer: `guard` has shown them why.
    """
    if not is_office():
        return people.local(database())
    if not st.user.get("is_logged_in"):
        raise PermissionError("Nobody is signed in.")
    key, made = _sitting(st.user)
    if not sittings().live(key, made, idle_seconds()):
        raise PermissionError("The sign-in has ended.")
    verified = st.user.get("email_verified") is True
    email = str(st.user.get("email") or "") if verified else ""
    name = str(st.user.get("name") or st.user.get("preferred_username") or email or st.user.get("sub") or "")
    return people.signed_in(database(), str(st.user.get("sub") or ""), name, email)


@dataclass(frozen=True)
class Ticket:
    """Who was at work when a page was drawn, to be asked for anew when something of it is asked for later.

    sitting, made: of their sign-in ("" without sign-in); drawn: with the rights that they had.
    """

    drawn: Actor
    sitting: str
    made: float

    def actor(self, db: Database) -> Actor:
        """The person with the roles that they have now. Raises PermissionError where their sign-in has ended."""
        if not self.sitting:
            return people.local(db)
        if not sittings().live(self.sitting, self.made, idle_seconds()):
            raise PermissionError("The sign-in has ended.")
        return people.actor(db, self.drawn.id)

    def holds(self, cookies: Mapping[str, str]) -> bool:
        """Whether a request with these cookies is of this sign-in, and that goes on."""
        if not self.sitting:
            return True
        return _sitting(_user(cookies))[0] == self.sitting and sittings().live(self.sitting, self.made, idle_seconds())


def ticket() -> Ticket:
    """That of this session. Raises PermissionError."""
    sitting, made = _sitting(st.user) if is_office() else ("", 0.0)
    return Ticket(actor(), sitting, made)


def sign_out() -> None:
    """Ends the sign-in everywhere, and goes to the provider to end it there."""
    sittings().end(_sitting(st.user)[0])
    st.logout()


def who(found: Actor) -> None:
    """The person's name, and in office mode the way out."""
    if not is_office():
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="who"):
        st.caption(
            letters(f"{found.name}{f', {found.agency}' if found.agency else ''} · {', '.join(sorted(found.roles))}")
        )
        if st.button("Sign out", key="sign-out", type="tertiary"):
            sign_out()


# -- what the provider says -----------------------------------------------------------------------------------------------


def _sitting(user: Mapping[str, Any]) -> tuple[str, float]:
    """Key of this sign-in, and when it was made (its token's own moment; 0 where the token does not say)."""
    made = user.get("iat") or user.get("auth_time") or 0
    at = float(made) if isinstance(made, int | float) else 0.0
    return f"{user.get('iss')} {user.get('sub')} {made} {user.get('nonce', '')}", at


def _user(cookies: Mapping[str, str]) -> Mapping[str, Any]:
    """What the provider said of whom a request's cookie names; empty where it has none that this server has signed."""
    try:
        told = _get_signed_cookie_with_chunks(dict(cookies), AUTH_COOKIE_NAME)
        said = json.loads(told) if told else {}
    except (ValueError, LookupError):
        return {}
    return said if isinstance(said, dict) else {}


# -- pages ----------------------------------------------------------------------------------------------------------------


def _ask(title: str, why: str) -> None:
    st.title(letters(title))
    st.markdown(letters(why))
    if st.button("Sign in", type="primary", key="sign-in"):
        st.login()
    st.stop()


def _nobody(found: Actor) -> None:
    st.title("You have no role here yet")
    asked = people.administrators(database())
    ask = " or ".join(asked) if asked else "whoever installed Optimiser (it names the first administrator)"
    st.markdown(
        f"You are signed in as **{letters(found.name)}**. Ask {letters(ask)} to give you one; then reload this page."
    )
    if st.button("Sign out", key="sign-out"):
        sign_out()
    st.stop()


def _on_this_machine() -> None:
    """Without sign-in nobody else may reach the app, however it was started."""
    address = str(st.get_option("server.address") or "")
    if not is_loopback(address):
        st.title("Optimiser is not shown here")
        st.markdown(
            "It listens beyond this machine, and nobody signs in. Start it with `optimiser app`, or set up sign-in."
        )
        st.stop()


@st.fragment(run_every=WATCH_SECONDS)
def _watch() -> None:
    """Clears an open page once its sign-in has ended."""
    key, made = _sitting(st.user)
    if not sittings().live(key, made, idle_seconds()):
        st.rerun()
