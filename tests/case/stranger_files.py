"""More files of other offices, as `strange_files.py`: the third lot and the fourth.

Each lot was written before it was asked what the program proposes for it. Asked for the first time, 4 of 39 columns of the third
lot were right, and, after its kinds had been learned (a table is the one that explains most of the columns), 14 of 31 of the
fourth. Now they hold what was learned.
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

PACKAGES = Strange(
    "workplan budget.xlsx",
    {
        "WP budget": [
            ["Regional violence prevention network", None, None, None],
            ["Budget by work package, EUR", None, None, None],
            ["Work package", "Budget heading", "Eligible cost", "Comment"],
            ["WP1 Coordination", "Staff", 48000, None],
            ["WP1 Coordination", "Travel and subsistence", 3200, "two meetings"],
            ["WP2 Street teams", "Staff", 121000.5, None],
            ["WP2 Street teams", "Equipment", 9000, "vests, radios"],
            ["WP2 Street teams", "Subcontracting", 15000, None],
            ["Total eligible costs", None, 196200.5, None],
        ]
    },
    "Costs",
    {
        "Work package": ("initiative",),
        "Budget heading": ("category",),
        "Eligible cost": ("amount",),
        "Comment": ("",),
    },
    {"amount": 196200.5},
    5,
)

TRANCHES = Strange(
    "disbursement.csv",
    "Disbursement plan,,,,\n"
    "Award,1st tranche,2nd tranche,Final,Award total\n"
    'State block grant,"100,000","100,000","50,000","250,000"\n'
    'Hospital trust,"20,000","20,000",,"40,000"\n'
    'Sum,"120,000","120,000","50,000","290,000"\n',
    "Installments",
    {
        "Award": ("fund",),
        "1st tranche": ("across",),
        "2nd tranche": ("across",),
        "Final": ("across",),
        "Award total": ("",),
    },
    {"amount": 290000.0},
    5,
)

BRAZIL = Strange(
    "propostas.csv",
    "Secretaria de Segurança;;;;;\n"
    "Proposta;Órgão executor;Eixo;Valor solicitado 2027;Valor aprovado 2026;Situação\n"
    "Patrulha escolar;Guarda Municipal;Prevenção;350.000,00;300.000,00;em análise\n"
    "Casa da mulher;Secretaria da Mulher;Acolhimento;520.500,50;480.000,00;em análise\n"
    "Jovem no esporte;Secretaria de Esporte;Prevenção;90.000,00;;nova\n"
    "Total;;;960.500,50;780.000,00;\n",
    "Initiatives",
    {
        "Proposta": ("initiative",),
        "Órgão executor": ("lead",),
        "Eixo": ("theme",),
        "Valor solicitado 2027": ("request",),
        "Valor aprovado 2026": ("baseline",),
        "Situação": ("",),
    },
    {"request": 960500.5, "baseline": 780000.0},
    3,
)

CREWS = Strange(
    "crew plan.xlsx",
    {
        "Crew plan": [
            ["What each operation needs", None, None, None],
            ["Operation", "Crew", "People (full time)", "From"],
            ["Night patrol", "Patrol officer", 6, "Q1"],
            ["Night patrol", "Dispatcher", 1.5, "Q1"],
            ["Drug court", "Case manager", 3, "Q2"],
            ["Drug court", "Clerk", 1, "Q2"],
        ]
    },
    "Needs",
    {
        "Operation": ("initiative",),
        "Crew": ("role",),
        "People (full time)": ("fte",),
        "From": ("",),
    },
    {"fte": 11.5},
    4,
)

HOODS = Strange(
    "neighborhood table.csv",
    "Community area,Residents (2025),Shootings 2025,Unmet need ($)\n"
    'Eastside,24100,61,"1,200,000"\n'
    'Old Mill,18250,22,"400,000"\n'
    'Harbor,9900,9,"150,000"\n',
    "Areas",
    {
        "Community area": ("area",),
        "Residents (2025)": ("+Residents (2025)", "+population", ""),
        "Shootings 2025": ("+Shootings 2025", ""),
        "Unmet need ($)": ("need",),
    },
    {"need": 1750000.0},
    3,
)

BOOKS = Strange(
    "transaction detail by class.csv",
    "Harbor House Inc.,,,,,,\n"
    "Transaction Detail by Class,,,,,,\n"
    "Date,Type,Num,Payee,Grant,Class,Account,Amount\n"
    "07/08/2026,Bill,1201,Acme Vans,City JAG,Youth nights,Travel,412.75\n"
    "07/31/2026,Payroll,1207,Staff,City JAG,Youth nights,Salaries,9800.00\n"
    "10/15/2026,Bill,1244,Print Co,Levy,Hotline,Supplies,120.00\n"
    "10/31/2026,Payroll,1250,Staff,Levy,Hotline,Salaries,7000.00\n",
    "Actuals",
    {
        "Date": ("period",),
        "Type": ("",),
        "Num": ("",),
        "Payee": ("",),
        "Grant": ("fund",),
        "Class": ("initiative",),
        "Account": ("category",),
        "Amount": ("money",),
    },
    {"money": 17332.75},
    0,  # no column names the agency: that is said
    {"Periods": QUARTERS},
)

FOURTH = (PACKAGES, TRANCHES, BRAZIL, CREWS, HOODS, BOOKS)
