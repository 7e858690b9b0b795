"""What the theme of config.toml cannot say: widths, the case bar, chart text that follows the theme."""

from __future__ import annotations

import streamlit as st

CSS = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 1360px; padding: 4.2rem 2rem 3rem; margin: 0 auto; }
[data-testid="stBottomBlockContainer"] { max-width: 1360px; padding: .6rem 2rem .8rem; margin: 0 auto; }
[data-testid="stHeading"] h1 { padding: .35rem 0 .55rem; text-wrap: balance; }
[data-testid="stHeading"] h2, [data-testid="stHeading"] h3 { padding: .2rem 0 .3rem; }
[data-testid="stHeaderActionElements"] { display: none; }
/* text of charts: plotly knows one colour, the page has two themes */
.js-plotly-plot text { fill: light-dark(#0F1724, #E7ECF3) !important; }
.st-key-flow .annotation rect.bg { fill: light-dark(#FFFFFF, #10161F) !important; fill-opacity: .62 !important; opacity: 1 !important; }
.js-plotly-plot .modebar-btn path { fill: light-dark(#566275, #A3AFC0) !important; }
/* primary buttons: dark text on the pale blue of the dark theme */
[data-testid^="stBaseButton-primary"]:not(:disabled), [data-testid^="stBaseButton-primary"]:not(:disabled) p,
[data-testid="stMultiSelect"] [data-tag], [data-testid="stMultiSelect"] [data-tag] * {
  color: light-dark(#FFFFFF, #10161F) !important; }
[data-testid="stBaseButton-primary"]:not(:disabled) kbd { color: inherit !important; opacity: .8; }
[data-testid="stBaseButton-tertiary"] { border: 1px solid light-dark(#D8DEE7, #2E3947) !important; padding: .3rem .7rem !important; }
[class*="st-key-grid-"] [data-testid="stElementToolbar"] { display: none; }
/* the tools of a table show over it while the pointer is there: in the gap above, which is made as high as they are */
[data-testid="stElementToolbar"] { top: -24px !important; padding-top: 0 !important; padding-bottom: 0 !important; }
[data-testid="stElementToolbarButtonContainer"] { padding-top: 0 !important; padding-bottom: 0 !important; }
[data-testid="stElementContainer"]:has(> [data-testid="stFullScreenFrame"] [data-testid="stDataFrame"]):not([class*="st-key-grid-"]) {
  margin-top: .7rem; }
/* of a grid of which one row is always chosen */
[data-testid="stElementToolbar"] button[aria-label^="Clear selection"] { display: none; }
/* the edge of what is filled in is seen by weak eyes too (3 to 1); with the focus it has the colour of the focus */
:is([data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"], [data-testid="stNumberInputContainer"],
  :is(.stSelectbox, .stMultiSelect, .stDateInput) [role="group"]:has(> button)):not(:focus-within),
[data-testid="stFileUploaderDropzone"]:not(:focus-within) { border-color: light-dark(#7F8B9C, #6B788B); }
[data-testid="stCheckbox"] label:has([role="switch"]:not(:checked)) > span + div { background-color: light-dark(#7F8B9C, #6B788B); }
/* what a finger presses is 24 pixels wide and high */
:is(.stSelectbox, .stMultiSelect) button { min-width: 24px; min-height: 24px; }
/* a grid is told of a narrower window only after a while */
[data-testid="stDataFrame"], [data-testid="stDataFrameResizable"], .stDataFrameGlideDataEditor { max-width: 100% !important; }
.st-key-figures-of-another { opacity: .45; }
.st-key-casebar { border-bottom: 1px solid light-dark(#D8DEE7, #2E3947); padding-bottom: .65rem; margin-bottom: .35rem; }
.st-key-casebar { flex-wrap: nowrap !important; }
@media screen and (max-width: 900px) { .st-key-casebar { flex-wrap: wrap !important; row-gap: .5rem; } }
.st-key-casebar > .stSelectbox, .st-key-casebar > div:has(.stSelectbox) { flex-shrink: 1; min-width: 9rem; }
.st-key-casebar [data-testid="stPopoverButton"] { max-width: min(25rem, 24vw); }
.st-key-casebar [data-testid="stPopoverButton"] p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
/* a caption is muted by its colour alone, so that what has a colour of its own in it keeps its contrast */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] a { opacity: 1 !important; }
[data-testid="stCaptionContainer"] p, [data-testid="stCaptionContainer"] li { color: light-dark(#566275, #A3AFC0); }
.skip { position: absolute; left: -200rem; }
.skip:focus { position: static; }
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] .place),
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] .skip:not(:focus)) {
  position: absolute; width: 1px !important; overflow: hidden; }
[data-testid="stMetric"] { padding: .55rem .3rem; }
[data-testid="stMetricLabel"] p { font-size: .87rem; }
.small p, .small { font-size: .87rem; }
.muted-text p, .st-key-muted p { color: light-dark(#566275, #A3AFC0); }
[class*="st-key-card-"] { height: 100%; }
/* what a long form makes stays in sight beside it */
[data-testid="stColumn"]:has([class*="st-key-stays-"]) > [data-testid="stVerticalBlock"] { height: 100%; }
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-stays-"]), [class*="st-key-stays-"] { position: sticky; top: 4rem; }
/* tables of real buttons: one line for each row */
[class*="st-key-titles-"],
[class*="st-key-rows-"] [data-testid="stHorizontalBlock"] { border-bottom: 1px solid light-dark(#E4E8EE, #2A3442); }
[class*="st-key-titles-"] [data-testid="stBaseButton-tertiary"] {
  border-color: transparent !important; padding: 0 !important; min-height: 1.8rem; }
[class*="st-key-titles-"] { margin-bottom: -.85rem; }
[class*="st-key-titles-"] p, [class*="st-key-rows-"] p { font-size: .93rem; }
[class*="st-key-titles-"] [data-testid="stMarkdownContainer"],
[class*="st-key-rows-"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[class*="st-key-titles-"] p { margin: 0; color: light-dark(#566275, #A3AFC0); }
[class*="st-key-rows-"] [data-testid="stHorizontalBlock"] { padding: .12rem 0; }
[class*="st-key-rows-"] [data-testid="stColumn"] { min-width: 0 !important; }
[class*="st-key-rows-"] p { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
[class*="st-key-rows-"] button { min-height: 1.75rem; justify-content: flex-start; }
[class*="st-key-rows-"] [data-testid="stBaseButton-secondary"] { font-weight: 600; border-color: light-dark(#1F5A99, #7DB2F0); }
[class*="st-key-rows-"] [data-testid^="stBaseButton-"] { padding: .1rem .6rem !important; }
[class*="st-key-rows-"] button > div, [class*="st-key-rows-"] button span { justify-content: flex-start; text-align: left; }
[class*="st-key-rows-"] button > div, [class*="st-key-rows-"] button [data-testid="stMarkdownContainer"] { min-width: 0; overflow: hidden; }
@media (max-width: 640px) {
  [data-testid="stMetricLabel"] :is(div, p) { white-space: normal !important; overflow: visible !important; }
  /* a chart has names and values beside its bars: rather moved with a finger than written over itself */
  [data-testid="stElementContainer"]:has(> [data-testid="stFullScreenFrame"] [data-testid="stPlotlyChart"]) {
    overflow-x: auto; height: auto !important; flex: none !important; padding-top: 1.25rem; }  /* for the line that says so */
  [data-testid="stFullScreenFrame"]:has([data-testid="stPlotlyChart"]) { min-width: 620px; }
  [class*="st-key-committee-awards"] [data-testid="stFullScreenFrame"], [class*="st-key-at-play"] [data-testid="stFullScreenFrame"],
  [class*="st-key-flow"] [data-testid="stFullScreenFrame"] { min-width: 960px; }
  [data-testid="stElementContainer"]:has(> [data-testid="stFullScreenFrame"] [data-testid="stPlotlyChart"])::before {
    content: "More of the picture: move it sideways."; position: sticky; left: 0; display: block; font-size: .8rem;
    height: 0; transform: translateY(-1.25rem); pointer-events: none;
    color: light-dark(#566275, #A3AFC0); }
  /* short names and values leave room for the bars */
  :is(.st-key-card-initiative, [class*="st-key-worth-"], [class*="st-key-steps-"]) [data-testid="stFullScreenFrame"] {
    min-width: 0 !important; }
  :is(.st-key-card-initiative [data-testid="stElementContainer"], [class*="st-key-worth-"], [class*="st-key-steps-"])::before {
    display: none !important; }
  [class*="st-key-titles-"] { display: none; }
  [class*="st-key-rows-"] p { white-space: normal; }
  [class*="st-key-rows-"] [data-testid="stColumn"] { min-width: calc(50% - 1rem) !important; }
  [class*="st-key-rows-"] [data-testid="stHorizontalBlock"] { gap: .1rem .6rem; padding: .5rem 0; }
  /* what opens a row has a line of its own, beside its switch where there is one; so has a rule's sentence */
  [class*="st-key-rows-"] [data-testid="stColumn"]:has(button), .st-key-rows-rules [data-testid="stColumn"]:nth-child(3) {
    min-width: 100% !important; }
  [class*="st-key-rows-"] [data-testid="stColumn"]:has([data-testid="stCheckbox"]) { min-width: 3rem !important; flex: 0 0 3rem; }
  [class*="st-key-rows-"] [data-testid="stColumn"]:has([data-testid="stCheckbox"]) + [data-testid="stColumn"] {
    min-width: calc(100% - 4rem) !important; }
  [class*="st-key-agenda-titles-"] [data-testid="stColumn"]:not(:nth-child(2)) { display: none; }
  [class*="st-key-agenda-"] [data-testid="stColumn"] { min-width: calc(50% - 1rem) !important; }
  [class*="st-key-agenda-"] [data-testid="stHorizontalBlock"] { gap: .1rem .6rem; }
  /* the case bar in three lines: case and what is saved; scenario and Solve; how good the plan is */
  .st-key-casebar { flex-wrap: wrap !important; row-gap: .5rem; padding-bottom: .5rem; }
  .st-key-casebar > * { order: 3; }
  .st-key-casebar > :has([data-testid="stPopoverButton"]) { order: 1; }
  .st-key-casebar > :has(.stSelectbox), .st-key-casebar > .st-key-solve, .st-key-casebar > :has(> .st-key-solve) { order: 2; }
  .st-key-casebar > :has(.stSelectbox) { flex: 1 1 0 !important; width: auto !important; }
  .st-key-casebar > [data-testid="stLayoutWrapper"]:has([data-testid="stSpace"]), .st-key-casebar > :has(> .stSpace) { display: none; }
  .st-key-casebar [data-testid="stPopoverButton"] { max-width: 68vw; }
  button kbd { display: none !important; }  /* no keyboard, no keys */
  /* parts that fall into several lines are whole buttons */
  [data-testid="stButtonGroup"] > div, [data-testid="stButtonGroup"] [role="radiogroup"] { flex-wrap: wrap; gap: .3rem; }
  [data-testid^="stBaseButton-segmented_control"] { border-radius: 6px !important; }
  [data-testid="stBaseButton-segmented_control"] { border: 1px solid light-dark(#D8DEE7, #2E3947) !important; }
  [data-testid="stMainBlockContainer"] { padding: 4rem .8rem 3rem; }
}
@media (max-width: 1000px) {
  /* on a small window, or a page made larger: rather several lines than a text that is cut or moved sideways */
  [class*="st-key-rows-"] p, [class*="st-key-titles-"] p { white-space: normal; }
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: .3rem; }
}
@media (min-width: 1700px) {
  [class*="st-key-rows-"] p { white-space: normal; }  /* there is room: a sentence is read to its end */
  [data-testid="stMainBlockContainer"], [data-testid="stBottomBlockContainer"] { max-width: 1760px; }
}
[class*="st-key-on-paper-"], [data-testid="stLayoutWrapper"]:has(> [class*="st-key-on-paper-"]) { display: none; }
/* A chart keeps the pixels that it had on the screen: the whole page is made smaller, so that bars stay to scale and whole. */
@page { size: landscape; margin: 10mm; }
@media print {
  [data-testid="stMainBlockContainer"] { zoom: .56; }
  /* letters alone are set anew, and can be larger */
  [data-testid="stMainBlockContainer"]:not(:has([data-testid="stPlotlyChart"], [data-testid="stDataFrame"])) { zoom: .75; }
  /* of the case bar stays which case, which scenario and how sure: as text */
  .st-key-casebar [data-testid="stPopoverButton"] {
    border-color: transparent !important; padding: 0 !important; max-width: none !important; }
  .st-key-casebar :is([data-testid="stIconMaterial"], [data-testid="stTooltipIcon"] svg), .st-key-save-open { display: none !important; }
  [data-testid="stPopover"]:not(.st-key-casebar *),
  [data-testid="stHeader"], [data-testid="stBottom"], [data-testid="stButton"], [data-testid="stDownloadButton"],
  [data-testid="stButtonGroup"], [data-testid="stExpander"] { display: none !important; }
  /* the names and titles of a table's rows are buttons too: on paper they are what they say, whole */
  [class*="st-key-rows-"] [data-testid="stButton"], [class*="st-key-titles-"] [data-testid="stButton"] { display: block !important; }
  [class*="st-key-rows-"] button, [class*="st-key-titles-"] button { border-color: transparent !important; padding: 0 !important; }
  [class*="st-key-rows-"] p { white-space: normal; }
  /* of a grid the rows in sight alone would be printed: all of them stand in a table instead */
  [class*="st-key-on-paper-"], [data-testid="stLayoutWrapper"]:has(> [class*="st-key-on-paper-"]) { display: block !important; }
  [class*="st-key-who-"] { display: none !important; }
  [data-testid="stMainBlockContainer"] { max-width: none; padding: 0; }
  [data-testid="stMain"], [data-testid="stAppViewContainer"], .stApp {
    overflow: visible !important; height: auto !important; position: static !important; }
  [data-testid="stPlotlyChart"], [data-testid="stTable"] { break-inside: avoid; }
}
</style>
"""


PROJECTOR = """
<style>
html { font-size: 18px !important; }
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: 1560px; padding: .5rem 1.4rem 0 !important; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: .5rem; }
[data-testid="stHeading"] h1 { font-size: 1.5rem; padding: .1rem 0 .3rem; }
[data-testid="stTable"] td, [data-testid="stTable"] th { font-size: 18px !important; padding: .16rem .5rem !important; }
[data-testid="stTable"] p { font-size: 18px !important; margin: 0; }
[data-testid="stCaptionContainer"] p { font-size: 1rem; margin: 0; }
[data-testid="stExpander"] { display: none; }
</style>
"""
"""A wall of 1024 by 768 pixels shows one screen: no bars, no tables to be opened, little air."""


def projector() -> None:
    """Larger type, for a page that stands alone on a wall."""
    st.html(PROJECTOR)


PAGE, FORM = "page-itself", "form-itself"
"""Places that a reader without a mouse reaches by one key."""
_SKIPS = {PAGE: "Skip the bar", FORM: "Skip the grid, to the form"}


def skip(to: str) -> None:
    """The way past what stands before a place (a key of `_SKIPS`); seen only while it has the focus."""
    st.html(f'<a class="skip" href="#{to}">{_SKIPS[to]}</a>')


def place(name: str) -> None:
    """Where `skip` leads to."""
    st.html(f'<a id="{name}" class="place" tabindex="-1"></a>')


def apply() -> None:
    """Puts the style into the page, and into dialogs, which stand outside it and do not know its theme by themselves."""
    scheme = "dark" if st.context.theme.type == "dark" else "light"
    portals = '[data-testid="stDialog"], [data-testid="stPopoverBody"], [data-testid="portal"]'
    st.html(CSS.replace("</style>", f"{portals} {{ color-scheme: {scheme}; }}\n</style>"))
