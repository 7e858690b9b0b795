"""Files in the manner of public ones, as `strange_files.py`: the fifth lot to the ninth.

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

FIFTH = (BUDGET, AWARD_LIST, EXTRACT, TEMPLATE, OPIOID, SCHOOLS)
SIXTH = (POSITIONS, SUBAWARDS, TRANSACTIONS, SETTLEMENT, SCORECARD, CONTRACTS)
SEVENTH = (OFFERS, COMMISSIONED, TASK_FORCE, DELIVERABLES, WORKDAY, REVENUES)
EIGHTH = (DECISION_PACKAGES, RENEWALS, FOUNDATION, ROSTER, ASSESSMENTS, DRAWS)
NINTH = (PROVIDERS, BUDGET_LINES, GRANT_INVENTORY, METRICS, SHARED, ZONES)
