"""Files in the manner of public ones, as `strange_files.py`: the fifth lot and the sixth; `public_files.py` has the seventh
to the ninth.

Each lot was written before it was asked what the program proposes for it. Asked for the first time 36 of 52 columns of the fifth
were right and, each time after the kinds of the lots before had been learned, 22 of 44, 24 of 41, 18 of 36 and 25 of 34. Now
they hold what was learned.
"""

from __future__ import annotations

from tests.case.strange_files import Strange
from tests.case.test_maps import QUARTERS

BUDGET = Strange(
    "FY2027 Recommended Budget.xlsx",
    {
        "Summary": [
            ["City of Harlow Falls", None, None, None, None, None, None],
            ["General Fund Expenditures by Department", None, None, None, None, None, None],
            [None] * 7,
            ["Dept No", "Department Name", "FY2025 Actuals", "FY2026 Adopted Budget", "FY2027 Recommended", "$ Change", "% Change"],
            ["010", "Police", 41250310.22, 43100000, 45275000, 2175000, 0.0505],
            ["020", "Fire & Rescue", 28110400, 29400000, 30050000, 650000, 0.0221],
            ["035", "Public Health", 6120988.4, 6500000, 7100000, 600000, 0.0923],
            ["040", "Parks, Recreation & Culture", 9001200, 9400000, 9150000, -250000, -0.0266],
            [None, "Total General Fund", 84482898.62, 88400000, 91575000, 3175000, 0.0359],
        ]
    },
    "Initiatives",
    {
        "Dept No": ("", "+Dept No"),
        "Department Name": ("initiative",),
        "FY2025 Actuals": ("",),
        "FY2026 Adopted Budget": ("baseline",),
        "FY2027 Recommended": ("request",),
        "$ Change": ("",),
        "% Change": ("",),
    },
    {"request": 91575000.0, "baseline": 88400000.0},
    4,
)  # fmt: skip

AWARD_LIST = Strange(
    "CVI_awards.csv",
    "State Office of Violence Prevention,,,,,,,\n"
    "Community Violence Intervention - Notice of Intent to Award,,,,,,,\n"
    ",,,,,,,\n"
    "App. ID,Legal Name of Applicant,Project Name,County Served,Panel Score,Amount Requested,Amount Awarded,Contract Term\n"
    'CVI-001,Bridges to Hope Inc.,Hospital Responders,Alder,93.5,"$750,000.00","$600,000.00",7/1/26-6/30/28\n'
    'CVI-002,City of Brantford,Group Violence Strategy,Alder,88,"$1,200,000.00","$900,000.00",7/1/26-6/30/28\n'
    'CVI-003,Second Chance Network,Peace Fellows,Moray,81.25,"$415,250.00","$415,250.00",7/1/26-6/30/28\n'
    'CVI-004,Tri-County YMCA,Late Night Gym,Tarrow,62,"$220,000.00",$0.00,\n'
    ',TOTAL,,,,"$2,585,250.00","$1,915,250.00",\n',
    "Initiatives",
    {
        "App. ID": ("", "+App. ID"),
        "Legal Name of Applicant": ("lead",),
        "Project Name": ("initiative",),
        "County Served": ("area",),
        "Panel Score": ("score",),
        "Amount Requested": ("request",),
        "Amount Awarded": ("baseline",),
        "Contract Term": ("", "+Contract Term"),
    },
    {"request": 2585250.0, "baseline": 1915250.0},
    4,
)

EXTRACT = Strange(
    "GL_detail_Q1Q2.csv",
    "Org,Fund Desc,Obj Desc,Project Desc,Eff Date,Src,Vendor,Debits,Credits\n"
    '2101,Opioid Abatement Fund,Salaries & Wages,Jail MAT,07/15/2026,PRJ,,"4,210.55",\n'
    '2101,Opioid Abatement Fund,Salaries & Wages,Jail MAT,10/15/2026,PRJ,,"4,210.55",\n'
    '2101,Opioid Abatement Fund,Medical Supplies,Jail MAT,08/21/2026,API,McKay Pharma,"1,999.00",\n'
    "2101,Opioid Abatement Fund,Medical Supplies,Jail MAT,08/25/2026,API,McKay Pharma,,350.00\n"
    '2240,Drug Court Grant,Contract Services,Recovery Court,11/02/2026,API,Harbor House,"12,500.00",\n',
    "Actuals",
    {
        "Org": ("", "agency"),
        "Fund Desc": ("fund",),
        "Obj Desc": ("category",),
        "Project Desc": ("initiative",),
        "Eff Date": ("period",),
        "Src": ("",),
        "Vendor": ("",),
        "Debits": ("money",),
        "Credits": ("-money",),
    },
    {"money": 22570.1},
    0,
    {"Periods": QUARTERS},
)

TEMPLATE = Strange(
    "Budget summary all projects.xlsx",
    {
        "Instructions": [["Complete one line for each project."], ["Use whole dollars."]],
        "Budget Summary": [
            ["Applicant: Marlow County", *[None] * 11],
            [
                "Project", "A. Personnel", "B. Fringe Benefits", "C. Travel", "D. Equipment", "E. Supplies", "F. Construction",
                "G. Subawards", "H. Procurement Contracts", "I. Other", "J. Indirect", "Total Project Costs",
            ],
            ["Crisis Response", 120000, 38000, 4000, 0, 2500, 0, 50000, 10000, 1500, 22600, 248600],
            ["Jail Reentry", 88000, 27500, 2500, 6000, 1800, 0, 0, 32000, 0, 15780, 173580],
            ["Data Sharing", 0, 0, 1200, 18000, 0, 0, 0, 95000, 4000, 0, 118200],
            ["Total", 208000, 65500, 7700, 24000, 4300, 0, 50000, 137000, 5500, 38380, 540380],
        ],
    },
    "Costs",
    {
        "Project": ("initiative",),
        "A. Personnel": ("across",),
        "B. Fringe Benefits": ("across",),
        "C. Travel": ("across",),
        "D. Equipment": ("across",),
        "E. Supplies": ("across",),
        "F. Construction": ("across",),
        "G. Subawards": ("across",),
        "H. Procurement Contracts": ("across",),
        "I. Other": ("across",),
        "J. Indirect": ("across",),
        "Total Project Costs": ("",),
    },
    {"amount": 540380.0},
    30,
)  # fmt: skip

OPIOID = Strange(
    "Opioid settlement requests.xlsx",
    {
        "Requests": [
            ["Weller County Opioid Settlement Advisory Board", *[None] * 7],
            ["Funding requests received for FY27 (through 3/31/2026)", *[None] * 7],
            [
                "#", "Exhibit E Strategy", "Requesting Organization", "Program / Service", "One-time or recurring", "FY27 Ask",
                "Board Rating", "Staff Comments",
            ],
            [1, "B. Treatment", "Weller Behavioral Health", "Mobile MOUD van", "Recurring", 412000, 91, "strong"],
            [2, "C. Connections to care", "County Sheriff", "Deflection navigators", "Recurring", 265000, 84, None],
            [3, "G. Prevention", "Weller School District #4", "Botvin LifeSkills", "One-time", 58500, 77, "ask for match"],
            [4, "H. Harm reduction", "Safe Point", "Naloxone vending", "One-time", 36250.5, 95, None],
            [None, None, None, None, "Total requested", 771750.5, None, None],
        ]
    },
    "Initiatives",
    {
        "#": ("",),
        "Exhibit E Strategy": ("theme",),
        "Requesting Organization": ("lead",),
        "Program / Service": ("initiative",),
        "One-time or recurring": ("", "+One-time or recurring"),
        "FY27 Ask": ("request",),
        "Board Rating": ("score",),
        "Staff Comments": ("", "+Staff Comments"),
    },
    {"request": 771750.5},
    4,
)  # fmt: skip

SCHOOLS = Strange(
    "Federal and state grants 26-27.csv",
    "Eastbrook Unified School District,,,,,,,\n"
    "Categorical Programs 2026-27,,,,,,,\n"
    "Resource,Program Title,Granting Agency,Assistance Listing,Carryover 25-26,26-27 Entitlement,Restricted?,Site Contact\n"
    '3010,"ESSA Title I, Part A",US Dept of Education,84.010,"112,408","1,940,233",Y,Ruiz\n'
    '4035,"ESSA Title II, Part A",US Dept of Education,84.367,0,"268,119",Y,Ruiz\n'
    '5810,Stop School Violence,US DOJ,16.839,"85,000","410,000",Y,Chen\n'
    '6762,Arts and Music Block Grant,State,,"33,210","501,750",N,Ortega\n'
    ',Total Categorical,,,"230,618","3,120,102",,\n',
    "Funds",
    {
        "Resource": ("", "+Resource"),
        "Program Title": ("fund",),
        "Granting Agency": ("owner", ""),
        "Assistance Listing": ("", "+Assistance Listing"),
        "Carryover 25-26": ("", "+Carryover 25-26"),
        "26-27 Entitlement": ("amount",),
        "Restricted?": ("", "+Restricted?", "kind"),
        "Site Contact": ("", "+Site Contact"),
    },
    {"amount": 3120102.0},
    4,
)

POSITIONS = Strange(
    "Authorized positions.xlsx",
    {
        "Positions": [
            ["Schedule of Authorized Positions", *[None] * 5],
            [None, None, None, "FY26", "FY27", "Average"],
            ["Dept/Division", "Job Class Title", "Pay Grade", "Authorized", "Proposed FTE", "Annual Salary"],
            ["Police / Investigations", "Detective", "P-7", 14, 15, 88250],
            ["Police / Investigations", "Crime Analyst", "G-12", 3, 4.5, 71400],
            ["Health / Behavioral", "Social Worker II", "G-11", 6, 6.5, 66900],
            ["District Attorney", "Victim Advocate", "G-9", 2, 2, 54100],
            ["Total", None, None, 25, 28, None],
        ]
    },
    "Staff",
    {
        "Dept/Division": ("agency",),
        "Job Class Title": ("role",),
        "Pay Grade": ("",),
        "FY26 Authorized": ("",),
        "FY27 Proposed FTE": ("fte",),
        "Average Annual Salary": ("cost_per_fte",),
    },
    {"fte": 28.0},
    4,
)

SUBAWARDS = Strange(
    "VOCA subawards.csv",
    "Subgrantee,Title of Project,Purpose Area,Judicial District,Federal Amt,Match Amt,Total Project Budget,Status\n"
    '"Haven House, Inc.",Shelter and Advocacy,Domestic violence,3rd,"312,000","78,000","390,000",Active\n'
    'County Attorney,Victim Notification,Underserved,3rd,"96,500.00","24,125.00","120,625.00",Active\n'
    '"Children\'s Advocacy Ctr",Forensic Interviews,Child abuse,7th,"204,000","51,000","255,000",Pending\n'
    'STATEWIDE TOTAL,,,,"612,500","153,125","765,625",\n',
    "Initiatives",
    {
        "Subgrantee": ("lead",),
        "Title of Project": ("initiative",),
        "Purpose Area": ("theme",),
        "Judicial District": ("area",),
        "Federal Amt": ("", "request", "baseline", "+Federal Amt"),
        "Match Amt": ("", "+Match Amt"),
        "Total Project Budget": ("request",),
        "Status": ("", "+Status"),
    },
    {"request": 765625.0},
    3,
)

TRANSACTIONS = Strange(
    "expenditure_detail.csv",
    "FY,Per,Fund Name,Cost Center Name,Program Name,Account Name,Trans Date,Trans Amt,Memo\n"
    "2027,1,JAG 2025,Sheriff,Gun Crime Unit,Overtime,7/31/2026,18250.40,payroll\n"
    "2027,4,JAG 2025,Sheriff,Gun Crime Unit,Overtime,10/31/2026,17110.00,payroll\n"
    "2027,4,JAG 2025,Sheriff,Gun Crime Unit,Overtime,10/31/2026,-410.00,correction\n"
    "2027,7,Public Safety Sales Tax,Probation,Pretrial Services,Professional Services,1/15/2027,9300.00,inv 88\n",
    "Actuals",
    {
        "FY": ("",),
        "Per": ("",),
        "Fund Name": ("fund",),
        "Cost Center Name": ("agency",),
        "Program Name": ("initiative",),
        "Account Name": ("category",),
        "Trans Date": ("period",),
        "Trans Amt": ("money",),
        "Memo": ("",),
    },
    {"money": 44250.4},
    3,
    {"Periods": QUARTERS},
)

SETTLEMENT = Strange(
    "settlement payments.xlsx",
    {
        "Projected": [
            ["Projected opioid settlement payments to the County", *[None] * 6],
            ["Settlement", "FY 2026", "FY 2027", "FY 2028", "FY 2029", "FY 2030", "Total"],
            ["Distributors", 210400, 210400, 221000, 221000, 221000, 1083800],
            ["Janssen", 46000, 12500, 12500, 12500, 0, 83500],
            ["Walgreens", 31250, 31250, 31250, 31250, 31250, 156250],
            ["All settlements", 287650, 254150, 264750, 264750, 252250, 1323550],
        ]
    },
    "Installments",
    {
        "Settlement": ("fund",),
        "FY 2026": ("across",),
        "FY 2027": ("across",),
        "FY 2028": ("across",),
        "FY 2029": ("across",),
        "FY 2030": ("across",),
        "Total": ("",),
    },
    {"amount": 1323550.0},
    15,
)

SCORECARD = Strange(
    "LCAP scorecard.csv",
    "Program,Goal Area,Success Indicator,2024-25 Baseline,2026-27 Target,2026-27 Result,Goal Met?\n"
    "After School Safety,Climate,Students enrolled,410,600,575,No\n"
    "After School Safety,Climate,Suspensions avoided,0,45,52,Yes\n"
    "Counselors in Middle Schools,Wellness,Students served,1200,1500,1610,Yes\n"
    "Truancy Court,Attendance,Chronic absentees re-engaged,60,120,88,No\n",
    "Performance",
    {
        "Program": ("item",),
        "Goal Area": ("",),
        "Success Indicator": ("measure",),
        "2024-25 Baseline": ("",),
        "2026-27 Target": ("target",),
        "2026-27 Result": ("actual",),
        "Goal Met?": ("",),
    },
    {"target": 2265.0, "actual": 2325.0},
    4,
)

CONTRACTS = Strange(
    "Violence prevention contracts.xlsx",
    {
        "FY27": [
            ["Office of Neighborhood Safety", *[None] * 6],
            ["Contracted community services, FY27 (amounts in $000)", *[None] * 6],
            [None] * 7,
            [
                "Contract ID", "Community-Based Organization", "Services Provided", "Neighborhoods", "Fund Source",
                "FY26 Contract", "FY27 Contract",
            ],
            ["ONS-101", "Eastside Peacemakers", "Street intervention", "Eastside", "General Fund", 410, 455.5],
            ["ONS-102", "Mothers United", "Family support", "Northgate", "Measure Z", 120, 120],
            ["ONS-103", "Young Builders", "Paid work experience", "Eastside", "Measure Z", None, 260],
            ["ONS-104", "Health Alliance", "Trauma recovery", "Citywide", "General Fund", 88, 95],
            ["TOTAL", None, None, None, None, 618, 930.5],
        ]
    },
    "Initiatives",
    {
        "Contract ID": ("", "+Contract ID"),
        "Community-Based Organization": ("lead",),
        "Services Provided": ("initiative",),
        "Neighborhoods": ("area",),
        "Fund Source": ("", "+Fund Source"),
        "FY26 Contract": ("baseline",),
        "FY27 Contract": ("request",),
    },
    {"request": 930500.0, "baseline": 618000.0},
    4,
)  # fmt: skip

FIFTH = (BUDGET, AWARD_LIST, EXTRACT, TEMPLATE, OPIOID, SCHOOLS)
SIXTH = (POSITIONS, SUBAWARDS, TRANSACTIONS, SETTLEMENT, SCORECARD, CONTRACTS)
