"""Comments on a case and what is in it: ticked off, never deleted."""

from __future__ import annotations

import pytest

from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import comments
from optimiser.store.privacy import reach
from optimiser.store.work import cases
from tests.store import decided


def test_a_comment_is_ticked_off_and_stays(database: Database) -> None:
    me = people.local(database)
    case = cases.create(database, me, "c", "", decided.RECORDS).id
    made = comments.add(database, me, case, "initiative", "I1", "  Is 90k enough?  ")
    assert (made.text, made.done) == ("Is 90k enough?", None)
    done = comments.done(database, me, made.id)
    assert done.done is not None
    assert comments.done(database, me, made.id).done == done.done
    assert [c.id for c in comments.listed(database, me, case)] == [made.id]
    assert comments.done(database, me, made.id, False).done is None


def test_comments_are_found_by_what_they_are_about(database: Database) -> None:
    me = people.local(database)
    case = cases.create(database, me, "c", "", decided.RECORDS).id
    cell = comments.cell("Funds", "Pool", "amount")
    for about, item in (("cell", cell), ("initiative", "I1"), ("initiative", "I2"), ("case", "")):
        comments.add(database, me, case, about, item, f"on {about} {item}")
    assert [c.item for c in comments.listed(database, me, case, "initiative")] == ["I1", "I2"]
    assert [c.text for c in comments.listed(database, me, case, "cell", cell)] == [f"on cell {cell}"]
    assert len(comments.listed(database, me, case)) == 4


@pytest.mark.parametrize(
    ("about", "item", "text", "why"),
    [
        ("weather", "", "Rain", "not about weather"),
        ("case", "", "   ", "is empty"),
        ("case", "", "x" * 5001, "5,000 are possible"),
        ("cell", "Pool", "Hm", "names its sheet"),
    ],
)
def test_what_cannot_be_a_comment(database: Database, about: str, item: str, text: str, why: str) -> None:
    me = people.local(database)
    case = cases.create(database, me, "c", "", decided.RECORDS).id
    with pytest.raises(ValueError, match=why):
        comments.add(database, me, case, about, item, text)
    assert comments.listed(database, me, case) == []


def test_viewers_read_and_do_not_comment(database: Database) -> None:
    me, eve = people.local(database), decided.person(database, "Eve", "viewer")
    case = cases.create(database, me, "c", "", decided.RECORDS).id
    made = comments.add(database, me, case, "case", "", "Hello")
    with pytest.raises(reach.NotThere):
        comments.listed(database, eve, case)
    cases.share(database, me, case, True)
    assert [c.text for c in comments.listed(database, eve, case)] == ["Hello"]
    with pytest.raises(NotAllowed):
        comments.add(database, eve, case, "case", "", "Hi")
    with pytest.raises(NotAllowed):
        comments.done(database, eve, made.id)


def test_a_comment_on_what_somebody_may_not_see_is_not_there_for_them(database: Database) -> None:
    me = people.local(database)
    hidden = [{**row, "sensitive": row["initiative"] == "I2"} for row in decided.RECORDS["Initiatives"]]
    case = cases.create(database, me, "c", "", {**decided.RECORDS, "Initiatives": hidden}).id
    cases.share(database, me, case, True)
    eve = decided.person(database, "Eve", "viewer", agency="Shelter")
    comments.add(database, me, case, "initiative", "I2", "Secret")
    comments.add(database, me, case, "cell", comments.cell("Initiatives", "I2", "request"), "Secret")
    comments.add(database, me, case, "initiative", "I3", "More than I2 gets?")
    comments.add(database, me, case, "initiative", "I3", "Fine")
    assert len(comments.listed(database, me, case)) == 4
    seen = comments.listed(database, eve, case)
    assert [c.item for c in seen] == ["I3", "I3"]
    assert seen[1].text == "Fine"
    assert "I2" not in seen[0].text
