"""How names are compared: trimmed, spaces folded, case and Unicode folded; and the nearest known name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """The form in which two names are the same: `fold(" Fund  A") == fold("fund a")`."""
    if name.isascii():
        return " ".join(name.split()).lower()
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def fold_title(title: str) -> str:
    """The form in which two sheet or column titles are the same: case, spaces and underscores do not matter."""
    return fold(title).replace(" ", "").replace("_", "")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or "" where none is."""
    by_fold = {fold(k): k for k in known}
    found = difflib.get_close_matches(fold(name), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""
