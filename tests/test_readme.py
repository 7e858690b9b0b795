"""The README is true: its lines run one after another in an empty folder, as a newcomer types them, and what it names is there."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimiser.app_pages.main import MORE, PAGES
from optimiser.command_line import app
from optimiser.commands.base import Exit
from optimiser.commands.interrupt import STATUS
from tests.guide import CASES, TUTORIALS
from tests.soak import SOAK

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
ENDS_OTHERWISE = {"doctor": (0, 3), "losses": (0, 5)}
"""A machine without a backup is not well; no plan may survive every loss."""


LONG = ("pooling", "uncertainty", "losses")
"""Take a quarter of a minute or more of this example: the suite runs them among the questions of the guide, the soak as they stand."""


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def block(text: str) -> list[str]:
    found = re.search(r"```\w*\n(.*?)```", text, re.S)
    assert found
    return found[1].splitlines()


def test_a_newcomer_has_every_file_that_a_line_reads() -> None:
    """Each is written by a line before it."""
    there: set[str] = set()
    for line in block(section("On the command line")):
        words = shlex.split(line, comments=True)
        written = {now for before, now in pairwise(words) if before in ("new", "-o", "--propose")}
        read = {word for word in words if re.search(r"\.(xlsx|toml)$", word)} - written
        assert read <= there, line
        there |= written


@pytest.mark.slow
@pytest.mark.long
def test_the_lines_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    lines = block(section("On the command line"))
    assert len(lines) > 20
    for line in lines:
        program, *words = shlex.split(line, comments=True)
        assert program == "optimiser"
        if words[0] in LONG and not SOAK:
            continue
        done = CliRunner().invoke(app, words)
        assert done.exit_code in ENDS_OTHERWISE.get(words[0], (0,)), f"{line}: {done.output}"
    written = "\n".join(block(section("In Python")))
    assert "import optimiser" in written
    exec(compile(written, "README.md", "exec"), {})


def test_every_command_but_those_of_the_store_stands_there() -> None:
    known = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert set(re.findall(r"^optimiser (\w+)", section("On the command line"), re.M)) <= known


def test_the_exit_statuses_are_those_of_the_program() -> None:
    said = re.search(r"^\|( \d+ \|)+$", README, re.M)
    assert said
    assert [int(n) for n in re.findall(r"\d+", said[0])] == [*map(int, Exit), STATUS]


def test_the_guide_has_so_many_tutorials_and_case_studies() -> None:
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
    assert f"{numbers[len(TUTORIALS)]} tutorials, {numbers[len(CASES)]} case studies" in README


def test_the_pages_are_those_of_the_app() -> None:
    rows = re.findall(r"^\| ([\w, ]+) \| [^|]+\? [^|]*\| [^|]+ \|$", section("In the app"), re.M)
    told = [name for row in rows for name in row.split(", ")]
    shown = [title for title, _ in (*PAGES, *MORE)]
    assert set(told) == set(shown)
