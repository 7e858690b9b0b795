"""The guide, as the app shows it: the same pages as the site, found beside the package or in it, without a network."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (PACKAGE / "docs", PACKAGE.parent / "docs")
"""Where the pages are: in an installed package, and in a clone."""
SITES = (PACKAGE / "site", PACKAGE.parent / "build" / "guide")
"""Where the pages are as a site: in an installed package, and in a clone after `make guide`."""
FIRST = "guide/index"
SECTIONS: dict[str, tuple[str, ...]] = {
    "Start": (FIRST,),
    "Tutorials": (
        "guide/first-split",
        "guide/seconded-staff",
        "guide/settlement-board",
        "guide/auditor",
        "guide/administrator",
        "guide/engineer",
    ),
    "Case studies": ("guide/case-gun-violence", "guide/case-opioid-response", "guide/case-task-force"),
    "How to": (
        "guide/questions",
        "pages", "inputs", "import", "intake", "what-if", "explanations", "conflict-and-repair", "near-best", "uncertainty",
        "replan", "history", "pooling", "debate", "decisions-and-audit", "papers", "verify",
    ),
    "Rules": (
        "rules/README", "rules/library", "rules/worked", "rules/compliance", "rules/audit", "rules/limit", "rules/average",
        "rules/count", "rules/requires", "rules/excludes", "rules/match", "rules/formula", "rules/earned", "rules/peers",
        "rules/overlap", "rules/performance",
    ),
    "Reference": ("guide/glossary", "guide/gallery", "commands", "workbook", "mathematics", "certificate"),
    "The buyer's folder": (
        "buyer/index", "buyer/threat-model", "buyer/asvs", "buyer/accessibility", "buyer/licences", "buyer/data", "buyer/no-cji",
        "buyer/drill",
    ),
    "Keeping it": (
        "install", "operation", "store", "people-and-privacy", "SECURITY", "dependencies", "performance", "scale", "quality",
    ),
}  # fmt: skip
"""Pages by section, as in the site, without those for who builds it."""
OF_PAGE = {
    "Start": "guide/index", "Inputs": "inputs", "Rules": "rules/README", "Plan": "guide/glossary", "Why": "explanations",
    "What if": "what-if", "Pooling": "pooling", "Committee": "decisions-and-audit", "Papers": "papers", "History": "store",
    "Administration": "people-and-privacy",
}  # fmt: skip
"""For each page of the app the page of the guide that says more."""
WORDS_OF_PAGE = {
    "Start": ("Case", "Map", "Proven best"),
    "Inputs": ("Agency", "Fund", "Initiative", "FTE", "Match", "Score"),
    "Rules": ("Rule", "Hard, soft", "Set by", "Waiver", "Headroom"),
    "Plan": ("Plan", "Award", "Level", "Post", "Impact", "Point", "Proven best", "Certificate"),
    "Why": ("Price", "Headroom", "Point", "Level"),
    "What if": ("Scenario", "Impact", "Price"),
    "Pooling": ("Core", "Impact", "Fund"),
    "Committee": ("Decision", "Award", "Point", "Set by"),
    "Papers": ("Award", "Match", "Plan"),
    "History": ("Run", "Case", "Decision"),
}
"""For each page of the app the words of the glossary that it uses."""
GLOSSARY = "guide/glossary"
WITH_FORMULAS = ("mathematics", "certificate", "history", "uncertainty", "replan")
"""Where a dollar begins a formula; elsewhere it is money."""
FOUND_AT_MOST = 20
SITE = "guide-site"
"""Under which address of the app the site is."""
PAGE = "page"
"""Of an address: which page of the guide."""
_PICTURE = re.compile(r"<picture>.*?</picture>\s*(\*[^*\n]+\*\n)?", re.DOTALL)
_CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)\.md(#[^)\s]+)?\)")
_FILE = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)\s]+\.(?:json|yaml|ipynb)\)")
_HEADING = re.compile(r"^(#{1,4}) (.+)$")


@dataclass(frozen=True)
class Passage:
    """A heading of a page and what stands below it, as plain words. page: its name; anchor: of the heading."""

    page: str
    heading: str
    anchor: str
    text: str

    @property
    def address(self) -> str:
        """In the app."""
        return address(self.page, self.anchor)


def folder() -> Path | None:
    """Where the pages are; None where they were left out."""
    return next((f for f in FOLDERS if (f / f"{FIRST}.md").is_file()), None)


def site() -> Path | None:
    """Where the site is; None where it was not built."""
    return next((f for f in SITES if (f / f"{FIRST}.html").is_file()), None)


def names() -> list[str]:
    """Of every page, in order."""
    return [name for section in SECTIONS.values() for name in section]


@cache
def source(name: str) -> str:
    """A page as it is written. Raises KeyError for a page that the guide has not."""
    at = folder()
    if at is None or name not in names():
        raise KeyError(name)
    return (at / f"{name}.md").read_text("utf-8")


def title(name: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", source(name), re.MULTILINE)
    return found[1] if found else name


def address(name: str, anchor: str = "") -> str:
    """Of a page in the app."""
    return f"guide?{PAGE}={name}{anchor}"


def word(said: str) -> str:
    """The address of a word of the glossary in the app."""
    return address(GLOSSARY, "#" + _slug(said))


def markdown(name: str) -> str:
    """A page as the app's Markdown: a dollar is a dollar and begins no formula, a link to another page opens that, and
    pictures of the app are left out, since it is there itself."""
    text = _linked(_PICTURE.sub("", source(name)), name)
    if name in WITH_FORMULAS:
        return text
    return "".join(p if n % 2 else p.replace("$", r"\$") for n, p in enumerate(_CODE.split(text)))


def _linked(text: str, name: str) -> str:
    """With links to other pages as addresses in the app; a page or a file that only the site has is named without a
    link."""

    def one(found: re.Match[str]) -> str:
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[2]))
        return f"[{found[1]}]({address(wanted, found[3] or '')})" if wanted in names() else found[1]

    return _LINK.sub(one, _FILE.sub(r"\1", text))


def parts(name: str) -> Iterator[Passage]:
    """The headings of a page with their words."""
    heading, lines, code = "", list[str](), False
    for line in [*_PICTURE.sub("", source(name)).splitlines(), "# "]:
        code = code != line.startswith("```")
        found = None if code else _HEADING.match(line)
        if found or line == "# ":
            if heading:
                yield Passage(name, heading, "#" + _slug(heading), " ".join(" ".join(lines).split()))
            heading, lines = (found[2] if found else "").replace("`", ""), []
        elif not line.startswith(("```", "|--")):
            lines.append(re.sub(r"\]\([^)]*\)|[`*|\[]", " ", line))


def _slug(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.casefold()).strip("-")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def found(wanted: str) -> list[Passage]:
    """Parts of the guide that have every word, those with the phrase, and with words in their heading, first; at most FOUND_AT_MOST."""
    words = _words(wanted)
    hits: list[tuple[int, Passage]] = []
    for name in names() if words else ():
        for part in parts(name):
            head = " ".join(_words(f"{title(name)} {part.heading}"))
            body = " ".join(_words(part.text))
            if all(w in head or w in body for w in words):
                phrase = " ".join(words) in f"{head} {body}"
                hits.append((-phrase * len(words) - sum(w in head for w in words), part))
    return [part for _, part in sorted(hits, key=lambda h: h[0])[:FOUND_AT_MOST]]


def around(part: Passage, wanted: str, wide: int = 90) -> str:
    """The words of a part about the first one that was sought."""
    text = part.text
    at = min((n for w in _words(wanted) if (n := text.casefold().find(w)) >= 0), default=0)
    begin = max(0, text.rfind(" ", 0, max(0, at - wide)) + 1)
    end = text.find(" ", min(len(text), at + wide))
    return ("… " if begin else "") + text[begin : end if end > 0 else len(text)] + (" …" if end > 0 else "")
