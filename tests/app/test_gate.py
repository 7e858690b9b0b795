"""Who may speak to the app's server, and what a page of it may fetch."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from optimiser.app_pages.shell.gate import HEADERS, POLICY, Gate

OPEN = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}


async def server(scope: Any, receive: Any, send: Any) -> None:
    """A server that lets everything in."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send(OPEN)
    await send({"type": "http.response.body", "body": b"figures"})


def asked(kind: str = "http", path: str = "/", hosts: tuple[str, ...] = (), **headers: str | list[str]) -> list[Any]:
    """What the server sends to one request."""
    told: list[Any] = []
    pairs = [(k, v) for k, vs in headers.items() for v in ([vs] if isinstance(vs, str) else vs)]
    scope = {"type": kind, "path": path, "headers": [(k.encode(), v.encode()) for k, v in pairs]}

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        raise AssertionError

    asyncio.run(Gate(server, hosts)(scope, receive, send))
    return told


def let_in(told: list[Any]) -> bool:
    return told[0]["type"] == "websocket.accept" or told[0].get("status") == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("host", "origin", "ours"),
    [
        ("127.0.0.1:8501", "", True),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("localhost:8501", "http://localhost:8501", True),
        ("LOCALHOST", "", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        ("127.0.0.2:9", "", True),
        ("budget.example", "https://budget.example", True),
        ("Budget.Example:443", "https://budget.example", True),
        ("alder.example:8501", "http://alder.example:8501", False),
        ("127.0.0.1.alder.example", "", False),
        ("127.0.0.1@alder.example", "", False),
        ("alder.example#127.0.0.1", "", False),
        ("budget.example.alder.example", "", False),
        ("192.168.1.7:8501", "", False),
        ("0.0.0.0:8501", "", False),
        ("[::ffff:192.168.1.7]", "", False),
        ("[", "", False),
        ("", "", False),
        ("127.0.0.1:8501", "http://alder.example", False),
        ("127.0.0.1:8501", "null", False),
        ("127.0.0.1:8501", "file://", False),
    ],
)
def test_only_the_apps_own_names_are_let_in(kind: str, host: str, origin: str, ours: bool) -> None:
    headers = {"host": host, **({"origin": origin} if origin else {})}
    assert let_in(asked(kind, hosts=("budget.example",), **headers)) == ours


def test_a_request_with_no_name_or_two_is_refused() -> None:
    assert not let_in(asked())
    assert not let_in(asked(host=["127.0.0.1", "alder.example"]))


def test_a_refusal_says_what_to_do() -> None:
    told = asked(host="alder.example")
    assert told[0]["status"] == 421
    assert b"OPTIMISER_HOSTS" in told[1]["body"]


@pytest.mark.parametrize("path", ["/_stcore/agent/interact", "/budget/_stcore/agent/mcp", "/_stcore/metrics"])
def test_routes_that_drive_the_app_without_a_browser_are_off(path: str) -> None:
    assert asked(path=path, host="localhost")[0]["status"] == 404


@pytest.mark.parametrize("host", ["localhost", "alder.example"])
def test_every_answer_holds_the_page_to_this_origin(host: str) -> None:
    [start, _] = asked(host=host)
    headers = dict(start["headers"])
    assert all(headers[name] == value for name, value in HEADERS)
    assert headers[b"content-type"].startswith(b"text/")


def test_the_policy_names_no_other_machine() -> None:
    for part in POLICY.split("; "):
        kind, *sources = part.split()
        assert all(s.startswith("'") or s in ("data:", "blob:") for s in sources), kind
    assert "frame-ancestors 'none'" in POLICY
