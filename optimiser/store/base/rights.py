"""Who may do what: one table of actions and roles, asked where the action is done."""

from __future__ import annotations

from dataclasses import dataclass, field

ROLES = {
    "viewer": "reads plans, reports and decisions",
    "member": "sits on the committee: comments and votes",
    "analyst": "edits inputs, solves, compares and proposes",
    "finance": "imports workbooks and approves versions, and does what an analyst does",
    "administrator": "manages people, roles, the database and legal holds",
}

_ALL = frozenset(ROLES)
_STAFF = frozenset({"analyst", "finance"})
ACTIONS: dict[str, frozenset[str]] = {
    "see": _ALL,
    "export": _ALL,
    "check the audit": _ALL,
    "comment": frozenset({"member", "analyst", "finance"}),
    "vote": frozenset({"member"}),
    "answer a request": frozenset({"member", "analyst", "finance"}),
    "declare an interest": _STAFF | {"member"},
    "call the roll": _STAFF,
    "answer about weights": frozenset({"member"}),
    "open the answers": _STAFF,
    "open a case": _STAFF,
    "share a case": _STAFF,
    "edit": _STAFF,
    "solve": _STAFF,
    "save a version": _STAFF,
    "set a letterhead": _STAFF | {"administrator"},
    "restore a version": _STAFF,
    "propose": _STAFF,
    "withdraw": _STAFF,
    "resolve": _STAFF,
    "import": frozenset({"finance"}),
    "approve a version": frozenset({"finance"}),
    "export the audit": frozenset({"finance", "administrator"}),
    "archive a case": _STAFF | {"administrator"},
    "hold": frozenset({"administrator"}),
    "delete a case": frozenset({"administrator"}),
    "set the retention": frozenset({"administrator"}),
    "manage people": frozenset({"administrator"}),
    "back up": frozenset({"administrator"}),
    "restore the database": frozenset({"administrator"}),
}
"""Action -> roles that may do it."""


class NotAllowed(PermissionError):
    """Somebody asked for what none of their roles allows. The message says who can."""


@dataclass(frozen=True)
class Actor:
    """A person at work.

    id: in `people`; roles: what they may do; agency: whose sensitive rows they see ("": the partnership's office, which
    sees all).
    """

    id: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    agency: str = ""

    def may(self, action: str) -> bool:
        """Whether one of their roles allows the action. An action that is not in the table raises KeyError."""
        return bool(self.roles & ACTIONS[action])


def permit(actor: Actor, action: str) -> None:
    """Raises NotAllowed where the actor may not do this."""
    if not actor.may(action):
        who = " or ".join(role for role in ROLES if role in ACTIONS[action])
        raise NotAllowed(f"{actor.name} may not {action}: that is for the role {who}. An administrator gives roles.")
