"""Facts that papers ask for and no plan depends on: of agencies and funds, of categories, and the chart of accounts."""

from __future__ import annotations

from optimiser.case.columns import Column, Sheet, fact

OBJECT_CLASSES = ("personnel", "fringe benefits", "travel", "equipment", "supplies", "contractual", "construction", "other", "indirect")
"""Object classes of the federal forms, in the order of SF-424A; the last is not a direct cost."""
ORIGINS = ("federal", "state", "local", "private")
"""Whose money a fund is."""
RATE_TYPES = ("de minimis", "provisional", "predetermined", "final", "fixed")
"""Types of indirect rates, as the federal forms name them."""
SEGMENTS = ("fund", "agency", "initiative", "category", "period")
"""What an account string can be made of, in this order where none is said."""
_MONEY, _SHARE = "money", "share"

AGENCY_FACTS = (
    fact("uei", "text", "Unique Entity Identifier under which it is registered.", also=("unique entity identifier", "unique entity id")),
    fact("contact", "text", "Whom to write to: name, telephone or e-mail."),
    fact("address", "text", "Postal address, on one line."),
    fact("indirect_rate", "number", "Rate of its indirect costs.", _SHARE, high=10.0, also=("indirect cost rate", "idc rate", "icr")),
    fact("indirect_type", "choice", "Type of that rate.", choices=RATE_TYPES),
    fact("indirect_base", "text", "What the rate is applied to, such as modified total direct costs."),
)
FUND_FACTS = (
    fact("origin", "choice", "Whose money it is: federal, state, local or private.", choices=ORIGINS),
    fact("assistance_listing", "text", "Assistance listing number, such as 16.738.", also=("cfda", "cfda number", "aln", "assistance listing number", "assistance listings number")),
    fact("listing_title", "text", "Title of the assistance listing.", also=("assistance listing title", "cfda title")),
    fact("fain", "text", "Federal Award Identification Number.", also=("federal award identification number", "federal award number")),
    fact("award_date", "date", "Day on which the award was signed.", "date", also=("federal award date",)),
    fact("awarding_agency", "text", "Who made the award.", also=("federal awarding agency",)),
    fact("award_start", "date", "First day of the period of performance.", "date"),
    fact("award_end", "date", "Last day of the period of performance.", "date"),
    fact("budget_start", "date", "First day of the budget period.", "date"),
    fact("budget_end", "date", "Last day of the budget period.", "date"),
    fact("research", "choice", "Whether the award is for research and development.", choices=("yes", "no")),
    fact("spent_before", "number", "Spent of the award before the first period of this case.", _MONEY),
    fact("authorized", "number", "Federal money of the award that was authorized, from its first day to now. Blank: the fund's amount, where nothing was spent before.", _MONEY),
    fact("cash_received", "number", "Cash received, from the first day of the award to now.", _MONEY),
    fact("program_income", "number", "Program income, from the first day of the award to now.", _MONEY),
    fact("match_given", "number", "Match given that Actuals do not show: in kind, and before the first period of this case.", _MONEY),
    fact("obligated", "number", "Obligated and not yet paid.", _MONEY),
    fact("income_deducted", "number", "Program income spent by the deduction alternative, from the first day of the award to now. Asked for where there is program income.", _MONEY),
    fact("income_added", "number", "Program income spent by the addition alternative, from the first day of the award to now. Asked for where there is program income.", _MONEY),
    fact("expected_income", "number", "Program income that is expected, for the application.", _MONEY),
    fact("agent_fee", "number", "Fee of the fiscal agent of a joint award, as a share of the award; 0: none.", _SHARE),
    fact("passed_from", "text", "Pass-through entity from which the award comes; blank: from the awarding agency itself."),
    fact("passed_number", "text", "Number that the pass-through entity gave the award.", also=("pass-through number", "pass-through entity number")),
    fact("cluster", "text", "Cluster of programs to which it belongs in the single audit; blank: none."),
)

CATEGORIES = Sheet(
    "Categories",
    "How the case's cost categories stand in the federal forms. No plan depends on it.",
    (
        Column("category", "ref", "The cost category.", required=True, for_papers=True),
        fact("object_class", "choice", "Object class of the federal forms; blank: the class of the same name, if there is one.", choices=OBJECT_CLASSES),
        fact("in_base", "choice", "Whether indirect costs are charged on it; blank: yes, but for equipment, construction and indirect.", choices=("yes", "no")),
    ),
    ("category",),
)

ACCOUNT_CODES = Sheet(
    "Account codes",
    "The office's chart of accounts: what an account string is made of. No plan depends on it.",
    (
        Column("of", "choice", "Of what this is the segment; `credit`: the whole account that is credited when money of the fund `item` is budgeted.", required=True, choices=(*SEGMENTS, "credit"), for_papers=True),
        Column("item", "ref", "Which fund, agency, initiative, category or period.", required=True, for_papers=True),
        Column("code", "text", "The segment of the account string.", required=True, for_papers=True),
        fact("position", "number", "Its place in the account string, from 1; blank: fund, agency, initiative, category, period.", "place"),
    ),
    ("of", "item"),
)
