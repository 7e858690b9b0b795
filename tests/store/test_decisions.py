"""From a proposal to a decision: votes, quorum and majority, and what is frozen."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from optimiser import verbs
from optimiser.report.documents.committee import printed_hashes
from optimiser.store.base import people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import comments, decisions, voting
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.keeping import audit_check
from optimiser.store.work import cases, runs
from tests.store import decided

# -- counting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "members", "votes"),
    [(None, 9, 5), (None, 8, 4), (None, 1, 1), (None, 0, 1), (3.0, 9, 3), (2.5, 9, 3), (0.0, 9, 1), (0.6, 10, 6), (1.0, 9, 1)],
)  # fmt: skip
def test_quorum(written: float | None, members: int, votes: int) -> None:
    assert voting.needed(written, members) == votes


@pytest.mark.parametrize(
    ("approve", "reject", "abstain", "majority", "approved"),
    [
        (3, 2, 0, "0.5", True),
        (2, 2, 1, "0.5", False),  # half is not over half
        (1, 0, 4, "0.5", True),  # who abstains is there, and decides nothing
        (0, 0, 5, "0.5", False),
        (2, 1, 2, "0.5", True),
        (4, 2, 0, repr(2 / 3), False),  # two thirds do not exceed two thirds
        (5, 2, 0, repr(2 / 3), True),
        (4, 2, 0, "0.6667", False),
        (5, 0, 0, "1.0", True),
        (5, 1, 0, "1.0", False),
        (1, 0, 0, "0.5", False),  # no quorum
    ],
)
def test_majority(approve: int, reject: int, abstain: int, majority: str, approved: bool) -> None:
    choices = ["approve"] * approve + ["reject"] * reject + ["abstain"] * abstain
    assert voting.count(choices, 5, 9, majority).is_approved is approved


def test_the_tally_in_words() -> None:
    assert voting.count(["approve", "abstain"], 3, 5, "0.5").sentence == (
        "1 approve, 0 reject, 1 abstain. 1 more vote is needed for the quorum of 3."
    )
    assert "over 66.67% of the votes" in voting.count([], 3, 5, repr(2 / 3)).rule
    with pytest.raises(ValueError, match="perhaps is no vote"):
        voting.count(["perhaps"], 1, 1, "0.5")


# -- proposing ------------------------------------------------------------------------------------------------------------


def test_proposing_shares_the_case_with_the_committee(database: Database) -> None:
    ana, mo = decided.person(database, "Ana", "analyst"), decided.person(database, "Mo", "member")
    made = decided.proposed(database, ana)
    assert [p.id for p in decisions.proposals(database, mo, made.case)] == [made.id]
    assert made.status == "open"
    assert made.tally.quorum == 1


def test_only_what_was_saved_and_has_a_plan_is_proposed(database: Database) -> None:
    me = people.local(database)
    run = decided.kept(database, me)
    draft = runs.keep(database, me, run.case, None, decided.plan("grant cut"), "base")
    with pytest.raises(CannotDecide, match="Save a version"):
        decisions.propose(database, me, draft.id, "A draft")
    mislabelled = runs.keep(database, me, run.case, 1, decided.plan("grant cut"), "base")
    with pytest.raises(CannotDecide, match="not solved from version 1"):
        decisions.propose(database, me, mislabelled.id, "Not what it says")
    rule = {"rule": "More than there is", "at_least": 1e9, "authority": "nobody"}
    without = verbs.solve(verbs.case_from({**decided.RECORDS, "Rules": [rule]}))
    with pytest.raises(CannotDecide, match="no plan"):
        decisions.propose(database, me, runs.keep(database, me, run.case, 1, without, "base").id, "Nothing")
    with pytest.raises(ValueError, match="title is empty"):
        decisions.propose(database, me, run.id, "  ")
    other = decided.kept(database, me)
    with pytest.raises(CannotDecide, match="same case"):
        decisions.propose(database, me, run.id, "T", alternatives=[other.id])
    assert decisions.proposals(database, me, run.case) == []


# -- voting ---------------------------------------------------------------------------------------------------------------


def test_the_latest_vote_of_a_person_counts_and_earlier_ones_stay(database: Database) -> None:
    ana = decided.person(database, "Ana", "analyst")
    mo, bo = decided.person(database, "Mo", "member"), decided.person(database, "Bo", "member")
    made = decided.proposed(database, ana)
    decisions.vote(database, mo, made.id, "reject", "Too little for youth")
    decisions.vote(database, bo, made.id, "approve")
    assert decisions.vote(database, mo, made.id, "approve", "Convinced").approve == 2
    found = decisions.votes(database, ana, made.id)
    assert [(v.person, v.choice, v.reason, v.counts) for v in found] == [
        ("Mo", "reject", "Too little for youth", False),
        ("Bo", "approve", "", True),
        ("Mo", "approve", "Convinced", True),
    ]


def test_no_decision_without_a_quorum(database: Database) -> None:
    ana = decided.person(database, "Ana", "analyst")
    members = [decided.person(database, f"Member {n}", "member") for n in range(5)]
    made = decided.proposed(database, ana)
    assert made.tally.quorum == 3
    for member in members[:2]:
        decisions.vote(database, member, made.id, "approve")
    with pytest.raises(CannotDecide, match="1 more vote is needed"):
        decisions.resolve(database, ana, made.id)
    decisions.vote(database, members[2], made.id, "abstain")
    assert decisions.resolve(database, ana, made.id).outcome == "approved"


def test_quorum_and_majority_are_the_case_s_own(database: Database) -> None:
    ana, mo = decided.person(database, "Ana", "analyst"), decided.person(database, "Mo", "member")
    made = decided.proposed(database, ana, quorum=1, majority=0.75)
    for n, choice in enumerate(("approve", "approve", "approve", "reject")):
        decisions.vote(database, decided.person(database, f"Member {n}", "member"), made.id, choice)
    assert not decisions.tally(database, mo, made.id).is_approved
    assert decisions.resolve(database, ana, made.id).outcome == "rejected"


def test_who_may_do_what(database: Database) -> None:
    ana, mo = decided.person(database, "Ana", "analyst"), decided.person(database, "Mo", "member")
    made = decided.proposed(database, ana)
    with pytest.raises(NotAllowed):
        decisions.vote(database, ana, made.id, "approve")
    for act in (decisions.resolve, decisions.withdraw):
        with pytest.raises(NotAllowed):
            act(database, mo, made.id)
    with pytest.raises(NotAllowed):
        decisions.propose(database, mo, made.run, "Mine")
    people.set_roles(database, people.local(database), mo.id, [])
    with pytest.raises(NotAllowed):
        decisions.vote(database, people.actor(database, mo.id), made.id, "approve")


def test_what_is_not_open_is_not_voted_on(database: Database) -> None:
    me = people.local(database)
    made = decided.proposed(database, me)
    assert decisions.withdraw(database, me, made.id, "A better one comes").status == "withdrawn"
    for act in (
        lambda: decisions.vote(database, me, made.id, "approve"),
        lambda: decisions.resolve(database, me, made.id),
        lambda: decisions.withdraw(database, me, made.id),
    ):
        with pytest.raises(CannotDecide, match="withdrawn already"):
            act()
    with pytest.raises(ValueError, match="perhaps is no vote"):
        decisions.vote(database, me, made.id, "perhaps")


# -- what is frozen -------------------------------------------------------------------------------------------------------


def test_a_decision_freezes_version_run_and_report(database: Database) -> None:
    me = people.local(database)
    made = decided.proposed(database, me)
    comments.add(database, me, made.case, "proposal", made.id, "What of the shelter?")
    decisions.vote(database, me, made.id, "approve", "The best there is.")
    done = decisions.resolve(database, me, made.id)
    page = decisions.report(database, me, done.id)
    run = runs.get(database, me, made.run)
    assert runs.sha256(page) == done.report_sha256
    assert printed_hashes(page) | {
        "Decision": done.id,
        "Run": run.id,
        "Inputs (SHA-256)": run.inputs_sha256,
        "Result (SHA-256)": run.result_sha256,
        "Audit head": done.audit_head,
    } == printed_hashes(page)
    said = page.decode()
    for part in ("What of the shelter?", "The best there is.", "grant cut", "Fund &lt;two&gt; of three", "MOU 3"):
        assert part in said
    later = cases.restore(database, me, made.case, 1, "again")
    comments.add(database, me, made.case, "proposal", made.id, "Later")
    assert later.number == 2
    assert decisions.report(database, me, done.id) == page
    assert decisions.proposal(database, me, made.id).status == "decided"
    assert decisions.decided(database, me, made.case) == [done]
    assert decisions.decision(database, me, done.id[:6]) == done


@pytest.mark.first(3)
@pytest.mark.parametrize("table", ["decisions", "votes", "runs"])
def test_the_database_refuses_to_change_what_is_frozen(database: Database, table: str) -> None:
    decided.decided(database, people.local(database))
    rows = schema.metadata.tables[table]
    for statement in (update(rows).values(at=schema.now()), delete(rows)):
        with pytest.raises(DatabaseError), database.write() as connection:
            connection.execute(statement)


def test_a_preview_says_that_nothing_is_decided(database: Database) -> None:
    me = people.local(database)
    made = decided.proposed(database, me)
    page = decisions.preview(database, me, made.id)
    assert b"Open: not decided yet" in page
    assert "Audit head" not in printed_hashes(page)
    assert decisions.preview(database, me, made.id) == page


# -- papers ---------------------------------------------------------------------------------------------------------------


def test_papers_of_a_proposal_hold_its_plan_and_what_was_resolved(database: Database) -> None:
    ana, mo = decided.person(database, "Ana", "analyst"), decided.person(database, "Mo", "member")
    made = decided.proposed(database, ana)
    plan, motion = decisions.proposed(database, ana, made.id)
    assert plan.case.sha256 == runs.get(database, ana, made.run).inputs_sha256
    assert motion.outcome == motion.audit_head == ""
    decisions.vote(database, mo, made.id, "approve", "It is right.")
    done = decisions.resolve(database, ana, made.id)
    _, motion = decisions.proposed(database, mo, made.id)
    assert (motion.outcome, motion.decision, motion.audit_head) == ("approved", done.id, done.audit_head)
    assert [(b.person, b.choice, b.reason) for b in motion.ballots] == [("Mo", "approve", "It is right.")]


def test_whoever_voted_is_counted_among_those_who_may(database: Database) -> None:
    ana, chief = decided.person(database, "Ana", "analyst"), people.local(database)
    members = [decided.person(database, f"Member {n}", "member") for n in range(3)]
    made = decided.proposed(database, ana)
    for who in (*members, chief):  # the person of local mode is none of an office's members, and may vote
        decisions.vote(database, who, made.id, "approve")
    tally = decisions.tally(database, ana, made.id)
    assert (tally.votes, tally.members) == (4, 4)
    people.set_roles(database, chief, members[0].id, ["analyst"])
    people.set_active(database, chief, members[1].id, False)
    tally = decisions.tally(database, ana, made.id)
    assert (tally.votes, tally.members) == (4, 4)
    decisions.resolve(database, ana, made.id, tally)
    assert audit_check.verify(database, chief).is_whole
