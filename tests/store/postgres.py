"""A real PostgreSQL server of its own: on a free port of this machine, its data in a folder that goes when it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

SECONDS = 60


def programs() -> Path | None:
    """The folder of postgres and initdb: where they are on the path, else Debian's own place; None without them."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    return newest_first[0].parent if newest_first else None


def other_user() -> dict[str, Any]:
    """As whom the server runs: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on every system; nor is root

    names = [name for name in ("postgres", "nobody") if name in {user.pw_name for user in pwd.getpwall()}]
    user = pwd.getpwnam(names[0])
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def serving() -> Iterator[str]:
    """The server's address, "postgresql://postgres@127.0.0.1:port", while it runs."""
    folder = programs()
    assert folder is not None
    user = other_user()
    home = Path(tempfile.mkdtemp(prefix="optimiser-postgres-"))
    try:
        if user:
            os.chown(home, user["user"], user["group"])
        data, log = home / "data", home / "log"
        initdb: list[Any] = [
            folder / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        done = subprocess.run(initdb, capture_output=True, text=True, cwd=home, **user)
        assert done.returncode == 0, done.stdout + done.stderr
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200")
        command: list[Any] = [
            folder / "postgres",
            "-D",
            data,
            "-p",
            str(port),
            *(p for s in settings for p in ("-c", s)),
        ]
        with log.open("wb") as said:
            server = subprocess.Popen(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd=home, **user)
        try:
            address = f"postgresql://postgres@127.0.0.1:{port}"
            _wait(server, address, log)
            yield address
        finally:
            server.send_signal(signal.SIGINT)  # its fast way to end: clients are sent away
            try:
                server.wait(SECONDS / 10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text("utf-8", "replace")[-2000:]) from None
            time.sleep(0.1)


def execute(address: str, statement: str) -> None:
    """One statement on the server, outside a transaction."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
