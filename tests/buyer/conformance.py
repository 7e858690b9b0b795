"""The accessibility conformance report in the format OpenACR, and its page. `make acr` writes both: which rules of axe are run for
which success criterion is asked of axe itself in the browser of this machine; what was tried otherwise stands here, with its test."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import yaml

from tests.browser.server import browser
from tests.buyer import sbom

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "buyer" / "openacr.yaml"
PAGE = ROOT / "docs" / "buyer" / "accessibility.md"
_A = """1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.5.1 2.5.2
2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.1 4.1.2"""
_AA = """1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2 3.2.3 3.2.4
3.3.3 3.3.4 3.3.8 4.1.3"""
CHAPTERS = {"success_criteria_level_a": _A.split(), "success_criteria_level_aa": _AA.split()}
VIEWS = "tests/browser/test_every_view.py::test_no_view_has_a_serious_finding_or_an_error_or_asks_beyond_this_machine"
WALKED = "tests/browser/test_by_keyboard_and_size.py::test_no_view_fails"
NONE, YES, PART, NO = "not-evaluated", "supports", "partially-supports", "not-applicable"


@dataclass(frozen=True)
class Tried:
    """What was found of one criterion. level: a term of OpenACR; note: what was tried, how, and what was not."""

    level: str
    note: str


NO_MEDIA = Tried(NO, "There is no audio and no video.")
BY_HAND: dict[str, Tried] = {
    **dict.fromkeys(("1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.4.2"), NO_MEDIA),
    "2.5.4": Tried(NO, "Nothing is done by moving the device."),
    "4.1.1": Tried(NO, "WCAG 2.2 has removed this criterion."),
    "1.4.3": Tried(YES, f"axe's color-contrast on every view, in light and dark: no finding ({VIEWS})."),
    "2.4.2": Tried(YES, f"axe's document-title on every view: no finding ({VIEWS})."),
    "3.1.1": Tried(YES, f"axe's html-has-lang and html-lang-valid on every view: no finding ({VIEWS})."),
    "3.3.1": Tried(
        YES,
        "Every fault is listed in text with its sheet and cell, what was found and what is expected "
        "(tests/app/test_upload.py::test_faults_are_listed_by_sheet_and_cell_and_nothing_is_taken_over).",
    ),
    "3.3.3": Tried(
        YES,
        "Every fault says its cure, and offers it as a button where there is one "
        "(tests/app/test_edits.py::test_faults_offer_their_cure).",
    ),
    "3.3.4": Tried(
        YES,
        "Every edit can be undone, also later (tests/store/test_drafts.py::test_undo_and_redo_any_number_of_steps_after_a_restart); "
        "a decision is confirmed first (tests/app/test_committee.py::test_a_plan_is_proposed_read_voted_on_and_decided).",
    ),
    "2.2.1": Tried(
        PART,
        "In an office whoever is idle is signed out (30 minutes, set by the office); nothing is lost, but the person is not warned "
        "and cannot extend it (tests/browser/test_sign_in.py::test_what_is_idle_for_too_long_ends_by_itself).",
    ),
    "1.1.1": Tried(
        NONE,
        "Every chart has a table and a text of the same figures (tests/report/test_charts.py); whether a screen reader "
        "reaches them was not tried.",
    ),
    "1.3.1": Tried(
        PART,
        f"Headings on every view follow one another without a gap, under one title ({WALKED}); axe's rules on lists, tables and "
        f"parts find nothing serious ({VIEWS}). Whether all that is seen as a group is told as one was not tried.",
    ),
    "1.3.2": Tried(
        PART,
        f"On every view at 1440 pixels nothing is shown in another order than it stands in the page ({WALKED}); at 320 the bar of "
        "the case is, as its parts stand in three lines. Not tried with a screen reader.",
    ),
    "1.3.4": Tried(
        PART,
        f"Every view is shown at 844 by 390 and at 390 by 844 pixels, and the page is not moved sideways ({WALKED}).",
    ),
    "1.4.4": Tried(
        PART,
        "Every view of a small case in a window of 640 pixels, which is 1280 at 200%: the page is not moved sideways, no text is cut "
        f"({WALKED}). A longer name that was chosen among several is shortened by Streamlit at any size; text in charts and grids was "
        "not measured.",
    ),
    "1.4.5": Tried(
        PART,
        "No view shows a picture of text, but Streamlit draws its grids of data, with their text, on a canvas; it keeps the same as "
        f"a table for screen readers ({WALKED}).",
    ),
    "1.4.10": Tried(
        PART,
        "Every view at 320 pixels: nothing is moved sideways but tables, grids and charts, in their own frames, and no text is cut "
        f"({WALKED}) but a long name of a case on the button in the bar; it is whole where that opens.",
    ),
    "1.4.11": Tried(
        PART,
        f"On every view, light and dark, the edges of fields, boxes to tick and switches stand out by 3 to 1 ({WALKED}). "
        "Buttons are known by their text. Sliders, round choices, and bars, lines and areas of charts, were not measured.",
    ),
    "1.4.12": Tried(
        PART,
        f"With the four spacings on every view no text of the page is cut ({WALKED}). Text in grids, which Streamlit draws, does not "
        "follow them; text in charts was not measured.",
    ),
    "1.4.13": Tried(
        PART,
        f"The first help of every view stays while the pointer comes to it, and goes with Escape ({WALKED}), but for "
        "Administration's, which goes before. The others are made the same "
        "way; what charts say under the pointer was not tried.",
    ),
    "2.1.1": Tried(
        PART,
        f"On every view Tab reaches all that shows itself as pressed by a pointer ({WALKED}); a row of the Plan is chosen with the "
        "arrow keys (tests/browser/test_journey.py::test_open_look_change_a_fund_solve_and_take_the_plan). What a chart says under the "
        "pointer stands in its table. Whether each control does all its work by keys was not tried.",
    ),
    "2.1.2": Tried(
        PART,
        f"On every view Tab goes through all controls, grids too, and comes round again ({WALKED}). Dialogs were not walked.",
    ),
    "2.1.4": Tried(
        PART,
        f"On every view each letter and digit was struck outside a field: nothing happens ({WALKED}), but for Streamlit's r, which draws "
        "the page again and cannot be turned off. Nothing is lost by it.",
    ),
    "2.2.2": Tried(
        PART,
        f"On no view does anything move by itself once the page is drawn ({WALKED}); while a solve is under way was not tried.",
    ),
    "2.3.1": Tried(
        PART,
        f"On no view is anything animated once the page is drawn ({WALKED}); while a solve is under way was not tried.",
    ),
    "2.4.3": Tried(
        PART,
        f"On every view Tab goes in the order of the page, which is the order seen, and to nothing twice ({WALKED}). On a phone the bar "
        "of the case stands in three lines, and Tab goes through it as on a wide window.",
    ),
    "2.4.4": Tried(
        YES,
        f"On every view each link has a name, and in one sentence links of one name lead to one place ({WALKED}); their names, read by "
        "hand, are those of the pages and words that they lead to.",
    ),
    "2.4.6": Tried(
        PART,
        f"On every view no heading is empty and none stands twice ({WALKED}). Whether headings and labels say enough was judged by nobody "
        "but their makers.",
    ),
    "2.4.7": Tried(
        PART,
        f"On every view each control looks otherwise while it has the focus, grids too ({WALKED}). Dialogs were not walked.",
    ),
    "2.4.11": Tried(
        PART,
        f"On every view no control that has the focus is covered by the bar or anything else ({WALKED}). Dialogs were not walked.",
    ),
    "2.5.2": Tried(
        PART,
        f"On every view up to eight buttons were pressed and left before they were let go: nothing was done ({WALKED}). Sliders, lists "
        "and grids were not tried.",
    ),
    "2.5.3": Tried(YES, f"On every view the name of each control holds the text that it shows ({WALKED})."),
    "2.5.8": Tried(
        PART,
        f"On every view, at 1440 and at 320 pixels, each control is 24 pixels wide and high or has that much room ({WALKED}). Charts and "
        "cells of grids were not measured.",
    ),
    "3.2.1": Tried(
        PART,
        f"While Tab goes through every view address, title and dialogs stay, and nothing is sent but the cell of a grid whose row is "
        f"shown beside it ({WALKED}). Dialogs were not walked.",
    ),
    "3.2.3": Tried(
        YES,
        f"On every view the navigation and, where it is, the bar of the case have their parts in the same order ({WALKED}).",
    ),
    "3.2.6": Tried(YES, f"The way into the guide is the last that every view has ({WALKED})."),
    "3.3.2": Tried(
        PART,
        f"On every view each field has its label in sight ({WALKED}), but for searches, which say inside what to write, and for five "
        "choices that show only what is chosen: scenario, record, initiative, proposal, and how far from the best a plan may be.",
    ),
    "2.5.7": Tried(
        NONE, "The tour of every view moves its slider by arrow keys; a pointer that does not drag was not tried."
    ),
    "3.3.8": Tried(NONE, "Sign-in is your provider's: ask for its report. The app alone on one machine has none."),
}


def rules_by_criterion() -> tuple[str, dict[str, list[str]]]:
    """The version of axe, and for each criterion the rules of axe that run by default, as `1.4.3` -> rules."""
    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    asked = """async () => {
        const ran = await axe.run(), names = new Set();
        for (const kind of ['passes', 'violations', 'incomplete', 'inapplicable']) for (const r of ran[kind]) names.add(r.id);
        return [axe.version, axe.getRules().filter(r => names.has(r.ruleId)).map(r => [r.ruleId, r.tags])];
    }"""
    with browser() as opened:
        page = opened.new_page()
        page.set_content("<html lang='en'><title>x</title><main><h1>x</h1></main></html>")
        page.evaluate(script)
        version, rules = page.evaluate(asked)
    made: dict[str, list[str]] = {}
    for name, tags in rules:
        for tag in tags:
            if tag.startswith("wcag") and (digits := tag[4:]).isdigit():
                made.setdefault(f"{digits[0]}.{digits[1]}.{digits[2:]}", []).append(name)
    return str(version), {criterion: sorted(names) for criterion, names in made.items()}


def found(criterion: str, rules: dict[str, list[str]]) -> Tried:
    """What is known of a criterion: what was tried, else which rules of axe find nothing, which alone proves nothing."""
    if criterion in BY_HAND:
        return BY_HAND[criterion]
    if names := rules.get(criterion):
        said = f"axe's {', '.join(names)} on every view: no serious finding ({VIEWS})"
        return Tried(NONE, f"{said}. Rules of a machine see a part of the criterion; the rest was not tried.")
    return Tried(NONE, "Not tried.")


def report(version: str, rules: dict[str, list[str]]) -> str:
    """The report as YAML. It holds no date of its making, so that the same findings give the same report."""
    chapters = {
        chapter: {
            "criteria": [
                {
                    "num": number,
                    "components": [
                        {"name": "web", "adherence": dict(zip(("level", "notes"), _of(number, rules), strict=True))}
                    ],
                }
                for number in numbers
            ]
        }
        for chapter, numbers in CHAPTERS.items()
    }
    made = {
        "title": "Optimiser: accessibility conformance, WCAG 2.2 A and AA",
        "product": {
            "name": "Optimiser",
            "version": sbom.project()["version"],
            "description": "The app in the browser, alone and in an office.",
        },
        "author": {"name": "The Optimiser authors", "email": "see docs/SECURITY.md"},
        "catalog": "2.5-edition-wcag-2.2-en",
        "notes": "Made by the project itself. not-evaluated is used at levels A and AA too, wherever nobody has tried.",
        "evaluation_methods_used": f"axe-core {version} on every view of the app in Chromium, light and dark, by tests that run at each "
        "change; the same views by keyboard alone, at the sizes and spacings that the criteria name; "
        "tests of the app for what stands in the notes. No assistive technology was used, and no person with a disability "
        "was asked.",
        "chapters": {**chapters, "success_criteria_level_aaa": {"disabled": True, "notes": "Not evaluated."}},
    }
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


def _of(number: str, rules: dict[str, list[str]]) -> tuple[str, str]:
    told = found(number, rules)
    return told.level, told.note


def page(version: str, rules: dict[str, list[str]]) -> str:
    """The same as a Markdown page."""
    return "\n".join(_lines(version, rules)) + "\n"


def _lines(version: str, rules: dict[str, list[str]]) -> Iterator[str]:
    every = [n for numbers in CHAPTERS.values() for n in numbers]
    levels = [found(n, rules).level for n in every]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in (YES, PART, NO, NONE))
    yield "# Accessibility"
    yield ""
    yield f"WCAG 2.2, levels A and AA, {len(every)} criteria: {counts}. The same for machines: [OpenACR](openacr.yaml). `make acr` writes"
    yield f"both. What was tried: axe-core {version} on every view of the app in Chromium, light and dark, with each change; the same views"
    yield "by keyboard alone, at the sizes and spacings that the criteria name (tests/browser/test_by_keyboard_and_size.py: a view of each"
    yield "page with each change, all of them with OPTIMISER_SOAK=1); and what the"
    yield "notes name. **No assistive technology was used, and nobody who depends on one was asked**: what is not evaluated may be good"
    yield "or bad. The papers (slides, letters, report) were not evaluated."
    yield ""
    yield "| criterion | level | state | what was tried |"
    yield "|---|---|---|---|"
    for chapter, numbers in CHAPTERS.items():
        for number in numbers:
            told = found(number, rules)
            yield f"| {number} | {'A' if chapter.endswith('_a') else 'AA'} | {told.level} | {told.note} |"


def main() -> None:
    """Writes both."""
    version, rules = rules_by_criterion()
    REPORT.write_text(report(version, rules), "utf-8")
    PAGE.write_text(page(version, rules), "utf-8")
    sys.stdout.write(json.dumps({"axe": version, "criteria": sum(map(len, CHAPTERS.values()))}) + "\n")


if __name__ == "__main__":
    main()
