"""What fails inside a page is told in a sentence, with the way out still there."""

from __future__ import annotations

import sqlite3
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from optimiser.app_pages.shell import failed, session
from optimiser.store.base.database import Busy
from tests.app.small import opened, solved

SENTENCE = failed.sentence


def locked() -> OperationalError:
    return OperationalError("SELECT secret", {}, sqlite3.OperationalError("database is locked"))


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RuntimeError("inner trouble"), "This page could not be shown"),
        (locked(), "Another program holds the database"),
        (OperationalError("x", {}, sqlite3.OperationalError("database or disk is full")), "disk"),
        (OperationalError("x", {}, Exception("connection refused")), "cannot be reached"),
        (Busy("Others have been writing for 10 seconds."), "Others have been writing"),
    ],
)
def test_a_page_that_fails_is_a_sentence_beside_navigation_and_undo(
    wrong: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(solved(), "inputs")

    def fails(*_: object) -> NoReturn:
        raise wrong

    monkeypatch.setattr(failed, "sentence", SENTENCE)
    with monkeypatch.context() as broken:
        broken.setattr(session, "plan_or_title", fails)
        at.switch_page("optimiser/app_pages/plan.py").run()
        assert not at.exception
        assert said in at.error[0].value
        assert "inner trouble" not in at.error[0].value
        assert "SELECT" not in at.error[0].value
        assert any(b.key == "solve" for b in at.button)  # the case bar
    next(b for b in at.button if b.key == "failed-again-page").click().run()
    assert not at.error
    assert at.title


def test_a_database_that_is_held_when_the_app_opens_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(solved())

    def fails() -> NoReturn:
        raise locked()

    monkeypatch.setattr(failed, "sentence", SENTENCE)
    with monkeypatch.context() as broken:
        broken.setattr(session, "draft", fails)
        at.run()
        assert not at.exception
        assert "Another program holds the database" in at.error[0].value
    at.run()
    assert not at.error
