"""What people call a row that cannot be kept: a rule by its name, anything else by what it promises to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimiser.analysis.limits.cell import called
from optimiser.case.facts import Facts
from optimiser.model.rules import Compiled

_SAID: Mapping[str, tuple[str, ...]] = {
    "scope": ("the full scope of {}", "initiative"),
    "funded": ("the funding of {}", "initiative"),
    "minimum": ("the minimum of {}", "initiative"),
    "award": ("the {side} of {}", "initiative"),
    "agency": ("the {side} of {}", "agency"),
    "min spend": ("the least spend of {}", "fund"),
    "match": ("the match of {} for {}", "fund", "initiative"),
    "min share": ("the least share of {} in {}", "agency", "initiative"),
    "max share": ("the largest share of {} in {}", "agency", "initiative"),
}
"""Family of rows -> what it promises, and to whom."""


def promised(facts: Facts, rules: Sequence[Compiled], family: str, codes: Mapping[str, int], floor: bool) -> str:
    """The limit that a row holds, in words. family, codes: as the index of a model gives them; floor: whether it is its lower
    limit. Raises KeyError for a row that promises nothing, such as a balance."""
    if "rule" in codes:
        return f"the rule {rules[codes['rule']].rule.name}"
    text, *whose = _SAID[family]
    return text.format(*(called(facts, d, codes[d]) for d in whose), side="minimum" if floor else "maximum")
