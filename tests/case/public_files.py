"""Files in the manner of public ones, as `office_files.py`: the seventh lot to the ninth."""

from __future__ import annotations

from tests.case.strange_files import Strange
from tests.case.test_maps import QUARTERS

OFFERS = Strange(
    "Program offers.xlsx",
    {
        "All offers": [
            ["Tillery County - FY 2027 Requested Budget", *[None] * 8],
            ["Department of Community Justice", *[None] * 8],
            [None] * 9,
            [
                "Offer #", "Program Offer Name", "Division", "Priority Population", "FY 2026 Total Funds", "FY 2027 General Fund",
                "FY 2027 Other Funds", "FY 2027 Total Funds", "FTE",
            ],
            ["50010", "Pretrial Monitoring", "Adult Services", "Adults", 1810400, 1502000, 400000, 1902000, 11.5],
            ["50022", "Juvenile Detention Alternatives", "Juvenile Services", "Youth", 960000, 700500, 310000, 1010500, 7],
            ["50023", "Victim Restitution Desk", "Adult Services", "Victims", 205000, 211000, 0, 211000, 2],
            ["50040", "Culturally Specific Mentoring", "Juvenile Services", "Youth", 0, 0, 340000, 340000, 1],
            [None, "Department Total", None, None, 2975400, 2413500, 1050000, 3463500, 21.5],
        ]
    },
    "Initiatives",
    {
        "Offer #": ("", "+Offer #"),
        "Program Offer Name": ("initiative",),
        "Division": ("lead",),
        "Priority Population": ("", "+Priority Population", "theme"),
        "FY 2026 Total Funds": ("baseline",),
        "FY 2027 General Fund": ("",),
        "FY 2027 Other Funds": ("",),
        "FY 2027 Total Funds": ("request",),
        "FTE": ("",),
    },
    {"request": 3463500.0, "baseline": 2975400.0},
    4,
)  # fmt: skip

COMMISSIONED = Strange(
    "Commissioned services register.csv",
    "Office of the Police and Crime Commissioner,,,,,,\n"
    "Commissioned services,,,,,,\n"
    "Ref,Service commissioned,Provider,Contract start,Contract end,Annual value 2025/26 (\u00a3),Annual value 2026/27 (\u00a3)\n"
    'CS1,Sexual violence counselling,Lighthouse Trust,01/04/2024,31/03/2027,"182,000","187,460"\n'
    'CS2,Victim care hub,Victim Support,01/04/2025,31/03/2028,"640,000","655,000"\n'
    'CS3,Youth diversion,Catalyst CIC,01/04/2026,31/03/2029,,"120,000"\n'
    'CS4,Hate crime reporting,Stop Hate Line,15/06/2025,31/03/2027,"22,500","22,500"\n'
    ',Total,,,,"844,500","984,960"\n',
    "Initiatives",
    {
        "Ref": ("", "+Ref"),
        "Service commissioned": ("initiative",),
        "Provider": ("lead",),
        "Contract start": ("", "first", "+Contract start"),
        "Contract end": ("", "last", "+Contract end"),
        "Annual value 2025/26 (\u00a3)": ("baseline",),
        "Annual value 2026/27 (\u00a3)": ("request",),
    },
    {"request": 984960.0, "baseline": 844500.0},
    4,
)

TASK_FORCE = Strange(
    "MOU attachment B personnel.xlsx",
    {
        "Attachment B": [
            ["Attachment B: personnel assigned to the Task Force", *[None] * 5],
            [
                "Participating Agency", "Assignment", "Officers / staff on board", "FTE assigned", "Time available to TF",
                "Loaded cost per FTE",
            ],
            ["Marion PD", "Detective", 6, 5.5, 0.5, 141000],
            ["Marion PD", "Intelligence analyst", 2, 2, 1, 98000],
            ["County Sheriff", "Deputy", 4, 4, 0.25, 132500],
            ["State Police", "Forensic examiner", 1, 0.5, 1, 155000],
            ["Total", None, 13, 12, None, None],
        ]
    },
    "Staff",
    {
        "Participating Agency": ("agency",),
        "Assignment": ("role",),
        "Officers / staff on board": ("",),
        "FTE assigned": ("fte",),
        "Time available to TF": ("releasable",),
        "Loaded cost per FTE": ("cost_per_fte",),
    },
    {"fte": 12.0},
    4,
)  # fmt: skip

DELIVERABLES = Strange(
    "Logic model 2027.csv",
    "Coalition for a Safe Valley,,,,\n"
    "Year 1 deliverables,,,,\n"
    "Activity,Responsible Party,Deliverable,Year 1 Goal,Evidence\n"
    "Merchant education,Health Dept,Merchants trained,60,sign-in sheets\n"
    "Take-back events,Sheriff,Pounds of drugs collected,850,weigh slips\n"
    "Parent cafes,School District,Families reached,240,registrations\n"
    "Parent cafes,School District,Follow-up visits,90,case notes\n",
    "Outcomes",
    {
        "Activity": ("initiative",),
        "Responsible Party": ("",),
        "Deliverable": ("outcome",),
        "Year 1 Goal": ("at_full",),
        "Evidence": ("",),
    },
    {},
    4,
)

WORKDAY = Strange(
    "Workday spend report.csv",
    "Accounting Date,Journal Source,Cost Center,Fund,Program,Spend Category,Ledger Debit Amount,Ledger Credit Amount\n"
    "2026-07-31,Payroll,Public Defender,Indigent Defense Grant,Holistic Defense,Salaries,15200.00,\n"
    "2026-08-31,Payroll,Public Defender,Indigent Defense Grant,Holistic Defense,Salaries,15200.00,\n"
    "2026-11-03,Supplier Invoice,Public Defender,Indigent Defense Grant,Holistic Defense,Travel,812.40,\n"
    "2026-11-20,Supplier Invoice,Public Defender,Indigent Defense Grant,Holistic Defense,Travel,,112.40\n",
    "Actuals",
    {
        "Accounting Date": ("period",),
        "Journal Source": ("",),
        "Cost Center": ("agency",),
        "Fund": ("fund",),
        "Program": ("initiative",),
        "Spend Category": ("category",),
        "Ledger Debit Amount": ("money",),
        "Ledger Credit Amount": ("-money",),
    },
    {"money": 31100.0},
    2,
    {"Periods": QUARTERS},
)

REVENUES = Strange(
    "Revenue summary.xlsx",
    {
        "Summary": [
            ["City of Larkmoor", *[None] * 5],
            ["Restricted revenues available for public safety ($000s)", *[None] * 5],
            ["Revenue Source", "Legal Restriction", "FY25 Actual", "FY26 Budget", "FY27 Projected", "Change"],
            ["Public Safety Sales Tax", "Ord. 18-22", 8120.4, 8300, 8455, 155],
            ["State COPS/SLESF", "Gov. Code 30061", 402.7, 400, 410, 10],
            ["Opioid Settlement", "Exhibit E", 655, 655, 702.5, 47.5],
            ["Total Restricted", None, 9178.1, 9355, 9567.5, 212.5],
        ]
    },
    "Funds",
    {
        "Revenue Source": ("fund",),
        "Legal Restriction": ("", "kind", "+Legal Restriction"),
        "FY25 Actual": ("",),
        "FY26 Budget": ("",),
        "FY27 Projected": ("amount",),
        "Change": ("",),
    },
    {"amount": 9567500.0},
    3,
)

DECISION_PACKAGES = Strange(
    "Supplemental requests.xlsx",
    {
        "Requests": [
            ["FY 2027 Supplemental Requests", *[None] * 6],
            ["Department", "Request", "Dept. Priority", "Description of need", "One-time Cost", "Ongoing Cost", "Total Cost"],
            ["District Attorney", "Conviction review paralegal", 1, "Backlog of petitions", 3500, 82000, 85500],
            ["District Attorney", "Case management system", 2, "Vendor support ends", 210000, 45000, 255000],
            ["Public Defender", "Bail advocacy team", 1, "First appearances", 12000, 240500, 252500],
            ["Sheriff", "Jail telehealth rooms", 3, "Transport costs", 96000, 18000, 114000],
            ["Total", None, None, None, 321500, 385500, 707000],
        ]
    },
    "Initiatives",
    {
        "Department": ("lead",),
        "Request": ("initiative",),
        "Dept. Priority": ("", "+Dept. Priority"),
        "Description of need": ("", "+Description of need"),
        "One-time Cost": ("",),
        "Ongoing Cost": ("",),
        "Total Cost": ("request",),
    },
    {"request": 707000.0},
    4,
)  # fmt: skip

RENEWALS = Strange(
    "CoC priority listing.csv",
    "Applicant Name,Project Name,Project Component,Grant Number,Current Annual Amount,Renewal Request,CoC Score,Rank\n"
    'Harbor Housing,Rapid Rehousing East,RRH,CA0123L9T,"$412,330","$412,330",88.5,1\n'
    'Family Promise,Joint TH-RRH,TH-RRH,CA0456L9T,"$230,010","$255,000",81,2\n'
    'City of Dunmore,Coordinated Entry,SSO,CA0777L9T,"$120,000","$120,000",79.25,3\n'
    'Grand Total,,,,"$762,340","$787,330",,\n',
    "Initiatives",
    {
        "Applicant Name": ("lead",),
        "Project Name": ("initiative",),
        "Project Component": ("", "theme", "+Project Component"),
        "Grant Number": ("", "+Grant Number"),
        "Current Annual Amount": ("baseline",),
        "Renewal Request": ("request",),
        "CoC Score": ("score",),
        "Rank": ("", "+Rank"),
    },
    {"request": 787330.0, "baseline": 762340.0},
    3,
)

FOUNDATION = Strange(
    "Grants paid list.csv",
    "Recipient Organization,Grant Purpose,City,Grant Amount,Grant Term (months)\n"
    'Ridge Literacy Council,Tutors in county jail,Ridge,"25,000",12\n'
    'Open Table,Meals for released residents,Lowell,"18,500.50",12\n'
    'Father Forward,Parenting classes,Ridge,"40,000",24\n',
    "Initiatives",
    {
        "Recipient Organization": ("lead",),
        "Grant Purpose": ("initiative",),
        "City": ("area",),
        "Grant Amount": ("request",),
        "Grant Term (months)": ("", "+Grant Term (months)"),
    },
    {"request": 83500.5},
    3,
)

ROSTER = Strange(
    "Court staffing.xlsx",
    {
        "Staffing": [
            ["Superior Court staffing summary as of 6/30/2026", *[None] * 5],
            ["Budget Unit", "Classification", "Filled", "Vacant", "Total FTE", "Salary & Benefits per FTE"],
            ["Drug Court", "Case manager", 4, 1, 5, 91200],
            ["Drug Court", "Coordinator", 1, 0, 1, 104000],
            ["Family Court", "Mediator", 2.5, 0.5, 3, 98400],
            ["Probation", "Officer II", 18, 3, 21, 112750],
            ["Totals", None, 25.5, 4.5, 30, None],
        ]
    },
    "Staff",
    {
        "Budget Unit": ("agency",),
        "Classification": ("role",),
        "Filled": ("",),
        "Vacant": ("",),
        "Total FTE": ("fte",),
        "Salary & Benefits per FTE": ("cost_per_fte",),
    },
    {"fte": 30.0},
    4,
)

ASSESSMENTS = Strange(
    "JPA member assessments.csv",
    "Narcotics Enforcement Team JPA,,,,\n"
    "Member assessments FY27,,,,\n"
    "Member Jurisdiction,Program Account,Population Share,FY26 Assessment,FY27 Assessment\n"
    'City of Alton,Operations,0.42,"168,000","174,300"\n'
    'City of Alton,Equipment reserve,0.42,"21,000","21,000"\n'
    'Town of Bly,Operations,0.18,"72,000","74,700"\n'
    'Town of Bly,Equipment reserve,0.18,"9,000","9,000"\n'
    'Total,,,"270,000","279,000"\n',
    "Contributions",
    {
        "Member Jurisdiction": ("agency",),
        "Program Account": ("fund",),
        "Population Share": ("",),
        "FY26 Assessment": ("",),
        "FY27 Assessment": ("amount",),
    },
    {"amount": 279000.0},
    4,
)

DRAWS = Strange(
    "Drawdown history.csv",
    "Award,Award Number,Draw Date,Draw Amount,Status\n"
    'JAG FY25,15PBJA-25-GG-1,08/15/2026,"$41,200.00",Paid\n'
    'JAG FY25,15PBJA-25-GG-1,11/20/2026,"$38,700.00",Paid\n'
    'COPS Hiring,15JCOPS-24-GG-7,10/13/2026,"$120,000.00",Paid\n'
    'COPS Hiring,15JCOPS-24-GG-7,01/25/2027,"$60,500.25",Pending\n',
    "Installments",
    {
        "Award": ("fund",),
        "Award Number": ("",),
        "Draw Date": ("period",),
        "Draw Amount": ("amount",),
        "Status": ("",),
    },
    {"amount": 260400.25},
    4,
    {"Periods": QUARTERS},
)

PROVIDERS = Strange(
    "Human services RFP ratings.xlsx",
    {
        "Ratings": [
            ["Community Services Division RFP 26-014", *[None] * 6],
            [
                "Proposer", "Proposed Program", "Service Category", "Amount of Request", "Prior Year Award",
                "Average Rater Score", "Staff Recommendation",
            ],
            ["Bethel House", "Emergency beds", "Shelter", 310000, 290000, 87.2, 300000],
            ["Su Casa", "Bilingual advocates", "Domestic violence", 145500, None, 91, 145500],
            ["Legal Aid", "Expungement clinics", "Reentry", 98000, 75000, 78.4, 80000],
            ["Total", None, None, 553500, 365000, None, 525500],
        ]
    },
    "Initiatives",
    {
        "Proposer": ("lead",),
        "Proposed Program": ("initiative",),
        "Service Category": ("theme",),
        "Amount of Request": ("request",),
        "Prior Year Award": ("baseline",),
        "Average Rater Score": ("score",),
        "Staff Recommendation": ("",),
    },
    {"request": 553500.0, "baseline": 365000.0},
    3,
)  # fmt: skip

BUDGET_LINES = Strange(
    "Budget by cost center.csv",
    "Cost Center,Cost Center Name,GL Account,Account Description,FY26 Adopted,FY27 Proposed\n"
    '4100,Pretrial Services,5010,Salaries and Wages,"812,000","840,000"\n'
    '4100,Pretrial Services,5300,Professional Services,"95,000","120,000"\n'
    '4200,Victim Services,5010,Salaries and Wages,"410,500","433,250"\n'
    '4200,Victim Services,5210,Travel,"6,000","6,000"\n'
    ',Total,,,"1,323,500","1,399,250"\n',
    "Costs",
    {
        "Cost Center": ("",),
        "Cost Center Name": ("initiative",),
        "GL Account": ("",),
        "Account Description": ("category",),
        "FY26 Adopted": ("",),
        "FY27 Proposed": ("amount",),
    },
    {"amount": 1399250.0},
    4,
)

GRANT_INVENTORY = Strange(
    "Active grant inventory.xlsx",
    {
        "Grants": [
            ["Active Grant Inventory", *[None] * 6],
            ["Grant Name", "Awarding Agency", "Award Amount", "Required Match", "Start Date", "End Date", "Grant Manager"],
            ["Smart Prosecution", "BJA", 500000, 0, "10/01/2025", "09/30/2028", "Okafor"],
            ["SAKI", "BJA", 1500000, 0, "10/01/2024", "09/30/2027", "Lind"],
            ["STOP VAWA", "State DCJS", 120000, 0.25, "01/01/2026", "12/31/2026", "Lind"],
            ["Total", None, 2120000, None, None, None, None],
        ]
    },
    "Funds",
    {
        "Grant Name": ("fund",),
        "Awarding Agency": ("owner", ""),
        "Award Amount": ("amount",),
        "Required Match": ("match_rate",),
        "Start Date": ("", "first", "+Start Date"),
        "End Date": ("", "last", "+End Date"),
        "Grant Manager": ("", "+Grant Manager"),
    },
    {"amount": 2120000.0},
    3,
)  # fmt: skip

METRICS = Strange(
    "Quarterly performance report.csv",
    "Grantee Project,Performance Measure,Annual Target,YTD Actual,Data Source\n"
    "Mentoring Plus,Youth matched,120,97,case files\n"
    "Mentoring Plus,Match retention (months),9,10.5,case files\n"
    "Street Team,Conflicts mediated,80,112,daily logs\n"
    "Reentry Hub,Participants employed,60,41,wage records\n",
    "Performance",
    {
        "Grantee Project": ("item",),
        "Performance Measure": ("measure",),
        "Annual Target": ("target",),
        "YTD Actual": ("actual",),
        "Data Source": ("",),
    },
    {"target": 269.0, "actual": 260.5},
    4,
)

SHARED = Strange(
    "Interlocal cost sharing.csv",
    "Regional Crime Lab interlocal agreement,,,\n"
    "Party,Basis (submissions),FY26 Share of Cost,FY27 Share of Cost\n"
    'Kent County,4120,"610,000","644,300"\n'
    'City of Orrin,2250,"333,000","351,900"\n'
    'State Patrol,980,"145,000","153,250"\n'
    'Total,7350,"1,088,000","1,149,450"\n',
    "Contributions",
    {
        "Party": ("agency",),
        "Basis (submissions)": ("",),
        "FY26 Share of Cost": ("",),
        "FY27 Share of Cost": ("amount",),
    },
    {},
    0,
)

ZONES = Strange(
    "Neighborhood profile.xlsx",
    {
        "Data": [
            ["Neighborhood", "Residents", "Shootings 2025", "Poverty rate", "Estimated need ($)"],
            ["Eastgate", 18210, 41, 0.31, 820000],
            ["Millrace", 9900, 12, 0.22, 260000],
            ["Harbor", 24500, 29, 0.18, 510000],
            ["Total", 52610, 82, 0.23, 1590000],
        ]
    },
    "Areas",
    {
        "Neighborhood": ("area",),
        "Residents": ("population", "+Residents", "+population"),
        "Shootings 2025": ("", "+Shootings 2025"),
        "Poverty rate": ("", "+Poverty rate"),
        "Estimated need ($)": ("need",),
    },
    {"need": 1590000.0},
    3,
)

SEVENTH = (OFFERS, COMMISSIONED, TASK_FORCE, DELIVERABLES, WORKDAY, REVENUES)
EIGHTH = (DECISION_PACKAGES, RENEWALS, FOUNDATION, ROSTER, ASSESSMENTS, DRAWS)
NINTH = (PROVIDERS, BUDGET_LINES, GRANT_INVENTORY, METRICS, SHARED, ZONES)
