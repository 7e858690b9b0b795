"""A case leaves the lists and comes back; who has a deleted one open is told what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from optimiser.app_pages.shell import session
from optimiser.store.base import schema
from optimiser.store.keeping import retirement
from optimiser.store.work import recent
from tests.app.small import laid, opened, plain


def listed(archived: bool = False) -> list[str]:
    return [r.id for r in recent.listed(session.db(), session.actor(), archived)]


def test_a_case_is_archived_from_the_bar_and_brought_back_on_start() -> None:
    case = laid().id
    other = laid()
    at = opened(other)
    at.session_state["case"] = case
    at.run()
    at.button(key="bar-archive").click().run()
    assert not at.exception, at.exception
    assert case not in listed()
    assert case in listed(archived=True)
    assert any("is archived" in plain(i.value) for i in at.info)
    at = opened(other)
    at.button(key=f"bring-back-{case}").click().run()
    assert not at.exception, at.exception
    assert case in listed()


@pytest.mark.usefixtures("empty_store")
def test_who_has_a_deleted_case_open_is_told_by_whom_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    case = laid().id
    at = opened(session.desk().open(case) or laid())
    retirement.archive(session.db(), session.actor(), case)
    now = schema.now()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "now", lambda: now + timedelta(days=366 * 9))
        retirement.remove(session.db(), session.actor(), case, "Its retention is over")
    at.run()
    assert not at.exception, at.exception
    told = " ".join(plain(i.value) for i in at.info)
    assert "was deleted by" in told
    assert "Its retention is over" in told
