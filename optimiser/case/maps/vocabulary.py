"""The words under which offices' files speak of agencies, funds, money …, in the languages in which such files come.

Only words, by what they speak of; `meaning.py` reads titles by them. A word of several parts is written with hyphens.
Wider than the synonyms of the specification, which are read without a question: what is found here is a proposal.
"""

from __future__ import annotations

import unicodedata

from optimiser.case.names import fold
from optimiser.case.spec import STANDARD_CATEGORIES

_WORDS = {
    "agency": """jurisdiction jurisdictions agency agencies department departments dept dept. departement organization
        organisation organizations
        office bureau division directorate ministry employer amt behörde dienststelle afdeling dienst administration
        organisatie instelling association structure organisme établissement entidad organismo organización
        institución ente azienda agenzia órgão entidade amtsstelle fachstelle träger institution myndighet party
        parties delivery-body body provider providers delivery-partner host employing-organisation employing-agency
        who force constabulary contractor vendor-name payee service-provider business-unit unit cost-center
        cost-centre cost-ctr ctr kostenstelle kostenplaats centro-de-costo centre-de-coût centro-di-costo jednostka
        instytucja organizacja podmiot enhet nämnd avdelning forvaltning organ urząd úřad instituce""",
    "service": "service services leistung dienstleistung prestation servicio servizio serviço",
    "contributor": """member-jurisdiction member-agency contributing-agency granting-agency funding-agency
        awarding-agency grantor-agency federal-agency state-agency
        funding-organization funding-body funding-entity pass-through-entity pass-through-agency grantor awarding-body
        contributor contributors contributing payer funder donor financeur contributeur cotisant
        beitragszahler beitragende geldgeber bijdrager aportante contribuyente contributore""",
    "lead": """proposer proposers offeror bidder lead leads responsible accountable owner sponsor applicant grantee
        grantees awardee recipient
        subrecipient subgrantee federführend federführung porteur bénéficiaire demandeur pilote antragsteller
        zuwendungsempfänger aanvrager penvoerder uitvoerder solicitante beneficiario responsable capofila proponente
        richiedente requerente attuatore ente-attuatore soggetto-attuatore wnioskodawca beneficjent delivery-body
        lead-body promoter implementer implementing-agency implementing-partner submitted-by requestor requester
        realizator sökande ansvarig ansøger projektejer žadatel příjemce""",
    "partner": """partner partners partnering collaborators co-applicants partenaire partenaires partnerorganisationen
        socios colaboradores samenwerkingspartners""",
    "initiative": """grant-purpose purpose-of-grant purpose-of-award work-package work-packages operation operations
        class line-of-work undertaking initiative
        initiatives program programs programme programmes project projects projekt projekte projet projets proyecto
        proyectos programa programas progetto projeto activity activities action actions proposal proposals
        application intervention interventions scheme schemes wbs wbs-text workstream workstreams
        strategy-name service-line request-title measure-title maßnahme maßnahmen massnahme vorhaben activiteit
        aanvraag actividad intitulé-du-projet proiect zadanie zadania nazwa-zadania wniosek insats insatser åtgärd
        åtgärder indsats projekty úkol opatření linea-di-intervento intervento interventi línea-de-actuación
        actuación""",
    "fund": """settlement settlements revenue-source revenue-sources source-of-funds source-of-revenue levy fund funds
        grant grants funding-source source sources pool pot appropriation fonds fondo fondos topf
        envelope financing-source fördertopf förderprogramm haushaltstitel subsidie fuente fuente-de-financiación
        financement source-de-financement funding funding-stream funding-pot stream-of-funding grant-name award-title
        award-name program-of-funding cost-object fonte finanzposition haushaltsstelle źródło źródło-finansowania
        anslag bevillings finansieringskälla zdroj""",
    "category": """budget-heading heading cost-heading spend-heading expense-heading type-of-expense category
        categories object obj object-class line-item line expense expenditure-type account account-code
        cost-category kategorie catégorie kostenart type-of-cost kostensoort nature nature-de-dépense poste acct
        acct-text g-l-acct g-l-account gl-account gl-acct gl object-code subobject spend-type cost-type budget-line
        budget-category partida concepto rubro capítulo voce categoría cost-element kategoria rodzaj-kosztu rozdział
        kategori kostnadsslag udgiftstype""",
    "period": """period periods quarter month posted posting date posting-date invoice-date transaction-date
        entry-date periode fiscal-period accounting-period pay-period posting-dt dt doc-date effective-date gl-date
        monat datum when mois trimestre période maand kwartaal quartal mes fecha periodo data pledged signed vom
        buchungstag buchungsdatum belegdatum kwartał miesiąc kvartal månad måned čtvrtletí měsíc tag""",
    "role": """job-class job-classification class-title class-specification position-class job-family crew crews
        staff-type type-of-staff worker-type skill role roles position positions title job-title job
        classification occupation funktion rolle post posts functie fonction métier emploi puesto cargo función perfil
        ruolo mansione beruf grade rank classification working-title stanowisko befattning yrke stilling pozice
        funkcja""",
    "theme": """eixo eixos programme-area purpose-area policy-area issue-area impact-area strategic-area
        work-area topic-area investment-area theme themes topic pillar strategy priority-area strand strands
        focus-area type-of-work kind-of-work work-type
        goal-area program-area portfolio domain-area focus domain sector thema bereich thème axe domaine eje tema
        ámbito handlungsfeld themenfeld programmalijn workstream obszar-tematyczny tema-område""",
    "area": """city town municipality community service-area area district region county precinct neighborhood
        neighbourhood zone ward borough location place site
        gebiet bezirk quartier commune territoire arrondissement wijk buurt gemeente stadtteil kreis barrio distrito
        zona municipio comune quartiere bairro parish dzielnica powiat gmina stadsdel kommun bydel okres obec
        ambito-territoriale""",
    "request": """projected projection forecast estimated anticipated request requests requested ask asks asked
        proposed proposal-amount budget-request amount-requested
        recommended budgeted budget beantragt antrag antragssumme demande demandé demandée sollicité aangevraagd
        gevraagd solicitado solicitada richiesto richiesta presupuesto bid bids sought kwota-wnioskowana wnioskowana
        wnioskowane previsione äskat sökt ansøgt požadovaná""",
    "baseline": """adopted baseline prior previous last current enacted approved vorjahr received awarded award
        bewilligt accordé attribué octroyé précédent n-1 toegekend verleend vorig concedido otorgado aprobado anterior
        concesso precedente amended revised authorized authorised concesso assestato dotacja przyznana beviljat
        bevilget schválená""",
    "spent": """actual actuals spent expended expenditure expenditures paid disbursed outlay ist dépensé réalisé
        réalisation résultat résultats resultado resultados ejecutado gerealiseerd realisatie resultaat erreicht
        ergebnis latest latest-result where-we-are performance-to-date ytd year-to-date current-result score-achieved
        consuntivo achieved attained delivered wykonanie wydatkowano utfall forbrug skutečnost""",
    "money": """assessment assessments dues fee fees entitlement entitlements allocation allocations allotment
        allotments apportionment
        eligible-cost eligible-costs eligible-amount amount amounts award-total award-amount grant-amount
        total-award annual-value contract-value funding-amount amt-in-lc amount-in-lc net-amount gross value-of-award
        amt money cost costs total-cost dollars value sum betrag beträge montant montants importe bedrag kosten debit
        net price coût monto cantidad importo custo valor summe contribution contributions pledge pledged beitrag
        beiträge bijdrage aportación aporte cotisation subvention subventions zuschuss förderung kwota koszt wydatek
        belopp kostnad beløb částka wnioskowano amount-usd""",
    "credit": "credit credits refund refunds haben crédit avoir",
    "pay": """salary salaries wage wages pay cost-per-fte salary-cost loonkosten loon salaris gehalt gehälter
        personalkosten lohn traitement salaire salaires sueldo sueldos salario salarios stipendio wynagrodzenie lön
        løn mzda on-costs""",
    "fte": """people full-time people-full-time people-needed staff-needed fte-required number-of-staff fte ftes wte
        headcount staff heads positions-count stellen vzä vzae vte etp etpt vollzeitäquivalente stellenanteil ejc etat
        etaty årsarbetare årsværk úvazek""",
    "releasable": """time-available time-dedicated time-committed percent-time share-of-time time-commitment
        percent-effort level-of-effort of-which-secondable secondable available-to-second can-be-released availability
        releasable
        releasing deployable inzetbaar inzet freigestellt mobilisable disponibilidad""",
    "match": """required-match non-federal match-% match matching match-rate cost-share cost-sharing local-share
        non-federal-share local-match cofinancing co-financing cofinancement eigenanteil eigenmittel cofinanciering
        cofinanciación""",
    "score": "score rating points punkte puntuación note-sur-100 punteggio",
    "notes": """payee payees vendor supplier situação note notes comment comments remark remarks explanation
        justification description narrative bemerkung bemerkungen rag rag-status status-update traffic-light
        next-steps contact e-mail email phone owner-email remarques remarque observations observaciones opmerking
        opmerkingen toelichting status anmerkung commentaire note-interne osservazioni uwagi anteckning bemærkning
        poznámka computation calculation basis""",
    "code": """currency curr cur waers company-code doc doc-no award-number award-# grant-number code id number no no.
        nr nr. # document voucher invoice reference ref ref. key line-no index item-no check journal batch vendor po
        beleg dossier aktenzeichen kenmerk expediente n n° numéro dossiernummer fain aln cfda uei
        assistance-listing assistance-listings listing-number""",
    "outcome": "deliverable deliverables outcome outcomes result output outputs wirkung effet efecto",
    "measure": """indicator indicators kpi kpis measure metric indicador indicadores indicateur indicateurs kennzahl
        kennzahlen indikator indicatore indicatori maatstaf prestatie-indicator wskaźnik indikatorer ukazatel""",
    "target": """expected planned plan aim want where-we-want-to-be threshold standard target targets goal goals meta
        metas objetivo cible cibles objectif ziel zielwert soll doel doelwaarde streefwaarde obiettivo benchmark mål
        cel wartość-docelowa cíl""",
    "weight": """weight weights weighting ponderación peso pondération poids gewicht gewichtung weging wegingsfactor
        waga vikt vægt váha""",
    "year": "year fiscal-year jahr année año anno jaar rok",
    "need": "need needs assessed-need bedarf besoin necesidad behoefte",
    "population": """population residents inhabitants einwohner habitants habitantes inwoners bevölkerung pop ludność
        abitanti""",
    "kind": "type kind restriction restricted fund-type grant-type award-type art typ tipo soort",
    "better": "direction polarity desired-direction better-is richtung polarity-is",
    "start": "start begin begins from beginn start-date début inicio",
    "end": "end ends until ende end-date through fin einde",
}


def bare(word: str) -> str:
    """A word as it is looked up: folded, and without the accents that a hurried hand leaves out."""
    return "".join(c for c in unicodedata.normalize("NFKD", fold(word)) if not unicodedata.combining(c))


CONCEPTS: dict[str, str] = {
    bare(word.replace("-", " ")): concept for concept, words in _WORDS.items() for word in words.split()
}
"""A word, bare -> what it speaks of."""
_CATEGORY_WORDS = """
    staff staffing subcontracting subcontracts subcontract subsistence travel-and-subsistence premises-costs
        volunteers
    salaries salary wages fringe benefits personal-services materials services contracts contractor consultants other
    construction capital overhead operating equipment-and-supplies travel-and-training rent utilities employees pay
        non-pay
    premises transport third-party-payments fringe-benefits salaries-and-wages personnel-services
    other-than-personal-services otps personalkosten sachkosten reisekosten honorare investitionen mieten gemeinkosten
    personalaufwand sachaufwand personeel materiaal huisvesting reiskosten opleiding loonkosten personeelskosten
    materiële-kosten salaires charges-de-personnel personnel-et-charges déplacements fournitures équipement formation
    prestations achats loyers frais-généraux sueldos viajes suministros equipamiento formación servicios personal
        material
    otros gastos-generales personale viaggi materiali attrezzature formazione servizi
"""
CATEGORIES = frozenset(STANDARD_CATEGORIES) | {bare(c.replace("-", " ")) for c in _CATEGORY_WORDS.split()}
"""Cost categories as titles, bare."""
_MONTH_WORDS = """
    jan january janv janvier januar januari ene enero gen gennaio feb february févr février februar februari febrero
    febbraio mar march mars mär märz maart mrt marzo março apr april avr avril abr abril aprile may mai mei mayo mag
        maggio
    maio jun june juin juni junio giu giugno jul july juil juillet juli julio lug luglio aug august août aout augustus
        ago
    agosto sep sept september septembre septiembre set settembre oct october octobre okt oktober octubre ott ottobre
        out nov
    november novembre noviembre dec december déc décembre dez dezember dic diciembre dicembre
"""
MONTHS = tuple(_MONTH_WORDS.split())
"""Months, as words and as offices shorten them."""
