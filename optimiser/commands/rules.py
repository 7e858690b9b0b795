"""rules, formula and clause: the library of named rules, splits by formula, and what a missed target moves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimiser.case.readable import as_sentence
from optimiser.commands.base import (
    CaseFile,
    Exit,
    Json,
    Progress,
    asking,
    existing,
    file_out,
    leave,
    print_json,
    read_case,
    say,
    whole,
)


def rules(
    case: Annotated[
        Path | None,
        typer.Argument(
            help="Workbook of a case: list its rules, or insert into it.", metavar="CASE.xlsx", show_default=False
        ),
    ] = None,
    search: Annotated[str | None, typer.Option(metavar="WORDS", help="Words to look for in the library.")] = None,
    show: Annotated[str | None, typer.Option(help="One entry of the library, whole.", metavar="KEY")] = None,
    insert: Annotated[str | None, typer.Option(help="Insert this entry into the case.", metavar="KEY")] = None,
    fund: Annotated[str | None, typer.Option(help="The grant that an inserted entry is about.")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An answer that the entry asks for.")
    ] = None,
    output: Annotated[
        Path | None, file_out("Where the case with the inserted rows is written.", ".xlsx", grown=True)
    ] = None,
    audit: Annotated[
        bool, typer.Option(help="Audit the case's rules: what contradicts, never binds or looks wrong.")
    ] = False,
    overlaps: Annotated[bool, typer.Option(help="Where several agencies deliver one theme in one area.")] = False,
    who: Annotated[
        str | None, typer.Option(help="Who you are: national office, state agency, county, city or tribe.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Your fiscal year, such as 2026.")] = None,
    programme: Annotated[str | None, typer.Option("--program", help="Of one program alone.")] = None,
    stale: Annotated[
        bool, typer.Option(help="Those whose text should be read again: older than 18 months, undated or not read.")
    ] = False,
    newer: Annotated[
        bool, typer.Option(help="Rules of the case that the library has a newer text of, and what it would do.")
    ] = False,
    grant: Annotated[str | None, typer.Option(help="The compliance of one fund, by who set each rule.")] = None,
    as_json: Json = False,
) -> None:
    """The library of named grant rules; with a case, its own rules in plain English, their audit, or an insertion."""
    if insert is not None:
        _insert(case, insert, fund, answer or [], output)
    elif case is not None and newer:
        _newer(case, as_json)
    elif case is not None and grant is not None:
        _compliance(case, grant, as_json)
    elif case is not None:
        _of_case(case, audit, overlaps, as_json)
    elif show is not None:
        _show(show, as_json)
    else:
        _library(search or "", (who or "", year, programme or ""), stale, as_json)


def _show(key: str, as_json: bool) -> None:
    from optimiser.analysis.rulebook.library import binds_words, entry_of
    from optimiser.analysis.rulebook.library_rows import shown
    from optimiser.case.grantors import set_by_words
    from optimiser.case.readable import listed

    try:
        entry = entry_of(key)
    except (KeyError, ValueError) as error:
        leave(Exit.USAGE, str(error.args[0]))
    if as_json:
        print_json({**vars(entry), "asks": [vars(a) for a in entry.asks], "rows": [dict(r) for r in entry.rows]})
        return
    print(f"{entry.key}\n{entry.programme}: {entry.name}\n{entry.number} ({entry.citation})\nOf: {entry.base}")
    print(f"Set by {set_by_words(entry.set_by, entry.waiver)}. Binds {listed(binds_words(entry))}.")
    titled = (("No longer holds", entry.past), ("Except", entry.exceptions), ("Approximated", entry.approximated))
    for line in (entry.source_words, entry.note, *(f"{title}: {said}" for title, said in titled if said)):
        if line:
            print(line)
    for column, cell in entry.fund:
        print(f"sets Funds.{column} of the grant to {shown(cell)}")
    for ask in entry.asks:
        print(f"asks {ask.name}: {ask.says}" + ("" if ask.default is None else f" (otherwise {ask.default})"))
    for row in entry.rows:
        print("  " + "; ".join(f"{column} {cell}" for column, cell in row.items() if cell not in ("", None)))


def _library(search: str, me: tuple[str, int | None, str], stale: bool, as_json: bool) -> None:
    """me: who asks, the fiscal year and the program; blanks for all."""
    from datetime import date

    from optimiser.analysis.rulebook import library
    from optimiser.analysis.rulebook.unsaid import unsaid

    today = date.today()
    found = library.ended_last(library.search(search) if search else library.entries(), today)
    if any(me):
        try:
            found = library.binding(found, today, *me)
        except library.LibraryError as error:
            leave(Exit.USAGE, as_sentence(str(error)))
    if stale:
        found = tuple(e for e in found if e.stale(today))
    if as_json:
        fields = ("key", "programme", "name", "number", "base", "citation", "set_by", "waiver", "read", "confidence")
        print_json([{**{f: getattr(e, f) for f in fields}, "stale": e.stale(today)} for e in found])
        return
    for entry in found:
        why = entry.stale(today)
        marks = "; ".join(filter(None, ("no longer holds" if entry.over(today) else "", why)))
        print(f"{entry.key:34} {entry.programme}: {entry.name} ({entry.number})" + (f" [{marks}]" if marks else ""))
    for one in unsaid(search):
        print(one.sentence)
    say(f"{len(found)} of {len(library.entries())} entries. One of them whole: optimiser rules --show KEY")


def _newer(path: Path, as_json: bool) -> None:
    from optimiser.analysis.rulebook.newer import as_scenario, effects, newer

    case = read_case(path)
    found = newer(case)
    with Progress("solving with and without"):
        made = effects(case, found)
    if as_json:
        print_json(
            [{"entry": n.entry.key, "rules": [r for r, _ in n.versions], "was": n.was, "now": n.now, "sentence": n.sentence,
              "effect": e.said, "reads": list(e.reads), "scenario": as_scenario(n)}
             for n, e in zip(found, made, strict=True)]
        )  # fmt: skip
        return
    for one, would in zip(found, made, strict=True):
        print(f"{one.sentence} {would.said}")
        for line in would.reads:
            print(f"  It would read: {line}")
    count = sum(len(n.versions) for n in found)
    say(
        f"{count or 'No'} rule{'s' * (count != 1)} of the case {'has' if count == 1 else 'have'} a newer text in the library."
    )


def _compliance(path: Path, grant: str, as_json: bool) -> None:
    from optimiser.analysis.rulebook.compliance import of_grant
    from optimiser.report.documents.plan_text import columns
    from optimiser.verbs import solve

    case = read_case(path)
    with Progress("solving"):
        plan = solve(case)
    if not plan.has_plan:
        leave(Exit.INFEASIBLE, f"The case has no plan. Next: optimiser explain {path}")
    try:
        table = of_grant(plan, grant)
    except ValueError as error:
        leave(Exit.USAGE, as_sentence(str(error)))
    if as_json:
        print_json(table.plain())
        return
    shown = ("set_by", "rule", "per", "required", "achieved", "headroom", "state")
    lines = [[str(r[c]) for c in shown] for r in table.records()]
    print("\n".join(columns(lines, [c.replace("_", " ") for c in shown], 3)))
    told = dict.fromkeys(
        (str(r["rule"]), str(r["authority"]), str(r["text"]), str(r["waiver"]), str(r["exceptions"]))
        for r in table.records()
    )
    for rule, authority, text, waiver, exceptions in told:
        more = (authority, f"text of {text}" if text else "", waiver, f"Except: {exceptions}" if exceptions else "")
        print(f"{rule}: " + "; ".join(said.rstrip(".") for said in more if said))


def _insert(case: Path | None, key: str, fund: str | None, answers: list[str], output: Path | None) -> None:
    from optimiser.analysis.rulebook import library
    from optimiser.analysis.rulebook.library_rows import fund_cells, insert, shown
    from optimiser.case.faults import InvalidCase
    from optimiser.case.names import fold
    from optimiser.case.reading.workbook import read_tables, tables_from
    from optimiser.case.writing.writer import write_tables

    if case is None or fund is None or output is None:
        leave(
            Exit.USAGE,
            "To insert an entry, name the case, the grant and the copy: optimiser rules CASE.xlsx --insert KEY --fund FUND -o COPY.xlsx",
        )
    tables = read_tables(str(existing(case)))
    if tables.errors:
        raise InvalidCase(tables.faults)
    given = dict(part.partition("=")[::2] for part in answers)
    try:
        entry = library.entry_of(key)
        rows = insert(tables.tables, entry, fund, **given)
        cells = fund_cells(tables.tables, entry, fund, **given)
    except (KeyError, library.LibraryError) as error:
        leave(Exit.USAGE, str(error.args[0]))
    records = {name: [*table.records(), *(rows if name == "Rules" else [])] for name, table in tables.tables.items()}
    records["Funds"] = [r | cells if fold(str(r["fund"])) == fold(fund) else r for r in records["Funds"]]
    with whole(output) as draft:
        write_tables(draft, tables_from({name: made for name, made in records.items() if made}).tables)
    for row in rows:
        print(f"{row['rule']}")
    for column, cell in cells.items():
        print(f"Funds, {fund}: {column} = {shown(cell)}")
    say(f"{output} has {len(rows)} rule{'s' * (len(rows) != 1)} more. Next: optimiser check {output}")


def _of_case(path: Path, audit: bool, overlaps: bool, as_json: bool) -> None:
    from optimiser.case.grantors import WHO, Grantor
    from optimiser.model.rules import rules_of, sentence, waived

    case = read_case(path)
    if audit:
        from optimiser.analysis.rulebook.rule_audit import audit_rules

        with Progress("examining the rules"):
            findings = audit_rules(case)
        if as_json:
            print_json([vars(f) for f in findings])
            return
        for f in findings:
            print(f)
        say(f"{len(findings)} finding{'s' * (len(findings) != 1)}." if findings else "Nothing was found.")
        return
    if overlaps:
        from optimiser.analysis.together.overlap import possible

        found = possible(case)
        if as_json:
            print_json([{"sentence": o.sentence, "rule": o.rule} for o in found])
            return
        for one in found:
            print(one.sentence)
        say(f"{len(found)} overlap{'s' * (len(found) != 1)} of delivery.")
        return
    listed = rules_of(case.facts)
    if as_json:
        said = [{"waived": waived(case.facts, rule), "sentence": sentence(case.facts, rule)} for rule in listed]
        print_json([{**vars(rule), **more} for rule, more in zip(listed, said, strict=True)])
        return
    grantor = {rule.name: Grantor(rule.set_by, rule.waiver) for rule in listed}
    set_by = ""
    for rule in sorted(listed, key=lambda rule: grantor[rule.name].rank):
        if rule.set_by != set_by:
            set_by = rule.set_by
            print(f"Set by {set_by}, to be changed by {WHO[set_by]}:")
        waiver = f"waiver: {rule.waiver}" if rule.waiver else ""
        state = "" if rule.active else " (waived)" if rule.waived else " (switched off)"
        by = "; ".join(filter(None, (rule.authority, waiver)))
        print(f"  {rule.name}{state}: {sentence(case.facts, rule)}" + (f" [{by}]" if by else ""))


def formula(
    case: CaseFile,
    rule: Annotated[str, typer.Argument(help="Name of a rule of the kind formula or earned.", show_default=False)],
    as_json: Json = False,
) -> None:
    """What each member gets by a formula rule, clause by clause, if the whole of its funds were spent."""
    from optimiser.analysis.rulebook.formula_calculator import formula_table
    from optimiser.model.rules import RuleError
    from optimiser.report.documents.plan_text import columns

    read = read_case(case)
    try:
        table = formula_table(read, rule)
    except RuleError as error:
        leave(Exit.USAGE, str(error))
    if as_json:
        print_json(table.plain())
        return
    titles = list(table.columns)
    rows = [
        [
            v if isinstance(v, str) else f"{v:.4%}" if t in ("plain", "share") else f"{v:,.2f}".removesuffix(".00")
            for t, v in r.items()
        ]
        for r in table.records()
    ]
    print("\n".join(columns(rows, titles)))


def clause(
    case: CaseFile,
    item: Annotated[str, typer.Argument(help="The agency or initiative.", show_default=False)],
    measure: Annotated[str, typer.Argument(help="The measure of Performance.", show_default=False)],
    actual: Annotated[float, typer.Argument(help="The actual value to suppose.", show_default=False)],
    of: Annotated[str, typer.Option(metavar="KIND", help="What ITEM is: agency or initiative.")] = "agency",
    as_json: Json = False,
) -> None:
    """If this agency (or initiative) misses this target, who gets the money? The plan before and after."""
    from optimiser.analysis.what_if.clause import ClauseError
    from optimiser.analysis.what_if.clause import clause as find
    from optimiser.report.documents.result_json import as_json as of_plan

    read = read_case(case)
    with asking("solving before and after", ClauseError):
        found = find(read, of, item, measure, actual)
    if as_json:
        fields = ("of", "item", "measure", "target", "actual", "score", "tier", "sentences")
        tables = {name: getattr(found, name).plain() for name in ("agencies", "initiatives", "funds")}
        plans = {"before": of_plan(found.before), "after": of_plan(found.after)}
        print_json({**{name: getattr(found, name) for name in fields}, **tables, **plans})
        return
    for said in found.sentences:
        print(said)
