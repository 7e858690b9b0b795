"""The one specification of every sheet: template, checks, reference page and forms are all made from it.

A column's `type` says how its cells are read:
  key        a name that identifies the record; trimmed, case kept, compared by `names.fold`
  ref        the key of a record of the sheet `refers` (also `category`, `role` … where `refers` is blank)
  text       free text
  number     a number between `low` and `high`
  flag       yes or no
  choice     one of `choices`
  selection  text in the grammar of selections
  any        text or number, kept as written
Where `default` is None and the column is not required, a blank stays blank ("" or NaN).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from optimiser.case.columns import INFINITY as INFINITY
from optimiser.case.columns import Column as Column
from optimiser.case.columns import Sheet as Sheet
from optimiser.case.columns import choice, flag, key, number, ref, text
from optimiser.case.paper_facts import ACCOUNT_CODES, AGENCY_FACTS, CATEGORIES, FUND_FACTS
from optimiser.case.tolerances import GAP

STANDARD_CATEGORIES = ("personnel", "equipment", "travel", "training", "contractual", "supplies", "indirect", "general")
FUND_KINDS = ("pooled", "joint grant", "shared budget", "own budget")
SHAPES = ("range", "triangular", "normal", "either")
UNCERTAIN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "fund": ("Funds", ("amount",)),
    "initiative": ("Initiatives", ("request", "score")),
    "agency": ("Agencies", ("score",)),
    "staff": ("Staff", ("fte", "releasable", "hire_max", "hire_cost", "cost_per_fte")),
    "outcome": ("Outcomes", ("at_full",)),
}
"""What can be uncertain: of what, the sheet that it stands on, and which of its columns."""
REVIEW_METHODS = ("mean", "trimmed", "normalised", "ranks")
"""How several reviewers' scores become one: their mean, the same without the lowest and the highest, each reviewer put on one scale
first (by mean and standard deviation), or by the place that each gives it among what that reviewer scored."""
SET_BY = ("statute", "award", "agreement", "policy")
"""Who made a rule and may change it: the law, the grant's conditions, the parties of an agreement, the committee itself."""
DEFAULT_KIND = "limit"
RULE_KINDS = (
    DEFAULT_KIND,
    *sorted(
        {file.name.removesuffix(".py") for file in files("optimiser").joinpath("model", "rules", "kinds").iterdir()
         if file.name.endswith(".py")} - {DEFAULT_KIND, "__init__"}
    ),
)  # fmt: skip
"""Kinds of rule: the names of their files."""


_MONEY, _SHARE, _FTE = "money", "share", "FTE"
AS_MEASURE = "as the measure"
"""Unit of a number that means what the kind of its rule says."""

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "Case",
        "Settings of the whole case, one in each row.",
        (
            key("setting", "Which setting: name, currency, objective, rounding, post_step, tiers, score_effect, gap, time_limit, reviews, quorum or majority."),
            Column("value", "any", "Its value.", required=True),
        ),
        ("setting",),
    ),
    Sheet(
        "Periods",
        "The periods of the plan; the order of the rows is the order of time. Without rows there is one period, FY.",
        (
            key("period", "Name of the period, such as Q1.", also=("quarter", "fiscal period", "fiscal year", "period name")),
            Column("start", "date", "First day.", unit="date", default="", also=("from", "start date", "begin", "begins", "first day")),
            Column("end", "date", "Last day.", unit="date", default="", also=("to", "end date", "ends", "last day", "through")),
        ),
        ("period",),
        also=("quarters", "fiscal periods", "fiscal years"),
    ),
    Sheet(
        "Areas",
        "Places; an area may lie inside another. Additional columns (population, violent_crime …) are attributes.",
        (
            key("area", "Name of the area.", also=("district", "region", "place", "neighborhood", "neighbourhood", "county", "precinct", "area name")),
            text("name", "Name as people read it."),
            ref("parent", "Areas", "The area that this one lies in.", required=False),
            number("need", "Money that the area is said to need; used by the objective coverage.", _MONEY, 0.0),
            text("boundary", "Its outline on the map, as the page Inputs makes it from a boundary file; blank: none. No plan depends on it."),
        ),
        ("area",),
        attributes=True,
        also=("districts", "regions", "places", "neighborhoods", "neighbourhoods", "counties", "precincts"),
    ),
    Sheet(
        "Agencies",
        "Who spends money or supplies people.",
        (
            key("agency", "Short name of the agency.", also=("department", "organization", "organisation", "office", "division", "agency name", "department name", "organization name", "agency code", "agency id")),
            text("name", "Name as people read it.", also=("display name", "full name", "long name")),
            text("kind", "Kind of agency: police, prosecutor, health …"),
            ref("area", "Areas", "Where the agency works.", required=False),
            number("score", "How the agency performed against its targets; rows of Performance override it.", "0 to 100", 100.0, high=100.0),
            number("minimum", "Least money that it receives, over all periods.", _MONEY, 0.0),
            number("maximum", "Most money that it receives, over all periods; blank: no limit.", _MONEY),
            flag("sensitive", "Only its own people may see this row."),
            *AGENCY_FACTS,
        ),
        ("agency",),
        required=True,
        attributes=True,
        also=("departments", "organizations", "organisations", "offices", "divisions", "agency list", "participating agencies"),
    ),
    Sheet(
        "Funds",
        "Pots of money, each with its own restrictions.",
        (
            key("fund", "Short name of the fund.", also=("funding source", "source of funds", "source", "grant", "fund name", "grant name", "fund code", "fund id")),
            text("name", "Name as people read it."),
            choice("kind", FUND_KINDS, "Kind of fund: pooled by all, a joint grant, a budget that some share, or one agency's own.", "pooled"),
            ref("owner", "Agencies", "The agency that answers for the fund.", required=False),
            number("amount", "Money in the fund; blank: the sum of its contributions.", _MONEY, also=("fund amount", "available amount", "amount available", "available funds", "funds available", "total available")),
            ref("first", "Periods", "First period in which it may be spent; blank: the first of all.", required=False),
            ref("last", "Periods", "Last period in which it may be spent; blank: the last of all.", required=False),
            number("carryover", "Share of a period's balance that may move on to the next period.", _SHARE, 1.0, high=1.0),
            number("min_spend", "Least share of the fund that must be spent.", _SHARE, 0.0, high=1.0),
            number("match_rate", "Share of cost that must come from elsewhere than this fund.", _SHARE, 0.0, high=1.0, below_high=True, also=("match rate", "required match")),
            flag("can_match", "Its spend may count as match of other funds."),
            Column("allowed", "selection", "What it may pay for; blank: anything.", default=""),
            *FUND_FACTS,
        ),
        ("fund",),
        required=True,
        attributes=True,
        also=("funding sources", "sources of funds", "sources", "grants", "fund list", "revenue sources"),
    ),
    Sheet(
        "Installments",
        "When a fund's money arrives. Without rows all of it arrives in the fund's first period.",
        (
            ref("fund", "Funds", "The fund.", also=("funding source", "source of funds", "grant", "fund name")),
            ref("period", "Periods", "The period, inside the fund's window.", also=("quarter", "month", "fiscal period")),
            number("amount", "Money that arrives; the installments of a fund add up to its amount.", _MONEY, required=True, also=("installment", "instalment", "allotment", "payment")),
        ),
        ("fund", "period"),
        also=("instalments", "allotments", "payment schedule", "cash schedule"),
    ),
    Sheet(
        "Contributions",
        "What an agency pays into a fund; what is not contributed is outside money.",
        (
            ref("agency", "Agencies", "Who pays.", also=("department", "organization", "organisation", "agency name", "contributor")),
            ref("fund", "Funds", "Into which fund.", also=("funding source", "grant", "fund name")),
            number("amount", "Money paid in.", _MONEY, required=True, also=("contribution", "pledge", "amount contributed")),
        ),
        ("agency", "fund"),
        also=("agency contributions", "pledges", "payments in"),
    ),
    Sheet(
        "Initiatives",
        "What receives money and people.",
        (
            key("initiative", "Short name of the initiative.", also=("project", "program", "programme", "project name", "program name", "programme name", "initiative name", "proposal", "application", "project title", "project id", "program id")),
            text("name", "Name as people read it.", also=("display name", "full name", "long name")),
            text("theme", "Theme, such as crime mapping."),
            ref("area", "Areas", "Where it takes place.", required=False),
            ref("lead", "Agencies", "The agency that leads it.", required=False, also=("lead agency", "lead department", "lead organization", "lead organisation", "responsible agency", "responsible department")),
            number("request", "Cost at full scope; 0 where it needs people only. It may be blank where Costs has the initiative's amounts.", _MONEY, required=True, also=("budget request", "requested", "requested amount", "amount requested", "request amount", "requested budget", "ask", "funding request", "total request", "amount of request")),
            number("minimum", "Least award if it is funded at all.", _MONEY, 0.0, also=("minimum award", "least award")),
            number("maximum", "Most award; 0 locks it out; blank: no limit.", _MONEY, also=("maximum award", "award cap")),
            flag("must_fund", "It must be funded: at its minimum, or in full where it has none."),
            flag("all_or_nothing", "Delivered in full or not at all."),
            number("pace", "Largest share of the scope that one period can deliver.", _SHARE, 1.0, high=1.0),
            ref("first", "Periods", "First period in which it runs; blank: the first of all.", required=False),
            ref("last", "Periods", "Last period in which it runs; blank: the last of all.", required=False),
            number("baseline", "Last year's award.", _MONEY, 0.0, also=("last year's award", "last year award", "prior year award", "prior award", "previous award", "last award")),
            number("priority", "Weight of the initiative in the impact.", "weight", 1.0),
            number("score", "How it performed against its targets; rows of Performance override it. Blank: what the sheet Reviews comes to, if it has rows of it.", "0 to 100", 100.0, high=100.0),
            flag("sensitive", "Only the people of its lead may see this row."),
        ),
        ("initiative",),
        required=True,
        attributes=True,
        also=("projects", "programs", "programmes", "requests", "budget requests", "proposals", "applications", "project list", "program list"),
    ),
    Sheet(
        "Partners",
        "Which agencies may deliver an initiative. Without rows its lead alone; with no lead, every agency.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme", "project name", "program name")),
            ref("agency", "Agencies", "The agency.", also=("partner", "partner agency", "department", "organization", "organisation", "agency name")),
            number("min_share", "Least share of the delivered level.", _SHARE, 0.0, high=1.0),
            number("max_share", "Largest share of the delivered level.", _SHARE, 1.0, high=1.0),
            number("cost_factor", "Cost through this agency, as a multiple of the request.", "factor", 1.0),
            number("effectiveness", "Effect through this agency, as a multiple.", "factor", 1.0),
        ),
        ("initiative", "agency"),
        also=("partner agencies", "delivery partners", "project partners"),
    ),
    Sheet(
        "Costs",
        "What an initiative's money buys. Without rows all of it is general.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme", "project name", "program name")),
            Column("category", "ref", "Cost category: " + ", ".join(STANDARD_CATEGORIES) + ", or one of your own.", required=True, also=("cost category", "budget category", "object class", "line item", "expense category")),
            number("share", "Share of the cost; the shares of an initiative add up to 1. Share or amount: one of the two in all rows of an initiative.", _SHARE, high=1.0, also=("share of cost", "cost share")),
            number("amount", "Money in place of a share; the amounts of an initiative add up to its request, and are it where that is blank.", _MONEY, also=("cost", "line amount")),
        ),
        ("initiative", "category"),
        also=("budget lines", "line items", "cost lines", "budget detail", "budget narrative", "cost categories"),
    ),
    CATEGORIES,
    ACCOUNT_CODES,
    Sheet(
        "Staff",
        "The people whom agencies have and can release.",
        (
            ref("agency", "Agencies", "The agency.", also=("department", "organization", "organisation", "agency name")),
            Column("role", "ref", "Kind of staff, such as analyst.", required=True, also=("position", "job title", "kind of staff", "staff role")),
            number("fte", "Staff on the books.", _FTE, required=True, also=("ftes", "full time equivalents", "full-time equivalents", "number of ftes")),
            number("releasable", "Share that can be released to initiatives.", _SHARE, 1.0, high=1.0),
            number("cost_per_fte", "Value of one FTE for one period; counts as match in kind.", "money per FTE and period", 0.0),
            ref("period", "Periods", "Blank: each period; a row with a period overrides it.", required=False),
            number("hire_max", "Most FTE that can be hired in a period.", _FTE, 0.0),
            number("hire_cost", "Cost of one hired FTE for one period.", "money per FTE and period", 0.0),
        ),
        ("agency", "role", "period"),
        also=("personnel", "positions", "workforce", "staffing", "people", "headcount"),
    ),
    Sheet(
        "Needs",
        "The people whom an initiative needs in each active period at full scope.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme", "project name", "program name")),
            Column("role", "ref", "Kind of staff.", required=True, also=("position", "job title", "kind of staff", "staff role")),
            number("fte", "Staff needed in each active period at full scope.", _FTE, required=True, also=("ftes", "full time equivalents", "full-time equivalents", "fte needed")),
        ),
        ("initiative", "role"),
        also=("staff needs", "staffing needs", "people needed"),
    ),
    Sheet(
        "Substitutes",
        "Which role can do the work of which other. They do not chain.",
        (
            Column("role", "ref", "The role of the person.", required=True),
            Column("can_do", "ref", "The role that the person can fill.", required=True),
            number("rate", "FTE of the needed role that one FTE provides.", "FTE per FTE", 1.0),
        ),
        ("role", "can_do"),
    ),
    Sheet(
        "Outcomes",
        "What an initiative achieves at full scope, in the outcome's own unit.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme", "project name", "program name")),
            Column("outcome", "ref", "Name of the outcome.", required=True, also=("result", "expected result", "indicator")),
            number("at_full", "Achieved at full scope; negative only without a curve.", "unit of the outcome", required=True, low=-INFINITY, also=("at full scope", "expected", "target value")),
            ref("curve", "Curves", "How the outcome grows with the level; blank: in proportion.", required=False),
        ),
        ("initiative", "outcome"),
        also=("results", "expected results", "impacts"),
    ),
    Sheet(
        "Curves",
        "Shapes of diminishing return: from 0,0 to 1,1, concave.",
        (
            Column("curve", "ref", "Name of the curve.", required=True),
            number("level", "Level.", _SHARE, required=True, high=1.0),
            number("achieved", "Share of the outcome achieved at that level.", _SHARE, required=True, high=1.0),
        ),
        ("curve", "level"),
    ),
    Sheet(
        "Priorities",
        "Weights of outcomes, themes and areas; what is not listed has weight 1.",
        (
            choice("of", ("outcome", "theme", "area"), "What is weighted."),
            Column("item", "ref", "Which one.", required=True),
            number("weight", "Its weight.", "weight", required=True),
        ),
        ("of", "item"),
        also=("weights",),
    ),
    Sheet(
        "Performance",
        "Targets and actuals; they make the scores of initiatives and agencies.",
        (
            choice("of", ("initiative", "agency"), "Whose performance."),
            Column("item", "ref", "Which initiative or agency.", required=True),
            Column("measure", "ref", "What is measured.", required=True, also=("indicator", "metric", "kpi", "performance measure")),
            number("target", "The target.", "unit of the measure", required=True),
            number("actual", "What was reached.", "unit of the measure", required=True),
            number("weight", "Weight among the measures.", "weight", 1.0),
            choice("better", ("higher", "lower"), "Whether more or less is better.", "higher"),
        ),
        ("of", "item", "measure"),
        also=("performance measures", "metrics", "kpis"),
    ),
    Sheet(
        "Reviews",
        "Scores that several reviewers gave. Where the score of an initiative is blank, what they come to is its score.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme", "application", "proposal")),
            Column("reviewer", "ref", "Who scored it. Only the office sees the name.", required=True, also=("evaluator", "rater", "scorer", "panelist", "reviewed by", "reviewer name")),
            Column("criterion", "ref", "What was scored; blank: all of it.", default="", also=("criteria", "review criterion")),
            number("score", "The reviewer's score.", "0 to 100", required=True, high=100.0, also=("rating", "points awarded", "review score")),
            number("weight", "Weight of the criterion within the reviewer's score.", "weight", 1.0),
            flag("conflict", "The reviewer has an interest in it: the score does not count."),
        ),
        ("initiative", "reviewer", "criterion"),
        also=("reviewer scores", "ratings", "evaluations", "panel scores", "review panel"),
        later=True,
    ),
    Sheet(
        "Rules",
        "What must hold, how much, by whose authority.",
        (
            key("rule", "Name of the rule."),
            choice("kind", RULE_KINDS, "Kind of rule.", DEFAULT_KIND),
            text("measure", "What is summed: money, staff, in kind, level or the name of an outcome; for average a numeric column; for match `cash`, or `cash: fund = County`."),
            Column("where", "selection", "What the sum takes in; blank: everything.", default=""),
            text("per", "Repeat the rule for each fund, agency, initiative, period, category, role, theme, area or tier; or for each pair of two: `agency, period`."),
            number("at_least", "Least value; a share where `of` is given.", AS_MEASURE, low=-INFINITY),
            number("at_most", "Largest value; a share where `of` is given.", AS_MEASURE, low=-INFINITY),
            text("of", "Base of a share: a selection, `measure: selection`, or amount, contribution, baseline, request, fte, headcount, total; behind one of the sums of money `; greater 55000`, `; lesser 1000000` or `; lesser request`. For match `grant`: of what the fund pays."),
            flag("hard", "Must hold; otherwise it may be broken at the penalty.", True),
            number("penalty", "Cost in impact of each unit by which a soft rule is broken.", "impact per unit"),
            text("authority", "Statute, grant condition or clause that it comes from.", also=("citation", "legal basis", "legal authority", "source")),
            choice("set_by", SET_BY, "Who made it and may change it: a statute (or regulation), the award's conditions, an agreement of the parties, or the committee's own policy.", "policy"),
            text("waiver", "Who may grant a waiver, and how; blank: nobody."),
            text("note", "Anything a reader should know."),
            text("entry", "The entry of the library that it came from, with the date of the text that was read."),
            flag("active", "Switches the rule off without deleting it.", True),
        ),
        ("rule",),
        also=("constraints", "restrictions", "grant conditions"),
    ),
    Sheet(
        "Waivers",
        "Waivers that were granted: by whom, when and until when; the rule then does not hold, or only in part.",
        (
            ref("rule", "Rules", "The rule that is waived."),
            text("granted_by", "Who granted it.", required=True),
            Column("granted_on", "date", "On which day.", unit="date", required=True),
            Column("until", "date", "Its last day; blank: as long as the case. One that ends before the last period does leaves the rule as it is.", unit="date", default=""),
            Column("where", "selection", "What is exempt, as one comparison: `initiative = Shelter`; blank: all.", default=""),
            number("at_least", "The least value that holds instead; blank: the rule does not hold.", AS_MEASURE, low=-INFINITY),
            number("at_most", "The largest value that holds instead.", AS_MEASURE, low=-INFINITY),
            text("note", "The letter or the decision, and where it is kept."),
        ),
        ("rule", "where"),
        also=("waivers granted", "exemptions granted"),
    ),
    Sheet(
        "Scenarios",
        "Named sets of changes to the case, one change in each row.",
        (
            Column("scenario", "ref", "Name of the scenario.", required=True),
            Column("sheet", "ref", "Sheet that is changed.", required=True),
            Column("where", "selection", "Which rows of that sheet, by its own columns; blank: all.", default=""),
            Column("column", "text", "Column that is changed (blank with `remove`).", default=""),
            Column("change", "text", "`= 1200000`, `* 0.9`, `+ 50000`, `- 5` or `remove`.", required=True),
            text("note", "Why."),
        ),
        ("scenario", "sheet", "where", "column", "change"),
    ),
    Sheet(
        "History",
        "What earlier years paid and achieved.",
        (
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme")),
            Column("year", "number", "The year.", unit="year", required=True, low=1900.0, high=2200.0, also=("fiscal year",)),
            number("funding", "Money it received.", _MONEY, required=True, also=("award", "amount funded")),
            Column("outcome", "ref", "Name of the outcome.", required=True),
            number("value", "What was achieved.", "unit of the outcome", required=True, low=-INFINITY),
        ),
        ("initiative", "year", "outcome"),
        also=("past years", "prior years"),
    ),
    Sheet(
        "Actuals",
        "What is already spent and delivered, for the re-plan.",
        (
            ref("fund", "Funds", "The fund.", also=("funding source", "grant")),
            ref("initiative", "Initiatives", "The initiative.", also=("project", "program", "programme")),
            ref("agency", "Agencies", "The agency.", also=("department", "organization", "organisation")),
            Column("category", "ref", "Cost category.", required=True, also=("cost category", "object class", "expense category")),
            ref("period", "Periods", "The period.", also=("quarter", "fiscal period")),
            number("money", "Money spent.", _MONEY, required=True, also=("amount", "spent", "money spent", "amount spent", "expenditure")),
            number("level", "Share of scope delivered.", _SHARE, high=1.0),
        ),
        ("fund", "initiative", "agency", "category", "period"),
        also=("ledger", "expenditures", "actual spending", "spending to date"),
    ),
    Sheet(
        "Uncertainty",
        "Numbers of the case that may turn out otherwise, each with its range; no plan reads it, the analysis of uncertainty does.",
        (
            choice("of", tuple(UNCERTAIN), "Whose number: of a fund, an initiative, an agency, its staff, or an outcome of an initiative."),
            Column("item", "ref", "Which one: the fund, initiative or agency; for staff the agency, for an outcome the initiative.", required=True),
            Column("detail", "ref", "For staff the role, for an outcome its name; else blank.", default=""),
            text("column", "Which number: amount of a fund; request or score of an initiative; score of an agency; fte, releasable, hire_max, hire_cost or cost_per_fte of staff; at_full of an outcome.", required=True),
            choice("shape", SHAPES, "range: all values from low to high alike; triangular: likely is the most likely; normal: 5% lie below low and 5% above high; either: low or high, nothing between.", "range"),
            number("low", "Least value; of a normal shape the value that 5% lie below.", "as measured", required=True, low=-INFINITY),
            number("likely", "Most likely value; of a normal shape the mean; blank: the number of the case.", "as measured", low=-INFINITY),
            number("high", "Largest value; of a normal shape the value that 5% lie above.", "as measured", required=True, low=-INFINITY),
            number("chance", "Of the shape `either`: how likely high is.", _SHARE, 0.5, high=1.0),
            choice("measured", ("value", "factor"), "value: low, likely and high are numbers of the column; factor: multiples of the case's number, such as 0.9 and 1.1.", "value"),
            text("moves_with", "Rows with the same text here rise and fall together."),
            text("note", "Where the range comes from."),
        ),
        ("of", "item", "detail", "column"),
    ),
)

BY_NAME = {sheet.name: sheet for sheet in SHEETS}


SETTINGS: tuple[Column, ...] = (
    Column("name", "text", "Name of the case.", default=""),
    Column("currency", "text", "Currency of all money.", default="USD"),
    Column("objective", "text", "Objectives in order, with what the earlier may give up: `impact within 2% > fairness`.", default="impact"),
    Column("rounding", "choice", "Unit of every spend line: 1 whole units, 0.01 cents, 0 none.", default=1.0, choices=("0", "0.01", "1")),
    Column("post_step", "choice", "Unit of posts and hires in FTE: 0 any fraction, 0.5 halves, 1 whole people.", default=0.0, choices=("0", "0.5", "1")),
    Column("tiers", "text", "Bands of the score, best first.", default="A>=80, B>=60, C>=0"),
    Column("score_effect", "choice", "`proportional`: outcomes are multiplied by score / 100.", default="none", choices=("none", "proportional")),
    number("gap", "Largest relative distance from the best that is accepted.", default=GAP, high=1.0),
    number("time_limit", "Seconds after which a solve is stopped.", default=300.0),
    Column("reviews", "choice", "How reviewers' scores become one: `mean`; `trimmed` (without the lowest and the highest, from three on); `normalised` (each reviewer's mean and spread made alike); `ranks` (the place among what each reviewer scored).", default="mean", choices=REVIEW_METHODS),
    number("quorum", "Votes that a decision needs; blank: half the members."),
    number("majority", "Share of the votes that approval must exceed.", default=0.5, high=1.0),
)
"""Settings of the Case sheet, each as a column of one cell."""
