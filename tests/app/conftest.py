"""The app's tests keep their cases in a store of their own, never in anybody's home folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import local_script_runner

from optimiser.app_pages.shell import failed
from optimiser.store.base.database import ADDRESS, FOLDER


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the store in which all tests of the app work, unless they ask for an empty one."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(FOLDER, str(folder))
        patched.delenv(ADDRESS, raising=False)
        patched.delenv("OPTIMISER_MODE", raising=False)
        yield folder


@pytest.fixture(scope="session", autouse=True)
def patient() -> Iterator[None]:
    """A page may take its time to be drawn, where Streamlit gives up after seconds: the machine may be busy."""

    def drawn(runner: local_script_runner.LocalScriptRunner, _: float) -> None:
        until = time.monotonic() + 600
        while not runner.script_stopped():
            assert time.monotonic() < until, "the page is not drawn"
            time.sleep(0.005)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local_script_runner, "require_widgets_deltas", drawn)
        yield


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails inside a page fails the test, though a reader would be told in a sentence."""

    def raised(wrong: Exception) -> str:
        raise wrong

    monkeypatch.setattr(failed, "sentence", raised)


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit puts the app's script in the place of the program; what tests start later must not find it there."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store in which nobody has worked yet; the server's memory is empty too, as when it has just started."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    monkeypatch.undo()
    st.cache_resource.clear()
    assert os.environ[FOLDER] != str(tmp_path)
