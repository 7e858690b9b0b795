"""Whom the named rules bind, how old their texts are, and what people find them by."""

from __future__ import annotations

from datetime import date

import pytest

from optimiser.analysis.rulebook.library import (
    CONFIDENCE,
    LibraryError,
    binding,
    ended_last,
    entries,
    entry_of,
    search,
    table,
)
from optimiser.analysis.rulebook.unsaid import UNSAID, unsaid

TODAY = date(2026, 11, 29)


def test_what_binds_me_comes_newest_first() -> None:
    state = binding(entries(), TODAY, "state agency")
    assert state
    assert all("state" in e.binds and not e.over(TODAY) for e in state)
    assert "hidta-treatment" not in {e.key for e in state}
    assert "hidta-treatment" in {e.key for e in binding(entries(), TODAY, "national office")}
    dated = [(e.read + "-00-00")[:10] for e in state if e.confidence == "read"]
    assert dated == sorted(dated, reverse=True)
    assert [e.confidence for e in state] == sorted((e.confidence for e in state), key=list(CONFIDENCE).index)
    assert {e.key for e in binding(entries(), TODAY, "County", programme="hsgp")} == {
        e.key for e in entries() if e.programme == "HSGP" and "local" in e.binds and not e.over(TODAY)
    }
    with pytest.raises(LibraryError, match="did you mean county"):
        binding(entries(), TODAY, "countie")


def test_a_notice_binds_in_its_own_years_only() -> None:
    def keys(year: int | None) -> set[str]:
        return {e.key for e in binding(entries(), TODAY, "state agency", year, "HSGP")}

    assert "hsgp-terrorism-notice" in keys(2024)
    assert "hsgp-terrorism-notice" not in keys(2025)
    assert "hsgp-terrorism-notice" not in keys(None)
    assert "hsgp-terrorism-prevention" in keys(2024) & keys(2026) & keys(None)
    assert "police-damping" not in {e.key for e in binding(entries(), TODAY, "national office", 2006)}


def test_an_old_text_says_so() -> None:
    entry = entry_of("voca-administration")
    assert entry.age(date(2026, 2, 1)) == 17
    assert entry.age(date(2026, 2, 2)) == 18
    assert entry.stale(date(2026, 2, 2)) == ""
    assert entry.stale(date(2026, 3, 2)) == "the text is 19 months old"
    assert entry_of("jag-territories").stale(date(2026, 3, 2)) == "no text was read"
    assert entry_of("jag-sorna").stale(date(2026, 3, 2)) == "the text has no date"
    assert entry_of("cdbg-administration").age(date(2005, 1, 1)) == 12


def test_people_find_a_programme_by_their_own_words() -> None:
    for words, programme in (
        ("victim services", "VOCA"), ("domestic violence", "VAWA STOP"), ("police hiring", "COPS"), ("overhead", "Uniform Guidance"),
        ("youth detention", "Juvenile Justice Title II"), ("prison drugs", "RSAT"), ("road safety", "Highway Safety 402"),
    ):  # fmt: skip
        assert programme in {e.programme for e in search(words)}, words
    assert {e.programme for e in search("victim services")[:4]} == {"VOCA"}  # what people call it comes first
    assert [e.key for e in search("HSGP-terrorism-notice ")] == ["hsgp-terrorism-notice"]
    ended = [e.over(TODAY) for e in ended_last(search("police"), TODAY)]
    assert ended == sorted(ended)


def test_people_find_an_entry_by_their_own_words() -> None:
    """Other forms of a word, small words between, what an entry needs and asks: all that people type finds it."""
    for words, key in (
        ("body armor", "vest-match"), ("helicopters", "jag-prohibited"), ("drones", "jag-prohibited"), ("cars", "jag-prohibited"),
        ("sex offenders", "jag-sorna"), ("salaries", "hsgp-personnel"), ("overtime", "hsgp-personnel"),
        ("transfer between budget lines", "guidance-transfers"), ("reprogramming", "guidance-transfers"),
        ("de minimis", "guidance-indirect"), ("double counting", "guidance-single-match"), ("carryover", "csbg-recapture"),
        ("left over", "csbg-recapture"), ("tribal", "voca-match"), ("waivers", "voca-match"), ("volunteers", "voca-match"),
        ("human trafficking", "voca-priorities"), ("witnesses", "voca-match"), ("stalking", "stop-set-asides"),
        ("minimum award", "vest-state-minimum"), ("small states", "jag-states"), ("homeless shelters", "esg-shelter"),
        ("crisis of mental health", "mhbg-crisis"), ("naloxone", "opioid-abatement"), ("pass-through to local units", "hsgp-pass-through"),
        ("gangs", "psn-task-forces"), ("speed cameras", "highway-cameras"), ("cyber", "cyber-match"), ("covid", "slfrf-spent"),
        ("low incomes", "cdbg-low-income"), ("audits", "guidance-single-audit"), ("council tax", "precept-limit"),
    ):  # fmt: skip
        assert key in [e.key for e in search(words)], words


def test_what_no_kind_can_say_is_found_by_peoples_words_and_says_what_to_do() -> None:
    for words, asks in (
        ("two years", "one rule or another"), ("declining federal share", "a match rate"), ("small jurisdictions", "small recipients"),
        ("threshold", "a rule that starts"), ("mtdc", "a capped sum"), ("budget transfers", "moves across"), ("1994", "a named past"),
        ("deadline", "obligation"), ("reallocated", "where withheld"), ("bonus", "a bonus"), ("quorum", "votes"),
        ("clients", "a share of the people"), ("first $100,000 free", "cost that is shared"),
    ):  # fmt: skip
        assert any(u.asks.startswith(asks) for u in unsaid(words)), words
    assert all(u.sentence.endswith(".") and u.instead and u.who for u in UNSAID)


def test_search_finds_by_programme_number_citation_and_kind() -> None:
    assert [e.key for e in search("stop set-asides")] == ["stop-set-asides"]
    assert "hsgp-personnel" in [e.key for e in search("6 USC 609")]
    assert {e.key for e in search("earned")} >= {"jag-sorna", "juvenile-withheld", "better-care-performance"}
    assert {e.key for e in search("personnel")} >= {"hsgp-personnel"}
    assert search("no such thing") == ()
    assert len(table()) == len(entries())
