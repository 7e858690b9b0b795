"""reproduce, audit, backup, restore, doctor: what keeps a store trustworthy over the years."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.commands.base import Exit, Json, Progress, existing, leave, print_answer, print_json, say, target

if TYPE_CHECKING:
    from optimiser.store.base.database import Database
    from optimiser.store.base.rights import Actor


def reproduce(
    decision: Annotated[
        str,
        typer.Argument(
            help="Number of the decision, at the foot of its report; its beginning will do.",
            metavar="DECISION",
            show_default=False,
        ),
    ],
    as_json: Json = False,
) -> None:
    """Solve a decided plan again from what was stored, and compare it to the byte."""
    from optimiser.store.committee.reproduce import reproduce as of_decision

    with _store() as (db, actor), Progress("solving") as progress:
        found = of_decision(db, actor, decision, progress)
    print_answer(as_json, lambda: vars(found), lambda: "\n  ".join([found.sentence, *found.differences]))
    leave(Exit.DONE if found.same else Exit.INVALID)


# -- the audit ------------------------------------------------------------------------------------------------------------


def verify(
    head: Annotated[
        str, typer.Option(help="An audit head that stands on a report or a decision: it must be in the chain.")
    ] = "",
    report: Annotated[
        Path | None,
        typer.Option(
            help="A report: that it was not changed, and that its audit head is in the chain.", metavar="REPORT.html"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that nothing in the audit was changed, deleted, cut off or written anew."""
    from optimiser.store.keeping.audit_check import verify as check

    if report is not None:
        head = _head_of(existing(report)) or head
    with _store() as (db, actor), Progress("looking at the audit") as progress:
        found = check(db, actor, head, lambda n: progress.line(f"{n:,} records of the audit"))
    plain = {"whole": found.is_whole, "records": found.records, "head": found.head}
    print_answer(
        as_json,
        lambda: {**plain, "problems": [vars(p) for p in found.problems]},
        lambda: "\n  ".join([found.sentence, *(p.sentence for p in found.problems)]),
    )
    leave(Exit.DONE if found.is_whole else Exit.INVALID)


def _head_of(report: Path) -> str:
    """The audit head of a report, which must be as it was made; ends with status 3 where it is not."""
    from optimiser.report.documents.committee import printed_hashes

    try:
        said = printed_hashes(report.read_bytes())
    except ValueError as wrong:
        leave(Exit.INVALID, str(wrong))
    say(f"{report} is as it was made.")
    return said.get("Audit head", "")


def export(
    folder: Annotated[
        Path, typer.Argument(help="Where audit.jsonl and audit.csv are written.", metavar="FOLDER", show_default=False)
    ],
) -> None:
    """Write the audit as JSON lines and as a table for spreadsheet programs."""
    from optimiser.store.keeping.audit_export import export as write

    with _store() as (db, actor):
        for path in write(db, actor, folder):
            say(f"{path} is written.")


def retention(
    years: Annotated[int | None, typer.Option(help="Keep records for so many years from now on.")] = None,
    as_json: Json = False,
) -> None:
    """How long records are kept, which cases are older and may be archived, and which are on legal hold."""
    from optimiser.store.keeping import retention as kept

    with _store() as (db, actor):
        if years is not None:
            kept.set_years(db, actor, years)
        number, cases = kept.years(db), kept.held_and_old(db, actor)
    if as_json:
        print_json({"years": number, "cases": [{**vars(c), "last": c.last.isoformat()} for c in cases]})
        return
    print(f"Records are kept for {number} years. Nothing is ever deleted by the program.")
    for case in cases:
        state = "on legal hold" if case.hold else "may be archived" if case.may_archive else "kept"
        print(f"  {case.case}  {case.last:%Y-%m-%d}  {state:<15}  {case.name}")


def hold(
    case: Annotated[
        str,
        typer.Argument(help="Number of the case (see: optimiser audit retention).", metavar="CASE", show_default=False),
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit.", show_default=False)],
    end: Annotated[bool, typer.Option("--end", help="End the hold.")] = False,
) -> None:
    """Put a case on legal hold: it is kept, however old."""
    from optimiser.store.keeping.retention import hold as put

    with _store() as (db, actor):
        put(db, actor, case, not end, reason)
    say(f"{case} is {'no longer ' * end}on legal hold.")


# -- backup, restore, doctor ----------------------------------------------------------------------------------------------


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Where it is written; by default here, named by the moment.",
            metavar="FILE.zip",
            show_default=False,
            callback=target(".zip"),
        ),
    ] = None,
) -> None:
    """Back the whole store up into one file, which fits SQLite and PostgreSQL."""
    from optimiser.store.keeping.backup import backup as write

    path = file or Path(f"optimiser-backup-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
    with _store() as (db, actor), Progress("backing up") as progress:
        made = write(db, actor, path, lambda n, every: progress.line(f"{n:,} of {every:,} rows"))
    say(made.sentence)


def restore(
    file: Annotated[
        Path, typer.Argument(help="A backup made by `optimiser backup`.", metavar="FILE.zip", show_default=False)
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is in the store, after a backup of it.")
    ] = False,
) -> None:
    """Put a backup back: into an empty store, or with --replace in place of what is there."""
    from optimiser.store.base.database import home
    from optimiser.store.keeping.backup import restore as put

    existing(file)
    safety = home() / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip" if replace else None
    with _store(new=True) as (db, actor), Progress("restoring"):
        made = put(db, actor, file, safety)
    if safety is not None and safety.exists():
        say(f"What was there before is kept in {safety}.")
    say(f"Restored. {made.sentence}")


def doctor(as_json: Json = False) -> None:
    """Say what is wrong with this installation, and what to do."""
    from optimiser.store.keeping.doctor import FAIL, WARN, examine

    with Progress("looking"):
        found = [*examine(), _sign_in()]
    wrong = sum(f.level == FAIL for f in found)
    if as_json:
        print_json({"well": not wrong, "findings": [vars(f) for f in found]})
    else:
        for finding in found:
            print(f"{finding.level:<4}  {finding.name:<10}  {finding.said}")
            if finding.cure:
                print(f"{'':<18}{finding.cure}")
    doubtful = sum(f.level == WARN for f in found)
    if not as_json:
        said = f"{wrong} thing{'s' * (wrong != 1)} to mend" if wrong else "All is well"
        say(said + (f", {doubtful} to look at." if doubtful else "."))
    leave(Exit.INVALID if wrong else Exit.DONE)


def _sign_in() -> Any:
    """Whether sign-in is set up as the installation asks."""
    from optimiser.app_pages.shell.launch import is_office, sign_in_missing
    from optimiser.store.keeping.doctor import FAIL, OK, Symptom

    if not is_office():
        return Symptom("sign-in", OK, "One person works on this machine, without sign-in; nobody else reaches the app.")
    missing = sign_in_missing()
    if missing:
        return Symptom("sign-in", FAIL, f"Sign-in is not set up: {missing}.", "docs/people-and-privacy.md says how.")
    return Symptom("sign-in", OK, "People sign in through the provider that .streamlit/secrets.toml names.")


# -- the store ------------------------------------------------------------------------------------------------------------


@contextmanager
def _store(new: bool = False) -> Iterator[tuple[Database, Actor]]:
    """The store, brought up to date, and whoever sits here. new: make an empty one where there is none.

    What cannot be done is said in a sentence: status 2 for what is not there, 3 for what is not as it must be.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from optimiser.store.base import migrate
    from optimiser.store.base.database import Busy, Database, address
    from optimiser.store.keeping.backup import Unfit
    from optimiser.store.privacy import reach

    try:
        url = address()
        if not new and url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            leave(
                Exit.USAGE,
                f"There is no store yet: {url.database} is made when the app is first opened (optimiser app).",
            )
        db = Database(url)
    except migrate.Unusable as wrong:
        leave(Exit.USAGE, str(wrong))
    try:
        if not new:
            migrate.ready(db)
        yield db, reach.operator(_user())
    except (reach.NotThere, FileExistsError, FileNotFoundError) as wrong:
        leave(Exit.USAGE, str(wrong))
    except (migrate.Unusable, Unfit, Busy, ValueError) as wrong:
        leave(Exit.INVALID, str(wrong))
    except SQLAlchemyError as wrong:
        leave(Exit.INVALID, f"The database could not do it ({str(wrong).splitlines()[0]}). Look with: optimiser doctor")
    finally:
        db.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"
