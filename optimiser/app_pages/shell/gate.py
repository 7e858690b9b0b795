"""What stands before the app's server: who may speak to it under which name, and what a page may fetch.

A page in somebody's browser can be made to speak to a server of this machine by binding its own name anew to 127.0.0.1.
Such a request still carries the foreign name, so a name that is not the app's is refused, for pages, files and the
connection that a page keeps open alike. And nothing on a page may fetch from elsewhere, whatever a name in a workbook says.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
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
            await self._app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)

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
