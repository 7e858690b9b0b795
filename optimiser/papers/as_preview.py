"""A paper as it is looked at before it is made: its pages as HTML, each text escaped, for a part of another page."""

from __future__ import annotations

from html import escape

from optimiser.papers.as_html import block_html
from optimiser.papers.blocks import Break, Deck, Document, Slide

STYLE = """
<style>
.papers { max-height: 40rem; overflow-y: auto; }
.paper { border: 1px solid #8886; border-radius: 6px; padding: 1rem 1.1rem; margin: 0 0 .8rem; font-size: .8rem;
  overflow-wrap: anywhere; }
.paper h1 { font-size: 1.05rem; margin: 0 0 .5rem; padding: 0; }
.paper h2, .paper h3, .paper h4 { font-size: .9rem; margin: .7rem 0 .2rem; padding: 0; }
.paper p { margin: 0 0 .35rem; font-size: .8rem; } .paper .muted, .paper .foot { opacity: .75; }
.paper table { width: 100%; border-collapse: collapse; font-size: .76rem; }
.paper th, .paper td { text-align: left; padding: .12rem .35rem; border: 0; border-bottom: 1px solid #8884; vertical-align: top; }
.paper .n { text-align: right; } .paper .total td { font-weight: 600; } .paper caption { display: none; }
.paper mark { background: #FBF0D0; color: #3B2F00; }
.paper .bars { display: grid; grid-template-columns: minmax(6rem, 38%) 1fr; gap: .15rem .6rem; align-items: center; }
.paper .bars span { text-align: right; } .paper .bars div { display: flex; align-items: center; gap: .4rem; }
.paper .bars i { display: block; height: .7rem; background: #3A7BC8; } .paper .bars i.less { background: #B5412A; }
.paper .sign { margin-top: 1.4rem; border-top: 1px solid #8888; width: 16rem; max-width: 100%; }
.thumbs { display: grid; grid-template-columns: repeat(4, 1fr); gap: .8rem; }
.thumbs .paper { zoom: .25; aspect-ratio: 16 / 9; overflow: hidden; margin: 0; }
.thumbs .paper h1 { font-size: 1.5rem; }
.thumbs .paper .foot { display: none; }
</style>
"""
"""For what `pages` returns."""


def pages(content: Document | Deck) -> list[str]:
    """A slide each; of a document what stands between two breaks."""
    if isinstance(content, Deck):
        count = len(content.slides)
        return [
            _page(_slide(slide, content.currency), content.foot, f"{k} of {count}")
            for k, slide in enumerate(content.slides, 1)
        ]
    lead = f'<p class="lead">{escape(content.lead)}</p>' if content.lead else ""
    made = [f"<h1>{escape(content.title)}</h1>{lead}"]
    for block in content.blocks:
        if isinstance(block, Break):
            made.append("")
        else:
            made[-1] += block_html(block, content.currency)
    return [_page(inner, content.foot, "") for inner in made if inner]


def _slide(slide: Slide, currency: str) -> str:
    blocks = [*slide.paras, *([slide.shown] if slide.shown is not None else [])]
    return f"<h1>{escape(slide.title)}</h1>" + "".join(block_html(b, currency) for b in blocks)


def _page(inner: str, foot: str, number: str) -> str:
    said = f"{foot} · {number}" if number else foot
    return f'<div class="paper">{inner}<p class="foot">{escape(said)}</p></div>'
