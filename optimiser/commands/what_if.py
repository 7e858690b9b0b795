"""compare, frontier, tornado and sweep: what changes if …"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.case.names import fold
from optimiser.case.readable import as_sentence
from optimiser.commands.base import (
    CaseFile,
    Exit,
    Json,
    Progress,
    asking,
    complain,
    file_out,
    json_text,
    leave,
    print_answer,
    print_json,
    read_case,
    say,
    whole,
)
from optimiser.commands.interrupt import Interrupted

if TYPE_CHECKING:
    from optimiser.analysis.what_if.compare import Comparison

SHOWN = 12
"""Differences listed for a scenario; the others are counted."""
_INSTANT = 0.05
"""Results that come within so many seconds of the start were kept from an earlier call."""


def compare(
    case: CaseFile,
    scenarios: Annotated[
        str | None, typer.Option(help="Names with commas between; `A + B` stacks two. By default all.")
    ] = None,
    causes: Annotated[bool, typer.Option(help="Find the cause of each large difference, by solving again.")] = True,
    output: Annotated[Path | None, file_out("Write it as .xlsx or .json.", ".xlsx", ".json", metavar="FILE")] = None,
    as_json: Json = False,
) -> None:
    """Scenarios side by side: totals, who gains and loses, what differs in the inputs, and why."""
    from optimiser.analysis.what_if.compare import compare as of_case
    from optimiser.case.scenario.apply import names
    from optimiser.report.documents.result_json import as_json as of_plan

    read = read_case(case)
    wanted = _listed(scenarios, names(read.tables["Scenarios"])) if scenarios else None
    with asking("comparing") as progress:
        solved = itertools.count(1)
        found = of_case(
            read, wanted, causes=causes, told=lambda name, _: progress.line(f"{next(solved)} solved: {name}")
        )
    if output is not None:
        with whole(output) as draft:
            if output.suffix == ".xlsx":
                from optimiser.report.documents.comparison_workbook import write_comparison

                write_comparison(found, str(draft))
            else:
                draft.write_text(json_text(found.as_json(of_plan)), "utf-8")
        say(f"{output} is written.")
    print_answer(as_json, lambda: found.as_json(of_plan), lambda: _told(found))
    if found.invalid and len(found.plans) == 1:
        leave(Exit.INVALID, "No scenario makes a valid case, so there is nothing to compare.")


def _told(found: Comparison) -> str:
    from optimiser.case import impact
    from optimiser.report import words

    currency = found.case.settings.currency
    lines = [impact.meaning(found.case)]
    for name, plan in found.plans.items():
        lines.append(f"{name}: {words.headline(plan)}")
        if plan.has_plan and plan.impact is not None:
            money = float(plan.tables["Spend"]["money"].sum())
            lines.append(
                f"  {words.points(plan.impact, impact.unit(plan.case))}, {words.money_exact(money, currency)} spent. {words.quality(plan)}"
            )
        lines += [f"  changed: {one.sentence(currency)}" for one in found.inputs.get(name, ())]
        lines += [f"  {fault}" for fault in found.notes.get(name, ())]
        differences = [d for d in found.of(name) if d.sentence and d.of != "rule"]
        causes: set[str] = set()
        for d in differences[:SHOWN]:
            lines.append(f"  {d.sentence}" + (f" {d.cause}" if d.cause and d.cause not in causes else ""))
            causes.add(d.cause)
        if len(differences) > SHOWN:
            lines.append(f"  … and {len(differences) - SHOWN} smaller differences.")
        rules = found.turned(name)
        lines += [f"  {sentence}" for sentence in rules[:SHOWN]]
        if len(rules) > SHOWN:
            lines.append(f"  … and {len(rules) - SHOWN} more rules.")
    lines += [*found.refusals(), *(str(gain["sentence"]) for gain in found.gains())]
    return "\n".join(lines)


def frontier(
    case: CaseFile,
    where: Annotated[
        str | None, typer.Option(help="Rows of the sheet, as on the sheet Scenarios: 'fund = Pool'.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of the number that is swept.")] = None,
    column: Annotated[str | None, typer.Option(help="Its column: amount, fte, at_most …")] = None,
    low: Annotated[float | None, typer.Option(help="Its lowest value.")] = None,
    high: Annotated[float | None, typer.Option(help="Its highest value.")] = None,
    objectives: Annotated[
        str | None, typer.Option(help="Instead of a number two objectives: 'impact, fairness'.")
    ] = None,
    as_json: Json = False,
) -> None:
    """One limit swept, or two objectives traded: exact breakpoints, the knee, and the present plan."""
    from optimiser.analysis.limits.cell import Cell
    from optimiser.analysis.what_if.frontier import frontier as of_limit
    from optimiser.analysis.what_if.trade_off import trade_off
    from optimiser.report.documents import frontier_text

    read, limit = read_case(case), None
    with asking("following the frontier", (ValueError, KeyError)) as progress:
        if objectives is not None:
            first, _, second = (part.strip() for part in objectives.partition(","))
            found = trade_off(read, first, second, told=progress.line)
        elif sheet is None or column is None or low is None or high is None:
            leave(
                Exit.USAGE,
                "Name the number and its range: --sheet Funds --where 'fund = Pool' --column amount --low 0 --high 2000000; "
                "or two objectives: --objectives impact,thrift",
            )
        else:
            limit = Cell(sheet, where or "", column)
            found = of_limit(read, limit, low, high, told=progress.line)
    now = None if found.now is None else vars(found.now)
    plain = {**vars(found), "points": [vars(p) for p in found.points], "now": now}
    print_answer(as_json, lambda: plain, lambda: frontier_text.text(found, read, limit))


def tornado(
    case: CaseFile,
    share: Annotated[float, typer.Option(help="How far each number moves, as a share: 0.1 is 10%.", min=0.0)] = 0.1,
    ranges: Annotated[
        bool, typer.Option(help="The numbers of the sheet Uncertainty instead, over its ranges.")
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="One number instead: its sheet.")] = None,
    where: Annotated[str | None, typer.Option(help="Its rows, as on the sheet Scenarios: 'fund = Pool'.")] = None,
    column: Annotated[str | None, typer.Option(help="Its column: amount, fte, at_most …")] = None,
    low: Annotated[float | None, typer.Option(help="Its lowest value.")] = None,
    high: Annotated[float | None, typer.Option(help="Its highest value.")] = None,
    as_json: Json = False,
) -> None:
    """One number at a time: how far the objective swings, and the value at which the plan changes."""
    from optimiser.analysis.limits.cell import Cell
    from optimiser.analysis.what_if.tornado import Range, stated_ranges
    from optimiser.analysis.what_if.tornado import tornado as of_case
    from optimiser.report.documents import tornado_text

    read = read_case(case)
    with asking("moving one number at a time", (ValueError, KeyError)) as progress:
        numbers: list[Cell] | dict[Cell, Range] | None = stated_ranges(read) if ranges else None
        if sheet is not None or column is not None:
            if sheet is None or column is None or (low is None) != (high is None):
                leave(
                    Exit.USAGE,
                    "Name the number: --sheet Funds --where 'fund = Pool' --column amount [--low 0 --high 10]",
                )
            limit = Cell(sheet, where or "", column)
            numbers = [limit] if low is None or high is None else {limit: (low, high)}
        bars = of_case(read, numbers, share=share, told=progress.line)
    if as_json:
        print_json([{**vars(bar), "limit": vars(bar.limit)} for bar in bars])
        return
    if not bars:
        complain("No number moves the objective; or the case has no plan, which `optimiser explain` says more about.")
    else:
        print(tornado_text.text(read, bars))


def sweep(
    case: CaseFile,
    output: Annotated[Path, file_out("Table of results: .csv, .xlsx or .parquet.", ".csv", ".xlsx", ".parquet")],
    scenarios: Annotated[
        str | None,
        typer.Option(
            help="Names with commas between, or a JSON file {name: [rows of the sheet Scenarios]}. By default all."
        ),
    ] = None,
    objective: Annotated[
        list[str] | None, typer.Option(help="Instead of the case's own; several are swept, each given by itself.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws of the sheet Uncertainty; 0: numbers as they stand.", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="Which draws; the same seed gives the same.")] = 0,
    plans: Annotated[bool, typer.Option(help="Whole plans, not only their value.")] = False,
    workers: Annotated[int, typer.Option(help="Processes; 0 for one on each core.", min=0)] = 0,
    scheduler: Annotated[
        str | None, typer.Option(help="A cluster instead: tcp://host:8786 (make cluster starts one to try).")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep results here as they come; by default beside the output until it is whole."
        ),
    ] = None,
) -> None:
    """Scenarios × objectives × draws, over the cores of this machine or a cluster. The same call again continues."""
    from optimiser.analysis.sweeps import sweep as room
    from optimiser.analysis.sweeps.result import Result, discard, write

    read = read_case(case)
    try:
        wanted = {"base": [], **room.scenarios_of(read)}
        if scenarios is not None and scenarios.endswith(".json"):
            wanted = json.loads(Path(scenarios).read_text(encoding="utf-8"))
        elif scenarios is not None:
            wanted = _chosen(wanted, _listed(scenarios, wanted))
        tasks = room.tasks_of(wanted, objective or (), draws)
    except OSError as error:
        leave(Exit.USAGE, f"{scenarios} could not be read: {error}")
    except (ValueError, TypeError, AttributeError) as error:
        leave(Exit.USAGE, f"{scenarios or 'The sweep'} cannot be read as scenarios: {error}")
    kept = folder or output.with_name(f"{output.name}.partial")
    results: list[Result] = []
    why = ""
    with Progress("sweeping") as progress:
        pace = _Pace(len(tasks))
        try:
            for result in room.sweep(
                read, wanted, objectives=objective or (), draws=draws, seed=seed, depth="plan" if plans else "value",
                workers=workers, scheduler=scheduler, folder=kept,
            ):  # fmt: skip
                results.append(result)
                if said := pace.told(len(results)):
                    progress.line(said)
        except Interrupted:
            say(f"What is done is kept in {kept}; the same call continues.")
            raise
        except (OSError, RuntimeError) as error:
            why = f"Ended early: {error}."
        except ValueError as error:
            leave(Exit.USAGE, as_sentence(str(error)))
    with whole(output) as draft:
        write(results, draft, [task.name for task in tasks])
    say(f"{output} has {len(results)} of {len(tasks)} results.")
    for name, faults in {r.scenario: r.faults for r in results if r.status == "invalid"}.items():
        complain(f"{name} makes no valid case: " + " ".join(f"{fault}." for fault in faults))
    if len(results) < len(tasks):
        leave(Exit.STOPPED, f"{why} What is done is kept in {kept}; the same call continues.")
    if folder is None:
        discard(kept)


def _listed(text: str, known: Iterable[str]) -> list[str]:
    """The names that stand in a text with commas between; a comma may also be part of a name that is known."""
    at, parts, found = {fold(name) for name in known}, text.split(","), list[str]()
    while parts:
        whole = (n for n in range(len(parts), 0, -1) if fold(",".join(parts[:n])) in at)
        taken = next(whole, 1)
        found.append(",".join(parts[:taken]).strip())
        parts = parts[taken:]
    return [name for name in found if name]


def _chosen(known: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Those scenarios that are named; a name that is none ends with status 2."""
    at = {fold(name): name for name in known}
    for name in names:
        if fold(name) not in at:
            leave(Exit.USAGE, f"There is no scenario {name}. There are: {', '.join(known)}; or name a file .json.")
    return {at[fold(name)]: known[at[fold(name)]] for name in names}


class _Pace:
    """How much is done, and about how long the rest takes, about once a second."""

    def __init__(self, whole: int) -> None:
        self._whole, self._started, self._said = whole, time.perf_counter(), 0.0
        self._first: tuple[int, float] | None = None

    def told(self, done: int) -> str:
        """`120 of 1,000 done, about 40 s left`; "" where that was said a moment ago.

        Results that an earlier call kept come at once and say nothing about the pace.
        """
        now = time.perf_counter() - self._started
        if self._first is None or now - self._first[1] < _INSTANT:
            self._first = done, now
        if now - self._said < 1 and done < self._whole:
            return ""
        self._said = now
        before, since = self._first
        rest = self._whole - done
        left = f", about {_duration((now - since) / (done - before) * rest)} left" if done > before and rest else ""
        return f"{done:,} of {self._whole:,} done{left}"


def _duration(seconds: float) -> str:
    """`40 s`, `3 min`, `1 h 20 min`."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
