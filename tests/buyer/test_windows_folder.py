"""The folder for Windows: which wheels it takes is read in the wheels, as Windows reads it; what it holds, how it starts and its
checksums are tried with a made-up Python and made-up wheels, as far as another system allows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.windows_folder import PARTS, SITE, SUMS, Refused, gather, make, needs, python_in
from optimiser.command_line import app
from optimiser.commands.environment import VARIABLES
from tests.buyer import sbom

VERSION = (3, 11)
NEEDS = {
    "optimiser": ['alpha; sys_platform == "win32"', 'beta; sys_platform == "linux"', "delta[fast]>=1"],
    "alpha": ["gamma", 'delta; python_version < "3.11"'],
    "beta": [],
    "gamma": ["alpha"],  # a circle
    "delta": ['epsilon; extra == "fast"', 'zeta; extra == "slow"'],
    "epsilon": [],
    "zeta": [],
}


def wheel(name: str, folder: Path) -> Path:
    made = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    said = "".join(f"Requires-Dist: {line}\n" for line in NEEDS[name])
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr(f"{name}/__init__.py", f"NAME = {name!r}\n")
        packed.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{said}")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        packed.writestr(f"{about}/RECORD", "")
    return made


def embed(at: Path, *names: str) -> Path:
    with zipfile.ZipFile(at, "w") as packed:
        for name in names or ("python.exe", "python311.dll", "python311.zip", "python311._pth"):
            packed.writestr(name, "python311.zip\r\n.\r\n\r\n#import site\r\n")
    return at


def fetch(wanted: list[Requirement], into: Path) -> None:
    for one in wanted:
        wheel(one.name, into)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("windows")
    wheels = gather(wheel("optimiser", at), VERSION, fetch, at)
    made = at / "a folder"
    make(embed(at / "embed.zip"), wheels, VERSION, made)
    return made


def test_what_windows_needs_is_taken_and_nothing_else(folder: Path) -> None:
    taken = {p.name for p in (folder / SITE).iterdir() if not p.name.endswith(".dist-info")}
    assert taken == {"optimiser", "alpha", "gamma", "delta", "epsilon"}


def test_each_library_that_windows_needs_has_its_version(tmp_path: Path) -> None:
    """Of what is installed here, as Windows reads its requirements: nothing stands outside constraints.txt."""
    text = (sbom.ROOT / "constraints.txt").read_text("utf-8")
    pins = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.M)}
    seen: set[str] = set()
    waiting = needs(sbom.project()["dependencies"], (), VERSION)
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name not in seen:
            seen.add(name)
            try:
                waiting += needs(distribution(name).requires or (), one.extras, VERSION)
            except PackageNotFoundError:
                assert name in {"colorama", "tzdata"}, name  # what only Windows needs, and needs nothing itself
    assert seen <= pins, seen - pins
    assert "colorama" in seen


def test_a_wheel_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no wheel for Windows of alpha, delta"):
        gather(wheel("optimiser", tmp_path), VERSION, lambda wanted, into: None, tmp_path)


def test_python_finds_the_libraries_by_its_path_file(folder: Path) -> None:
    said = (folder / "python" / "python311._pth").read_bytes()
    assert said == b"python311.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n"
    assert (folder / "python" / "python.exe").is_file()
    assert not (folder / SITE / "bin").exists()


def test_every_file_is_in_the_list_and_a_changed_one_is_named(folder: Path) -> None:
    def checked() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, folder / "check.py"], capture_output=True, text=True, check=False)

    listed = [line.split(" *")[1] for line in (folder / SUMS).read_text("utf-8").splitlines()]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(listed) == there - {SUMS}
    assert checked().stdout == f"All {len(listed)} files are as they were made.\n"
    if tool := shutil.which("sha256sum"):  # the list is one that others read
        assert subprocess.run([tool, "--check", "--quiet", SUMS], cwd=folder, check=False).returncode == 0
    changed = folder / SITE / "gamma" / "__init__.py"
    before = changed.read_bytes()
    changed.write_bytes(before + b" ")
    gone = folder / "README.txt"
    gone.rename(folder.parent / "README.txt")
    told = checked()
    assert (told.returncode, told.stdout.splitlines()) == (
        3, ["missing: README.txt", "changed: python/Lib/site-packages/gamma/__init__.py"],
    )  # fmt: skip
    changed.write_bytes(before)
    (folder.parent / "README.txt").rename(gone)


def commands(name: str) -> list[str]:
    return (PARTS / name).read_text("utf-8").splitlines()


def test_start_files_are_for_windows_and_call_the_python_beside_them(folder: Path) -> None:
    names = {"Start Optimiser.cmd", "optimiser.cmd", "check.cmd"}
    assert {p.name for p in folder.glob("*.cmd")} == names
    for name in names:
        raw = (folder / name).read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n") > 2
        raw.decode("ascii")
        lines = commands(name)
        assert lines[0] == "@echo off"
        calls = [line for line in lines if "python.exe" in line]
        assert len(calls) == 1
        # Quoted, since a folder's name may hold a blank; of its own place, since it may be started from anywhere.
        assert calls[0].startswith('"%~dp0python\\python.exe" -X utf8 ')
        assert (folder / "python" / "python.exe").is_file()
    assert commands("optimiser.cmd")[-1].endswith(" %*")  # its status is that of the program
    assert commands("Start Optimiser.cmd")[-1] == "if errorlevel 1 pause"  # else the reason is gone with the window


@pytest.mark.parametrize("name", ["Start Optimiser.cmd", "optimiser.cmd"])
def test_what_a_start_file_calls_runs(name: str, tmp_path: Path) -> None:
    """The line as it stands, with this machine's Python in the place of the folder's."""
    line = next(line for line in commands(name) if "python.exe" in line)
    words = line.replace('"%~dp0python\\python.exe"', "").replace("%*", "--help").split()
    run = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(sbom.ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "Usage" in run.stdout


def test_its_page_to_read_names_what_there_is() -> None:
    text = (PARTS / "README.txt").read_text("utf-8")
    known = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert set(re.findall(r"^   optimiser (\w+)", text, re.M)) <= known
    assert set(re.findall(r"OPTIMISER_\w+", text)) <= set(VARIABLES)
    for name in ("Start Optimiser", "check"):
        assert f'"{name}"' in text
        assert (PARTS / f"{name}.cmd").is_file()
    assert SUMS in text


def test_what_is_no_embeddable_python_is_refused(tmp_path: Path) -> None:
    assert python_in(embed(tmp_path / "good.zip")) == VERSION
    (tmp_path / "text.zip").write_text("no zip")
    for at, said in (
        (tmp_path / "none.zip", "cannot be read"),
        (tmp_path / "text.zip", "cannot be read"),
        (embed(tmp_path / "other.zip", "setup.exe"), "no embeddable Python"),
        (embed(tmp_path / "old.zip", "python.exe", "python310._pth"), r"holds Python 3\.10"),
    ):
        with pytest.raises(Refused, match=said):
            python_in(at)
