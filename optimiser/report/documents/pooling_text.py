"""What pooling is worth, as text for a terminal."""

from __future__ import annotations

from optimiser.analysis.together.pooling import Pooling
from optimiser.report import words
from optimiser.report.documents.plan_text import columns


def text(pooling: Pooling) -> str:
    """The finding, a table of the agencies, and what would happen if some left. Figures are impact."""
    rows = [
        (
            share.name,
            words.number(share.alone),
            words.number(share.shapley),
            # As a reader finds it who subtracts the two before it.
            words.number(round(share.shapley, 1) - round(share.alone, 1)),
            words.number(share.core),
            *([f"± {words.number(2 * share.error)}"] if not pooling.exact else []),
        )
        for share in pooling.shares
    ]
    titles = (
        "Agency",
        "alone",
        "share of the whole",
        "gain",
        "share by prices",
        *([] if pooling.exact else ["give or take"]),
    )
    said = [line for line in pooling.sentences if line not in {share.sentence for share in pooling.shares}]
    return "\n".join([said[0], "", *columns(rows, titles), "", *said[1:]])
