"""Award letter to each agency: what it gets, what it lends, what it must keep, what it is measured by."""

from __future__ import annotations

from optimiser.case.readable import number
from optimiser.papers import shared_parts
from optimiser.papers.blocks import BLANK, Block, Cell, Document, Heading, Signature, grid, para, section
from optimiser.papers.paper import Paper, Source, document
from optimiser.plan.derive import NOT_FUNDED


class AwardLetters(Paper):
    """The letters."""

    name, title = "award-letters", "Award letters"
    purpose = "One for each agency: gets, lends, must keep, by whose authority, measured by"
    forms = ("docx",)
    of = "agency"
    rank = 5

    def subjects(self, source: Source) -> list[str]:
        """Every agency that receives money or lends people."""
        return [a for a, r in source.figures.agencies.items() if r["received"] or r["released"] or r["hired"]]

    def content(self, source: Source, subject: str) -> Document:
        """The letter."""
        f, name = source.figures, source.called("Agencies", subject)
        dated = (
            shared_parts.day(source.motion.decided.date().isoformat())
            if source.motion and source.motion.decided
            else BLANK
        )
        made: list[Block] = [
            para(name),
            para(source.fact("Agencies", subject, "address", f"address of {name}")),
            para(source.fact("Agencies", subject, "contact", f"contact of {name}")),
            para(f"Date: {dated}"),
            para(
                "In the plan of ",
                source.title,
                " you receive ",
                f.received(subject),
                f", for {shared_parts.period_of(source)}.",
            ),
        ]
        funds, initiatives = f.members("fund", agency=subject), f.members("initiative", agency=subject)
        if initiatives:
            rows: list[list[Cell]] = []
            for fund in funds:
                for i in f.members("initiative", fund=fund, agency=subject):
                    money = f.spend(fund=fund, initiative=i, agency=subject)
                    rows.append([source.called("Funds", fund), source.called("Initiatives", i), money])
            total = ("Total", "", f.received(subject))
            made += section("What you receive", ("Fund", "Initiative", "Amount"), rows, (2,), (36, 44, 20), total)
        made += _people(source, subject)
        made += _periods(source, subject)
        rules = shared_parts.rules_of(source, agency=subject)
        if rules:
            made += [Heading("What must be kept", 2), shared_parts.rules(source, rules, "What must be kept")]
        made += _measures(source, subject, initiatives)
        made.append(Signature(("For the partnership", name)))
        return document(source, f"Award to {name}", made)


def _people(source: Source, agency: str) -> list[Block]:
    """Whom it lends, and who is lent for its initiatives."""
    f = source.figures
    names = f.facts.names
    if agency not in names["agency"]:
        return []
    own = names["agency"].index(agency)
    mine = {names["initiative"].index(i) for i in f.members("initiative", agency=agency)}
    rows, lent, made = list[list[Cell]](), list[list[Cell]](), list[Block]()
    for (a, k, i), fte in sorted(f.lines.posts.sums("agency", "role", "initiative").items()):
        to, role = source.called("Initiatives", names["initiative"][i]), names["role"][k]
        said = f"{number(float(fte) / f.periods, 2)} FTE"
        if a == own and fte:
            rows.append([to, role, said])
        elif i in mine and fte:
            lent.append([to, source.called("Agencies", names["agency"][a]), role, said])
    if rows:
        made += [Heading("Whom you release", 2), para("In all, on average: ", f.released(agency), " FTE.")]
        made.append(grid("Whom you release", ("To", "Role", "On average"), rows, (2,), (50, 25, 25)))
    if f.hired(agency).value:
        made.append(para("You may hire, on average: ", f.hired(agency), " FTE; their cost stands in what you receive."))
    if lent:
        titles = ("For", "By", "Role", "On average")
        made += section("Who is lent for your initiatives", titles, lent, (3,), (35, 30, 15, 20))
    return made


def _periods(source: Source, agency: str) -> list[Block]:
    """Its money by period."""
    f = source.figures
    periods = f.members("period", agency=agency)
    if not periods:
        return []
    dates = {p["period"]: (p["start"], p["end"]) for p in source.case.tables["Periods"].records()}
    rows: list[list[Cell]] = []
    for p in periods:
        start, end = dates.get(p, ("", ""))
        span = f"{shared_parts.day(start)} to {shared_parts.day(end)}" if start and end else ""
        rows.append([p, span, f.spend(agency=agency, period=p)])
    total, note = (
        ("Total", "", f.received(agency)),
        "A report of what was spent and delivered is due after the end of each period.",
    )
    return [*section("When", ("Period", "Dates", "Amount"), rows, (2,), (20, 50, 30), total), para(note)]


def _measures(source: Source, agency: str, initiatives: list[str]) -> list[Block]:
    """Targets by which it and its initiatives are measured, and what the plan expects."""
    rows: list[list[Cell]] = []
    for r in source.case.tables["Performance"].records():
        mine = (r["of"] == "agency" and r["item"] == agency) or (r["of"] == "initiative" and r["item"] in initiatives)
        if mine:
            about = source.called("Agencies" if r["of"] == "agency" else "Initiatives", r["item"])
            sense = "at least" if r["better"] == "higher" else "at most"
            rows.append([about, r["measure"], f"{sense} {number(r['target'], 2)}", number(r["actual"], 2)])
    made: list[Block] = []
    if rows:
        heads = ("Of", "Measure", "Target", "Last reached")
        made += section("What you are measured by", heads, rows, (2, 3), (40, 30, 15, 15))
        made.append(
            para("A target that is missed lowers the score, and with it what rules on scores allow to be spent.")
        )
    f = source.figures
    outcomes: list[list[Cell]] = []
    for r in source.case.tables["Outcomes"].records():
        if r["initiative"] in initiatives and f.awards[r["initiative"]]["state"] != NOT_FUNDED:
            called, level = source.called("Initiatives", r["initiative"]), f.level(r["initiative"])
            outcomes.append([called, r["outcome"], number(r["at_full"], 2), level])
    if outcomes:
        titles = ("Initiative", "Outcome", "At full scope", "Scope in this plan")
        made += section("What is expected", titles, outcomes, (2, 3), (44, 26, 15, 15))
    return made
