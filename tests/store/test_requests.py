"""Maps are kept with their case, and what agencies send for themselves is seen by their own people and by the office."""

from __future__ import annotations

from datetime import date

import pytest

from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import agency_requests, cases, maps
from tests.store import decided


def test_maps_are_offered_newest_first_to_who_sees_their_case(database: Database) -> None:
    ana, bo = decided.person(database, "Ana", "finance"), decided.person(database, "Bo", "finance")
    mine, shared = (cases.create(database, ana, name, "", decided.RECORDS).id for name in ("FY27", "FY28"))
    cases.share(database, ana, shared, True)
    maps.keep(database, ana, mine, "one")
    maps.keep(database, ana, shared, "two")
    assert [(m.toml, m.case) for m in maps.listed(database, ana)] == [("two", "FY28"), ("one", "FY27")]
    assert [m.toml for m in maps.listed(database, bo)] == ["two"]
    with pytest.raises(NotThere):
        maps.keep(database, bo, mine, "three")
    with pytest.raises(NotAllowed):
        maps.keep(database, decided.person(database, "Al", "analyst"), shared, "three")
    theirs = decided.person(database, "Health's", "finance", agency="Health")
    assert maps.listed(database, theirs) == []
    maps.keep(database, theirs, shared, "their own")
    assert [m.toml for m in maps.listed(database, theirs)] == ["their own"]


def test_an_agency_sends_for_itself_and_sees_its_own(database: Database) -> None:
    me = people.local(database)
    case = cases.create(database, me, "FY27", "", decided.RECORDS).id
    cases.share(database, me, case, True)
    health, shelter = (decided.person(database, a, "member", agency=a) for a in ("Health", "Shelter"))
    assert agency_requests.called(database, health, case) is None
    agency_requests.call(database, me, case, date(2026, 11, 20))
    asked = agency_requests.called(database, health, case)
    assert asked is not None
    assert asked.due == date(2026, 11, 20)
    agency_requests.answer(database, health, case, "health", "one.xlsx", b"1")
    agency_requests.answer(database, shelter, case, "Shelter", "two.xlsx", b"2")
    agency_requests.answer(database, health, case, "Health", "three.xlsx", b"3")
    with pytest.raises(NotAllowed, match="for Health alone"):
        agency_requests.answer(database, health, case, "Shelter", "two.xlsx", b"!")
    assert [a.file for a in agency_requests.answers(database, health, case)] == ["one.xlsx", "three.xlsx"]
    assert [a.content for a in agency_requests.answers(database, shelter, case)] == [b"2"]
    assert [a.person for a in agency_requests.answers(database, me, case)] == ["Health", "Shelter", "Health"]
    assert agency_requests.answers(database, decided.person(database, "Vi", "viewer"), case) == []
    agency_requests.call(database, me, case, None)  # another round: what came before it is of the last one
    assert agency_requests.answers(database, me, case) == []
