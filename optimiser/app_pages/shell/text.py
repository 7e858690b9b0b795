"""Text of a case on a page, letter by letter: nothing in a name is markup.

Markdown is read in two passes, and each has to be stopped. What the grammar reads (emphasis, headings, lists, formulas,
links) is undone by a backslash. What is looked for afterwards, in the finished text (icons between colons, addresses,
arrows and dashes made of signs), no longer knows of backslashes; a word joiner, which nobody sees, comes between its signs.
"""

from __future__ import annotations

import re

from optimiser.report.words import MINUS

JOINER = "\u2060"
_SIGNS = re.compile(r"[\\$*_\[\]`~<&|]|^[#>+=-]")
"""What the grammar would read: anywhere, or where a line begins (a heading, a quotation, a list)."""
_NUMBERED = re.compile(r"^(\d+)([.)])")
_SIGN = re.compile(rf"(?<=[+{MINUS}])(?=[^\W\d]|[$€£¥₹])")
"""Between a sign and the currency that it belongs to: a line may not end there."""
_SOUGHT = re.compile(r"(?<=:)(?=[\w+/-])|(?<=www)(?=\.)|(?=@)|(?<=@)|(?<=[<>~=-])(?=[<>~=-])", re.IGNORECASE)
"""Between which signs something is looked for in the finished text."""


def delta(text: str) -> str:
    """A change for `st.metric`, which takes for a loss only what begins with the plain sign, and so for a gain all else."""
    less = text.startswith((MINUS, "-"))
    return f"-{letters(text[1:])}" if less else letters(text)


def letters(text: str) -> str:
    """The text as Markdown that shows every sign as itself, on one line."""
    return _NUMBERED.sub(
        r"\1\\\2", _SIGNS.sub(r"\\\g<0>", _SIGN.sub(JOINER, _SOUGHT.sub(JOINER, " ".join(text.split()))))
    )
