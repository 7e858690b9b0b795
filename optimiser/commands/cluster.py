"""A cluster on this machine, to try sweeps on: a real Dask scheduler and two workers, which end together.

    make cluster [PORT=8786]        or, without make:  python -m optimiser.commands.cluster [8786]

Each runs in a group of processes of its own. A Ctrl-C then reaches this process alone, which ends the workers, and
after them the scheduler: told all at once, they would complain of each other for ten seconds.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

WORKERS = 2
PATIENCE = 15.0
"""Seconds that each gets to end by itself."""
_NEEDS = "A cluster needs dask.distributed: pip install 'optimiser[cluster]'."


def main(arguments: Sequence[str] = ()) -> int:
    """Runs until it is interrupted (0), or until a part of it ends by itself (1); 2 where it cannot begin."""
    text = arguments[0] if arguments else "8786"
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        return _refused(f"{text} is no port: a number from 1024 to 65535, 8786 by default.")
    if find_spec("distributed") is None:
        return _refused(_NEEDS)
    if not _free(int(text)):
        return _refused(f"The port {text} is taken. Choose another one: make cluster PORT={int(text) + 1}")
    address = f"tcp://127.0.0.1:{text}"
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    parts: list[subprocess.Popen[bytes]] = []
    try:
        parts.append(_dask("scheduler", "--host", "127.0.0.1", "--port", text))
        parts.append(_dask("worker", address, "--host", "127.0.0.1", "--nworkers", str(WORKERS), "--nthreads", "1"))
        print(f"A scheduler and {WORKERS} workers are starting; Ctrl-C ends them. In another terminal:", flush=True)
        print(f"  optimiser sweep case.xlsx -o results.parquet --scheduler {address}", flush=True)
        while all(part.poll() is None for part in parts):
            time.sleep(0.2)
        return _refused("A part of the cluster ended by itself; the others are ended too.", 1)
    except KeyboardInterrupt:
        return 0
    finally:
        for part in reversed(parts):
            _end(part)


def _refused(why: str, status: int = 2) -> int:
    print(why, file=sys.stderr)
    return status


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _dask(*words: str) -> subprocess.Popen[bytes]:
    """One part, in a group of its own, which says no more than what goes wrong."""
    environment = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error", **os.environ}
    alone: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen([sys.executable, "-m", "dask", *words, "--no-dashboard"], env=environment, **alone)


def _end(part: subprocess.Popen[bytes]) -> None:
    """End a part: it is asked first, then made to, with all that it has started."""
    part.terminate()
    deadline = time.monotonic() + PATIENCE
    while part.poll() is None and time.monotonic() < deadline:
        try:
            time.sleep(0.05)
        except KeyboardInterrupt:  # asked again: at once
            break
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(part.pid, signal.SIGKILL)
    part.kill()
    part.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
