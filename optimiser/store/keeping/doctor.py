"""What is wrong with an installation, and what to do: versions, database, disk, solver, browser. It changes nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from optimiser import __version__
from optimiser.case.readable import capital
from optimiser.store.base import migrate, schema
from optimiser.store.base.database import Database, address, home
from optimiser.store.keeping import audit_check
from optimiser.store.keeping.backup import damage

OK, WARN, FAIL = "ok", "warn", "fail"
OLDEST_PYTHON = (3, 11)
ROOM, LEAST_ROOM = 1_000_000_000, 100_000_000
"""Bytes that should be free on the disk, and without which nothing can be saved safely."""
DAYS_WITHOUT_BACKUP = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "firefox")
INSTALL = "Install what the program was tested with: pip install -c constraints.txt -e ."
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Symptom:
    """One thing that was looked at. level: ok, warn or fail; said: what was found; cure: what to do, "" where all is well."""

    name: str
    level: str
    said: str
    cure: str = ""


def examine(url: URL | None = None) -> list[Symptom]:
    """Looks at everything, also where there is no store yet. url: of the store, by default where the program keeps it."""
    found: list[Symptom] = []
    for name, look in _LOOKS.items():
        found += _safely(name, look)
    return [*found, *_safely("database", lambda: _store(url))]


def _safely(name: str, look: Callable[[], Iterator[Symptom]]) -> list[Symptom]:
    """What a look finds; that it broke off is a finding too."""
    made: list[Symptom] = []
    try:
        made.extend(look())
    except Exception as wrong:
        made.append(Symptom(name, FAIL, f"It could not be looked at ({type(wrong).__name__}: {wrong}).", INSTALL))
    return made


# -- versions -------------------------------------------------------------------------------------------------------------


def _python() -> Iterator[Symptom]:
    said = f"Python {sys.version.split()[0]}, Optimiser {__version__}"
    fine = sys.version_info >= OLDEST_PYTHON
    cure = "" if fine else f"Install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, and Optimiser in it."
    yield Symptom("python", OK if fine else FAIL, said, cure)


def _libraries() -> Iterator[Symptom]:
    """Those that the program declares, against what it needs; and all against the pins, where these are at hand."""
    wanted = [r for r in metadata.requires("optimiser") or [] if "extra ==" not in r]
    installed = {_plain(d.metadata["Name"]): d.version for d in metadata.distributions() if d.metadata["Name"]}
    lacking = []
    for requirement in wanted:
        name = _plain(re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0])
        if name not in installed:
            lacking.append(f"{name} is not installed")
        elif not meets(installed[name], requirement):
            lacking.append(f"{name} is {installed[name]}, needed is {requirement}")
    if lacking:
        yield Symptom("libraries", FAIL, "; ".join(lacking) + ".", INSTALL)
        return
    pins = _pins()
    other = [f"{n} {installed[n]} (tested: {v})" for n, v in pins.items() if n in installed and installed[n] != v]
    if other:
        yield Symptom("libraries", WARN, f"Other versions than those tested: {', '.join(other)}.", INSTALL)
    else:
        yield Symptom("libraries", OK, f"All {len(wanted)} are there{', in the tested versions' if pins else ''}.")


def meets(version: str, requirement: str) -> bool:
    """Whether a version is in the range that a requirement such as `numpy>=2.3,<3` states."""
    for sign, bound in re.findall(r"(>=|<=|==|<|>)\s*([0-9][0-9.]*)", requirement.split(";")[0]):
        one, other = _numbers(version), _numbers(bound)
        length = max(len(one), len(other))
        a, b = (n + (0,) * (length - len(n)) for n in (one, other))
        if not {">=": a >= b, "<=": a <= b, "==": a == b, "<": a < b, ">": a > b}[sign]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(n) for n in found[0].split(".")) if found else ()


def _pins() -> dict[str, str]:
    file = _ROOT / "constraints.txt"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return {_plain(m[1]): m[2] for line in lines if (m := re.match(r"([\w.-]+)==([^\s;]+)", line))}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# -- what it works with ---------------------------------------------------------------------------------------------------


def _solver() -> Iterator[Symptom]:
    """Each solver solves a case of which the answer is known: two initiatives, money for the better one alone."""
    from optimiser import verbs

    case = verbs.case_from(
        {
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "F", "amount": 100}],
            "Initiatives": [
                {"initiative": "I1", "lead": "A", "request": 100, "priority": 2},
                {"initiative": "I2", "lead": "A", "request": 100},
            ],
        }
    )
    for solver, level in (("highs", FAIL), ("cbc", WARN)):
        try:
            plan = verbs.solve(case, solver=solver)
            right = plan.status == "optimal" and plan.tables["Awards"]["award"].tolist() == [100.0, 0.0]
            said = f"{solver} solves a small case." if right else f"{solver} gave a wrong answer to a small case."
        except Exception as wrong:
            right, said = False, f"{solver} could not solve a small case ({type(wrong).__name__}: {wrong})."
        cure = INSTALL if level == FAIL else f"Only second opinions by cbc need it. {INSTALL}"
        yield Symptom("solver", OK if right else level, said, "" if right else cure)


def _browser() -> Iterator[Symptom]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None and sys.platform in ("win32", "darwin"):
        yield Symptom("browser", OK, "The system's own browser shows the app and prints reports.")
    elif found is None:
        cure = "Install one to show the app, print reports and take pictures on this machine (Debian: apt install chromium)."
        yield Symptom("browser", WARN, "There is no browser on this machine.", cure)
    else:
        yield Symptom("browser", OK, f"{found} shows the app, prints reports and takes pictures.")


def _folder() -> Iterator[Symptom]:
    """The folder of what is kept here: whether it can be written, is private, and has room."""
    folder = home()
    there = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        cure = f"Make {there} writable for this user, or name another folder in OPTIMISER_HOME."
        yield Symptom("folder", FAIL, f"{there} cannot be written.", cure)
    elif folder.exists() and os.name == "posix" and folder.stat().st_mode & 0o077:
        said = f"Others on this machine may read or write {folder}."
        yield Symptom("folder", WARN, said, f"Keep it to yourself: chmod 700 {folder}")
    else:
        yield Symptom("folder", OK, f"{folder}" + ("" if folder.exists() else " will be made when it is needed."))
    free = shutil.disk_usage(there).free
    level = OK if free >= ROOM else WARN if free >= LEAST_ROOM else FAIL
    cure = "" if level == OK else f"Make room on the disk of {there}, or name a folder on another in OPTIMISER_HOME."
    yield Symptom("disk", level, f"{free / 1e9:,.1f} GB are free.", cure)


_LOOKS: dict[str, Callable[[], Iterator[Symptom]]] = {
    "python": _python,
    "libraries": _libraries,
    "solver": _solver,
    "browser": _browser,
    "folder": _folder,
}


# -- the store ------------------------------------------------------------------------------------------------------------


def _store(url: URL | None) -> Iterator[Symptom]:
    url = address() if url is None else url
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        if not file.exists():
            yield Symptom(
                "database", OK, f"There is no store yet. It will be made as {file} when the app is first opened."
            )
            return
        wrong = damage(file)
        if wrong:
            yield Symptom("database", FAIL, f"{file} is damaged: {wrong}.", _RESTORE)
            return
    else:
        url = url.update_query_dict({"connect_timeout": "5"})
    try:
        db = Database(url)
    except ImportError:
        yield Symptom(
            "database", FAIL, "psycopg, which reaches PostgreSQL, is not installed.", "pip install -e .[office]"
        )
        return
    try:
        yield from _ready(db)
    finally:
        db.close()


_RESTORE = "Put the last good backup back: optimiser restore FILE --replace"


def _ready(db: Database) -> Iterator[Symptom]:
    """Whether the store is reached, up to date, protected and whole."""
    where = migrate.said(db.url)
    try:
        at = migrate.current(db)
    except (migrate.Unusable, SQLAlchemyError) as wrong:
        cure = "See that the server runs, and that OPTIMISER_DATABASE_URL names it, its database and its user rightly."
        said = str(wrong).splitlines()[0]
        yield Symptom("database", FAIL, capital(said), _RESTORE if db.is_sqlite else cure)
        return
    if not at:
        yield Symptom("database", OK, f"{capital(where)} is empty. It will be set up when the app is first opened.")
        return
    if at != migrate.HEAD:
        said = f"The tables in {where} are of version {at}; this program has {migrate.HEAD}."
        yield Symptom("database", WARN, said, "Open the app once: it brings them up to date, after a copy.")
        return
    with db.read() as connection:
        said = f"{capital(where)} is reached and up to date ({_server(connection)})."
        yield Symptom("database", OK, said)
        for problem in audit_check.unfrozen(db, connection):
            yield Symptom("protection", FAIL, problem.sentence, _RESTORE)
        chain = audit_check.walk(audit_check.records(connection))
        if chain.problems:
            yield Symptom("audit", FAIL, chain.problems[0].sentence, "See all of it: optimiser audit verify")
        else:
            yield Symptom("audit", OK, f"Its {chain.records:,} records are a chain without a break.")
        yield from _backed_up(connection)


def _server(connection: Connection) -> str:
    sqlite = connection.dialect.name == "sqlite"
    asked = "'SQLite ' || sqlite_version()" if sqlite else "'PostgreSQL ' || current_setting('server_version')"
    return str(connection.execute(text(f"SELECT {asked}")).scalar())


def _backed_up(connection: Connection) -> Iterator[Symptom]:
    """When the store was last backed up, once there is something to lose."""
    audit = schema.audit
    if connection.execute(select(schema.cases.c.id).limit(1)).first() is None:
        return
    last = connection.execute(
        select(func.max(audit.c.at, type_=audit.c.at.type)).where(audit.c.action == "back up")
    ).scalar()
    days = (schema.now() - last).days if last is not None else None
    if days is not None and days <= DAYS_WITHOUT_BACKUP:
        yield Symptom(
            "backup", OK, "The last one was made today." if not days else f"The last one was made {days} days ago."
        )
    else:
        said = "There was none yet." if days is None else f"The last one was made {days} days ago."
        yield Symptom("backup", WARN, said, "Make one, and keep it on another machine: optimiser backup FILE.zip")
