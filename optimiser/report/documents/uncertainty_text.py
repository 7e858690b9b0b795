"""How plans fare over draws, as text for a terminal."""

from __future__ import annotations

from optimiser.analysis.uncertain.outlook import Outlook
from optimiser.case import impact
from optimiser.report import words
from optimiser.report.documents.plan_text import columns


def text(found: Outlook) -> str:
    """The findings, and a table with one row for each plan. Figures are impact."""
    share = f"worst {words.written(found.share, share=True)}"
    titles = ("Plan", "as planned", "average", share, "5% below", "5% above", "regret", "rules kept")
    rows = [
        (
            r["title"],
            *(words.number(r[c]) for c in ("planned", "average", "worst", "low", "high")),
            "not asked" if r["regret"] is None else words.number(r["regret"]),
            f"{r['kept']:,} of {len(found.draws):,}",
        )
        for r in found.records()
    ]
    notes = [f"{found.title(kind)}: {note}" for kind, made in found.robust.items() for note in made.plan.notes]
    quality = [
        f"{found.title(kind)} is not proven best: at most {words.points(made.bound - made.value, impact.unit(found.case))} are missed."
        for kind, made in found.robust.items()
        if made.plan.status == "stopped" and made.bound is not None and made.value is not None
    ]
    return "\n".join(
        [*found.sentences(), "", *columns(rows, titles), *(["", *quality, *notes] if quality + notes else [])]
    )
