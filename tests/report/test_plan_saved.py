"""A plan that another program opened and saved is still what was written: libraries, 12 digits, LibreOffice, .ods."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimiser.report.documents.plan_check import inspect
from optimiser.report.documents.plan_workbook import write_plan
from tests.soak import some_of

EXAMPLES = ("gun-violence", "task-force", "opioid-response")


Plans = Callable[[str], Path]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """The plan of an example, as a file."""
    from optimiser.verbs import read, solve

    folder = tmp_path_factory.mktemp("plans")
    data = Path(__file__).parents[2] / "data"

    @cache
    def made(name: str) -> Path:
        write_plan(solve(read(data / f"{name}.xlsx")), path := folder / f"{name}.xlsx")
        return path

    return made


@pytest.mark.first(1)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes_as_it_was_written_and_saved_by_libraries(name: str, plans: Plans, tmp_path: Path) -> None:
    import pandas as pd

    found = inspect(path := plans(name))
    assert (found.broken, found.remarks) == ((), ())
    opened = load_workbook(path)
    opened.save(tmp_path / "library.xlsx")
    assert inspect(tmp_path / "library.xlsx").broken == ()
    tables = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    with pd.ExcelWriter(tmp_path / "tables.xlsx", engine="openpyxl") as writer:
        for sheet, table in tables.items():
            table.to_excel(writer, sheet_name=sheet, index=False)  # type: ignore[arg-type]
    assert inspect(tmp_path / "tables.xlsx").broken == ()


def test_15_digits_and_12_are_enough(plans: Plans, tmp_path: Path) -> None:
    for digits in (15, 12):
        opened = load_workbook(plans("gun-violence"))
        for sheet in opened.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, float):
                        cell.value = float(f"{cell.value:.{digits}g}")
        opened.save(tmp_path / "short.xlsx")
        found = inspect(tmp_path / "short.xlsx")
        assert [b for b in found.broken if b.constraint in ("changed", "claim", "shown")] == []


def without_preview(path: Path) -> bytes:
    """An .ods file without the small picture of its first page."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            if not info.filename.startswith("Thumbnails/"):
                after.writestr(info, before.read(info))
    return made.getvalue()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.long
@pytest.mark.parametrize("name", some_of(EXAMPLES, EXAMPLES[:1]))
def test_an_example_passes_that_libreoffice_saved(name: str, plans: Plans, tmp_path: Path) -> None:
    def converted(kind: str, file: Path, folder: str) -> Path:
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(tmp_path / folder),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        return tmp_path / folder / f"{file.stem}.{kind}"

    there = converted("ods", plans(name), "ods")
    for file in (converted("xlsx", plans(name), "saved"), converted("xlsx", there, "back")):
        found = inspect(file)
        assert (found.broken, found.remarks) == ((), ()), file
    found = inspect(without_preview(there))
    assert found.broken == ()
    assert any(".ods" in said for said in found.not_checked)
