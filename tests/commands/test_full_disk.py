"""The disk is full, at any byte of any file that a command writes: it is said in a sentence, nothing half is left, and what was
there before stays. OPTIMISER_SOAK=20 fills it at so many places of each file; OPTIMISER_SEED repeats them."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from optimiser.case.reading.workbook import read_tables, tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.commands.base import whole

TIMES = int(os.environ.get("OPTIMISER_SOAK") or 2)
SEED = int(os.environ.get("OPTIMISER_SEED") or 7)
RECORDS: dict[str, Any] = {
    "Agencies": [{"agency": "Harbour"}, {"agency": "Police"}],
    "Funds": [{"fund": "Levy", "amount": 900.0}],
    "Initiatives": [{"initiative": f"I{n}", "lead": "Harbour", "request": 400.0 + n} for n in range(4)],
    "Scenarios": [
        {"scenario": "less", "sheet": "Funds", "where": "fund = Levy", "column": "amount", "change": "* 0.5"}
    ],
    "Uncertainty": [{"of": "fund", "item": "Levy", "column": "amount", "low": 800, "high": 950}],
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "new": ("new", "{out}.xlsx"),
    "new an example": ("new", "{out}.xlsx", "--example", "task-force"),
    "check --annotate": ("check", "{case}", "--annotate", "{out}.xlsx"),
    "solve": ("solve", "{case}", "-o", "{out}.xlsx"),
    "solve --model": ("solve", "{case}", "--model", "{out}.mps"),
    "verify --certificate": ("verify", "{plan}", "--certificate", "{out}.json"),
    "import": ("import", "{case}", "-o", "{out}.xlsx"),
    "import --propose": ("import", "{csv}", "--propose", "{out}.toml"),
    "compare": ("compare", "{case}", "-o", "{out}.xlsx", "--no-causes"),
    "compare as JSON": ("compare", "{case}", "-o", "{out}.json", "--no-causes"),
    "uncertainty": ("uncertainty", "{case}", "-o", "{out}.csv", "--draws", "3"),
    "intake --send": ("intake", "--send", "{out}", "--from", "{case}"),
    "tables": ("tables", "{case}", "-o", "{out}"),
}


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run(words: list[str]) -> Any:
    return CliRunner().invoke(app, words)


@pytest.mark.first(4)
@pytest.mark.skipif(sys.platform == "win32", reason="a limit of Unix stands for the full disk")
@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_half_is_left_and_what_was_there_stays(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    filled(name, tmp_path)
    gc.collect()  # writers that failed fail once more when they are put down


def test_a_sweep_on_a_full_disk_is_continued_by_the_same_call(tmp_path: Path) -> None:
    case, out = tmp_path / "case.xlsx", tmp_path / "made.csv"
    write_tables(case, tables_from(RECORDS).tables)
    words = ["sweep", str(case), "-o", str(out), "--workers", "1"]
    for size in (0, 41, 150):
        with room(size):
            done = run(words)
        assert done.exit_code in (2, 5), (size, done.output, done.exception)
        assert "inside the program" not in done.stderr
        about = tmp_path / "made.csv.partial" / "sweep.json"
        assert not about.exists() or json.loads(about.read_text("utf-8"))
        assert not list(tmp_path.rglob(".*.part*"))
    assert run(words).exit_code == 0
    assert len(out.read_text("utf-8").splitlines()) == 3
    assert not out.with_name("made.csv.partial").exists()


def test_a_worksheet_that_lacks_its_end_does_not_take_the_name(tmp_path: Path) -> None:
    made, out = tmp_path / "made.xlsx", tmp_path / "out.xlsx"
    write_tables(made, tables_from(RECORDS).tables)
    out.write_bytes(b"what was there")

    def written(cut: int) -> None:
        with whole(out) as draft, zipfile.ZipFile(made) as old, zipfile.ZipFile(draft, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, content[: len(content) - cut] if name == "xl/worksheets/sheet2.xml" else content)

    with pytest.raises(typer.Exit):
        written(1)
    assert out.read_bytes() == b"what was there"
    written(0)
    assert read_tables(str(out)).faults == ()


def filled(name: str, tmp_path: Path) -> None:
    case, plan, listed = tmp_path / "case.xlsx", tmp_path / "plan.xlsx", tmp_path / "asked.csv"
    write_tables(case, tables_from(RECORDS).tables)
    listed.write_text("Program name,Lead agency,FY28 request\nStreet work,Police,120000\nClinic,Harbour,80000\n")
    if "{plan}" in COMMANDS[name]:
        assert run(["solve", str(case), "-o", str(plan)]).exit_code == 0
    folder = tmp_path / "out"
    folder.mkdir()
    given = {"case": case, "plan": plan, "csv": listed, "out": folder / "made"}
    words = [word.format(**given) for word in COMMANDS[name]]
    assert run(words).exit_code == 0
    good = files(folder)
    largest = max(map(len, good.values()))
    dice = random.Random(SEED)
    for size in [0, *(dice.randrange(largest * 9 // 10) for _ in range(TIMES - 1))]:
        for before in ({}, dict.fromkeys(good, b"what was there")):
            if before and words[0] == "new":  # which never writes over a file
                continue
            shutil.rmtree(folder)
            for file, content in before.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
            folder.mkdir(exist_ok=True)
            with room(size):
                done = run(words)
            assert done.exit_code == 2, (size, done.output, done.exception)
            assert "could not be" in done.stderr, done.stderr
            assert "inside the program" not in done.stderr
            left = files(folder)
            for file, content in left.items():
                assert content in (good.get(file), before.get(file)), (size, file)
            assert before.keys() <= left.keys()
    shutil.rmtree(folder)
    folder.mkdir()
    assert run(words).exit_code == 0
    assert files(folder).keys() == good.keys()
