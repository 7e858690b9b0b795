"""How names are compared: trimmed, spaces folded, case and Unicode folded; and the nearest known name."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, count


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """The form in which two names are the same: `fold(" Fund  A") == fold("fund a")`."""
    if name.isascii():
        return " ".join(name.split()).lower()
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@lru_cache(maxsize=1 << 14)
def fold_title(title: str) -> str:
    """The form in which two sheet or column titles are the same: case, spaces, underscores and what no eye sees (the mark
    with which a CSV begins, say) do not matter."""
    if not title.isascii():
        title = "".join(c for c in title if unicodedata.category(c) != "Cf")
    return fold(title).replace(" ", "").replace("_", "")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or "" where none is."""
    by_fold = {fold(k): k for k in known}
    found = difflib.get_close_matches(fold(name), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""


def meant(name: str, choices: Iterable[str]) -> str:
    """The choice that a word stands for: the one most like it, or the only one with which it shares a whole word
    (`own` for `own budget`); "" where there is none."""
    words = set(fold(name).split())
    sharing = [c for c in choices if words & set(fold(c).split())]
    return nearest(name, choices) or (sharing[0] if len(sharing) == 1 else "")


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Key -> what it is called: its name (the key where it has none), with the key beside it where another is called so too."""
    named = {key: name or key for key, name in names.items()}
    seen = Counter(skeleton(n) for n in named.values())
    seen.update({skeleton(k) for k, n in named.items() if skeleton(k) != skeleton(n)})
    return {k: n if seen[skeleton(n)] == 1 or n == k else f"{n} ({k})" for k, n in named.items()}


def untaken(wanted: str, taken: Iterable[str]) -> str:
    """The name, with a number where it is taken: `Lock (2)`."""
    folded = {fold(name) for name in taken}
    return next(n for n in chain([wanted], (f"{wanted} ({k})" for k in count(2))) if fold(n) not in folded)


def untaken_file(wanted: str, used: set[str], between: str = " ") -> str:
    """The name of a file, with a number where on some file system another of these has it: `letter 2.docx`. It is among
    `used` from now on. between: stem and number."""
    stem, dot, ending = wanted.rpartition(".")
    names = chain([wanted], (f"{stem}{between}{k}{dot}{ending}" for k in count(2)))
    name = next(n for n in names if n.casefold() not in used)
    used.add(name.casefold())
    return name


_LETTERS = "аa вb еe кk мm нh оo рp сc тt уy хx ѕs іi јj ԛq ԝw һh ьb αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw"
_SCRIPTS = {ord(pair[0]): pair[1] for pair in _LETTERS.split()}
"""Letters of Cyrillic and Greek that look like Latin ones, in their folded form."""
_LIKE = {c: v.replace("i", "l") for c, v in _SCRIPTS.items()} | str.maketrans("01|i", "olll")
"""The same, with digits and signs that look like letters."""


def skeleton(name: str) -> str:
    """The form in which two names look the same on every screen: as `fold`, with letters of other alphabets as those
    that they are like."""
    return fold(name).translate(_SCRIPTS)


def alike(name: str) -> str:
    """The form in which two names look the same to a reader: as `fold`, without marks, signs and characters that are not
    seen, and with letters that look like others as those: `alike("Awаrds\u200b ") == alike("awards_")`."""
    plain = unicodedata.normalize("NFKD", fold(name)).translate(_LIKE)
    return "".join(c for c in plain if c.isalnum())
