"""The server's own settings, the background solves, and the desk."""

from __future__ import annotations

import asyncio
import threading
import time
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
import streamlit
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from optimiser.app_pages import main
from optimiser.app_pages.shell import launch, session
from optimiser.app_pages.shell.gate import POLICY, Gate
from optimiser.desk import guidebook
from optimiser.desk.background import Runs
from optimiser.desk.state import as_records
from optimiser.solvers.solution import Stop
from optimiser.verbs import case_from, solve
from tests.app import ROOT
from tests.app.small import RECORDS, solved


def test_the_settings_are_the_same_with_streamlit_run() -> None:
    assert (ROOT / ".streamlit" / "config.toml").read_text("utf-8") == launch.CONFIG.read_text("utf-8")


def test_the_settings_keep_the_app_on_this_machine() -> None:
    options = launch.options()
    assert options["server.address"] == "127.0.0.1"
    assert options["browser.gatherUsageStats"] is False
    assert options["server.maxUploadSize"] == 10
    assert options["client.showErrorDetails"] == "none"
    assert options["client.showErrorLinks"] is False
    assert options["client.disableDataExport"] is True


def test_every_setting_is_one_that_streamlit_knows() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    assert set(launch.options()) <= known


def test_the_entry_is_found() -> None:
    assert launch.SCRIPT.is_file()
    assert (ROOT / "app.py").is_file()


def test_launch_passes_port_browser_and_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    called: dict[str, Any] = {}

    class App:
        def __init__(self, script: Path, routes: list[Any], middleware: list[Any], lifespan: Any) -> None:
            called.update(script=script, routes=routes, gates=middleware, lifespan=lifespan)

        def run(self, config: dict[str, Any]) -> None:
            called.update(config)

    monkeypatch.setattr(streamlit, "App", App)
    launch.launch(port=8765, open_browser=False)
    assert called["server.port"] == 8765
    assert called["server.headless"] is True
    assert called["script"] == launch.SCRIPT
    assert [gate.cls for gate in called["gates"]] == [Gate]
    pages = {f"/{Path(file).stem}" for _, file in (*main.PAGES, *main.MORE)}
    assert pages <= {route.path for route in called["routes"]} <= pages | {f"/{guidebook.SITE}"}
    assert called["lifespan"] is launch.told
    colour = tomllib.loads(launch.CONFIG.read_text("utf-8"))["theme"]["light"]["primaryColor"]
    assert called["theme.light.primaryColor"] == colour


def test_the_address_of_a_page_tells_the_browser_where_the_server_is() -> None:
    server = httpx.ASGITransport(Starlette(routes=launch.routes(), middleware=launch.gates()))

    async def asked(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=server, base_url="http://127.0.0.1:8501") as client:
            return await client.get(path)

    answer = asyncio.run(asked("/plan?case=1"))
    assert answer.status_code == 200
    assert "BACKEND_BASE_URL: new URL('.', location.href).href" in answer.text
    assert '<div id="root">' in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert asyncio.run(asked("/plan/_stcore/health")).status_code == 404, "nobody asks for it any more"


async def _started() -> None:
    async with launch.told(None):
        pass


def test_it_says_where_it_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The port is the one that was found free, which nobody knows before."""
    from streamlit import config

    known = {"server.address": "127.0.0.1", "server.port": 8503}
    monkeypatch.setattr(config, "get_option", known.__getitem__)
    asyncio.run(_started())
    assert capsys.readouterr().err == "Its address: http://127.0.0.1:8503\n"


def test_streamlit_run_serves_the_same_behind_the_same_gate() -> None:
    from streamlit.web.server.app_discovery import discover_asgi_app

    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app
    assert found.app_name == "app"


class Slow:
    """A solver that searches until it is stopped, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.searching = threading.Event()

    def __call__(self, case: Any, *, stop: Stop, progress: Any) -> Any:
        self.asked += 1
        progress({"best": 10.0, "bound": 12.0, "gap": 0.2, "seconds": 0.0})
        self.searching.set()
        while not stop.stopped:
            time.sleep(0.01)
        return solve(case)


def test_a_run_reports_waits_its_turn_and_stops() -> None:
    case, slow = case_from(RECORDS), Slow()
    runs = Runs(slow, workers=1)
    run = runs.start(case)
    assert slow.searching.wait(5)
    assert (run.best, run.bound, run.gap) == (10.0, 12.0, 0.2)
    assert runs.start(case_from(RECORDS)) is run  # the same inputs are not solved twice
    other = runs.start(case_from({**RECORDS, "Rules": []}))
    assert other.waiting
    assert runs.get(run.id) is run
    run.stop.stop()
    runs.wait(run, 5)
    assert run.done
    assert run.plan is not None
    other.stop.stop()
    runs.wait(other, 5)
    assert slow.asked == 2


def test_a_failed_solve_is_told_in_words() -> None:
    def broken(case: Any, **_: Any) -> Any:
        raise RuntimeError("inner trouble")

    runs = Runs(broken)
    desk = session.desk()
    case = case_from(RECORDS)
    draft = desk.lay("", as_records(case))
    run = runs.start(case)
    draft.begin(run)
    runs.wait(run, 5)
    draft.settle()
    assert "Nothing was changed" in draft.problem
    assert "inner" not in draft.problem


def test_a_plan_on_show_stays_while_the_next_is_solved() -> None:
    case, slow = case_from(RECORDS), Slow()
    desk = session.desk()
    draft = desk.lay("", as_records(case))
    first = Runs().start(case)
    draft.begin(first)
    Runs().wait(first, 20)
    assert first.future is not None
    first.future.result(20)
    assert draft.settle() or draft.shown is first
    number = draft.records("Funds")[0].number
    draft.edit("Funds", {number: {"amount": 250_000.0}})
    runs = Runs(slow)
    second = runs.start(case_from({**RECORDS, "Rules": []}))
    draft.begin(second)
    assert draft.shown is first
    second.stop.stop()
    runs.wait(second, 10)
    assert draft.settle()
    assert draft.shown is second
    assert draft.edits() == []


def test_two_drafts_do_not_cross() -> None:
    desk = session.desk()
    one, other = (desk.lay("", as_records(case_from(RECORDS))) for _ in range(2))
    one.edit("Funds", {one.records("Funds")[0].number: {"amount": 1.0}})
    assert other.records("Funds")[0].values["amount"] == 300_000
    assert desk.open(one.id) is one
    assert desk.open("unknown") is None


def test_the_app_starts_from_the_package_alone() -> None:
    at = AppTest.from_file(str(launch.HERE / "main.py"), default_timeout=60)
    at.session_state["case"] = solved().id
    at.run()
    assert not at.exception
    at.switch_page("plan.py").run()
    assert "funded" in str(at.title[0].value)
