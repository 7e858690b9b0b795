"""More files of other offices, as `strange_files.py`: the third lot and the fourth.

Each lot was written before it was asked what the program proposes for it. FOUND_UNSEEN in `test_maps_proposed.py` says how many
columns were right then.
"""

from __future__ import annotations

from tests.case.strange_files import Strange
from tests.case.test_maps import QUARTERS

BIDS = Strange(
    "CSP bids 27-28.xlsx",
    {
        "Guidance": [["Safer Communities Partnership"], ["Complete every line. Queries to the grants inbox."]],
        "Bids": [
            ["Safer Communities Partnership - bids for 2027/28", None, None, None, None, None],
            [None] * 6,
            ["Ref", "Scheme", "Delivery body", "Strand", "2026/27 grant £", "2027/28 bid £"],
            ["B01", "Detached youth work", "Eastfield Youth Trust", "Young people", 40000, 46500],
            ["B02", "Town centre rangers", "Borough Council", "Neighbourhoods", 118000, 121250.5],
            ["B03", "IDVA in A&E", "Women's Aid", "Victims", 31000, 35000],
            ["B04", "Offender mentoring", "Eastfield Youth Trust", "Young people", None, 22000],
            [None, None, None, None, 189000, 224750.5],
        ],
    },
    "Initiatives",
    {
        "Ref": ("", "+Ref"),
        "Scheme": ("initiative",),
        "Delivery body": ("lead",),
        "Strand": ("theme",),
        "2026/27 grant £": ("baseline",),
        "2027/28 bid £": ("request",),
    },
    {"request": 224750.5, "baseline": 189000.0},
    4,
)

AWARDS = Strange(
    "active_awards.csv",
    "Active awards as of 6/30/2026,,,,,,\n"
    ",,,,,,\n"
    "Award #,Award title,Grantor,Award type,Period begins,Period ends,Award total,Required match %\n"
    '2026-JG-0041,JAG Local,BJA,Formula,10/1/2025,9/30/2029,"$184,220",0%\n'
    '2025-VA-0107,VOCA Victim Services,OVC,Formula,7/1/2025,6/30/2027,"$420,000",20%\n'
    'CO-26-11,County Safety Levy,County,Local,7/1/2026,6/30/2027,"$75,000",0%\n'
    'Grand total,,,,,,"$679,220",\n',
    "Funds",
    {
        "Award #": ("", "+Award #", "fund"),
        "Award title": ("fund", "name"),
        "Grantor": ("owner", "", "+Grantor"),
        "Award type": ("kind", "", "+Award type"),
        "Period begins": ("first", "", "+Period begins"),
        "Period ends": ("last", "", "+Period ends"),
        "Award total": ("amount",),
        "Required match %": ("match_rate",),
    },
    {"amount": 679220.0},
    3,
)

POSTS = Strange(
    "posts.xlsx",
    {
        "Posts at 1 April": [
            ["Posts at 1 April", None, None, None, None, None],
            ["Service", "Post", "Band", "WTE in post", "Of which secondable", "Cost per WTE (£)"],
            ["Probation", "Case manager", "B5", 12.5, "40%", 43200],
            ["Probation", "Analyst", "B6", 2, "50%", 51000],
            ["NHS Trust", "Mental health nurse", "B6", 7.8, "25%", 52350],
            ["Police", "Schools officer", "PC", 6, "100%", 58900],
            ["Total", None, None, 28.3, None, None],
        ]
    },
    "Staff",
    {
        "Service": ("agency",),
        "Post": ("role",),
        "Band": ("", "+Band"),
        "WTE in post": ("fte",),
        "Of which secondable": ("releasable",),
        "Cost per WTE (£)": ("cost_per_fte",),
    },
    {"fte": 28.3},
    4,
)

EXTRACT = Strange(
    "GL extract Q1-Q2.csv",
    "Company code;Doc no;Posting dt;Cost ctr;G/L acct text;Funding;WBS text;Amount in LC;Curr\n"
    "1000;4900012;07/14/2026;Sheriff;Salaries;JAG;Night patrol;12,450.00;USD\n"
    "1000;4900013;07/31/2026;Sheriff;Salaries;JAG;Night patrol;12,450.00;USD\n"
    "1000;4900044;08/29/2026;Sheriff;Travel;JAG;Night patrol;312.40;USD\n"
    "1000;4900071;10/02/2026;Health;Contractual;Levy;Counselling;8,000.00;USD\n"
    "1000;4900090;11/15/2026;Health;Contractual;Levy;Counselling;-500.00;USD\n",
    "Actuals",
    {
        "Company code": ("",),
        "Doc no": ("",),
        "Posting dt": ("period",),
        "Cost ctr": ("agency",),
        "G/L acct text": ("category",),
        "Funding": ("fund",),
        "WBS text": ("initiative",),
        "Amount in LC": ("money",),
        "Curr": ("",),
    },
    {"money": 32712.4},
    3,
    {"Periods": QUARTERS},
)

SCORECARD = Strange(
    "scorecard.xlsx",
    {
        "Q4 scorecard": [
            ["Partnership scorecard, Q4 2026", None, None, None, None, None],
            ["Workstream", "KPI", "Where we want to be", "Where we are", "Direction", "RAG"],
            ["Night patrol", "Response time (min)", 8, 9.5, "lower is better", "A"],
            ["Night patrol", "Hours on foot", 4000, 4200, "higher is better", "G"],
            ["Counselling", "People seen", 350, 280, "higher is better", "R"],
        ]
    },
    "Performance",
    {
        "Workstream": ("item",),
        "KPI": ("measure",),
        "Where we want to be": ("target",),
        "Where we are": ("actual",),
        "Direction": ("better", ""),
        "RAG": ("",),
    },
    {"target": 4358.0, "actual": 4489.5},
    3,
)

SHARES = Strange(
    "who pays what.xlsx",
    {
        "MoU schedule B": [
            ["Schedule B: what each party pays in, FY27", None, None, None],
            ["Party", "Task force pool", "Victim fund", "All"],
            ["Police", 150000, 20000, 170000],
            ["Prosecutor", 40000, 35000, 75000],
            ["Health", None, 60000, 60000],
            ["All parties", 190000, 115000, 305000],
        ]
    },
    "Contributions",
    {
        "Party": ("agency",),
        "Task force pool": ("across",),
        "Victim fund": ("across",),
        "All": ("",),
    },
    {"amount": 305000.0},
    5,
)

THIRD = (BIDS, AWARDS, POSTS, EXTRACT, SCORECARD, SHARES)
