"""The committee's report: whole, escaped, the same bytes each time, and what was changed in it is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser

import pytest

from optimiser.report import words
from optimiser.report.documents.committee import Ballot, Motion, Remark, page, printed_hashes
from optimiser.report.documents.committee_parts import ABOVE
from tests.report.plans import plan_of

AT = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
MOTION = Motion(
    title="Fund <b>two</b> of three",
    text="Because.\n\nAnd “so”.",
    proposer="Ana & Co",
    proposed=AT,
    source="version 3, the case unchanged",
    run="a1b2",
    inputs_sha256="1" * 64,
    result_sha256="2" * 64,
    counted="2 approve, 1 reject, 0 abstain.",
    rule="Approval takes over half.",
    ballots=(
        Ballot("Mo", "reject", "Too <little>", AT, False),
        Ballot("Mo", "approve", "", AT, True),
    ),
    made_for='The committee "of" \\ three',
    remarks=(Remark("Eve", "<script>alert(1)</script>", AT),),
    alternatives=(("grant cut", plan_of(impact=80.0)),),
    outcome="approved",
    decision="d00d",
    decided=AT,
    audit_head="3" * 64,
)


class Reader(HTMLParser):
    """Collects tags, what they refer to, and text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.refers: list[str] = []
        self.said: list[str] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.refers += [v or "" for k, v in attrs if k in ("src", "href", "action", "style") or k.startswith("on")]
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def made() -> bytes:
    return page(plan_of(), MOTION)


def test_it_needs_nothing_else_and_runs_nothing(made: bytes) -> None:
    found = Reader(made)
    assert found.open == []
    assert found.refers == []
    assert not {"script", "img", "link", "iframe", "a", "object"} & set(found.tags)
    assert b"default-src 'none'" in made
    assert not re.search(rb"url\(|@import|https?://", made)


def test_what_people_wrote_is_text(made: bytes) -> None:
    said = "".join(Reader(made).said)
    for text in ("Fund <b>two</b> of three", "Ana & Co", "Too <little>", "<script>alert(1)</script>"):
        assert text in said
    assert b"<b>two</b>" not in made


def test_it_says_what_was_decided_and_on_what(made: bytes) -> None:
    said = " ".join(Reader(made).said)
    plan = plan_of()
    for text in (
        words.headline(plan), words.quality(plan), words.rules_kept(plan), "Approved", "2 Nov 2026, 09:05 UTC",
        "changed by a later vote", "grant cut", "−10 points", "optimiser reproduce d00d",
    ):  # fmt: skip
        assert text in said
    for row in plan.tables["Awards"].records():
        assert words.money_exact(row["request"]) in said
    for row in plan.tables["Compliance"].records():
        assert row["sentence"] in said


def test_the_same_bytes_each_time(made: bytes) -> None:
    assert page(plan_of(), MOTION) == made


def test_its_foot_holds_the_hashes(made: bytes) -> None:
    said = printed_hashes(made)
    assert (said["Run"], said["Decision"], said["Audit head"]) == ("a1b2", "d00d", "3" * 64)
    assert (said["Inputs (SHA-256)"], said["Result (SHA-256)"]) == ("1" * 64, "2" * 64)
    assert len(said["Page above (SHA-256)"]) == 64


@pytest.mark.parametrize("old", [b"Approved", b"2 approve", b"default-src", b"Too &lt;little"])
def test_a_changed_page_is_found(made: bytes, old: bytes) -> None:
    assert old in made
    with pytest.raises(ValueError, match="was changed after it was made"):
        printed_hashes(made.replace(old, old[::-1], 1))


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"<footer>nothing</footer>", b"\xff\xfe<footer>"])
def test_what_is_no_report(data: bytes) -> None:
    with pytest.raises(ValueError, match="no report of Optimiser"):
        printed_hashes(data)


def test_an_open_proposal_has_no_audit_head() -> None:
    made = page(
        plan_of(), replace(MOTION, outcome="", decision="", decided=None, audit_head="", ballots=(), remarks=())
    )
    said = " ".join(Reader(made).said)
    assert "Open: not decided yet" in said
    assert "Nobody has voted yet." in said
    assert "Audit head" not in printed_hashes(made)
    assert "None" not in said


def printed_foot(made: bytes) -> str:
    """What the style sheet prints at the foot of each page, as a reader sees it."""
    foot = re.search(rb'@bottom-left \{ content: "([^"]*)"', made)
    assert foot is not None
    return re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), foot[1].decode())


def test_the_foot_of_each_printed_page_says_for_whom_once_and_whole(made: bytes) -> None:
    assert printed_foot(made) == ('Run a1b2 · audit head 3333333333333333 · made for The committee "of" \\ three')
    for reader in ("root, the partnership's office", "Ana }</style><script>", "Fay, " + "long words " * 30):
        said = page(plan_of(), replace(MOTION, made_for=reader, left_out="Rows are left out."))
        foot = printed_foot(said)
        assert foot.lower().count("made for") == 1
        assert len(foot) <= 110
        assert all(word in reader.split() for word in foot.partition("made for ")[2].removesuffix(" …").split())
        assert b"</style><script>" not in said
        assert printed_hashes(said)["Made for"].startswith(escape(reader)[:20])


def test_the_case_is_named_once_at_the_head(made: bytes) -> None:
    kicker = re.search(r'<p class="kicker">(.*?)</p>', made.decode())
    assert kicker is not None
    assert kicker[1].count(escape(plan_of().case.settings.name)) == 1


def test_an_award_above_its_request_is_explained() -> None:
    plan = plan_of()
    assert ABOVE not in page(plan, MOTION).decode()
    awards = plan.tables["Awards"]
    columns = {**awards.columns, "award": awards["request"] + 1}
    dearer = replace(plan, tables={**plan.tables, "Awards": replace(awards, columns=columns)})
    assert ABOVE in page(dearer, MOTION).decode()
