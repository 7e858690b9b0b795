"""The guide inside the app: every page, no link into nothing, a dollar that begins no formula, and what a search finds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from optimiser.app_pages.main import MORE, PAGES
from optimiser.app_pages.shell.gate import POLICY
from optimiser.app_pages.shell.launch import gates, site_routes
from optimiser.desk import guidebook
from tests.app.small import opened, solved
from tests.guide import PAGES as WRITTEN

ONLY_ON_THE_SITE = "Building it"


def test_the_app_has_the_pages_of_the_site() -> None:
    nav = (WRITTEN.parents[1] / "mkdocs.yml").read_text("utf-8").partition("nav:\n")[2]
    sections: dict[str, list[str]] = {}
    for name, page in re.findall(r"^ +- (?:([^:\n]+):)? ?(\S+\.md)?$", nav, re.MULTILINE):
        if name:
            sections[name] = []
        if page:
            sections[list(sections)[-1]].append(page)
    own = {name: [f"{page}.md" for page in pages] for name, pages in guidebook.SECTIONS.items()}
    own["Reference"].append("guide/python.md")  # made by the site from the code
    del sections[ONLY_ON_THE_SITE]
    assert own == sections
    assert set(guidebook.OF_PAGE) == {title for title, _ in (*PAGES, *MORE)} - {"Guide"}


@pytest.mark.parametrize("name", guidebook.names())
def test_a_page_leads_somewhere_and_makes_no_formula(name: str) -> None:
    text = guidebook.markdown(name)
    plain = re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.DOTALL)
    if name in guidebook.WITH_FORMULAS:
        assert not re.search(r"\$\d[\d,]*(?:[km]\b|[ .,;)])", plain)  # no money there
    else:
        assert not re.search(r"(?<!\\)\$", plain)
    assert "<picture>" not in text
    assert not re.search(r"\]\([^)#]*\.md", plain)
    anchors = {other: {part.anchor for part in guidebook.parts(other)} for other in guidebook.names()}
    for page, anchor in re.findall(r"\]\(guide\?page=([^)#]+)(#[^)]+)?\)", plain):
        assert page in anchors
        assert not anchor or anchor in anchors[page], (page, anchor)


def test_each_word_of_the_glossary_is_linked_from_the_pages_that_use_it() -> None:
    known = {part.heading: part for part in guidebook.parts(guidebook.GLOSSARY)}
    used = {word for words in guidebook.WORDS_OF_PAGE.values() for word in words}
    assert used == set(known) - {"Glossary"}
    assert {guidebook.word(w) for w in used} == {known[w].address for w in used}
    assert set(guidebook.WORDS_OF_PAGE) <= set(guidebook.OF_PAGE)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("carry-over", "workbook"),
        ("undo", "inputs"),
        ("shapley", "pooling"),
        ("waiver granted", "rules/README"),
        ("what a point is", "guide/glossary"),
        ("sign-in", "people-and-privacy"),
        ("de minimis", "rules/library"),
    ],
)
def test_a_search_finds_the_words_of_people(words: str, page: str) -> None:
    hits = guidebook.found(words)
    assert page in {part.page for part in hits}
    assert all(
        any(w in guidebook.around(p, words).casefold() + p.heading.casefold() for w in re.findall(r"\w+", words))
        for p in hits
    )


def test_words_that_nobody_wrote_find_nothing() -> None:
    assert guidebook.found("zzyzx") == [] == guidebook.found("   ")


def test_the_site_is_served_by_the_app_behind_its_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guidebook, "SITES", (tmp_path / "site",))
    assert site_routes() == []  # a clone in which it was not built
    page = tmp_path / "site" / "guide" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("the guide")
    (tmp_path / "secret.html").write_text("not the guide")
    server = httpx.ASGITransport(Starlette(routes=site_routes(), middleware=gates()))

    def get(path: str, **headers: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=server, base_url="http://127.0.0.1:8501") as client:
                return await client.get(f"/{guidebook.SITE}/{path}", headers=headers)

        return asyncio.run(asked())

    answer = get("guide/index.html")
    assert (answer.status_code, answer.text) == (200, "the guide")
    assert answer.headers["content-security-policy"] == POLICY
    assert get("%2e%2e/secret.html").status_code == 404
    assert get("guide/index.html", host="alder.example").status_code == 421
    app = opened(solved(), "guide")
    assert app.get("link_button")[0].proto.url == f"{guidebook.SITE}/guide/index.html"


def test_each_page_of_the_app_leads_to_the_guide_and_the_guide_is_read_there() -> None:
    app = opened(solved(), "rules")
    assert any("More in the guide" in c.value and "guide?page=rules/README" in c.value for c in app.caption)
    assert any("[Set by](guide?page=guide/glossary#set-by)" in c.value for c in app.caption)
    guide = opened(solved(), "guide")
    assert "# Guide" in guide.markdown[0].value
    guide.selectbox(key="guide-page").set_value("guide/glossary").run()
    assert guide.markdown[0].value.startswith("# Glossary")
    guide.text_input(key="guide-search").set_value("seconded").run()
    assert "seconded" in guide.title[0].value
    assert any("guide?page=" in m.value for m in guide.markdown)
    guide.text_input(key="guide-search").set_value("$x_*zz").run()
    assert any("Fewer words" in m.value for m in guide.markdown)
