"""What stands before the app's server: who may speak to it under which name, and what a page may fetch.

A page in somebody's browser can be made to speak to a server of this machine by binding its own name anew to 127.0.0.1.
Such a request still carries the foreign name, so a name that is not the app's is refused, for pages, files and the
connection that a page keeps open alike. And nothing on a page may fetch from elsewhere, whatever a name in a workbook says.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Server = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = "; ".join((
    "default-src 'self'",
    # The pages' own scripts, the small one that guards typing, and the charts' (their drawings are made by functions).
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "frame-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
CLOSED = ("/_stcore/agent", "/_stcore/metrics")
"""Routes of the framework that drive or describe the app without a browser; nobody here needs them."""
_REFUSED = (
    b"This name is not one of this app's. On the machine itself it is http://127.0.0.1 with its port; an office adds its own "
    b"names with OPTIMISER_HOSTS, parted by commas."
)


_CLOSED_FILE = b"This address is open for a minute, to who asked for the file. Ask for it again on its page."
OPEN_SECONDS = 60.0
"""How long the address of a file that was asked for stays open."""
Cookies = Mapping[str, str]


class Opened:
    """Addresses of files that were asked for: each is open for a while, to whom it was made for."""

    def __init__(self) -> None:
        self._open: dict[str, list[tuple[float, Callable[[Cookies], bool]]]] = {}
        self._lock = threading.Lock()

    def open(self, file: str, holds: Callable[[Cookies], bool]) -> None:
        """Opens the address of a file. holds: whether a request with these cookies comes from who asked for it."""
        now = time.monotonic()
        with self._lock:
            kept = {f: [one for one in some if one[0] > now] for f, some in self._open.items()}
            self._open = {f: some for f, some in kept.items() if some}
            self._open.setdefault(file, []).append((now + OPEN_SECONDS, holds))

    def lets(self, file: str, cookies: Cookies) -> bool:
        """Whether this request may have the file."""
        now = time.monotonic()
        with self._lock:
            some = [holds for until, holds in self._open.get(file, ()) if until > now]
        return any(holds(cookies) for holds in some)


OPENED = Opened()
"""The addresses of this server."""


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches a server at this address; "" listens everywhere."""
    if address.strip().lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip()).is_loopback
    except ValueError:
        return False


class Gate:
    """Lets through what speaks to the app under one of its names, and adds the headers that hold a page to this origin."""

    def __init__(self, app: Server, hosts: Iterable[str] = ()) -> None:
        """hosts: names, without a port, besides those of this machine."""
        self._app = app
        self._hosts = frozenset(host.strip().lower() for host in hosts if host.strip())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, or one connection that stays open."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not self._ours(scope):
            await _refuse(scope, send, 421, _REFUSED)
        elif any(scope["path"].find(route) >= 0 for route in CLOSED):
            await _refuse(scope, send, 404, b"This app has no such route.")
        else:
            await self._app(scope, receive, _with_headers(_held(scope, send)) if scope["type"] == "http" else send)

    def _ours(self, scope: Message) -> bool:
        named: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            named.setdefault(name.lower(), []).append(value.decode("latin-1"))
        hosts = named.get(b"host", [])
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return False
        # An origin that is not the page's own is another page's: it may read nothing here, nor write.
        return all(
            _same(origin, hosts[0]) or self._is_ours(urlsplit(origin).netloc) for origin in named.get(b"origin", [])
        )

    def _is_ours(self, netloc: str) -> bool:
        try:
            name = (urlsplit(f"//{netloc}").hostname or "").lower()
        except ValueError:
            return False
        return bool(name) and (is_loopback(name) or name in self._hosts)


def _same(origin: str, host: str) -> bool:
    return urlsplit(origin).netloc.lower() == host.lower()


def _cookies(scope: Message) -> Cookies:
    made: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name.lower() == b"cookie":
            try:
                made.update({key: one.value for key, one in SimpleCookie(value.decode("latin-1")).items()})
            except CookieError:
                continue
    return made


def _held(scope: Message, send: Send) -> Send:
    """Holds back a file to be taken away, unless it was asked for by who asks for its address."""
    held = False

    async def sent(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start":
            names = {name.lower(): value for name, value in message.get("headers", [])}
            if names.get(b"content-disposition", b"").startswith(b"attachment"):
                held = not OPENED.lets(PurePosixPath(scope["path"]).stem, _cookies(scope))
            if held:
                await _refuse(scope, send, 404, _CLOSED_FILE)
        if not held:
            await send(message)

    return sent


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in HEADERS}
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sent


async def _refuse(scope: Message, send: Send, status: int, sentence: bytes) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the handshake is refused
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
