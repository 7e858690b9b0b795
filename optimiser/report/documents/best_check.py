"""Whether no better plan exists, proved again from the certificate that stands with a plan; no solver is asked.

The linear program is made anew from the case, and what no plan of it can cost less than is computed from the prices in
exact arithmetic (`solvers.certificate`). A forged plan, bound or certificate does not pass: whatever the prices, what they
prove is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimiser.case.readable import number
from optimiser.case.tolerances import HAIR, OPTIMAL_GAP
from optimiser.model.program import Program
from optimiser.model.rules import rules_of
from optimiser.plan.tables import Plan
from optimiser.plan.verify import Broken
from optimiser.solvers.certificate import as_program, least, read
from optimiser.solvers.solution import relative_gap


@dataclass(frozen=True)
class Best:
    """What the certificate proves. said: in a sentence; program: the linear program and its certificate, for another
    checker (None where nothing is proved)."""

    said: str
    broken: tuple[Broken, ...] = ()
    not_checked: tuple[str, ...] = ()
    program: dict[str, Any] | None = None


def proof_of_best(plan: Plan) -> Best:
    """What the certificate of a plan proves of its first objective."""

    pieces = plan.extra.get("certificate", ())
    if not pieces or not plan.stages:
        return _unproved("Proof holds no certificate: the bound is the word of the solver's own search")
    model = Program.of(plan.case).model
    try:
        certificate = read(model, pieces)
    except ValueError as wrong:
        return _wrong(str(wrong), 0.0, 0.0)
    if certificate is None:
        return _unproved(
            "the certificate is of another linear program: of another version of Optimiser, or another case"
        )
    stage, sign = plan.stages[0], model.stages[0].sign
    exact = least(model, certificate)
    if exact is None:
        return _wrong("The certificate proves nothing.", stage.bound, float("nan"))
    bound = sign * float(exact)
    broken = _claims(plan, sign, bound)
    gap = relative_gap(stage.achieved, bound) or 0.0
    said = (
        f"Proved again without a solver, in exact arithmetic: no plan of this case has {_of(plan)} "
        f"{'above' if sign < 0 else 'below'} {_shown(bound)}; this one has {_shown(stage.achieved)}."
    )
    if gap > OPTIMAL_GAP:
        said += f" At most {_shown(abs(bound - stage.achieved))} is missing."
    return Best(said, tuple(broken), _later(plan), as_program(model, certificate, sign * stage.achieved))


def _claims(plan: Plan, sign: float, bound: float) -> list[Broken]:
    """What Proof says of the bound, and of how near the plan is to it, that the certificate does not prove."""
    stage = plan.stages[0]
    digits = HAIR * max(1.0, abs(bound))
    if not sign * (stage.bound - bound) <= digits:
        return [
            _broken(
                f"Proof says that no plan has {_of(plan)} beyond {_shown(stage.bound)}; the certificate proves {_shown(bound)} only.",
                stage.bound,
                bound,
            )
        ]
    if sign * (bound - stage.achieved) > digits:
        return [
            _broken(
                f"Proof says that the plan has {_of(plan)} {_shown(stage.achieved)}; no plan can have more than {_shown(bound)}."
                if sign < 0
                else f"Proof says that the plan has {_of(plan)} {_shown(stage.achieved)}; no plan can have less than {_shown(bound)}.",
                stage.achieved,
                bound,
            )
        ]
    return []


def _later(plan: Plan) -> tuple[str, ...]:
    more = [stage.objective for stage in plan.stages[1:]]
    return (f"that nothing better exists of the later objectives ({', '.join(more)})",) if more else ()


def _of(plan: Plan) -> str:
    """What the certificate bounds: of a case with soft rules, what is left of impact once their breaches have cost."""
    objective = plan.stages[0].objective
    if objective == "impact" and not all(rule.hard for rule in rules_of(plan.case.facts)):
        return "an impact less the penalties of broken rules"
    return {"impact": "an impact", "fairness": "a fairness"}.get(objective, objective)


def _shown(value: float) -> str:
    return number(value, 6)


def _broken(sentence: str, said: float, found: float) -> Broken:
    return Broken("claim", "Proof: certificate", said, found, abs(said - found), sentence)


def _wrong(sentence: str, said: float, found: float) -> Best:
    return Best("", (_broken(sentence, said, found),))


def _unproved(why: str) -> Best:
    return Best("", (), (f"that this is the best plan: {why}",))
