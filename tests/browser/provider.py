"""A sign-in service (OpenID Connect provider) on this machine: real discovery, codes, RS256 tokens, and an end to it.

Who signs in is chosen on its page, as one chooses an account; nothing else about it is pretended.
"""

from __future__ import annotations

import base64
import html
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "optimiser", "a-secret-that-only-the-test-knows"


@dataclass
class Provider:
    """people: subject -> claims. codes: what was handed out and not yet redeemed. seen: paths that were asked for."""

    address: str
    people: Mapping[str, Mapping[str, Any]]
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "k1"}, private=True)
    )
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """What .well-known/openid-configuration says."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "end_session_endpoint": f"{self.address}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def id_token(self, grant: Mapping[str, str]) -> str:
        """A signed statement who has signed in, for this client."""
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": grant["nonce"]}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, {**self.claims(grant["subject"]), **claims}, self.key)

    def claims(self, subject: str) -> dict[str, Any]:
        """What is known of a person."""
        return {"sub": subject, **self.people[subject]}


@contextmanager
def providing(people: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """A provider that knows these people, while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    provider = Provider(f"http://127.0.0.1:{port}", people)

    class Handler(_Handler):
        serves = provider

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    serves: Provider

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Discovery, keys, the page on which one chooses who signs in, who that is, and the end."""
        at, asked = self._asked()
        pages = {
            "/.well-known/openid-configuration": lambda: self._json(self.serves.discovery()),
            "/jwks": lambda: self._json({"keys": [self.serves.key.as_dict(private=False)]}),
            "/authorize": lambda: self._choose(asked),
            "/chosen": lambda: self._chosen(asked),
            "/userinfo": self._userinfo,
            "/end": lambda: self._to(asked["post_logout_redirect_uri"]),
        }
        pages.get(at, lambda: self._json({"error": "not_found"}, 404))()

    def do_POST(self) -> None:
        """A code for tokens, once, to whoever knows the client's secret and the address that it was given to."""
        at, _ = self._asked()
        body = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        given = (body.get("client_id", ""), body.get("client_secret", ""))
        if self.headers.get("Authorization", "").startswith("Basic "):
            given = tuple(base64.b64decode(self.headers["Authorization"][6:]).decode().split(":", 1))  # type: ignore[assignment]
        grant = self.serves.codes.pop(body.get("code", ""), None)
        if at != "/token" or given != (CLIENT, SECRET) or not grant or grant["redirect"] != body.get("redirect_uri"):
            self._json({"error": "invalid_grant"}, 400)
            return
        access = secrets.token_urlsafe(16)
        self.serves.tokens[access] = grant["subject"]
        token = {"access_token": access, "token_type": "Bearer", "expires_in": 3600}
        self._json({**token, "id_token": self.serves.id_token(grant)})

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        self.serves.seen.append(parts.path)
        return parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}

    def _choose(self, asked: Mapping[str, str]) -> None:
        links = "".join(
            f'<p><a href="/chosen?{html.escape(urlencode({**asked, "subject": subject}))}">{html.escape(str(who["name"]))}</a>'
            for subject, who in self.serves.people.items()
        )
        self._send(f"<!doctype html><title>Who are you?</title><h1>Who are you?</h1>{links}".encode(), "text/html")

    def _chosen(self, asked: Mapping[str, str]) -> None:
        code = secrets.token_urlsafe(16)
        grant = {"subject": asked["subject"], "nonce": asked.get("nonce", ""), "redirect": asked["redirect_uri"]}
        self.serves.codes[code] = grant
        self._to(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _userinfo(self) -> None:
        subject = self.serves.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        self._json(self.serves.claims(subject) if subject else {"error": "invalid_token"}, 200 if subject else 401)

    def _json(self, said: Any, status: int = 200) -> None:
        self._send(json.dumps(said).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()
