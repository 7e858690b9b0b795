"""Text of a case on a page, letter by letter: nothing in a name is markup."""

from __future__ import annotations

SIGNS = "\\$*_[]`~"


def letters(text: str) -> str:
    """The text with every sign of Markdown as itself."""
    for sign in SIGNS:
        text = text.replace(sign, f"\\{sign}")
    return text
