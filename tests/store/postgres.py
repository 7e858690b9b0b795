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


class Server:
    """A server with its data, which can be stopped and started again where it stood, as an office's is.

    address: "postgresql://postgres@127.0.0.1:port".
    """

    def __init__(self, home: Path) -> None:
        folder = programs()
        assert folder is not None
        self._home, self._user, self._log = home, other_user(), home / "log"
        if self._user:
            os.chown(home, self._user["user"], self._user["group"])
        how = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        initdb: list[Any] = [folder / "initdb", "-D", home / "data", *how]
        done = subprocess.run(initdb, capture_output=True, text=True, cwd=home, **self._user)
        assert done.returncode == 0, done.stdout + done.stderr
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200")
        wanted = [part for setting in settings for part in ("-c", setting)]
        self._command: list[Any] = [folder / "postgres", "-D", home / "data", "-p", str(port), *wanted]
        self.address = f"postgresql://postgres@127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        with self._log.open("ab") as said:
            self._process = subprocess.Popen(
                self._command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd=self._home, **self._user,
            )  # fmt: skip
        until = time.monotonic() + SECONDS
        while True:
            try:
                psycopg.connect(f"{self.address}/postgres", connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(self._log.read_text("utf-8", "replace")[-2000:]) from None
                time.sleep(0.1)

    def stop(self) -> None:
        """Stops it; whoever is connected is sent away."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(SECONDS / 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """It neither answers nor goes away: what happens to all its processes where a machine hangs."""
        self._all(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._all(signal.SIGCONT)

    def _all(self, sent: signal.Signals) -> None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for process in (self._process.pid, *map(int, children)):
            os.kill(process, sent)


@contextmanager
def running() -> Iterator[Server]:
    """A server with nothing in it; it and its data are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="optimiser-postgres-"))
    try:
        server = Server(home)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def serving() -> Iterator[str]:
    """The address of such a server, while it runs."""
    with running() as server:
        yield server.address


def execute(address: str, statement: str) -> None:
    """One statement on the server, outside a transaction."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
