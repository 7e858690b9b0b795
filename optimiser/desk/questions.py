"""Everything that pages ask in the background, each as a function of plain data and of whom to tell how far it is.

They stand here, at the top of a module and without Streamlit, so that a process of its own can be sent to answer them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.engine import URL

from optimiser.analysis.debate.agenda import Agenda, Choice, agenda, choose
from optimiser.analysis.debate.ask import Told
from optimiser.analysis.debate.ask import tell as answer_to
from optimiser.analysis.debate.at_play import AtPlay, at_play
from optimiser.analysis.debate.floor import FloorAmendment, TriedAmendment
from optimiser.analysis.debate.floor import tried as floor_tried
from optimiser.analysis.debate.losses import Losses, losses
from optimiser.analysis.debate.next_in_line import NextInLine, if_declined, line_below
from optimiser.analysis.debate.reading import Reading
from optimiser.analysis.debate.stated import Statement
from optimiser.analysis.debate.weights import Criterion, Weighed, Weighing, weigh
from optimiser.analysis.debate.who_changes import Loss, MoneyChange, loss
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.reasons.answers import ItemAnswer
from optimiser.analysis.reasons.conflict import Conflict, conflict
from optimiser.analysis.reasons.explain import explain, reason_by_reason
from optimiser.analysis.reasons.near_best import NearBest, near_best
from optimiser.analysis.reasons.prices import Price, prices
from optimiser.analysis.reasons.reason import Reason
from optimiser.analysis.reasons.repair import Repair, repairs
from optimiser.analysis.replanning.replan import Replan, replan
from optimiser.analysis.rulebook.newer import NewTextEffect, effects, newer
from optimiser.analysis.rulebook.rule_audit import RuleFinding, audit_rules
from optimiser.analysis.together import pooling as pooled
from optimiser.analysis.uncertain.history import History, history
from optimiser.analysis.uncertain.outlook import Outlook, uncertainty
from optimiser.analysis.uncertain.promise_kept import Promise, promise
from optimiser.analysis.what_if.clause import PerformanceClause, clause
from optimiser.analysis.what_if.compare import Comparison, compare
from optimiser.analysis.what_if.frontier import Frontier, frontier
from optimiser.analysis.what_if.tornado import Bar, tornado
from optimiser.analysis.what_if.trade_off import trade_off
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import LEAST_SIZE, NOTHING
from optimiser.desk import locks
from optimiser.desk.first_look import first_look
from optimiser.desk.jobs import Tell
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import Ends, SolverError
from optimiser.store.base.database import Database
from optimiser.store.base.records import Values
from optimiser.store.base.rights import Actor
from optimiser.store.committee import reproduce
from optimiser.store.keeping import doctor
from optimiser.verbs import apply_changes, scenario, solve

UNANSWERED = (ValueError, InvalidCase, SolverError)
"""What a question may raise that has no answer; the message is for who asked."""


class NotPossible(ValueError):
    """A change that the case does not take; the message says why."""


# -- why --------------------------------------------------------------------------------------------------------------


def worth(case: Case, tell: Tell) -> list[Price]:
    """What one more of each limit is worth."""
    tell("First the limits that hold the plan back")
    return prices(case, progress=tell)


def rules_examined(case: Case, tell: Tell) -> tuple[RuleFinding, ...]:
    """What is to be said about the rules themselves."""
    tell("Each limit is tried for whether it could ever bind")
    return audit_rules(case)


def newer_texts(case: Case, tell: Tell) -> list[NewTextEffect]:
    """What each newer text that the library has of rules of the case would do to the plan."""
    tell("Each newer text is tried against the plan as it is")
    return effects(case, newer(case))


def reasons(plan: Plan, tell: Tell) -> tuple[Reason, ...]:
    """Why each initiative gets what it gets."""
    return explain(plan.case, parts=("initiatives",), plan=plan, progress=tell).reasons


def reasons_of(plan: Plan, keys: Sequence[str], tell: Tell) -> tuple[Reason, ...]:
    """Why each of some initiatives gets what it gets, in this order; what is known of each is told as soon as it is."""
    made: dict[str, Reason] = {}
    for k, reason in enumerate(reason_by_reason(plan, keys)):
        made[reason.initiative] = reason
        tell(f"{max(0, k + 1 - 2 * len(keys))} of {len(keys)} tried")
        if k + 1 >= len(keys):
            tell(tuple(made.values()))
    return tuple(made.values())


def asked(plan: Plan, of: str, item: str, tell: Tell) -> ItemAnswer | Reason:
    """Why one fund, agency, role, rule or initiative stands as it does."""
    found = explain(plan.case, f"{of}: {item}", plan=plan, progress=tell, first=tell)
    return found.answers[0] if found.answers else found.reasons[0]


def good_plans(case: Case, margin: float, tell: Tell) -> NearBest | None:
    """What every plan has that is within a margin of the best."""
    return near_best(case, margin=margin, progress=tell)


def contradiction(case: Case, tell: Tell) -> Conflict | None:
    """What contradicts what."""
    return conflict(case, progress=tell)


def ways_out(case: Case, statutes: bool, tell: Tell) -> list[Repair]:
    """The cheapest ways to make a plan possible."""
    return repairs(case, statutes=statutes, progress=tell)


# -- what is debated --------------------------------------------------------------------------------------------------


def money_at_play(plan: Plan, margin: float, tell: Tell) -> AtPlay:
    """What of a plan's money has no choice, what every good plan spends so, and what is open."""
    return at_play(plan.case, plan, margin=margin, progress=tell)


def choices(plan: Plan, found: AtPlay, tell: Tell) -> Agenda:
    """What is to be chosen, each with its price and who pays."""
    return agenda(plan.case, plan, found, progress=tell)


def chosen_items(plan: Plan, found: Agenda, flips: Mapping[str, bool], tell: Tell) -> Choice:
    """The plan of a choice of items."""
    return choose(plan.case, plan, found, flips)


def amended(plan: Plan, amendment: FloorAmendment, tell: Tell) -> TriedAmendment:
    """An amendment from the floor, tried."""
    tell("Solving with the amendment")
    return floor_tried(plan, amendment)


def weighed_criteria(case: Case, tell: Tell) -> tuple[Criterion, ...]:
    """What members weigh, with what plans can give of each."""
    tell("What plans can give of each")
    return Weighing(case).criteria


def members_weights(plan: Plan, answers: Mapping[str, Statement], tell: Tell) -> Weighed:
    """What is funded whichever member's weights count, and what disagreement is worth."""
    return weigh(plan.case, plan, answers, progress=tell)


def in_line(plan: Plan, declines: str, tell: Tell) -> NextInLine:
    """Who is next if one initiative declines."""
    return if_declined(plan, declines, tell)


def below_line(plan: Plan, tell: Tell) -> NextInLine:
    """How far below the line each initiative is that is not funded, and what would lift the nearest."""
    return line_below(plan, tell)


def lost(plan: Plan, found: MoneyChange, tell: Tell) -> Loss:
    """Why an initiative gets less, and what it would take to give it back what it had."""
    tell("Why it gets less, and what it would take")
    return loss(plan, found)


def answered(plan: Plan, reading: Reading, tell: Tell) -> Told:
    """The answer to a question that was read."""
    return answer_to(plan.case, plan, reading, progress=tell)


def each_lost(case: Case, since: str, at_once: int, tell: Tell) -> Losses:
    """What the loss of each fund does, and the plan that survives any."""
    return losses(case, since, at_once=at_once, progress=tell)


def in_scenario(case: Case, name: str, tell: Tell) -> Plan:
    """The plan of a scenario."""
    return solve(scenario(case, name))


# -- what if ----------------------------------------------------------------------------------------------------------


def tried(case: Case, rows: Sequence[Mapping[str, str]], tell: Tell, ends: Ends | None = None) -> Plan:
    """The plan with a change. ends: of the case's own plan, where a first look is worth its time; it is told first.

    Raises NotPossible where the case does not take the change.
    """
    try:
        changed = apply_changes(case, rows)
    except InvalidCase as problem:
        raise NotPossible(problem.refusal) from problem
    look = None if ends is None else first_look(case, ends, changed)
    if look is not None:
        tell(look)
    return solve(changed)


def compared(case: Case, wanted: Sequence[str | Sequence[str]], tell: Tell) -> Comparison:
    """Scenarios side by side."""
    done: list[str] = []

    def told(name: str, plan: Plan) -> None:
        done.append(name)
        tell(f"{len(done)} of {len(wanted) + 1} solved")

    return compare(case, wanted, told=told)


def bars(case: Case, wanted: Sequence[Cell], tell: Tell) -> list[Bar]:
    """What a tenth less and a tenth more of each number changes, where it changes anything."""
    tell(f"{len(wanted)} numbers, each a tenth lower and a tenth higher")
    return [b for b in tornado(case, wanted, break_even=False) if b.swing > NOTHING * max(abs(b.base), LEAST_SIZE)]


def break_even(case: Case, limit: Cell, tell: Tell) -> list[Bar]:
    """Where a number begins to change the plan's pattern."""
    return tornado(case, [limit])


def outlook(case: Case, aims: Sequence[str], tell: Tell) -> Outlook:
    """How the plan fares over draws of what is not sure."""
    return uncertainty(case, aims=aims, replanned=False, told=tell)


def promised(plan: Plan, tell: Tell) -> Promise:
    """What a plan promises, and what is to be expected of it."""
    tell("What a check of each score can change")
    return promise(plan)


def rest_of_year(case: Case, plan: Plan, tell: Tell) -> Replan:
    """The plan for what is still to come."""
    tell("What is over stays; the rest is decided again")
    return replan(case, plan)


def earlier_years(case: Case, tell: Tell) -> History:
    """What earlier years teach."""
    return history(case)


def traded(case: Case, first: str, second: str, count: int, tell: Tell) -> Frontier:
    """One objective against another."""
    return trade_off(case, first, second, count=count, told=tell)


def followed(case: Case, limit: Cell, low: float, high: float, count: int, tell: Tell) -> Frontier:
    """What a limit brings from low to high."""
    return frontier(case, limit, low, high, count=count, told=tell)


# -- pooling, rules, locks --------------------------------------------------------------------------------------------


def pool(case: Case, tell: Tell) -> pooled.Pooling:
    """What pooling is worth to each."""
    return pooled.pooling(case, progress=tell)


def other_actual(case: Case, of: str, item: str, measure: str, actual: float, tell: Tell) -> PerformanceClause:
    """What another actual of a measure would change."""
    tell("The case is solved twice, as it is and as it would be")
    return clause(case, of, item, measure, actual)


Records = Mapping[str, Sequence[Values]]


def lock_costs(records: Records, rules: Sequence[str], scenario: str, tell: Tell) -> dict[str, locks.Cost]:
    """What each of these locks costs."""
    made = {}
    for rule in rules:
        tell(rule)
        made[rule] = locks.cost(records, locks.without_rule(records, rule), scenario)
    return made


def lock_cost(records: Records, row: Values, scenario: str, tell: Tell) -> locks.Cost:
    """What one more lock would cost."""
    return locks.cost(locks.with_row(records, row), records, scenario)


# -- the store --------------------------------------------------------------------------------------------------------


def reproduced(store: URL, actor: Actor, decision: str, tell: Tell) -> reproduce.Reproduced:
    """Whether a decided run comes out again."""
    db = Database(store)
    try:
        return reproduce.reproduce(db, actor, decision)
    finally:
        db.close()


def examined(store: URL, tell: Tell) -> list[doctor.Symptom]:
    """What the doctor finds."""
    return doctor.examine(store)
