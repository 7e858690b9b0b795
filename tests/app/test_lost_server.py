"""The database's server is really stopped while an edit is being saved, or hangs; later it is there again.

Whoever edits reads a sentence with the way to the other pages, waits no longer than a bound, and makes the edit again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import text

from optimiser.app_pages.shell import failed, session
from optimiser.desk.state import Draft
from optimiser.store.base import audit, bounded
from optimiser.store.base.database import ADDRESS
from tests.app.small import laid, opened, plain
from tests.store import postgres

SENTENCE = failed.sentence


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        assert os.environ.get("CI") != "true", (
            "there is no PostgreSQL server on this machine (Debian: apt install postgresql)"
        )
        pytest.skip("there is no PostgreSQL server on this machine (Debian: apt install postgresql)")
    with postgres.running() as made:
        postgres.execute(made.address, "CREATE DATABASE office")
        yield made


@pytest.fixture
def draft(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Draft]:
    """The small case on a desk whose store is on that server."""
    monkeypatch.setenv(ADDRESS, f"{server.address}/office")
    monkeypatch.setattr(failed, "sentence", SENTENCE)
    st.cache_resource.clear()
    made = laid()
    yield made
    session.db().close()
    monkeypatch.undo()
    st.cache_resource.clear()


def stopped(server: postgres.Server) -> tuple[Callable[[], None], Callable[[], None]]:
    return server.stop, server.start


def hung(server: postgres.Server) -> tuple[Callable[[], None], Callable[[], None]]:
    return server.freeze, server.thaw


@pytest.mark.first(1)
@pytest.mark.parametrize("within", [True, False], ids=["while-it-saves", "before"])
@pytest.mark.parametrize("how", [stopped, hung])
def test_an_edit_under_which_the_server_goes_is_told_and_made_again(
    how: Callable[[postgres.Server], tuple[Callable[[], None], Callable[[], None]]],
    within: bool,
    server: postgres.Server,
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seconds in ("FIRST_SECONDS", "SILENT_SECONDS"):
        monkeypatch.setattr(bounded, seconds, 0.5)
    goes, comes = how(server)
    at = opened(draft, "inputs")
    number, before = draft.records("Funds")[0].number, draft.records("Funds")[0].values["amount"]
    with session.db().read() as connection:
        edits = connection.execute(text("SELECT count(*) FROM audit WHERE action = 'edit'")).scalar_one()
    last, drawn = audit.append, list[dict[str, Any]]()
    navigation = st.navigation

    def noted(pages: Any, **more: Any) -> Any:
        drawn.append(pages)
        return navigation(pages, **more)

    monkeypatch.setattr(st, "navigation", noted)
    try:
        with monkeypatch.context() as patched:
            if within:  # all is written but the last record of the transaction
                patched.setattr(audit, "append", lambda *told: (goes(), last(*told)))
            else:
                goes()
            assert draft.edit("Funds", {number: {"amount": 123_000}}) == 0
        assert draft.records("Funds")[0].values["amount"] == before, (
            "what is not in the store is not shown as if it were"
        )
        drawn.clear()
        at.run(timeout=120)
        assert not at.exception
        assert "cannot be reached" in plain(at.error[0].value)
        assert [p.title for p in drawn[0][""]][:2] == ["Start", "Inputs"]
    finally:
        comes()
    at.button(key="failed-again-app").click().run(timeout=120)
    assert "cannot be reached" in plain(at.error[0].value), "what was not kept is told once it can be made again"
    at.button(key="unkept-again").click().run(timeout=120)
    assert not at.exception
    assert draft.records("Funds")[0].values["amount"] == 123_000
    with session.db().read() as connection:
        made = connection.execute(text("SELECT count(*) FROM audit WHERE action = 'edit'")).scalar_one()
    assert made == edits + 1, "it was made once"
