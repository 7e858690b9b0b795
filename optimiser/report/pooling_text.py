"""What pooling is worth, as text for a terminal and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from optimiser.analysis.pooling import Group, Pooling
from optimiser.report import words
from optimiser.report.text import columns


def text(pooling: Pooling) -> str:
    """The finding, a table of the agencies, and what would happen if some left. Figures are impact."""
    rows = [
        (
            share.name,
            *(words.number(value) for value in (share.alone, share.shapley, share.gain, share.core)),
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


def as_json(pooling: Pooling) -> dict[str, Any]:
    """One object of plain numbers, in the unit of the impact."""
    return {
        "whole": pooling.whole,
        "achieved": pooling.achieved,
        "alone": pooling.alone,
        "gain": pooling.gain,
        "common": pooling.common,
        "exact": pooling.exact,
        "stable": pooling.stable,
        "groups": {"solved": pooling.groups[0], "of": pooling.groups[1]},
        "agencies": {share.agency: {**asdict(share), "gain": share.gain} for share in pooling.shares},
        "worst_core": _group(pooling.worst_core),
        "worst_shapley": _group(pooling.worst_shapley),
        "overlap": None
        if pooling.overlap is None
        else {"one": list(pooling.overlap[0]), "other": list(pooling.overlap[1]), "lost": pooling.overlap[2]},
        "sentences": list(pooling.sentences),
    }


def _group(group: Group) -> dict[str, Any]:
    return {"agencies": list(group.agencies), "value": group.value, "given": group.given, "advantage": group.advantage}
