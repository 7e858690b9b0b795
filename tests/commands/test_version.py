"""`optimiser --version` says what a plan depends on, and needs no solver for it."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from optimiser import verbs
from optimiser.command_line import app


def test_the_versions_are_those_that_a_plan_names() -> None:
    told = CliRunner().invoke(app, ["--version"])
    known = verbs.versions("cbc")
    assert told.exit_code == 0
    assert told.stdout == (
        f"optimiser {known['optimiser']} (HiGHS {known['highspy']}, PuLP {known['pulp']}, Python {known['python']})\n"
    )


def test_no_solver_is_started_for_it() -> None:
    asked = (
        "import sys; from optimiser.command_line import app; app(['--version'], standalone_mode=False); "
        "print([m for m in ('highspy', 'pulp', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_help_and_the_exit_status_are_as_before() -> None:
    told = CliRunner().invoke(app, ["--help"])
    assert told.exit_code == 0
    assert "Who gets what when agencies share money and people" in told.stdout
    assert "--version" in told.stdout
    assert "Who gets what" in CliRunner().invoke(app, []).output
    assert CliRunner().invoke(app, ["--versions"]).exit_code == 2
