"""Cases and their versions. A version is never changed; what is edited is a draft, and a save makes the next version."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, or_, select, update

from optimiser.case.settings import setting_in
from optimiser.store.base import content, schema
from optimiser.store.base.database import Act, Database
from optimiser.store.base.records import Plain, readable
from optimiser.store.base.rights import Actor, NotAllowed, permit
from optimiser.store.privacy import reach, shown_to, sight
from optimiser.store.privacy.reach import NotThere
from optimiser.store.privacy.sight import Eyes


@dataclass(frozen=True)
class CaseInfo:
    """A case in the list of cases. latest: number of its newest version; owner, owner_name: who opened it."""

    id: str
    name: str
    source: str
    latest: int
    owner: str
    owner_name: str
    shared: bool
    hold: bool
    opened: datetime
    archived: datetime | None = None


@dataclass(frozen=True)
class Approval:
    """Who approved a version, and what they said."""

    person: str
    note: str
    at: datetime


@dataclass(frozen=True)
class VersionInfo:
    """A version in the list of versions. person: the name of who saved it."""

    case: str
    number: int
    sha256: str
    note: str
    person: str
    at: datetime
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True)
class Version(VersionInfo):
    """A version with its records: sheet -> one dict of column -> value for each. whole: whether these are all of them,
    and none is kept from who asked."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    whole: bool = True


# -- what others may ask ----------------------------------------------------------------------------------------------


def create(
    db: Database,
    actor: Actor,
    name: str,
    source: str,
    records: Plain,
    *,
    action: Literal["open a case", "import"] = "open a case",
    note: str = "",
) -> CaseInfo:
    """A new case with its first version; only its owner sees it until it is shared.

    source: where it came from, in words. action: `import` where the records come from a workbook.
    """
    packed, name, source = content.pack(records), readable(name), readable(source)
    with db.act(actor, action) as act:
        case = act.add(schema.cases, name=name, source=source, latest=0, owner=actor.id, opened=schema.now())
        made = add_version(act, case, packed, note or source)
        act.about(case, name=name, source=source, version=made.number, sha256=made.sha256)
        return _info(act.connection, case)


def listed(db: Database, actor: Actor) -> list[CaseInfo]:
    """The actor's own cases and those that are shared, newest first."""
    permit(actor, "see")
    cases = schema.cases
    with db.read() as connection:
        seen = or_(cases.c.owner == actor.id, cases.c.shared)
        found = connection.execute(_cases().where(seen).order_by(cases.c.opened.desc(), cases.c.id)).all()
    return [CaseInfo(**row._mapping) for row in found]


def info(db: Database, actor: Actor, case: str) -> CaseInfo:
    """One case. Raises NotThere."""
    permit(actor, "see")
    with db.read() as connection:
        reach.case(connection, actor, case)
        return _info(connection, case)


def version(db: Database, actor: Actor, case: str, number: int | None = None) -> Version:
    """A version with the records that the actor may see; the newest where no number is given. Raises NotThere."""
    permit(actor, "see")
    with db.read() as connection:
        found = reach.case(connection, actor, case)
        number = found.latest if number is None else number
        found_ = infos(connection, case, number)
        if not found_:
            raise NotThere(f"{found.name} has no version {number}; its versions are 1 to {found.latest}.")
        records = content.unpack(packed_version(connection, case, number))
        eyes = shown_to.eyes(connection, actor, case, number)
    return Version(**vars(_told(found_[0], eyes)), records=eyes.records(records), whole=eyes.whole)


def whole_version(db: Database, actor: Actor, case: str, number: int | None = None) -> Version:
    """As `version`, for what needs every record: to compare, to go back to. Raises NotThere, and NotAllowed where part
    of the case is kept from the actor."""
    found = version(db, actor, case, number)
    if not found.whole:
        raise sight.in_part(actor)
    return found


def versions(db: Database, actor: Actor, case: str) -> list[VersionInfo]:
    """Every version of a case, newest first; a note that speaks of what the actor may not see says nothing.

    Raises NotThere.
    """
    permit(actor, "see")
    with db.read() as connection:
        reach.case(connection, actor, case)
        eyes = shown_to.eyes(connection, actor, case)
        return [_told(one, eyes) for one in infos(connection, case)]


def approve(db: Database, actor: Actor, case: str, number: int, note: str = "") -> VersionInfo:
    """Finance has looked at a version and approves it. A second time by the same person changes nothing."""
    with db.act(actor, "approve a version", case, {"version": number}) as act:
        reach.case(act.connection, actor, case)
        found = act.connection.execute(_version_row(case, number)).first()
        if found is None:
            raise NotThere(f"There is no version {number} to approve.")
        _demand_whole(act, case, number)
        act.detail["sha256"] = found.sha256
        approvals = schema.approvals
        given = select(approvals.c.id).where(approvals.c.version == found.id, approvals.c.person == actor.id)
        act.detail["again"] = act.connection.execute(given).first() is not None
        if not act.detail["again"]:
            act.add(approvals, version=found.id, note=readable(note))
        return _told(infos(act.connection, case, number)[0], shown_to.eyes(act.connection, actor, case, number))


def restore(db: Database, actor: Actor, case: str, number: int, note: str = "") -> VersionInfo:
    """An earlier version's records as the newest version. Nothing between them is lost."""
    with db.act(actor, "restore a version", case, {"restored": number}) as act:
        reach.case(act.connection, actor, case)
        _demand_whole(act, case, number)
        packed = packed_version(act.connection, case, number)
        made = add_version(act, case, packed, note or f"Version {number} restored")
        act.detail.update(version=made.number, sha256=made.sha256)
        return made


def share(db: Database, actor: Actor, case: str, shared: bool) -> CaseInfo:
    """Shows a case to everybody who signs in, or to its owner alone. Only the owner decides; NotAllowed else."""
    with db.act(actor, "share a case", case, {"shared": shared}) as act:
        found = reach.case(act.connection, actor, case)
        if found.owner != actor.id:
            raise NotAllowed(
                f"{actor.name} may not share {found.name}: only who opened it may. Ask its owner to share it."
            )
        act.connection.execute(update(schema.cases).where(schema.cases.c.id == case).values(shared=shared))
        return _info(act.connection, case)


def _told(info: VersionInfo, eyes: Eyes) -> VersionInfo:
    """What is known of a version, as a person may read it."""
    given = tuple(replace(one, note=eyes.written(one.note)) for one in info.approvals)
    return replace(info, note=eyes.written(info.note), approvals=given)


def _demand_whole(act: Act, case: str, number: int) -> None:
    """Raises NotAllowed for who does not see all of a version: nobody vouches for rows that are kept from them."""
    if not sight.sees_all(act.actor):
        latest = _info(act.connection, case).latest
        states = [content.unpack(packed_version(act.connection, case, n)) for n in dict.fromkeys((number, latest))]
        sight.demand_whole(act.actor, *states)


# -- for the other rooms of the store, inside a transaction -----------------------------------------------------------


def packed_version(connection: Connection, case: str, number: int) -> bytes:
    """The content of a version, packed. Raises NotThere."""
    found = connection.execute(_version_row(case, number)).first()
    if found is None:
        raise NotThere(f"There is no version {number} of this case.")
    packed: bytes = found.content
    return packed


def infos(connection: Connection, case: str, number: int | None = None) -> list[VersionInfo]:
    """The versions of a case without their records, newest first; one of them where a number is given."""
    versions, approvals, people = schema.versions, schema.approvals, schema.people
    wanted = [versions.c.case == case] + ([versions.c.number == number] if number is not None else [])
    given: dict[str, list[Approval]] = {}
    for row in connection.execute(
        select(approvals, people.c.name)
        .join(people, people.c.id == approvals.c.person)
        .join(versions, versions.c.id == approvals.c.version)
        .where(*wanted)
        .order_by(approvals.c.at)
    ):
        given.setdefault(row.version, []).append(Approval(row.name, row.note, row.at))
    found = connection.execute(
        select(versions, people.c.name)
        .join(people, people.c.id == versions.c.person)
        .where(*wanted)
        .order_by(versions.c.number.desc())
    )
    return [VersionInfo(r.case, r.number, r.sha256, r.note, r.name, r.at, tuple(given.get(r.id, ()))) for r in found]


def add_version(act: Act, case: str, packed: bytes, note: str) -> VersionInfo:
    """The next version of a case, by the actor. Where its sheet Case gives another name than before, the case bears that."""
    cases, connection = schema.cases, act.connection
    number, note = connection.execute(select(cases.c.latest).where(cases.c.id == case)).scalar_one() + 1, readable(note)
    made = VersionInfo(case, number, content.sha256(packed), note, act.actor.name, schema.now())
    act.add(schema.versions, case=case, number=number, sha256=made.sha256, content=packed, note=note, at=made.at)
    named = name_in(content.unpack(packed)) if number > 1 else ""
    is_new = named and named != name_in(content.unpack(packed_version(connection, case, number - 1)))
    values = {"latest": number, **({"name": readable(named)} if is_new else {})}
    connection.execute(update(cases).where(cases.c.id == case).values(**values))
    return made


def name_in(records: Plain) -> str:
    """The name that the sheet Case gives; "" where it gives none."""
    return setting_in(records.get("Case", ()), "name")


def _cases() -> Select[Any]:
    cases, people = schema.cases, schema.people
    return select(cases, people.c.name.label("owner_name")).join(people, people.c.id == cases.c.owner)


def _info(connection: Connection, case: str) -> CaseInfo:
    return CaseInfo(**connection.execute(_cases().where(schema.cases.c.id == case)).one()._mapping)


def _version_row(case: str, number: int) -> Select[Any]:
    versions = schema.versions
    return select(versions).where(versions.c.case == case, versions.c.number == number)
