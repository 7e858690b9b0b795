"""Members' weights: each alone, nobody's before all or the opening, and never changed afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from optimiser.analysis.debate.stated import Statement, Trade
from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import decisions, room, sealed
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.keeping import audit_check
from optimiser.store.work import cases, runs
from tests.store import decided
from tests.store.test_room import committee

ORDER = Statement((("lives",), ("jobs", "homes")))
RANGES = Statement((), {"lives": (0.2, 0.5)})
TRADES = Statement((), {}, (Trade("lives", "jobs", 3, None),))


def test_each_answers_alone_until_all_have(database: Database) -> None:
    clerk, (ben, cai, dee, eva) = committee(database)
    motion = decisions.propose(database, clerk, decided.kept(database, clerk).id, "Fund two of three")
    room.declare(database, eva, motion.id, "Police", True, "")
    cases.share(database, clerk, motion.case, True)
    sealed.give(database, ben, motion.id, TRADES)
    sealed.give(database, ben, motion.id, ORDER)
    sealed.give(database, cai, motion.id, RANGES)
    for who in (clerk, ben, cai, dee, eva):
        board = sealed.board(database, who, motion.id)
        assert board.mine == {ben.id: ORDER, cai.id: RANGES}.get(who.id), "one's own, and nobody else's"
        assert [(m.name, m.at is not None) for m in board.members] == [
            ("Member 0", True), ("Member 1", True), ("Member 2", False)
        ], "who is recused is not asked"  # fmt: skip
        assert (board.answered, board.opened) == (2, None)
        with pytest.raises(CannotDecide, match="sealed"):
            sealed.answers(database, who, motion.id)
        assert decisions.proposed(database, who, motion.id)[1].weights == (), "sealed answers are in no minutes"
    for refused, why in ((eva, CannotDecide), (clerk, NotAllowed)):
        with pytest.raises(why):
            sealed.give(database, refused, motion.id, ORDER)
    with pytest.raises(NotAllowed, match="open the answers"):
        sealed.open_answers(database, ben, motion.id)
    before = room.stamp(database, clerk, motion.case)
    sealed.give(database, dee, motion.id, TRADES)
    assert room.stamp(database, clerk, motion.case) != before
    board = sealed.board(database, cai, motion.id)
    assert board.opened is not None
    assert board.opened[1] == "Member 2"
    assert sealed.answers(database, cai, motion.id) == {"Member 0": ORDER, "Member 1": RANGES, "Member 2": TRADES}
    for late in (
        lambda: sealed.give(database, ben, motion.id, RANGES),
        lambda: sealed.open_answers(database, clerk, motion.id),
    ):
        with pytest.raises(CannotDecide, match="open"):
            late()
    # They hold for an amendment of the motion too.
    cut = runs.keep(database, clerk, motion.case, 1, decided.plan("grant cut"), "grant cut")
    amendment = decisions.propose(database, clerk, cut.id, "Half the grant", amends=motion.id)
    assert len(sealed.answers(database, cai, amendment.id)) == 3
    _, motion_ = decisions.proposed(database, cai, motion.id)
    assert motion_.weights[0].startswith("3 of 3 members said what matters most, each alone")
    assert [line.partition(":")[0] for line in motion_.weights[1:]] == ["Member 0", "Member 1", "Member 2"]
    assert "lives" in motion_.weights[1]
    assert audit_check.verify(database, clerk).is_whole
    with database.read() as connection:
        told = " ".join(connection.execute(schema.audit.select().with_only_columns(schema.audit.c.detail)).scalars())
    assert "lives" not in told, "the audit tells that somebody answered, not what"


def test_who_keeps_the_record_may_open_them_sooner(database: Database) -> None:
    clerk, (ben, cai, *_) = committee(database)
    motion = decisions.propose(database, clerk, decided.kept(database, clerk).id, "Fund two of three")
    cases.share(database, clerk, motion.case, True)
    with pytest.raises(CannotDecide, match="Nobody has answered"):
        sealed.open_answers(database, clerk, motion.id)
    sealed.give(database, ben, motion.id, ORDER)
    sealed.open_answers(database, clerk, motion.id)
    assert sealed.answers(database, cai, motion.id) == {"Member 0": ORDER}
    with pytest.raises(CannotDecide, match="none can be given alone"):
        sealed.give(database, cai, motion.id, RANGES)
    for table in (schema.weights, schema.openings):
        for change in (table.delete(), table.update().values(number=0)):
            with pytest.raises(DBAPIError), database.write() as connection:
                connection.execute(change)
    row = {"id": "x", "proposal": motion.id, "person": cai.id, "at": schema.now(), "number": 99}
    with database.write() as connection:
        connection.execute(insert(schema.weights).values(says=RANGES.json(), **row))
    assert not audit_check.verify(database, clerk).is_whole, "an answer that no record tells of is found"
