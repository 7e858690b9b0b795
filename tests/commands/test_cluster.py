"""The cluster for trying, as `make cluster` starts it: it answers, and a Ctrl-C ends all of it, quietly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from optimiser.commands.cluster import main

psutil: Any = pytest.importorskip("psutil")
Client: Any = pytest.importorskip("distributed").Client
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are sent signals")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def heeds() -> None:
    """A Ctrl-C is heard, though whoever runs the tests may be deaf to it, as work in the background of a shell is."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def here(port: int) -> subprocess.Popen[str]:
    """In a group of its own, as a terminal starts it, so that a Ctrl-C can be sent to the group."""
    return subprocess.Popen(
        [sys.executable, "-m", "optimiser.commands.cluster", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heeds,
    )  # fmt: skip


@pytest.fixture
def cluster() -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = here(port)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def test_ctrl_c_ends_the_scheduler_and_both_workers_quietly(cluster: tuple[subprocess.Popen[str], int]) -> None:
    process, port = cluster
    with Client(f"tcp://127.0.0.1:{port}", timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        assert client.submit(sum, [1, 2]).result(timeout=30) == 3
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4, "the scheduler, what starts the workers, and two workers"
    os.killpg(process.pid, signal.SIGINT)
    said, complained = process.communicate(timeout=40)
    assert process.returncode == 0
    assert f"tcp://127.0.0.1:{port}" in said
    assert complained == ""
    gone, left = psutil.wait_procs(family, timeout=5)
    assert not left, f"{len(gone)} ended, {left} did not"


def test_the_others_end_with_a_part_that_ends(cluster: tuple[subprocess.Popen[str], int]) -> None:
    process, _ = cluster
    family: list[Any] = []
    for _ in range(100):
        family = psutil.Process(process.pid).children()
        if len(family) == 2:
            break
        time.sleep(0.1)
    family[0].kill()
    _, complained = process.communicate(timeout=40)
    assert process.returncode == 1
    assert "ended by itself" in complained
    assert not psutil.wait_procs(family, timeout=5)[1]


def test_what_cannot_begin_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main([str(port)]) == 2
    assert f"The port {port} is taken. Choose another one: make cluster PORT={port + 1}" in capsys.readouterr().err
    assert main(["80"]) == 2
    assert "80 is no port" in capsys.readouterr().err
