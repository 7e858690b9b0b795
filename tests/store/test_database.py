"""Where the store is, and what is said where it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optimiser.store.base.database import Database, Unusable, address


def test_where_the_store_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPTIMISER_DATABASE_URL", raising=False)
    monkeypatch.delenv("OPTIMISER_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert address().database == str(tmp_path / ".optimiser" / "optimiser.db")
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "here"))
    assert address().database == str(tmp_path / "here" / "optimiser.db")
    for written in ("postgres://a:b@c/d", "postgresql://a:b@c/d", "postgresql+psycopg://a:b@c/d"):
        monkeypatch.setenv("OPTIMISER_DATABASE_URL", written)
        assert address().render_as_string(hide_password=False) == "postgresql+psycopg://a:b@c/d"


@pytest.mark.parametrize(
    ("written", "said"),
    [("my database", "no address of a database"), ("mysql://a:secret@b/c", "names mysql. The store can be PostgreSQL")],
)
def test_an_address_that_cannot_be(written: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIMISER_DATABASE_URL", written)
    with pytest.raises(Unusable, match=said) as wrong:
        Database()
    assert "secret" not in str(wrong.value)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unusable, match=r"cannot be kept in .*file/deep: .*OPTIMISER_HOME"):
        Database(f"sqlite:///{tmp_path / 'file' / 'deep' / 'store.db'}")


def test_postgresql_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unusable, match=r"psycopg.*pip install -e \.\[office\]"):
        Database("postgresql+psycopg://a@b/c")
