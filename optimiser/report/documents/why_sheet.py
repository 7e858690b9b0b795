"""The Why sheet of a plan's workbook: an explanation as lines, with the changes that anyone can copy to Scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.analysis.reasons.explain import Explanation
from optimiser.analysis.reasons.explain_words import TITLES, Words, by_grantor
from optimiser.case.grantors import asked
from optimiser.report.documents.report_sheets import SheetLine

WIDTHS = (14.0, 24.0, 56.0, 12.0, 25.0, 12.0, 12.0, 11.0, 24.0)
"""Of the columns, in characters."""
CHANGE = ("sheet", "where", "column", "change")


def why_sheet(explanation: Explanation) -> list[SheetLine]:
    """The lines of the sheet: each initiative with its claims, prices step by step, rules, oddities."""
    return [
        *_initiatives(explanation),
        *_prices(explanation),
        *_rules(explanation),
        *_audit(explanation),
        *_core(explanation),
    ]


def _title(part: str) -> SheetLine:
    return SheetLine((TITLES[part],), "headline")


def _initiatives(found: Explanation) -> Iterator[SheetLine]:
    if not found.reasons:
        return
    yield _title("initiatives")
    yield SheetLine(("initiative", "name", "why", *CHANGE, "award after", "granted by"), "head")
    for reason in found.reasons:
        yield SheetLine((reason.initiative, reason.name, reason.sentence))
        for claim in reason.would_change:
            for k, row in enumerate(claim.changes):
                start = (None, None, claim.words if k == 0 else None)
                after = claim.award_after if k == len(claim.changes) - 1 else None
                who = asked(claim.grantors) if k == 0 else None
                yield SheetLine((*start, *(row[c] for c in CHANGE), after, who), "", ("",) * 7 + ("#,##0.##",))
    yield SheetLine(())


def _prices(found: Explanation) -> Iterator[SheetLine]:
    if not found.prices:
        return
    words = Words(found.case)
    yield _title("prices")
    yield SheetLine(("of", "item", "in words", "unit", "", "for the next", "worth per unit", "at once"), "head")
    formats = ("",) * 5 + ("#,##0.##", "0.000000", "#,##0.##")
    for price in found.prices:
        if not price.binds:
            continue
        said = f"{words.limit(price)}: {words.steps(price)}."
        for k, step in enumerate(price.steps):
            length = step.length if np.isfinite(step.length) else "as far as was looked"
            start = (price.of, price.item, said) if k == 0 else (None, None, None)
            yield SheetLine((*start, price.unit, None, length, step.worth, step.lump or None), "", formats)
    yield SheetLine(())


def _rules(found: Explanation) -> Iterator[SheetLine]:
    if not found.rules:
        return
    yield _title("rules")
    yield SheetLine(("kind", "item", "what", *CHANGE, "worth without", "granted by"), "head")
    for price in (one for _, group in by_grantor(found.rules) for one in group):
        for k, row in enumerate(price.changes):
            start = (price.kind, price.item, price.name) if k == 0 else (None, None, None)
            worth = price.worth_without if k == 0 else None
            who = asked(price.grantors) if k == 0 else None
            yield SheetLine((*start, *(row[c] for c in CHANGE), worth, who), "", ("",) * 7 + ("#,##0.######",))
    yield SheetLine(())


def _audit(found: Explanation) -> Iterator[SheetLine]:
    if not found.audit:
        return
    yield _title("audit")
    yield SheetLine(("kind", "item", "what"), "head")
    for doubt in found.audit:
        yield SheetLine((doubt.kind, doubt.item, doubt.sentence))


def _core(found: Explanation) -> Iterator[SheetLine]:
    if found.core is None:
        return
    yield SheetLine(())
    yield _title("core")
    yield SheetLine((None, None, found.core.sentence()))
    yield SheetLine(("initiative", "standing", "what", "", "", "least award", "most award"), "head")
    formats = ("",) * 5 + ("#,##0", "#,##0")
    for place in found.core.places:
        yield SheetLine((place.initiative, place.standing, place.sentence, None, None, *place.award[1:]), "", formats)
    for number, plan in enumerate(found.core.alternatives, 1):
        yield SheetLine((f"plan {number}", None, plan.sentence))
