"""Files of office programs: saved whole or not, the same bytes each time, and no character that they cannot hold."""

from __future__ import annotations

import errno
import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEN = b"2000-01-01T00:00:00Z"
_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _CONTROL.sub("", text)


def as_workbook(target: str | Path | IO[bytes]) -> None:
    """Raises ValueError for a path that is called as another file is: no program would open the workbook there."""
    if isinstance(target, str | Path) and Path(target).suffix.lower() != ".xlsx":
        raise ValueError(f"{target} should end in .xlsx: what is written is a workbook.")


def saved(book: Workbook, target: str | Path | IO[bytes]) -> None:
    """Saves a workbook. Raises OSError where a worksheet lacks its end, which a full disk can cause without a word."""
    book.save(target)
    if torn(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def torn(workbook: str | Path | IO[bytes]) -> bool:
    """Whether a worksheet lacks its end. Its last bytes go by way of a file of the system's temporary folder, and if that is
    full just then, nothing says so."""
    with zipfile.ZipFile(workbook) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        return any(not package.read(name).rstrip().endswith(b"</worksheet>") for name in sheets)


def timeless(data: bytes, mended: Callable[[str, bytes], bytes] = lambda name, part: part) -> bytes:
    """A file of an office program without times, those of workbooks inside it too. mended: each part (its name, its content)
    as it is to be."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = mended(name, before.read(name))
            if name == "docProps/core.xml":
                part = _TIME.sub(rb"\g<1>" + _WHEN + rb"\g<2>", part)
            elif name.endswith(".xlsx"):
                part = timeless(part)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            after.writestr(info, part)
    return made.getvalue()
