"""A reason: why an initiative got what it got, and the changes that were tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.analysis.limits.cell import ChangeRow
from optimiser.case.grantors import Grantor
from optimiser.case.readable import number


def required_words(rows: Sequence[ChangeRow]) -> str:
    """What is required where these rows ask for an initiative in full; with a minimum, must_fund asks for that much alone."""
    changed = {row["column"]: row["change"] for row in rows}
    said = "it in full (must_fund, without its minimum)" if "minimum" in changed else "it (must_fund)"
    return (
        f"{said} with a maximum of {number(float(changed['maximum'].lstrip('= ')))}" if "maximum" in changed else said
    )


@dataclass(frozen=True)
class Claim:
    """A change and what follows from it: money and share of full scope of the initiative. words: such as `0.6 FTE more
    of analyst at Police`; grantors: who must grant it, the hardest to get first."""

    changes: tuple[ChangeRow, ...]
    award_after: float
    level_after: float
    words: str
    grantors: tuple[Grantor, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why one initiative got what it got.

    limits: what stands in its way, by name; brings: impact that the rest would bring; costs: what that would cost
    elsewhere (None where it cannot be had, or impact is not the first objective).
    """

    initiative: str
    name: str
    award: float
    level: float
    sentence: str
    limits: tuple[str, ...] = ()
    would_change: tuple[Claim, ...] = ()
    brings: float | None = None
    costs: float | None = None
