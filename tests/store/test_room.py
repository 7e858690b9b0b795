"""A meeting: interests, recusals and what they do to quorum and majority, the roll, amendments and the second vote, minutes."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.analysis.debate.stated import Statement
from optimiser.desk import evening
from optimiser.papers.paper import Source, make, shelf
from optimiser.report.documents.meeting import attendance, declared, moved
from optimiser.store.base import people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import comments, decisions, room, sealed, standing, voting
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.keeping import audit_check
from optimiser.store.work import runs
from tests.store import decided


def committee(db: Database, count: int = 4) -> tuple[Actor, list[Actor]]:
    """A clerk and so many members."""
    return decided.person(db, "Cleo Clerk", "analyst"), [
        decided.person(db, f"Member {k}", "member", agency="Police" if k == 0 else "") for k in range(count)
    ]


@pytest.mark.first(1)
def test_an_evening(database: Database) -> None:
    clerk, (ben, cai, dee, eva) = committee(database)
    motion = decisions.propose(
        database, clerk, decided.kept(database, clerk).id, "Fund two of three", mover=cai.id, seconder=dee.id
    )
    amended = runs.keep(database, clerk, motion.case, 1, decided.plan("grant cut"), "grant cut")
    room.call(database, clerk, motion.id, [ben.id, cai.id, dee.id])
    room.declare(database, ben, motion.id, "Police", True, "I command it.")
    assert motion.tally.quorum == 2
    decisions.vote(database, cai, motion.id, "approve")

    amendment = decisions.propose(database, clerk, amended.id, "Half the grant", amends=motion.id, mover=dee.id)
    for refused in (
        lambda: decisions.vote(database, dee, motion.id, "approve"),
        lambda: decisions.resolve(database, clerk, motion.id),
        lambda: decisions.withdraw(database, clerk, motion.id),
        lambda: decisions.propose(database, clerk, amended.id, "Two at once", amends=motion.id),
        lambda: decisions.propose(database, clerk, amended.id, "Of an amendment", amends=amendment.id),
    ):
        with pytest.raises(CannotDecide, match="amendment"):
            refused()
    # The interest in the motion holds for its amendment.
    with pytest.raises(CannotDecide, match="do not vote"):
        decisions.vote(database, ben, amendment.id, "approve")
    for who, choice in ((cai, "approve"), (dee, "approve"), (eva, "reject")):
        decisions.vote(database, who, amendment.id, choice)
    adopted = decisions.resolve(database, clerk, amendment.id)
    assert (adopted.outcome, adopted.amends, adopted.tally.recused) == ("approved", motion.id, 1)

    second = decisions.proposals(database, clerk, motion.case)[0]
    assert (second.follows, second.run, second.status) == (motion.id, amended.id, "open")
    assert second.title == "Fund two of three, as amended"
    assert second.alternatives == (motion.run,)
    assert (second.mover, second.seconder) == ("Member 1", "Member 2")
    assert second.tally.votes == 0, "it is voted on anew"
    with pytest.raises(CannotDecide, match="withdrawn"):
        decisions.vote(database, cai, motion.id, "reject")
    with pytest.raises(CannotDecide, match="do not vote"):
        decisions.vote(database, ben, second.id, "approve")
    for who in (cai, dee):
        decisions.vote(database, who, second.id, "approve", "As it stands now.")
    final = decisions.resolve(database, clerk, second.id)
    assert (final.outcome, final.amends, final.tally.members, final.tally.recused) == ("approved", "", 3, 1)
    assert "1 recused, so 3 may vote" in final.tally.sentence
    assert audit_check.verify(database, clerk).is_whole
    reports = [decisions.report(database, clerk, d.id).decode() for d in (adopted, final)]
    assert "Member 0 declared an interest in Police and does not vote: I command it." in reports[1]
    assert "Amendment moved by Member 2: Half the grant" in reports[1]

    told = [moved(m) for m in room.course(database, clerk, second.id)]
    assert [t.partition(" moved")[0] for t in told] == ["Motion", "Amendment", "Motion as amended"]
    assert told[0].endswith("It was amended, and voted on as amended.")
    assert "2 approve, 1 reject" in told[1]
    seats = {s.name: s for s in room.seats(database, clerk, second.id)}
    assert attendance(list(seats.values())) == "3 of 4 members are present; Member 3 is absent."
    assert (seats["Member 0"].recused, seats["Member 0"].interests) == (True, ("Police",))
    assert [seats[f"Member {k}"].choice for k in range(4)] == ["", "approve", "approve", ""]

    plan, said = decisions.proposed(database, clerk, second.id)
    files = {m.file: m for m in make(shelf()["minutes"], Source(plan, plan.case, "the committee", said))}
    paper = docx.Document(io.BytesIO(files["minutes.docx"].content))
    text = "\n".join(
        [p.text for p in paper.paragraphs] + [c.text for t in paper.tables for r in t.rows for c in r.cells]
    )
    for line in ("Moved, that the committee approve the plan of Three rivers", "Moved by Member 1, seconded by Member 2.",
                 declared(room.interests(database, clerk, second.id)[0]), "recused", "Half the grant", "3 of 4 members are present",
                 "As it stands now.", "Approved."):  # fmt: skip
        assert line in text, line


def test_an_amendment_that_fails_leaves_the_motion_and_its_votes(database: Database) -> None:
    clerk, (_, cai, dee, eva) = committee(database)
    motion = decisions.propose(database, clerk, decided.kept(database, clerk).id, "Fund two of three")
    decisions.vote(database, cai, motion.id, "approve")
    other = runs.keep(database, clerk, motion.case, 1, decided.plan("grant cut"), "grant cut")
    amendment = decisions.propose(database, clerk, other.id, "Half the grant", amends=motion.id)
    for who in (cai, dee, eva):
        decisions.vote(database, who, amendment.id, "reject")
    assert decisions.resolve(database, clerk, amendment.id).outcome == "rejected"
    assert decisions.vote(database, dee, motion.id, "approve").approve == 2
    assert [m.outcome for m in room.course(database, clerk, motion.id)] == ["open", "rejected"]


def test_who_may_declare_for_whom(database: Database) -> None:
    clerk, (ben, cai, *_) = committee(database)
    motion = decisions.propose(database, clerk, decided.kept(database, clerk).id, "Fund two of three")
    with pytest.raises(NotAllowed, match="another member"):
        room.declare(database, cai, motion.id, "Police", True, member=ben.id)
    with pytest.raises(ValueError, match="a member's"):
        room.declare(database, clerk, motion.id, "Police", True)
    with pytest.raises(ValueError, match="empty"):
        room.declare(database, ben, motion.id, " ", True)
    with pytest.raises(ValueError, match="members"):
        room.call(database, clerk, motion.id, [clerk.id])
    decisions.vote(database, ben, motion.id, "approve")
    room.declare(database, clerk, motion.id, "Police", True, member=ben.id)
    assert decisions.tally(database, clerk, motion.id).votes == 0, "a vote cast before does not count"
    room.declare(database, ben, motion.id, "Police", False, "Only a cousin.")
    assert decisions.tally(database, clerk, motion.id).votes == 1
    assert [(i.by, i.holds) for i in room.interests(database, clerk, motion.id)] == [
        ("Cleo Clerk", False),
        ("Member 0", True),
    ]
    for mover, seconder in ((clerk.id, ""), (ben.id, ben.id)):
        with pytest.raises(CannotDecide):
            decisions.propose(database, clerk, motion.run, "Again", mover=mover, seconder=seconder)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    members=st.integers(1, 40), apart=st.integers(0, 40), share=st.sampled_from([None, 0.25, 0.5, 2 / 3, 0.9]),
    votes=st.lists(st.sampled_from(voting.CHOICES), max_size=40),
)  # fmt: skip
def test_recusal_never_raises_the_quorum_nor_counts_a_vote(
    members: int, apart: int, share: float | None, votes: list[str]
) -> None:
    """Of the plain counting: fewer who may vote never make a decision harder to reach."""
    apart = min(apart, members)
    before = voting.needed(share, members)
    after = min(before, voting.needed(share, members - apart))
    assert 1 <= after <= before
    made = voting.count(votes, after, members - apart, "0.5", apart)
    assert made.is_approved == (made.is_quorate and made.approve > made.reject)
    assert ("recused" in made.sentence) == (apart > 0)


def test_the_line_of_a_proposal_is_followed_to_its_root(database: Database) -> None:
    chief = people.local(database)
    motion = decisions.propose(database, chief, decided.kept(database, chief).id, "First")
    ids, run = [motion.id], motion.run
    for k in range(3):
        amendment = decisions.propose(database, chief, run, f"Change {k}", amends=ids[0])
        decisions.vote(database, chief, amendment.id, "approve")
        decisions.resolve(database, chief, amendment.id)
        ids.insert(0, decisions.proposals(database, chief, motion.case)[0].id)
    with database.read() as connection:
        assert standing.line(connection, ids[0]) == ids
    assert decisions.proposal(database, chief, ids[0]).title == "First, as amended"


def test_the_minutes_of_an_evening_hold_its_decisions_and_no_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, (ben, cai, *_) = committee(database)
    run = decided.kept(database, clerk)
    began, made = schema.now(), []
    for n, hours in enumerate((0, 1, 6.5, 40)):
        monkeypatch.setattr(schema, "now", lambda at=began + timedelta(hours=hours): at)
        motion = decisions.propose(database, clerk, run.id, f"Motion {n}")
        if n == 1:
            sealed.give(database, ben, motion.id, Statement((("lives",), ("jobs", "homes"))))
            sealed.open_answers(database, clerk, motion.id)
        for who in (ben, cai):
            decisions.vote(database, who, motion.id, "approve")
        made.append(decisions.resolve(database, clerk, motion.id).id)
    assert [d.id for d in evening.meeting(database, clerk, made[1])] == made[:3]
    assert [d.id for d in evening.meeting(database, clerk, made[3])] == made[3:]
    paper = docx.Document(io.BytesIO(evening.minutes(database, ben, made[0])))
    titles = [p.text for p in paper.paragraphs if p.text.startswith("Motion ")]
    assert titles == ["Motion 0", "Motion 1", "Motion 2"]
    text = "\n".join(p.text for p in paper.paragraphs)
    assert text.count("1 of 4 members said what matters most") == 1, (
        "of the one motion about which members gave weights"
    )
    assert text.count("Member 0: lives before jobs = homes") == 1, "and who gave which"


def test_whatever_is_done_in_the_room_is_seen_by_the_others(database: Database) -> None:
    clerk, (ben, cai, *_) = committee(database)
    motion = decisions.propose(database, clerk, decided.kept(database, clerk).id, "Fund two of three")
    seen = {room.stamp(database, ben, motion.case)}
    for n, done in enumerate((
        lambda: decisions.vote(database, cai, motion.id, "approve"),
        lambda: room.call(database, clerk, motion.id, [ben.id, cai.id]),
        lambda: room.declare(database, ben, motion.id, "Police", True),
        lambda: comments.add(database, cai, motion.case, "proposal", motion.id, "Why?"),
        lambda: decisions.propose(database, clerk, motion.run, "Another"),
        lambda: decisions.withdraw(database, clerk, motion.id),
    ), 2):  # fmt: skip
        done()
        seen.add(room.stamp(database, ben, motion.case))
        assert len(seen) == n
