"""A plan that another program opened and saved is still what was written: libraries, 12 digits, LibreOffice, .ods."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimiser.report.documents.plan_check import inspect
from optimiser.report.documents.plan_workbook import write_plan

EXAMPLES = ("gun-violence", "task-force", "opioid-response")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The plans of the examples, as files."""
    from optimiser.verbs import read, solve

    folder = tmp_path_factory.mktemp("plans")
    data = Path(__file__).parents[2] / "data"
    made = {name: folder / f"{name}.xlsx" for name in EXAMPLES}
    for name, path in made.items():
        write_plan(solve(read(data / f"{name}.xlsx")), path)
    return made


def test_an_example_passes_as_it_was_written_and_saved_by_libraries(plans: dict[str, Path], tmp_path: Path) -> None:
    import pandas as pd

    for name, path in plans.items():
        found = inspect(path)
        assert (found.broken, found.remarks) == ((), ()), name
        opened = load_workbook(path)
        opened.save(tmp_path / "library.xlsx")
        assert inspect(tmp_path / "library.xlsx").broken == (), name
        tables = pd.read_excel(path, sheet_name=None, engine="openpyxl")
        with pd.ExcelWriter(tmp_path / "tables.xlsx", engine="openpyxl") as writer:
            for sheet, table in tables.items():
                table.to_excel(writer, sheet_name=sheet, index=False)  # type: ignore[arg-type]
        assert inspect(tmp_path / "tables.xlsx").broken == (), name


def test_15_digits_and_12_are_enough(plans: dict[str, Path], tmp_path: Path) -> None:
    for digits in (15, 12):
        opened = load_workbook(plans["gun-violence"])
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
def test_an_example_passes_that_libreoffice_saved(plans: dict[str, Path], tmp_path: Path) -> None:
    def converted(kind: str, files: list[Path], folder: Path) -> None:
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)

    converted("xlsx", list(plans.values()), tmp_path / "saved")
    converted("ods", list(plans.values()), tmp_path / "ods")
    there = tmp_path / "ods" / "gun-violence.ods"
    converted("xlsx", [there], tmp_path / "back")
    for file in (*(tmp_path / "saved" / f"{name}.xlsx" for name in EXAMPLES), tmp_path / "back" / f"{there.stem}.xlsx"):
        found = inspect(file)
        assert (found.broken, found.remarks) == ((), ()), file
    for name in EXAMPLES:
        found = inspect(without_preview(tmp_path / "ods" / f"{name}.ods"))
        assert found.broken == (), name
        assert any(".ods" in said for said in found.not_checked)
