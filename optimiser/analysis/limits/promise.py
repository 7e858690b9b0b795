"""What people call a row that cannot be kept: a rule by its name, anything else by what it promises to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimiser.analysis.limits.cell import told
from optimiser.case.facts import Facts
from optimiser.model.rules import Compiled

_SAID: Mapping[str, str] = {
    "scope": "the full scope of {initiative}",
    "funded": "the funding of {initiative}",
    "minimum": "the minimum of {initiative}",
    "award": "the SIDE of {initiative}",
    "agency": "the SIDE of {agency}",
    "min spend": "the least spend of {fund}",
    "match": "the match of {fund} for {initiative}",
    "min share": "the least share of {agency} in {initiative}",
    "max share": "the largest share of {agency} in {initiative}",
}
"""Family of rows -> what it promises, and to whom; SIDE: which of its two limits."""


def promised(facts: Facts, rules: Sequence[Compiled], family: str, codes: Mapping[str, int], floor: bool) -> str:
    """The limit that a row holds, in words. family, codes: as the index of a model gives them; floor: whether it is its lower
    limit. Raises KeyError for a row that promises nothing, such as a balance."""
    if "rule" in codes:
        return f"the rule {rules[codes['rule']].rule.name}"
    return told(facts, _SAID[family].replace("SIDE", "minimum" if floor else "maximum"), codes)
