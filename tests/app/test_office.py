"""Where the app may listen, what sign-in needs, and when a sign-in ends."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimiser.app_pages.shell import gate, launch
from optimiser.app_pages.shell.sign_in import IDLE, Sittings, idle_seconds
from optimiser.command_line import app

SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:8501/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "optimiser"
client_secret = "x"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the server is started from, and the home folder, both empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(launch.MODE, "local")
    (tmp_path / ".streamlit").mkdir()
    return tmp_path


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_this_machine_is_this_machine(address: str) -> None:
    assert gate.is_loopback(address)
    launch.check_safe(address, office=False)


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "", "::", "192.168.1.5", "optimiser.example.org", "127.0.0.1.example.org"]
)
def test_beyond_this_machine_only_with_sign_in(folder: Path, address: str) -> None:
    assert not gate.is_loopback(address)
    with pytest.raises(launch.NotSafe, match="sign-in"):
        launch.check_safe(address, office=False)
    with pytest.raises(launch.NotSafe, match="not set up"):
        launch.check_safe(address, office=True)
    (folder / ".streamlit" / "secrets.toml").write_text(SECRETS, "utf-8")
    launch.check_safe(address, office=True)
    with pytest.raises(launch.NotSafe):
        launch.check_safe(address, office=False)


@pytest.mark.parametrize("line", [*SECRETS.splitlines()[1:], "everything"])
def test_each_part_of_sign_in_is_missed(folder: Path, line: str) -> None:
    left = "" if line == "everything" else SECRETS.replace(line, "")
    (folder / ".streamlit" / "secrets.toml").write_text(left, "utf-8")
    said = launch.sign_in_missing()
    assert (line.split(" =")[0] if line != "everything" else "[auth]") in said


def test_a_short_cookie_secret_and_a_broken_file_are_refused(folder: Path) -> None:
    file = folder / ".streamlit" / "secrets.toml"
    file.write_text(SECRETS.replace("0123456789abcdef", "01234567"), "utf-8")
    assert "32" in launch.sign_in_missing()
    file.write_text("[auth", "utf-8")
    assert "cannot be read" in launch.sign_in_missing()


@pytest.mark.parametrize("secret", ["x" * 32, "ab" * 40, "0123456789ab" * 4, "aaaabbbbccccddddeeeeffffgggghhhh"])
def test_a_cookie_secret_that_can_be_guessed_is_refused(folder: Path, secret: str) -> None:
    file = folder / ".streamlit" / "secrets.toml"
    kept = re.sub('cookie_secret = ".*"', f'cookie_secret = "{secret}"', SECRETS)
    file.write_text(kept, "utf-8")
    assert "guessed" in launch.sign_in_missing()


@pytest.mark.parametrize("name", ["redirect_uri", "server_metadata_url"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://budget.example/oauth2callback", "plain http"),
        ("http://10.0.0.5:8501/oauth2callback", "plain http"),
        ("budget.example/oauth2callback", "no address"),
        ("https://budget.example/oauth2callback", ""),
        ("http://localhost:8501/oauth2callback", ""),
        ("http://127.0.0.1:8501/oauth2callback", ""),
    ],
)
def test_no_sign_in_goes_readable_over_a_network(folder: Path, name: str, address: str, said: str) -> None:
    kept = re.sub(f'{name} = ".*"', f'{name} = "{address}"', SECRETS)
    (folder / ".streamlit" / "secrets.toml").write_text(kept, "utf-8")
    assert said in launch.sign_in_missing()
    assert bool(launch.sign_in_missing()) == bool(said)


@pytest.mark.parametrize("asked", [["--address", "0.0.0.0"], ["--office"], ["--office", "--address", "0.0.0.0"]])
def test_the_command_says_why_it_does_not_start(folder: Path, asked: list[str]) -> None:
    done = CliRunner().invoke(app, ["app", "--no-browser", *asked])
    assert done.exit_code == 2
    assert "sign-in" in done.output.lower()
    assert "Traceback" not in done.output


def test_a_sign_in_ends_when_idle_and_stays_ended() -> None:
    sittings, now = Sittings(), time.time()
    assert sittings.live("a", now, 60)
    assert not sittings.live("a", now - 61, 60)  # never used here: as old as the sign-in itself
    sittings.use("a")
    assert sittings.live("a", now - 3600, 60)
    assert not sittings.live("a", now, -1)
    sittings.end("a")
    assert not sittings.live("a", now, 60)


@pytest.mark.parametrize(("said", "seconds"), [("", 1800), ("5", 300), ("nonsense", 1800), ("-3", 0), ("nan", 1800)])
def test_minutes_of_idleness_are_a_setting(monkeypatch: pytest.MonkeyPatch, said: str, seconds: float) -> None:
    monkeypatch.setenv(IDLE, said)
    assert idle_seconds() == seconds
