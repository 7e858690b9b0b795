"""What a command says of its progress: what it counts, and only where it is silent for long that it goes on."""

from __future__ import annotations

import pytest

from optimiser.commands.base import Progress


class Once:
    """An event that lets one beat pass."""

    def __init__(self) -> None:
        self.beats = 0

    def wait(self, _: float) -> bool:
        self.beats += 1
        return self.beats > 1

    def set(self) -> None:
        """Ends nothing."""


def beaten(since: float, lines: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What one beat says, so many seconds after the last line."""
    made = Progress("solving for groups of agencies")
    made.started -= 20
    for line in lines:
        made.line(line)
    capsys.readouterr()
    made.said = 20 - since if lines else 0.0
    made._done = Once()  # type: ignore[assignment]
    made._beat()
    return capsys.readouterr().err.splitlines()


def test_who_counts_is_not_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    assert beaten(2, ["204 of 4,095 groups of agencies"], capsys) == []


def test_after_a_silence_the_last_count_is_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert beaten(6, ["204 of 4,095 groups of agencies"], capsys) == ["   20 s  204 of 4,095 groups of agencies …"]


def test_who_counts_nothing_is_said_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert beaten(0, [], capsys) == ["   20 s  solving for groups of agencies …"]
