"""Every view of the app, one after the other, as somebody would open it: for pictures, and for what must hold on all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.server import settled


@dataclass(frozen=True)
class View:
    """One view: its name, the page's path, the part of the page that is chosen, and the example ("": the first)."""

    name: str
    page: str
    part: str = ""
    example: str = ""


VIEWS = (
    View("start", ""),
    View("inputs", "inputs"),
    View("rules", "rules"),
    View("library", "rules", "Library"),
    View("rules-builder", "rules", "Write a rule"),
    View("target", "rules", "If a target is missed"),
    View("plan", "plan"),
    View("plan-changes", "plan", "What changes for whom"),
    View("plan-agencies", "plan", "What agencies get"),
    View("plan-places", "plan", "Where it lands"),
    View("plan-flow", "plan", "Where money flows"),
    View("plan-people", "plan", "Where people go"),
    View("plan-funds", "plan", "Funds by period"),
    View("why", "why"),
    View("why-rules", "why", "What each rule costs"),
    View("why-certain", "why", "What is certain"),
    View("what-if", "what_if"),
    View("what-if-lose", "what_if", "Lose a grant"),
    View("what-if-ask", "what_if", "Ask"),
    View("what-if-compare", "what_if", "Side by side"),
    View("what-if-trade", "what_if", "Trade-off"),
    View("what-if-matters", "what_if", "What matters"),
    View("what-if-uncertainty", "what_if", "Uncertainty"),
    View("what-if-replan", "what_if", "Re-plan the year"),
    View("what-if-history", "what_if", "Earlier years"),
    View("pooling", "pooling"),
    View("pooling-fairness", "pooling", "The price of fairness"),
    View("committee", "committee", "1 Proposal"),
    View("committee-changes", "committee", "2 What changes"),
    View("committee-at-play", "committee", "3 Money at play"),
    View("committee-alternatives", "committee", "4 Alternatives"),
    View("committee-who", "committee", "5 Who gets what"),
    View("committee-rules", "committee", "6 Rules kept"),
    View("committee-vote", "committee", "7 Vote"),
    View("committee-weights", "committee", "8 Weights"),
    View("papers", "papers"),
    View("history", "history"),
    View("administration", "administration"),
    View("why-not", "why", "", "cannot-be-met"),
)


def tour(page: Page, address: str, views: Sequence[View] = VIEWS, case: str = "", still: float = 0.6) -> Iterator[View]:
    """Opens each view in turn; whoever asks looks at the page meanwhile. case: its id in the store, by default an
    example; still: seconds until nothing moves any more."""
    page.goto(f"{address}/?case={case}" if case else address)
    settled(page)
    example, query, shown = "", page.url.partition("?")[2], ""
    for view in views:
        if view.example != example:
            page.goto(f"{address}/?{query}")
            settled(page)
            page.locator(f".st-key-open-{view.example} button").click()
            page.wait_for_timeout(1500)
            settled(page)
            example, query, shown = view.example, page.url.partition("?")[2], ""
        if view.page != shown:  # parts of one page follow each other
            link = page.locator(f'a[href$="/{view.page}"], a[href*="/{view.page}?"]')
            in_sight = link.count() and link.first.evaluate(
                "a => a.getBoundingClientRect().left >= 0"
            )  # on a phone folded away
            if in_sight:  # as a person goes; the whole app is not loaded anew
                link.first.click()
                page.wait_for_url(f"**/{view.page}*")
            else:
                page.goto(f"{address}/{view.page}?{query}")
            settled(page)
            shown = view.page
        if (
            view.page == "committee"
            and (propose := page.get_by_role("button", name="Propose to the committee")).count()
        ):
            propose.click()
            page.get_by_text("1 Proposal", exact=True).wait_for(timeout=60_000)
            settled(page)
        if view.part:
            page.get_by_text(view.part, exact=True).first.click()
            page.wait_for_timeout(500)
            settled(page)
        if view.name == "what-if":  # the first fund cut by a fifth
            page.get_by_role("slider").first.focus()
            for _ in range(4):
                page.keyboard.press("ArrowLeft")
            page.wait_for_timeout(1500)
            settled(page)
        page.wait_for_timeout(still * 1000)
        yield view
