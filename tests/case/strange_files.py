"""Files as other offices have them: other words, other layouts, other ways to write numbers. Each with what its columns mean.

Each lot was written before anybody looked at what the program proposes for it. Asked for the first time, the first lot was
right in 11 of 42 columns and the second, after the kinds of the first had been learned, in 8 of 26: that is what a file may
expect whose words and layout the program has not met. Now they hold what was learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from optimiser.case.maps.files import ForeignFile, open_foreign
from tests.case.books import saved
from tests.case.test_maps import QUARTERS

Meaning = tuple[str, ...]
"""What a column may be taken for: one of these, each as a map writes it; `across` for a column that becomes rows."""


@dataclass(frozen=True)
class Strange:
    """A file: its name, its text or its sheets of rows, the table that it holds, its columns' meanings, and the sums of the
    columns that are taken over, in the case's units."""

    name: str
    content: str | Mapping[str, list[list[Any]]]
    to: str
    columns: Mapping[str, Meaning]
    sums: Mapping[str, float]
    rows: int
    there: Mapping[str, Any] = field(default_factory=dict)

    def open(self) -> ForeignFile:
        """The file as it is dropped on the page."""
        if isinstance(self.content, str):
            return open_foreign(self.content.encode("utf-8"), self.name)
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in self.content.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        return open_foreign(saved(book), self.name)


FRENCH = Strange(
    "demandes_2027.csv",
    "Ville de Rive-sur-Lac;;;;;;\n"
    "Contrat de ville – demandes de subvention 2027;;;;;;\n"
    ";;;;;;\n"
    "N° dossier;Association;Intitulé du projet;Quartier;Subvention 2026;Montant demandé 2027;Observations\n"
    "27-001;Maison des jeunes;Médiation de nuit;Les Tilleuls;12 500,00 €;15 000,00 €;\n"
    "27-002;Maison des jeunes;Ateliers vidéo;Gare;4 000,00 €;4 250,50 €;reconduction\n"
    "27-003;Accueil Femmes;Accompagnement des victimes;Gare;30 000,00 €;36 000,00 €;\n"
    "27-004;Sport pour tous;Foot en bas des tours;Les Tilleuls;;8 400,00 €;nouveau\n"
    "Total général;;;;46 500,00 €;63 650,50 €;\n",
    "Initiatives",
    {
        "N° dossier": ("", "+N° dossier", "initiative"),
        "Association": ("lead",),
        "Intitulé du projet": ("initiative", "name"),
        "Quartier": ("area",),
        "Subvention 2026": ("baseline",),
        "Montant demandé 2027": ("request",),
        "Observations": ("", "+Observations"),
    },
    {"request": 63650.5, "baseline": 46500.0},
    4,
)

DUTCH = Strange(
    "formatie.xlsx",
    {
        "Toelichting": [["Formatieplan veiligheidshuis"], ["Peildatum 1 januari 2027"]],
        "Formatie": [
            ["Formatieplan 2027", None, None, None, None],
            [None, None, "Aantal", "Loonkosten", "Inzetbaar"],
            ["Organisatie", "Functie", "fte", "per fte", "voor het Veiligheidshuis"],
            ["Politie", "Rechercheur", "12,5", 82000, "20%"],
            ["Politie", "Analist", "3,0", 74500, "50%"],
            ["GGD", "Verpleegkundige", "8,75", 61250, "25%"],
            ["Reclassering", "Toezichthouder", "6,0", 58000, "100%"],
            ["Totaal", None, "30,25", None, None],
        ],
    },
    "Staff",
    {
        "Organisatie": ("agency",),
        "Functie": ("role",),
        "Aantal fte": ("fte",),
        "Loonkosten per fte": ("cost_per_fte",),
        "Inzetbaar voor het Veiligheidshuis": ("releasable",),
    },
    {"fte": 30.25},
    4,
)

AMERICAN = Strange(
    "grants_register.xlsx",
    {
        "Register": [
            ["Office of Grants Management", None, None, None, None, None, None],
            ["Active awards as of 9/30/2026", None, None, None, None, None, None],
            [None] * 7,
            ["Award #", "Grant title", "Grantor", "ALN", "Award amt ($K)", "Non-federal share", "Balance"],
            ["15PBJA-26-1", "Byrne JAG", "BJA", "16.738", 812.4, None, 650],
            ["2026-VA-GX-2", "Victim Assistance", "OVC", "16.575", 1250, 0.2, 1000],
            ["H79-3", "Overdose Response", "SAMHSA", "93.788", 2040.5, 0, 1900.25],
            ["Total awards", None, None, None, 4102.9, None, 3550.25],
            ["Source: grants ledger; unaudited.", None, None, None, None, None, None],
        ],
    },
    "Funds",
    {
        "Award #": ("", "+Award #", "fund"),
        "Grant title": ("fund", "name"),
        "Grantor": ("owner", "", "+Grantor"),
        "ALN": ("", "+ALN"),
        "Award amt ($K)": ("amount",),
        "Non-federal share": ("match_rate",),
        "Balance": ("", "+Balance"),
    },
    {"amount": 4102900.0},
    3,
)

SPANISH = Strange(
    "indicadores.tsv",
    "Programa\tIndicador\tMeta 2026\tResultado 2026\tPonderación\n"
    "Mediación en barrios\tConflictos resueltos\t1.200,0\t1.050,5\t2\n"
    "Mediación en barrios\tHogares visitados\t3.400,0\t3.100,0\t1\n"
    "Empleo joven\tContratos firmados\t85,0\t92,5\t1\n"
    "Salud mental\tDerivaciones atendidas\t640,0\t512,0\t3\n",
    "Performance",
    {
        "Programa": ("item",),
        "Indicador": ("measure",),
        "Meta 2026": ("target",),
        "Resultado 2026": ("actual",),
        "Ponderación": ("weight",),
    },
    {"target": 5325.0, "actual": 4755.0},
    4,
)

BRITISH = Strange(
    "subjective_analysis.xlsx",
    {
        "Subjective": [
            ["Safer Communities: subjective analysis 2027/28 (£000)"] + [None] * 6,
            [
                "Service",
                "Employees",
                "Premises",
                "Transport",
                "Supplies & Services",
                "Third Party Payments",
                "Gross Exp.",
            ],
            ["Youth justice"] + [None] * 6,
            ["Intensive support", 410, 22, 9, 31, 120, 592],
            ["Appropriate adults", 65, None, 4, 2, 18, 89],
            ["Sub-total youth justice", 475, 22, 13, 33, 138, 681],
            ["Community safety"] + [None] * 6,
            ["CCTV control room", 288, 45, 2, 77, 0, 412],
            ["Night-time economy marshals", 96, None, 6, 11, 54, 167],
            ["Sub-total community safety", 384, 45, 8, 88, 54, 579],
            ["Gross expenditure", 859, 67, 21, 121, 192, 1260],
        ],
    },
    "Costs",
    {
        "Service": ("initiative",),
        "Employees": ("across",),
        "Premises": ("across",),
        "Transport": ("across",),
        "Supplies & Services": ("across",),
        "Third Party Payments": ("across",),
        "Gross Exp.": ("", "+Gross Exp."),
    },
    {"amount": 1260000.0},
    4 * 5 - 2,
)

SWISS = Strange(
    "beitraege.csv",
    "Beiträge der Partner an die Fonds 2027 (in CHF)\n"
    "Beitragszahler;Fonds;Zugesagter Beitrag;Zusage vom;Bemerkung\n"
    "Kantonspolizei;Präventionsfonds;1'250'000.00;04.03.2026;\n"
    "Staatsanwaltschaft;Präventionsfonds;300'000.00;11.03.2026;\n"
    "Gesundheitsdirektion;Suchtfonds;745'500.50;02.04.2026;unter Vorbehalt\n"
    "Total;;2'295'500.50;;\n",
    "Contributions",
    {
        "Beitragszahler": ("agency",),
        "Fonds": ("fund",),
        "Zugesagter Beitrag": ("amount",),
        "Zusage vom": ("", "+Zusage vom"),
        "Bemerkung": ("", "+Bemerkung"),
    },
    {"amount": 2295500.5},
    3,
)

CANADIAN = Strange(
    "calendrier_depenses.csv",
    "Cash flow forecast;;;;;;\n"
    "Envelope;Apr-Jun 2026;Jul-Sep 2026;Oct-Dec 2026;Jan-Mar 2027;Full year;\n"
    "Gun and Gang Violence;250 000;250 000;300 000;200 000;1 000 000;\n"
    "Crime prevention;75 000,50;75 000,50;75 000;75 000;300 001;\n"
    "All envelopes;325 000,50;325 000,50;375 000;275 000;1 300 001;\n",
    "Installments",
    {
        "Envelope": ("fund",),
        "Apr-Jun 2026": ("across",),
        "Jul-Sep 2026": ("across",),
        "Oct-Dec 2026": ("across",),
        "Jan-Mar 2027": ("across",),
        "Full year": ("",),
    },
    {"amount": 1300001.0},
    8,
)

ITALIAN = Strange(
    "piano_operativo.csv",
    "Piano operativo sicurezza integrata\n"
    "Importi in migliaia di euro\n"
    "Linea di intervento;Ente attuatore;Ambito;Assestato 2026;Previsione 2027;Note\n"
    "Vigilanza di prossimità;Polizia locale;Centro;120,5;140,0;\n"
    "Educativa di strada;Cooperativa Arca;Nord;80,0;95,5;rinnovo\n"
    "Sportello vittime;Cooperativa Arca;Centro;45,0;45,0;\n"
    "Totale;;;245,5;280,5;\n",
    "Initiatives",
    {
        "Linea di intervento": ("initiative",),
        "Ente attuatore": ("lead",),
        "Ambito": ("area", "theme"),
        "Assestato 2026": ("baseline",),
        "Previsione 2027": ("request",),
        "Note": ("", "+Note"),
    },
    {"request": 280500.0, "baseline": 245500.0},
    3,
)

AUSTRALIAN = Strange(
    "establishment.xlsx",
    {
        "Establishment list": [
            ["Position no.", "Classification", "Business unit", "Headcount FTE", "Salary + on-costs"],
            ["P0001", "Detective", "Crime Command", 14, 131000],
            ["P0002", "Intelligence analyst", "Crime Command", 5.6, 104500],
            ["P0003", "Youth worker", "Community Services", 9.2, 88750],
            ["P0004", "Clinician", "Health District", 3, 142300],
        ]
    },
    "Staff",
    {
        "Position no.": ("", "+Position no."),
        "Classification": ("role",),
        "Business unit": ("agency",),
        "Headcount FTE": ("fte",),
        "Salary + on-costs": ("cost_per_fte",),
    },
    {"fte": 31.8},
    4,
)

FEDERAL = Strange(
    "budget_detail_worksheet.csv",
    "Budget Detail Worksheet,,,,\n"
    "Project Title,Budget Category,Computation,Federal Request,Non-Federal\n"
    'Reentry navigators,Personnel,2 x 1.0 FTE,"$142,000","$20,000"\n'
    'Reentry navigators,Fringe Benefits,31%,"$44,020",$0\n'
    'Reentry navigators,Travel,4 trips,"$6,400",$0\n'
    'Crisis response,Contractual,Provider MOU,"$310,000","$50,000"\n'
    'Crisis response,Supplies,,"$2,750",$0\n'
    'TOTAL PROJECT COSTS,,,"$505,170","$70,000"\n',
    "Costs",
    {
        "Project Title": ("initiative",),
        "Budget Category": ("category",),
        "Computation": ("", "+Computation"),
        "Federal Request": ("amount",),
        "Non-Federal": ("",),
    },
    {"amount": 505170.0},
    5,
)

GERMAN = Strange(
    "mittelabfluss.csv",
    "Buchungstag;Finanzposition;Kostenstelle;Projekt;Betrag EUR\n"
    "15.07.2026;Landesmittel;Polizei;Streetwork;1.250,00\n"
    "02.08.2026;Landesmittel;Polizei;Streetwork;-250,00\n"
    "11.11.2026;Bundesmittel;Jugendamt;Beratung;4.000,50\n",
    "Actuals",
    {
        "Buchungstag": ("period",),
        "Finanzposition": ("fund",),
        "Kostenstelle": ("agency",),
        "Projekt": ("initiative",),
        "Betrag EUR": ("money",),
    },
    {"money": 5000.5},
    2,
    {"Periods": QUARTERS},
)

POLISH = Strange(
    "wnioski.csv",
    "Nazwa zadania;Wnioskodawca;Dzielnica;Kwota wnioskowana 2027 (zł);Dotacja 2026 (zł)\n"
    "Świetlica środowiskowa;Fundacja Dom;Praga;120 000,00;100 000,00\n"
    "Patrol nocny;Straż Miejska;Wola;84 500,50;80 000,00\n"
    "Poradnia rodzinna;Fundacja Dom;Wola;60 000,00;\n"
    "Razem;;;264 500,50;180 000,00\n",
    "Initiatives",
    {
        "Nazwa zadania": ("initiative",),
        "Wnioskodawca": ("lead",),
        "Dzielnica": ("area",),
        "Kwota wnioskowana 2027 (zł)": ("request",),
        "Dotacja 2026 (zł)": ("baseline",),
    },
    {"request": 264500.5, "baseline": 180000.0},
    3,
)

FIRST = (FRENCH, DUTCH, AMERICAN, SPANISH, BRITISH, SWISS, CANADIAN)
SECOND = (ITALIAN, AUSTRALIAN, FEDERAL, GERMAN, POLISH)
STRANGE = (*FIRST, *SECOND)
