"""What grant texts ask for and no kind of rule can say yet, each with what to do instead; found by the search of the library."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.case.names import fold


@dataclass(frozen=True)
class Unsaid:
    """asks: what a text asks for; who: which programmes; instead: what to do; words: what people call it."""

    asks: str
    who: str
    instead: str
    words: str = ""

    @property
    def sentence(self) -> str:
        """For whoever looks for it."""
        return f"No kind of rule can say this: {self.asks} ({self.who}). Instead: {self.instead}."


UNSAID: tuple[Unsaid, ...] = (
    Unsaid(
        "one rule or another, or a share over a longer span",
        "MHBG 10% or 20% by the next year; CDBG 70% over one to three years",
        "hold the stricter of the two, or let the case hold all the years",
        "alternative two years",
    ),
    Unsaid(
        "a match rate, or a federal share, that changes from year to year",
        "JMHCP, DFC, cyber, COPS",
        "make each grant year a fund of its own, with a match rule of its own",
        "declining federal share",
    ),
    Unsaid(
        "small recipients first, the rest after",
        "Bulletproof vests",
        "give the small ones a fund of their own, as large as their requests",
        "small jurisdictions order",
    ),
    Unsaid(
        "a rule that starts at a threshold",
        "ESSA IV-A from $30,000; single audit from $1,000,000; 2 CFR 200.308",
        "switch the rule on (active) for those above the threshold, or select them by an attribute",
        "only above",
    ),
    Unsaid(
        "a capped sum: the first $50,000 of each subaward",
        "2 CFR 200.414 base of indirect cost",
        "leave contractual cost out of the base, which is stricter",
        "mtdc subaward indirect",
    ),
    Unsaid(
        "moves across categories, added up",
        "2 CFR 200.308, HIDTA",
        "hold each category within 10% of the budget; the re-plan counts approvals",
        "budget transfers cumulative reprogramming",
    ),
    Unsaid(
        "a named past year as baseline",
        "SUPTRS 1994, maintenance of effort",
        "write the amounts of that year into the column baseline",
        "maintenance of effort supplanting",
    ),
    Unsaid(
        "obligation apart from spending, and days",
        "SLFRF, pass-through within 45 days",
        "lock what is not under contract at 0; take periods as short as the deadline",
        "deadline obligated encumbered",
    ),
    Unsaid(
        "where withheld money goes, and a penalty on a part",
        "SORNA, PREA, Title II",
        "put what is withheld into a fund of its own; let the column allocation hold the part",
        "penalty reduction reallocated",
    ),
    Unsaid(
        "a bonus for some",
        "STOP (k): up to 10% more",
        "raise the amounts in the column that the formula reads",
        "incentive",
    ),
    Unsaid(
        "votes and seats of a committee",
        "HIDTA, cyber planning committees",
        "it is a fact of the decision record, and no limit on the plan",
        "quorum board members",
    ),
    Unsaid(
        "a share of the people served, and not of the money",
        "WIOA 5% not poor; CDBG 51% of an activity's users",
        "let an outcome count the people, and hold its share",
        "participants clients served",
    ),
    Unsaid(
        "cost that is shared above a sum only",
        "state CDBG administration, ESG: the first $100,000 free",
        "make the free part a fund of its own, without a match",
        "first free of match",
    ),
)


def unsaid(text: str) -> tuple[Unsaid, ...]:
    """Those in which every word of the text stands."""
    words = fold(text).split()
    return tuple(
        u for u in UNSAID if words and all(w in fold(f"{u.asks} {u.who} {u.instead} {u.words}") for w in words)
    )
