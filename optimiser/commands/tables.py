"""tables: every table of a case or a plan, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.case.readable import counted, listed
from optimiser.commands.base import Exit, file_out, leave, say, whole
from optimiser.commands.papers import plan_in_file


def tables(
    workbook: Annotated[
        Path,
        typer.Argument(
            help="Workbook of a case, or of a plan as solve -o writes it.", metavar="CASE.xlsx", show_default=False
        ),
    ],
    folder: Annotated[Path, file_out("Folder in which the files are written.", metavar="FOLDER")],
    form: Annotated[list[str] | None, typer.Option(help="csv (by default) or parquet; both are possible.")] = None,
) -> None:
    """Write every table of a case or a plan as CSV or Parquet, with a data package descriptor that says what each column means."""
    from optimiser import verbs
    from optimiser.report.documents.data_package import DESCRIPTOR, FORMS, package

    forms = tuple(form or ("csv",))
    if unknown := [one for one in forms if one not in FORMS]:
        leave(Exit.USAGE, f"Tables are not written as {unknown[0]}, but as {listed(FORMS, 'or')}.")
    found = plan_in_file(workbook, "no tables are made of a plan that was changed.") or verbs.read(str(workbook))
    files = package(found, forms)
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        with whole(folder / name) as draft:
            draft.write_bytes(content)
    say(f"{counted(len(files) - 1, 'file')} in {folder}, described in {DESCRIPTOR}.")
