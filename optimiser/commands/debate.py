"""agenda, changes, losses, weights, ask: what is open at all, choices with their prices, who gets less, what if a grant ends,
whose weights matter; any question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.case.readable import as_sentence
from optimiser.commands.base import (
    CaseFile,
    Copy,
    Exit,
    Json,
    Progress,
    Scenario,
    asking,
    existing,
    file_out,
    leave,
    print_answer,
    print_json,
    read_case,
    say,
    whole,
    write_copy,
)

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.plan.tables import Plan


def agenda(
    case: CaseFile,
    scenario: Scenario = None,
    margin: Annotated[
        float, typer.Option(help="How far from the best a plan may be (as a share) and still be good.")
    ] = 0.01,
    funded: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="INITIATIVE", help="Decide that this initiative is funded; several are possible."),
    ] = None,
    dropped: Annotated[
        list[str] | None,
        typer.Option("--out", metavar="INITIATIVE", help="Decide that this one is not funded; several are possible."),
    ] = None,
    output: Copy = None,
    as_json: Json = False,
) -> None:
    """Money at play: what has no choice, what every good plan spends so, what is open; then each choice with its price and who pays."""
    from optimiser.analysis.debate.agenda import agenda as of_plan
    from optimiser.analysis.debate.agenda import choose, chosen_words
    from optimiser.analysis.debate.at_play import KINDS, at_play
    from optimiser.case.readable import capital
    from optimiser.report import words

    read = read_case(case, scenario or ())
    flips = {**named_initiatives(read, funded or (), True), **named_initiatives(read, dropped or (), False)}
    if output is not None and not flips:
        leave(Exit.USAGE, "To keep a choice as a scenario say what is chosen: --in INITIATIVE, --out INITIATIVE.")
    plan = _plan(read)
    with asking("what is open") as progress:
        found = at_play(read, plan, margin=margin, progress=progress.line)
        items = of_plan(read, plan, found, progress=progress.line)
        made = choose(read, plan, items, flips) if flips else None
    if as_json:
        print_json({**found.json(), "agenda": items.json(), "chosen": None if made is None else _chosen(made, flips)})
    else:
        print(found.sentence())
        for kind in KINDS:
            print(f"{capital(kind)}: {words.money_short(found.money(kind), found.currency)}")
            for reason in found.reasons(kind):
                print(f"  {reason}")
        print(found.agenda())
        for item in items.items:
            print(f"  {items.sentence(item)}")
        if items.items:
            print("Each price is found by solving again; prices of two choices do not simply add up.")
        if made is not None:
            print("\n".join(chosen_words(items, made, flips)))
    if made is not None and made.plan is None:
        leave(Exit.INFEASIBLE)
    if made is not None and output is not None:
        _kept(read, "chosen items", made.rows, output)


def changes(
    case: CaseFile,
    scenario: Scenario = None,
    against: Annotated[
        str,
        typer.Option(
            help="What the plan stands beside: last-year (baselines), a scenario, base, or a plan (PLAN.xlsx)."
        ),
    ] = "last-year",
    agency: Annotated[str | None, typer.Option(help="The page of this agency.", show_default=False)] = None,
    why: Annotated[int, typer.Option(help="For how many losers to find why, and what it would take.", min=0)] = 3,
    as_json: Json = False,
) -> None:
    """What changes for whom: who gets less stands first, with why, by whose authority, and what it would take; or the page of one agency."""
    from optimiser.analysis.debate import who_changes as debate

    read = read_case(case, scenario or ())
    plan = _plan(read)
    other, name = _other(case, against)
    with asking("what changes"):
        found = debate.changes(plan, other, name)
    if agency is not None:
        page = debate.agency_page(plan, found, _key(read, "Agencies", agency))
        print_answer(as_json, page.json, lambda: "\n".join(page.lines(found)))
        return
    losers = [c for c in found.losers("initiative") if c.key in read.facts.names["initiative"]][:why]
    told = []
    with Progress("why they get less") as progress:
        for number, change in enumerate(losers, 1):
            progress.line(f"loser {number} of {len(losers)}: {change.name}")
            told.append(debate.loss(plan, change))
    if as_json:
        print_json({**found.json(), "losses": [one.json() for one in told]})
        return
    print(f"{found.sentence()}\n{found.total()}")
    for of in debate.OF:
        less = found.losers(of)
        if less:
            print(found.title(of))
        for c in less:
            print(f"  {c.name}: {_change(c, found)}")
    for one in told:
        print(f"{one.name}: {one.sentence}\n  {one.authority}\n  {one.takes}")


def losses(
    case: CaseFile,
    scenario: Scenario = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PERIOD",
            help="The period from which on a fund is lost; by default halfway.",
            show_default=False,
        ),
    ] = None,
    two: Annotated[bool, typer.Option("--two", help="Two funds at once.")] = False,
    survive: Annotated[bool, typer.Option(help="Look for the plan that survives any of these losses.")] = True,
    output: Copy = None,
    as_json: Json = False,
) -> None:
    """Lose any one grant: what stops, who is sent home, what may bridge it, what it costs; and the plan that survives any of these losses."""
    from optimiser.analysis.debate.beginning import beginning
    from optimiser.analysis.debate.losses import NothingToLose
    from optimiser.analysis.debate.losses import losses as of_case

    read = read_case(case, scenario or ())
    with asking("losing each fund in turn") as progress:
        try:
            found = of_case(read, since, at_once=2 if two else 1, survive=survive, progress=progress.line)
        except NothingToLose as error:
            leave(Exit.INFEASIBLE, as_sentence(str(error)))
    if as_json:
        print_json(found.json())
    else:
        print(found.sentence())
        for one in found.losses:
            print("\n".join(found.lines(one)))
        if found.surviving is not None:
            print("\n".join(found.of_surviving()))
    if found.unfound:
        leave(Exit.STOPPED, found.unfound)
    if output is not None:
        if found.surviving is None:
            leave(
                Exit.USAGE,
                "There is no surviving plan to keep: nothing is decided before the loss, or --no-survive was given.",
            )
        _kept(read, f"survives any loss from {found.since}", beginning(found.surviving.plan, found.since), output)


def weights(
    case: CaseFile,
    members: Annotated[
        Path | None,
        typer.Option(
            metavar="MEMBERS.toml",
            help="What each member says (TOML): [[member]] with name, and order, ranges or trades.",
            show_default=False,
        ),
    ] = None,
    propose: Annotated[
        Path | None,
        file_out(
            "Write such a file to be filled in, with the names of this case.",
            ".toml",
            metavar="MEMBERS.toml",
            names=(),
        ),
    ] = None,
    scenario: Scenario = None,
    plan_of: Annotated[
        str | None,
        typer.Option(
            "--plan-of",
            metavar="MEMBER",
            help="Keep the weights of this member's middle as a scenario.",
            show_default=False,
        ),
    ] = None,
    output: Copy = None,
    as_json: Json = False,
) -> None:
    """Weights without a quarrel: what is funded whichever member's weights count, whose answers would change the plan, and what each loses."""
    from optimiser.analysis.debate import weights_words
    from optimiser.analysis.debate.stated import answers_form, answers_in
    from optimiser.analysis.debate.weights import weigh, weighed_names, weights_rows
    from optimiser.case.faults import Fault, InvalidCase
    from optimiser.case.names import fold

    read = read_case(case, scenario or ())
    if (output is None) != (plan_of is None):
        leave(Exit.USAGE, "To keep a member's weights as a scenario say both: --plan-of MEMBER and -o COPY.xlsx.")
    with asking("what is weighed"):
        names = weighed_names(read)[1]
    if propose is not None:
        with whole(propose) as draft:
            draft.write_text(answers_form(names), "utf-8")
        say(f"{propose} is ready to be filled in. Then: optimiser weights {case} --members {propose}")
        return
    if members is None:
        leave(
            Exit.USAGE,
            "Say what the members say (--members MEMBERS.toml), or where such a file is written (--propose MEMBERS.toml).",
        )
    try:
        said = answers_in(existing(members).read_text("utf-8-sig"), names)
        wanted = next((n for n in said if plan_of and fold(n) == fold(plan_of)), None)
        if plan_of is not None and wanted is None:
            leave(Exit.USAGE, f"No member in {members.name} is called {plan_of}.")
        plan = _plan(read)
        with asking("whose weights matter", wrong=()) as progress:
            found = weigh(read, plan, said, progress=progress.line)
    except ValueError as error:
        cure = "Mend the file and ask again"
        raise InvalidCase(
            [Fault("", members.name, "W01", str(error).rstrip("."), "an answer that weights fit", cure)]
        ) from None
    print_answer(as_json, lambda: weights_words.as_json(found), lambda: "\n".join(weights_words.lines(found)))
    if output is not None and wanted is not None:
        member = next(m for m in found.members if m.name == wanted)
        _kept(read, f"weights of {wanted}", weights_rows(read, member.middle.tolist(), found.criteria), output)


def ask(
    case: CaseFile,
    question: Annotated[
        str, typer.Argument(help="In words: 'why not X', 'what if F is cut by 20%', 'who may change rule R'.")
    ],
    scenario: Scenario = None,
    output: Copy = None,
    as_json: Json = False,
) -> None:
    """Ask in words: the question is read by a grammar with the case's own names, shown as it was understood, then answered by solving."""
    from optimiser.analysis.debate.ask import tell
    from optimiser.analysis.debate.reading import read as understand

    read = read_case(case, scenario or ())
    asked = understand(read, question)
    if asked.reading is None:
        if as_json:
            print_json({"reading": None, "others": [r.sentence for r in asked.others], "problem": asked.problem})
        leave(Exit.USAGE, asked.problem)
    if not as_json:
        print(f"Read as: {asked.reading.sentence}", flush=True)
    plan = _plan(read)
    with asking("looking for the answer") as progress:
        told = tell(read, plan, asked.reading, progress=progress.line)
    reading = {key: value for key, value in vars(asked.reading).items() if key != "focus"}
    print_answer(as_json, lambda: {"reading": reading, **told.json()}, lambda: "\n".join(told.lines))
    if output is not None:
        if not told.rows:
            leave(Exit.USAGE, "This question is about no change, so there is no scenario to keep.")
        _kept(read, question[:50], told.rows, output)


def _change(c: Any, found: Any) -> str:
    from optimiser.report import words

    was, now = (words.money_exact(v, found.currency) for v in (c.before, c.now))
    return f"{was} {found.against}, {now} now, {words.money_between(c.before, c.now, found.currency)}"


def _other(case: Path, against: str) -> tuple[Plan | None, str]:
    """What the plan stands beside, and its name."""
    from optimiser.analysis.debate.who_changes import LAST_YEAR

    if against.casefold().replace("_", "-") in ("last-year", LAST_YEAR, "baseline"):
        return None, LAST_YEAR
    if against.endswith(".xlsx"):
        from optimiser.report.documents.plan_reading import read_plan
        from optimiser.report.documents.summary import plan_as_proven

        before, tables, proof = read_plan(str(existing(Path(against))))
        return plan_as_proven(before, tables, proof), f"the plan {Path(against).stem}"
    return _plan(read_case(case, [against])), "the case unchanged" if against == "base" else f"the scenario {against}"


def _key(case: Case, sheet: str, said: str) -> str:
    """The key of an agency or initiative by its key or name; ends where there is none."""
    from optimiser.case.names import fold, nearest
    from optimiser.case.spec import BY_NAME

    column = BY_NAME[sheet].key[0]
    called: dict[str, str] = {
        name: row[column] for row in case.tables[sheet].records() for name in (row["name"], row[column])
    }
    found = {fold(name): key for name, key in called.items() if name}.get(fold(said))
    if found is None:
        near = nearest(said, called)
        leave(Exit.USAGE, f"There is no {column} {said}." + (f" Did you mean {near}?" if near else ""))
    return found


def _chosen(made: Any, flips: Mapping[str, bool]) -> dict[str, Any]:
    """A choice as plain data."""
    plan = made.plan
    award = {} if plan is None else plan.award.set_index("initiative")["award"].to_dict()
    return {
        "items": dict(flips), "status": "infeasible" if plan is None else plan.status, "price": made.price, "award": award,
        "undone": list(made.undone), "core": list(made.core), "problem": made.problem,
    }  # fmt: skip


def _plan(case: Case) -> Plan:
    """The plan of the case; ends where there is none."""
    from optimiser import verbs

    with Progress("solving"):
        plan = verbs.solve(case)
    if plan.status == "infeasible":
        leave(Exit.INFEASIBLE, "No plan keeps every rule: optimiser explain says why, and what would help.")
    if not plan.has_plan:
        leave(Exit.STOPPED, "No plan was found in time.")
    return plan


def named_initiatives(case: Case, said: Sequence[str], funded: bool) -> dict[str, bool]:
    """Initiatives by key or name."""
    return {_key(case, "Initiatives", text): funded for text in said}


def _kept(case: Case, wanted: str, rows: Sequence[Mapping[str, str]], output: Path) -> None:
    """The copy of the case with changes as a scenario."""
    from optimiser.case.scenario.keep import free_name, kept_as

    name = free_name(case, wanted)
    write_copy(kept_as(case, name, rows), output)
    say(f"{output} holds the scenario {name}: optimiser solve {output} --scenario '{name}'")
