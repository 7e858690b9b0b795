"""What a name looks like on a page: its own letters, whatever signs they are, and nothing fetched or linked."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from optimiser.app_pages.shell.text import JOINER
from tests.browser.server import PATIENCE, ROOT, answers, browser, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]

NAMES = (
    "Case $A$ *b* [x](y)",
    "$5 and $6, \\$7, \\(x\\) \\[y\\]",
    ":smile: :material/home: :streamlit: :house: :a:",
    ":red[hello] :blue-background[x] :small[y] ::directive :::x",
    "# head & [link](http://alder.example)",
    "![x](http://127.0.0.1:8699/seen.png)",
    "http://alder.example/x HTTPS://alder.example www.alder.example WWW.alder.example a@b.example ftp://alder.example",
    "mailto:a@b.example xmpp:a@b.example",
    "<b>x</b> <img src=http://127.0.0.1:8699/seen.png onerror=alert(1)> <script>1</script>",
    "a -> b <- c -- d --- e >= f <= g ~= h <-> i => j",
    "1. one", "1) one", "2027. plan", "123456789. x", "12) x", "^x^ {y} (z) %",
    "- dash", "+ plus", "* star", "> quote", "| a | b |", "---", "***", "===", "    four blanks",
    "`code` ``two`` ~~struck~~ ~one~ __bold__ snake_case_name ^up^",
    "&amp; &#58; &lt; &nbsp;", "[^1] footnote [ ] todo [x] done", "10:30:45", "C#", "Über straße № 5 – „Haus“", "東京 العربية हिन्दी",
    "calls![x](<http://127.0.0.1:8699/CARRIED-", "zz>)", "\\", "\\\\*", "a\\", "!", "[", "](",
)  # fmt: skip

SCRIPT = """
import sys; sys.path.insert(0, {root!r})
import streamlit as st
from optimiser.app_pages.shell.text import letters
names = {names!r}
for i, name in enumerate(names):
    with st.container(key=f"page-{{i}}"):
        st.markdown(letters(name))
    with st.container(key=f"bold-{{i}}"):
        st.markdown(f"Before **{{letters(name)}}**, after")
    with st.container(key=f"label-{{i}}"):
        st.button(letters(name), key=f"button-{{i}}")
    with st.container(key=f"title-{{i}}"):
        st.title(letters(name), anchor=False)
with st.container(key="end"):
    st.markdown("end")
"""
MADE = (
    "<a ",
    "<img",
    "katex",
    "<em",
    "<code",
    "<li",
    "<blockquote",
    "stIcon",
    "<del",
    "<hr",
    "<sup",
    "<table",
    "<input",
)
"""What Markdown would make of such names."""


@pytest.mark.long
def test_every_name_is_shown_letter_by_letter(tmp_path: Path) -> None:
    script = tmp_path / "names.py"
    script.write_text(SCRIPT.format(root=str(ROOT), names=list(NAMES)), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.headless=true",
        "--server.address=127.0.0.1",
    ]
    command += [f"--server.port={port}", "--browser.gatherUsageStats=false", "--client.toolbarMode=viewer"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers(f"http://127.0.0.1:{port}", 60)
        with browser() as made:
            page = made.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"http://127.0.0.1:{port}")
            page.locator(".st-key-end").get_by_text("end").wait_for(timeout=60_000)
            page.wait_for_function("document.querySelectorAll('[class*=st-key-title-] h1').length >= 30")
            wrong: list[str] = []
            for i, name in enumerate(NAMES):
                for place in ("page", "bold", "label", "title"):
                    shown = page.locator(f".st-key-{place}-{i}").first
                    text = " ".join(shown.inner_text().replace(JOINER, "").split())
                    wanted = " ".join(name.split())
                    wanted = f"Before {wanted}, after" if place == "bold" else wanted
                    markup = [sign for sign in MADE if sign in re.sub(r"<svg.*?</svg>", "", shown.inner_html())]
                    if text != wanted or markup:
                        wrong.append(f"{place}: {name!r} is shown as {text!r} {markup}")
            assert not wrong, "\n".join(wrong)
    finally:
        server.kill()
        server.wait(10)
