"""What members' answers about weights come to, in sentences and as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimiser.analysis.debate.weights import OPTION, PROPOSAL, Criterion, MemberLoss, MemberView, Weighed, WeighedPlan
from optimiser.case.readable import counted, digits, listed, money_short, number, percent_up, points
from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST

SHOWN = 6
"""Initiatives that are named in a sentence; more are counted."""
NOTE = (
    "Plans were solved at every corner of what each member left open, and at its middle; for weights between them other plans "
    "may be best. What a member loses is nowhere more than at a corner."
)


def sentence(found: Weighed) -> str:
    """`Of 36 initiatives 27 are funded whichever of 5 members' weights count, 2 in no case; 7 are contested.`"""
    always, never, contested = (len(found.of(s)) for s in ("always", "never", "sometimes"))
    whose = (
        f"whichever of {len(found.members)} members' weights count"
        if len(found.members) > 1
        else f"whatever {found.members[0].name} means within the answer"
    )
    return (
        f"Of {counted(len(found.places), 'initiative')} {always} {_are(always)} funded {whose}"
        + (f", {never} in no case" if never else "")
        + (f"; {contested} {_are(contested)} contested." if contested else "; none is contested.")
    )


def against_proposal(found: Weighed) -> str:
    """Where the proposed plan leaves the core, or that it does not."""
    core = [p.name for p in found.of("always") if p.proposed <= LEAST and p.award[0] > LEAST]
    out = [p.name for p in found.of("never") if p.proposed > LEAST]
    said = []
    if core:
        said.append(f"does not fund {listed(core, most=SHOWN)}, which every member's weights would")
    if out:
        said.append(f"funds {listed(out, most=SHOWN)}, which no member's weights would")
    return f"The proposed plan {' and '.join(said)}." if said else ""


def worth(found: Weighed) -> list[str]:
    """What the disagreement is worth: whose answers would change the plan at all, and what most is lost."""
    nothing = [m.name for m in found.members if m.changes_nothing]
    changing = [m.name for m in found.members if not m.changes_nothing]
    if not changing:
        return [
            "No answer would change the plan: to a thousandth the proposed plan is the best there is for all that anybody may mean."
        ]
    made = [
        f"{'The answer' if len(changing) == 1 else 'The answers'} of {listed(changing)} would change the plan"
        + (f"; {'that' if len(nothing) == 1 else 'those'} of {listed(nothing)} would not." if nothing else ".")
    ]
    m = found.greatest(PROPOSAL)
    takes = (
        f"The proposed plan takes most from {m.name}: at most"
        if len(found.members) > 1
        else f"Under the proposed plan {m.name} loses at most"
    )
    made.append(f"{takes} {lost(m, PROPOSAL)}.")
    if len(found.members) > 1:
        loser, whose = max(
            ((m, o.name) for m in found.members for o in found.members if o is not m),
            key=lambda pair: (pair[0].under[pair[1]].share, pair[0].name, pair[1]),
        )
        if not loser.under[whose].is_none:
            made.append(
                f"Most would be lost if one member's weights counted for all: under {_possessive(whose)} plan {loser.name} "
                f"loses at most {lost(loser, whose)}."
            )
    return made


def lost(member: MemberView, whose: str) -> str:
    """`6.5% of their own best`, or `nothing`."""
    loss = member.under[whose]
    return "nothing" if loss.is_none else f"{percent_up(loss.share)} of their own best"


def share(loss: MemberLoss) -> str:
    """`6.5%`, or `nothing`."""
    return "nothing" if loss.is_none else percent_up(loss.share)


def of_member(found: Weighed, member: MemberView) -> list[str]:
    """What one member said, what it would change, and what is left open."""
    under = member.under[PROPOSAL]
    made = [f"{member.name} said: {member.says.words([c.name for c in found.criteria])}."]
    if member.changes_nothing:
        made.append("To a thousandth the proposed plan is the best there is for all that this may mean.")
    else:
        made.append(
            f"Under the proposed plan at most {lost(member, PROPOSAL)} is lost "
            f"({number(under.most)} of 100 points). Their own plan {differs(found, member.plan)}."
        )
    if len(member.corners) > 1:
        made.append(
            "What is left open changes nothing: their own plan is best for all of it."
            if member.is_settled
            else f"What is left open matters: their own plan may lose {lost(member, member.name)}, by what they mean exactly."
        )
    return made


def differs(found: Weighed, plan: WeighedPlan) -> str:
    """What a plan funds otherwise than the proposed one."""
    here, there = plan.level > LEAST, found.proposal.level > LEAST
    said = [
        f"{word} {listed([found.places[i].name for i in np.flatnonzero(which).tolist()], most=SHOWN)}"
        for word, which in (("adds", here & ~there), ("drops", there & ~here))
        if which.any()
    ]
    if said:
        return " and ".join(said)
    change = plan.award - found.proposal.award
    up, down = int(np.argmax(change)), int(np.argmin(change))
    parts = [
        f"{money_short(abs(round(float(change[i]))), found.currency)} {word} {found.places[i].name}"
        for i, word in ((up, "more to"), (down, "less to"))
        if abs(change[i]) >= 1
    ]
    return f"funds the same, with {' and '.join(parts)}" if parts else "is the same in every award"


def option(found: Weighed) -> list[str]:
    """The plan with the least greatest loss, as one option among others."""
    plan = found.option
    if plan is None or all(m.changes_nothing for m in found.members):
        return []
    m = found.greatest(OPTION)
    made = [
        f"One option among others, and nobody's weights: the plan with the least greatest loss takes at most {lost(m, OPTION)} "
        f"from anybody; the proposed plan at most {lost(found.greatest(PROPOSAL), PROPOSAL)}. It {differs(found, plan)}."
    ]
    if not found.is_proven:
        made.append("That no other plan has a smaller greatest loss was not proven within the time limit.")
    return made


def swing_words(criterion: Criterion, unit: str) -> str:
    """`shootings averted, from none to 39.6`: what the weight is given for. unit: of themes, "" of outcomes."""
    least, most = (
        (points(v, unit) if v else "none") if unit else (digits(v, 3) if v else "none")
        for v in (criterion.least, criterion.most)
    )
    return (
        f"{criterion.name}, from {least} to {most}" if criterion.swing else f"{criterion.name}: all plans give the same"
    )


def lines(found: Weighed) -> list[str]:
    """All of it, for the command line."""
    made = [sentence(found), against_proposal(found), *worth(found)]
    contested = found.of("sometimes")
    if contested:
        made.append("Contested:")
    for p in contested:
        i = found.places.index(p)
        by = {s: [m.name for m in found.members if m.funded[i] == s] for s in ("always", "sometimes", "never")}
        said = [
            f"{word} {listed(names)}"
            for word, names in (("yes:", by["always"]), ("depends:", by["sometimes"]), ("no:", by["never"]))
            if names
        ]
        award = f"{money_short(round(p.award[0]), found.currency)} to {money_short(round(p.award[1]), found.currency)}"
        made.append(f"  {p.name} ({award}; proposed {money_short(p.proposed, found.currency)}): {'; '.join(said)}")
    for m in found.members:
        first, *rest = of_member(found, m)
        made += [first, *(f"  {line}" for line in rest)]
    return [line for line in (*made, *option(found), NOTE) if line]


def as_json(found: Weighed) -> dict[str, Any]:
    """As plain data: shares of weights, money, points of 100 of each member."""
    keys = [p.initiative for p in found.places]

    def award(plan: WeighedPlan) -> dict[str, float]:
        return dict(zip(keys, _plain(plan.award), strict=True))

    return {
        "weighed": found.kind, "sentence": sentence(found), "worth": worth(found), "plans_solved": found.asked,
        "criteria": [
            {"name": c.name, "least": c.least, "most": c.most, "weight_in_case": c.weight} for c in found.criteria
        ],
        "initiatives": {
            p.initiative: {"name": p.name, "standing": p.standing, "award": list(p.award), "proposed": p.proposed,
                           "members": {m.name: m.funded[i] for m in found.members}}
            for i, p in enumerate(found.places)
        },
        "members": {
            m.name: {
                "said": m.says.json(), "corners": [_plain(c) for c in m.corners], "middle": _plain(m.middle), "best": m.best,
                "award": award(m.plan), "changes_the_plan": not m.changes_nothing, "left_open_matters": not m.is_settled,
                "loses_under": {w: {"least": v.least, "most": v.most, "share": v.share} for w, v in m.under.items()},
            }
            for m in found.members
        },
        "option": None if found.option is None else {
            "name": OPTION, "award": award(found.option), "proven": found.is_proven,
            "greatest_loss": found.greatest(OPTION).under[OPTION].share,
        },
        "note": NOTE,
    }  # fmt: skip


def _plain(values: Array) -> list[float]:
    return [float(v) for v in values]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"
