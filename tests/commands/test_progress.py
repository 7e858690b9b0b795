"""What a command says of its progress: what it counts, and only where it is silent for long that it goes on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from optimiser.case.intake.sending import request_workbooks
from optimiser.case.reading.workbook import tables_from
from optimiser.commands.base import Progress
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.keeping import audit_check, backup
from tests.store import decided


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


def test_long_work_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backup in rows, the audit in records, requests in workbooks: rising counts, the last of which is all of them."""
    monkeypatch.setattr(backup, "_AT_ONCE", 1)
    monkeypatch.setattr(audit_check, "_AT_ONCE", 2)
    rows: list[tuple[int, int]] = []
    records: list[int] = []
    with closing(Database(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        migrate.ready(store)
        actor = people.local(store)
        decided.decided(store, actor)
        backup.backup(store, actor, tmp_path / "copy.zip", lambda *now: rows.append(now))
        found = audit_check.verify(store, actor, "", records.append)
    assert [n for n, _ in rows] == list(range(1, rows[-1][1] + 1))
    assert records == list(range(2, found.records, 2))
    sent: list[tuple[int, int]] = []
    case: dict[str, Any] = {
        "Agencies": [{"agency": "A"}, {"agency": "B"}],
        "Initiatives": [{"initiative": "I", "lead": "A", "request": 5}],
    }
    request_workbooks(tables_from(case).tables, "", lambda *now: sent.append(now))
    assert sent == [(1, 2), (2, 2)]
