"""Workbooks saved whole, or not."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path
from typing import IO

from openpyxl import Workbook


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
