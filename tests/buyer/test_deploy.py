"""What the files of deploy/ promise: a person without rights, a health check on the address that answers, a backup each night, and
commands that exist."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimiser.command_line import app
from optimiser.commands import interrupt
from optimiser.commands.environment import VARIABLES
from tests.browser import server

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HEALTH = "/_stcore/health"


def unit(name: str) -> configparser.ConfigParser:
    made = configparser.ConfigParser(interpolation=None, strict=False)
    made.optionxform = str  # type: ignore[assignment, method-assign]
    made.read(DEPLOY / name, "utf-8")
    return made


def test_services_run_as_a_person_without_rights() -> None:
    for name in ("optimiser.service", "optimiser-backup.service"):
        service = unit(name)["Service"]
        assert service["User"] == "optimiser"
        assert (service["NoNewPrivileges"], service["ProtectSystem"], service["ProtectHome"]) == (
            "yes",
            "strict",
            "yes",
        )
        assert service["StateDirectory"] == "optimiser"
        assert service["UMask"] == "0077"
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert re.search(r"^USER optimiser$", text, re.M)
    assert text.index("\nUSER optimiser") < text.index("\nCMD ")


def test_the_folder_that_backups_are_told_to_go_to_is_made() -> None:
    """In the container as for the timer: the command of the page found no folder, and made no backup."""
    told = re.search(r"optimiser backup (/\S+)/", (ROOT / "docs" / "operation.md").read_text("utf-8"))
    assert told is not None
    made = re.search(r"install -d -o optimiser -m 700 (.*)", (DEPLOY / "Containerfile").read_text("utf-8"))
    assert made is not None
    assert told[1] in made[1].split()


def test_who_stops_the_service_leaves_no_failed_unit() -> None:
    service = unit("optimiser.service")["Service"]
    assert service["KillSignal"] == "SIGINT"
    assert service["SuccessExitStatus"] == str(interrupt.STATUS)


def test_podman_is_asked_for_a_format_that_has_a_health_check() -> None:
    for path in (DEPLOY / "Containerfile", ROOT / "docs" / "operation.md"):
        built = re.findall(r"podman build .*", path.read_text("utf-8"))
        assert built
        assert all("--format docker" in line for line in built)


def test_each_timer_has_its_service() -> None:
    timers = [*DEPLOY.glob("*.timer")]
    assert {t.stem for t in timers} == {"optimiser-backup", "optimiser-health"}
    for timer in timers:
        assert unit(timer.name)["Install"]["WantedBy"] == "timers.target"
        assert unit(f"{timer.stem}.service")["Service"]["Type"] == "oneshot"


def test_the_health_address_is_the_one_that_answers() -> None:
    assert HEALTH in Path(server.__file__).read_text("utf-8")  # which waits for it of every app that the tests start
    for name in ("Containerfile", "optimiser-health.service"):
        assert HEALTH in (DEPLOY / name).read_text("utf-8")


def test_commands_and_variables_are_those_of_the_program() -> None:
    text = "\n".join(p.read_text("utf-8") for p in DEPLOY.iterdir() if p.is_file())
    assert set(re.findall(r"\bOPTIMISER_[A-Z]+(?:_[A-Z]+)*", text)) <= set(VARIABLES)
    start = shlex.split(unit("optimiser.service")["Service"]["ExecStart"])
    told = CliRunner().invoke(app, [start[1], "--help"]).stdout
    assert all(word in told for word in start if word.startswith("--"))
    listed = re.search(r'^CMD \["optimiser", (.+)\]$', (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    assert listed
    assert all(word in told for word in re.findall(r"--[a-z-]+", listed[1]))
    assert "optimiser backup" in unit("optimiser-backup.service")["Service"]["ExecStart"]


def test_the_container_file_keeps_to_what_its_readers_check() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    words = [word for word, _ in said]
    assert words[0] == "FROM"
    assert re.search(r":\d[\w.-]*$", said[0][1])  # a version, never the latest
    assert words.count("FROM") == words.count("CMD") == words.count("HEALTHCHECK") == 1
    assert "ADD" not in words
    assert "sudo" not in " ".join(lines)
    assert all(rest.startswith("/") for word, rest in said if word == "WORKDIR")
    assert all("--no-cache-dir" in rest and "--constraint" in rest for _, rest in said if "pip install" in rest)
    assert all(rest.startswith("[") for word, rest in said if word == "CMD")


def test_the_container_copies_what_its_build_reads() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    names = {name for line in copied for name in line.split()}
    assert {"pyproject.toml", "constraints.txt", "mkdocs.yml", "docs", "optimiser", "README.md", "LICENSE"} <= names


def test_the_container_copies_what_there_is() -> None:
    for line in re.findall(r"^COPY (.+)$", (DEPLOY / "Containerfile").read_text("utf-8"), re.M):
        assert all((ROOT / source).exists() for source in line.split()[:-1]), line


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_reads_them() -> None:
    for path in (*DEPLOY.glob("*.timer"), *DEPLOY.glob("*.service")):
        done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
        said = [line for line in done.stderr.splitlines() if path.stem in line]
        # Where the program is not installed its service cannot start here; nothing else is said of it.
        assert [line for line in said if "not executable" not in line] == []
