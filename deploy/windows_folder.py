"""One folder for Windows, to be started without rights and without a network: the embeddable Python that you bring, the program and
its libraries as wheels for Windows, files to start it, and the SHA-256 of every file.

`make windows-folder PYTHON_EMBED=python-3.11.9-embed-amd64.zip` makes it on any machine that reaches a package index.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
PARTS = Path(__file__).resolve().parent / "windows"
"""The files beside the program: what starts it, what checks it, what to read."""
SITE = Path("python", "Lib", "site-packages")
SUMS = "SHA256SUMS.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")

Fetch = Callable[[list[Requirement], Path], None]
"""Puts the wheel of each requirement, and nothing else, into a folder."""


class Refused(Exception):
    """The folder cannot be made. The message says why and what to do."""


def python_in(embed: Path) -> tuple[int, int]:
    """The version of an embeddable Python, by the name of its path file. Raises Refused for any other file."""
    try:
        with zipfile.ZipFile(embed) as packed:
            names = packed.namelist()
    except (OSError, zipfile.BadZipFile) as problem:
        raise Refused(f"{embed} cannot be read as a zip file ({problem}).") from problem
    found = [m for name in names if (m := re.fullmatch(r"python(\d)(\d+)\._pth", name))]
    if len(found) != 1 or "python.exe" not in names:
        raise Refused(
            f"{embed} is no embeddable Python: it lacks python.exe or python3…._pth. The right file is called "
            "python-3.11.9-embed-amd64.zip, or the like, and is among the downloads of each release of Python."
        )
    version = int(found[0][1]), int(found[0][2])
    if version < (3, 11):
        raise Refused(f"{embed} holds Python {version[0]}.{version[1]}; Optimiser needs 3.11 or newer.")
    return version


def windows(version: tuple[int, int]) -> dict[str, str]:
    """What the markers of requirements ask for, as Windows answers it."""
    short = f"{version[0]}.{version[1]}"
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{short}.0",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "10",
        "platform_system": "Windows",
        "platform_version": "10.0",
        "python_full_version": f"{short}.0",
        "python_version": short,
        "sys_platform": "win32",
    }


def needs(said: Iterable[str], extras: Iterable[str], version: tuple[int, int]) -> list[Requirement]:
    """Of the lines Requires-Dist those that hold on Windows, with these extras."""
    told = [Requirement(line) for line in said]
    of = ["", *extras]
    return [r for r in told if r.marker is None or any(r.marker.evaluate({**windows(version), "extra": e}) for e in of)]


def gather(program: Path, version: tuple[int, int], fetch: Fetch, into: Path) -> list[Path]:
    """The wheels of the program and of all that it needs on Windows, asked for until none is missing.

    What a library needs is read in its wheel: pip would ask the machine it runs on, and leave out what only Windows needs.
    """
    wheels = {_name(program): program}
    seen: set[tuple[str, str]] = set()
    waiting = needs(_said(program), (), version)
    while waiting:
        missing = {canonicalize_name(r.name): r for r in waiting if canonicalize_name(r.name) not in wheels}
        if missing:
            fetch(list(missing.values()), into)
            wheels |= {_name(path): path for path in into.glob("*.whl")}
        if lacking := sorted(missing.keys() - wheels.keys()):
            raise Refused(f"There is no wheel for Windows of {', '.join(lacking)}.")
        following = []
        for r in waiting:
            name = canonicalize_name(r.name)
            for of in {"", *r.extras} - {e for n, e in seen if n == name}:
                seen.add((name, of))
                following += needs(_said(wheels[name]), [of], version)
        waiting = following
    return [wheels[name] for name in sorted(wheels)]


def _name(wheel: Path) -> str:
    return parse_wheel_filename(wheel.name)[0]


def _said(wheel: Path) -> list[str]:
    """The requirements that a wheel states."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(n for n in packed.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        return HeaderParser().parsestr(packed.read(name).decode("utf-8")).get_all("Requires-Dist") or []


def _target(version: tuple[int, int]) -> list[str]:
    return [
        *("--platform", "win_amd64", "--python-version", f"{version[0]}.{version[1]}", "--implementation", "cp"),
        *("--only-binary=:all:", "--no-deps"),
    ]


def from_the_index(version: tuple[int, int]) -> Fetch:
    """Fetches from the package index that pip is set up for, in the versions of constraints.txt."""

    def fetch(wanted: list[Requirement], into: Path) -> None:
        asked = [
            f"{r.name}{r.specifier}" for r in wanted
        ]  # without its marker, which pip would hold against this machine
        _run(
            "download",
            "--quiet",
            *_target(version),
            "--constraint",
            str(ROOT / "constraints.txt"),
            "-d",
            str(into),
            *asked,
        )

    return fetch


def program_wheel(into: Path) -> Path:
    """The wheel of this program, as it stands here."""
    _run("wheel", "--quiet", "--no-deps", "--wheel-dir", str(into), str(ROOT))
    return next(into.glob("optimiser-*.whl"))


def _run(*words: str) -> None:
    if subprocess.run([*PIP, *words], check=False).returncode:
        raise Refused(f"pip {words[0]} failed; what it said stands above.")


def make(embed: Path, wheels: list[Path], version: tuple[int, int], out: Path) -> None:
    """Writes the folder. out: does not exist yet."""
    python = out / "python"
    with zipfile.ZipFile(embed) as packed:
        packed.extractall(python)
    path_file = next(python.glob("python*._pth"))
    path_file.write_text(
        f"python{version[0]}{version[1]}.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n", newline=""
    )
    _run(
        *("install", "--quiet", "--no-index", "--no-compile", *_target(version)),
        *("--target", str(out / SITE), *map(str, wheels)),
    )
    shutil.rmtree(out / SITE / "bin", ignore_errors=True)  # starters for the machine on which the folder is made
    for part in PARTS.iterdir():
        text = part.read_text("utf-8").splitlines()
        (out / part.name).write_text("".join(f"{line}\r\n" for line in text), "utf-8", newline="")
    listed = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    lines = [f"{hashlib.sha256((out / name).read_bytes()).hexdigest()} *{name}\n" for name in listed]
    (out / SUMS).write_text("".join(lines), "utf-8", newline="")


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    asked.add_argument("embed", type=Path, help="the embeddable Python for Windows, a zip file that you bring")
    asked.add_argument(
        "-o", dest="out", type=Path, default=ROOT / "build" / "optimiser-windows", help="the folder to make"
    )
    given = asked.parse_args()
    try:
        if given.out.exists():
            raise Refused(f"{given.out} is there already. Delete it or name another folder with -o.")
        version = python_in(given.embed)
        with tempfile.TemporaryDirectory() as folder:
            program, others = Path(folder, "program"), Path(folder, "others")
            others.mkdir()
            wheels = gather(program_wheel(program), version, from_the_index(version), others)
            make(given.embed, wheels, version, given.out)
    except Refused as problem:
        raise SystemExit(str(problem)) from problem
    size = sum(p.stat().st_size for p in given.out.rglob("*") if p.is_file())
    own = hashlib.sha256((given.out / SUMS).read_bytes()).hexdigest()
    print(f"{given.out}: {len(wheels)} wheels, {size / 1e6:,.0f} MB.")
    print(f"SHA-256 of {SUMS}, to be told apart from the folder: {own}")


if __name__ == "__main__":
    main()
