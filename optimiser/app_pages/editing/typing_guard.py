"""What a browser needs besides, so that its grid loses nothing of what is typed fast.

The grid is glide-data-grid, in the version that Streamlit brings. Each key that is typed into its open cell sets a timer of
no delay, and the timer of an ordinary key that fires after Enter was pressed throws away what was typed (its pull
request 1201). Where the browser is busy, as it is while the page is drawn after the edit before, a fast typist meets that.
Besides, the grid waits 150 ms before it tells of an edit, and forgets it if it is taken from the page meanwhile. And a quick
click on a link beside an open cell goes out before what was typed: the server then thinks that the page was not left. Such a
click is held until the browser had nothing else to do five times in a row, which a fixed pause does not tell on a busy machine.
A cell that opens while the page is drawn may stand open without the focus: the next key goes to it all the same. The first letter
that is typed onto a cell opens it, which takes a while (the first time on a page its editor is loaded): a letter that comes before it
stands there would open it anew and take the place of those before, so that 90 became 0. Such letters, and the Enter after them, are
held until it is open: a minute the first time, since a slow network may take as long to bring the editor.

What is pasted into the box for copied cells stands in place of what was pasted before, and what it changes is shown at once: the
box alone would put it behind, and wait for Ctrl+Enter while the list below is still of the first.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
<script>
(() => {
  if (window.optimiserTyping) return;
  window.optimiserTyping = true;
  const later = window.setTimeout.bind(window);
  const idle = (run) => window.requestIdleCallback ? window.requestIdleCallback(run, { timeout: 1000 }) : later(run, 50);
  const CALM = 5, LONGEST = 5000, FIRST = 60000;
  const ends = ["Enter", "Tab", "Escape"];
  const inCell = (at) => at && at.classList && at.classList.contains("gdg-input");
  let ended = 0, telling = false;
  window.setTimeout = (run, wait, ...more) => {
    if (typeof run !== "function") return later(run, wait, ...more);
    const now = window.event;
    if (!wait && now && now.type === "keydown" && inCell(now.target)) {
      if (ends.includes(now.key)) {
        ended += 1;
        return later(() => { telling = true; try { run(...more); } finally { telling = false; } }, 0);
      }
      const before = ended;
      return later(() => { if (ended === before) run(...more); }, 0);
    }
    return later(run, telling && wait === 150 ? 0 : wait, ...more);
  };
  let closing = false;
  window.addEventListener("pointerdown", (press) => {
    closing = !!document.querySelector(".gdg-input") && !press.target.closest(".gdg-style, [data-testid=stDataFrame]");
  }, true);
  window.addEventListener("click", (click) => {
    if (!closing || !click.isTrusted) return;
    closing = false;
    click.preventDefault();
    click.stopImmediatePropagation();
    const began = performance.now();
    let calm = 0;
    const goOn = () => {
      calm = document.querySelector(".gdg-input") ? 0 : calm + 1;
      if (calm < CALM && performance.now() - began < LONGEST) return idle(() => later(goOn, 50));
      const target = click.target.isConnected ? click.target : document.elementFromPoint(click.clientX, click.clientY);
      if (target) target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }));
    };
    idle(() => later(goOn, 50));
  }, true);
  let opening = 0, held = [], loaded = false;
  const take = (open) => {
    const keys = held;
    opening = 0;
    held = [];
    open.focus();
    for (const key of keys) {
      if (!ends.includes(key)) document.execCommand("insertText", false, key);
      else open.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  };
  const whenOpen = () => {
    const open = document.querySelector(".gdg-input");
    if (open) loaded = true;
    if (!opening) return;
    if (open) take(open);
    else if (performance.now() - opening < (loaded ? LONGEST : FIRST)) later(whenOpen, 10);
    else { opening = 0; held = []; }
  };
  window.addEventListener("keydown", (press) => {
    const open = document.querySelector(".gdg-input");
    if (open) loaded = true;
    if (open && document.activeElement === document.body) open.focus();
    if (open && opening) take(open);
    if (open || !press.isTrusted || !press.target.closest('[class*="st-key-grid-"]')) return;
    const letter = press.key.length === 1 && !press.ctrlKey && !press.metaKey && !press.altKey;
    if (opening && (letter || ends.includes(press.key))) {
      press.preventDefault();
      press.stopImmediatePropagation();
      held.push(press.key);
    } else if (letter && press.key !== " " && press.target.ariaReadOnly !== "true") {
      opening = performance.now();
      later(whenOpen, 10);
    } else if (press.key !== "Shift") opening = 0;
  }, true);
  window.addEventListener("paste", (event) => {
    const box = event.target;
    if (box.tagName !== "TEXTAREA" || !box.closest('[class*="st-key-paste-"]')) return;
    if (box.selectionStart === box.selectionEnd) box.select();
    const done = { key: "Enter", ctrlKey: true, bubbles: true };
    later(() => box.dispatchEvent(new KeyboardEvent("keydown", done)), 50);
  }, true);
  window.addEventListener("beforeunload", (leaving) => {
    if (document.querySelector(".gdg-input")) leaving.preventDefault();
  });
})();
</script>
"""


def put() -> None:
    """Puts it into the page, where it stays for as long as that is open. A browser then also asks before it leaves the app
    with a cell still open."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
