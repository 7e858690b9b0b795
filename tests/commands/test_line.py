"""The command line as a script and a person at a terminal meet it: every command that there is, whatever it is called."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from optimiser.case.examples import example_path
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.commands.environment import VARIABLES
from optimiser.commands.reference import command_reference
from optimiser.solvers.engine import highs_version

RECORDS: dict[str, Any] = {
    "Agencies": [{"agency": "Harbour"}],
    "Funds": [{"fund": "Levy", "amount": 900.0}],
    "Initiatives": [{"initiative": "ferry", "lead": "Harbour", "request": 400.0}],
}
ROOT = Path(__file__).parents[2]


def commands(group: Any = None, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    for name, command in (group or typer.main.get_group(app)).commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*above, name))
        else:
            yield (*above, name), command


COMMANDS = dict(commands())
OF_A_CASE = [
    name
    for name, command in COMMANDS.items()
    if any(p.name == "as_json" for p in command.params) and command.params[0].name in ("case", "plan")
]
MORE = {
    "ask": ["what is open"],
    "formula": ["rule"],
    "clause": ["Harbour", "speed", "1"],
    "sweep": ["-o", "results.csv"],
    "weights": ["--members", "members.toml"],
}
"""What a command asks for besides the case."""


def targets(command: Any) -> list[Any]:
    return [p for p in command.params if p.name in ("output", "annotate", "model", "file") and p.callback is not None]


WRITES = [(name, p.name) for name, command in COMMANDS.items() for p in targets(command)]


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(w) for w in words])
    return done.exit_code, done.stdout, done.stderr


def test_check_says_what_looks_wrong_in_the_rules(tmp_path: Path) -> None:
    """Each cell can be read, and still no plan can keep the first, and the second is hardly meant."""
    rules = [
        {"rule": "sea", "where": "initiative = ferry; initiative != ferry", "at_least": 100.0},
        {"rule": "land", "where": "initiative = ferry", "at_most": 0.4},
    ]
    write_tables(tmp_path / "case.xlsx", tables_from({**RECORDS, "Rules": rules}).tables)
    status, out, told = run("check", tmp_path / "case.xlsx")
    assert status == 0
    assert "sea asks for at least $100 of nothing. No plan keeps it." in out
    assert "0.4 is an amount of $0.40" in out
    assert told.strip() == "Every cell can be read, but as they stand no plan keeps the rules. 2 to look at."
    found = json.loads(run("check", "--json", tmp_path / "case.xlsx")[1])
    assert [rule["rule"] for rule in found["rules"]] == ["sea", "land"]


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.xlsx"
    wrong: dict[str, Any] = {**RECORDS, "Initiatives": [{"initiative": "ferry", "lead": "Harbor", "request": 400.0}]}
    write_tables(path, tables_from(wrong).tables)
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.xlsx"
    write_tables(path, tables_from(RECORDS).tables)
    return path


@pytest.mark.first(8)
@pytest.mark.parametrize("name", OF_A_CASE, ids=" ".join)
def test_faults_are_printed_as_json_where_json_is_asked_for(name: tuple[str, ...], faulty: Path) -> None:
    status, out, told = run(*name, faulty, *MORE.get(name[0], []), "--json")
    assert status == 3, told
    printed = json.loads(out)
    fault = next(f for f in printed["faults"] if f["level"] == "error" and f["sheet"] != "Summary")
    assert set(fault) == {"code", "level", "sheet", "cell", "found", "expected", "do"}
    if name != ("verify",):
        assert (fault["sheet"], fault["found"]) == ("Initiatives", '"Harbor"')
        assert "Harbour" in fault["do"]


@pytest.mark.first(8)
@pytest.mark.parametrize("name", OF_A_CASE, ids=" ".join)
def test_without_json_they_are_listed(name: tuple[str, ...], faulty: Path) -> None:
    status, out, told = run(*name, faulty, *MORE.get(name[0], []))
    assert status == 3
    assert "fault" in told
    assert "Initiatives!" in out + told or name == ("verify",)


def call(name: tuple[str, ...], option: str, case: Path, path: Path) -> tuple[int, str, str]:
    parameter = next(p for p in COMMANDS[name].params if p.name == option)
    first = COMMANDS[name].params[0]
    given = [case] if first is not parameter and first.name in ("case", "plan") else []
    more = [w for w in MORE.get(name[0], []) if name != ("sweep",)]
    return run(
        *name, *given, *more, *([path] if parameter.param_type_name == "argument" else [parameter.opts[0], path])
    )


@pytest.mark.first(5)
@pytest.mark.parametrize(("name", "option"), WRITES, ids=str)
def test_a_file_that_cannot_be_written_is_told_before_any_work(
    name: tuple[str, ...], option: str, sound: Path, tmp_path: Path
) -> None:
    status, out, told = call(name, option, sound, tmp_path / "plan.pdf")
    assert (status, out) == (2, "")
    assert "plan.pdf should end in ." in told
    ending = told.partition("should end in ")[2].split()[0].rstrip(".,")
    status, out, told = call(name, option, sound, tmp_path / "nowhere" / f"plan{ending}")
    assert (status, out) == (2, "")
    assert f"There is no folder {tmp_path / 'nowhere'}." in told
    (tmp_path / f"folder{ending}").mkdir()
    status, _, told = call(name, option, sound, tmp_path / f"folder{ending}")
    assert status == 2
    assert "is a folder" in told
    assert not list(tmp_path.glob("plan*"))


def test_every_command_that_writes_a_file_checks_its_name_first() -> None:
    paths = {
        (name, p.name)
        for name, command in COMMANDS.items()
        for p in command.params
        if p.name in ("output", "annotate", "model")
    }
    assert paths == {(name, option) for name, option in WRITES if option != "file" and name != ("new",)}


@pytest.mark.parametrize("path", ["case.txt", "nowhere/case.xlsx", "case.ods"])
def test_new_writes_no_workbook_under_another_ending(path: str, tmp_path: Path) -> None:
    status, _, told = run("new", tmp_path / path)
    assert status == 2
    assert "should end in .xlsx" in told or "There is no folder" in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", [0, -1, 65536, 99_999_999])
def test_a_port_that_cannot_be(port: int) -> None:
    status, _, told = run("app", "--no-browser", "--port", port)
    assert status == 2
    assert "1<=x<=65535" in told


@pytest.mark.parametrize("group", [(), ("audit",)], ids=" ".join)
@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_the_summaries_are_whole(group: tuple[str, ...], width: str) -> None:
    told = CliRunner(env={"COLUMNS": width, "TERMINAL_WIDTH": width}).invoke(app, [*group, "--help"]).stdout
    flat = " ".join(told.split())
    for name, command in COMMANDS.items():
        if name[:-1] == group:
            assert " ".join((command.help or "").splitlines()[0].split()) in flat, name
    assert "..." not in told.partition("Commands:")[2]


def test_no_help_is_wider_than_a_terminal_or_names_a_type_of_the_programmer() -> None:
    terminal = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    for name in [(), ("audit",), *COMMANDS]:
        told = terminal.invoke(app, [*name, "--help"]).stdout
        assert [line for line in told.splitlines() if len(line) > 80] == [], name
        assert not re.search(r"<\w[^>]*>", told), name
        assert not re.search(r"[{\[][a-z]", told.partition("\n")[0]), name


@pytest.mark.parametrize("module", ["optimiser", "optimiser.command_line"])
def test_python_runs_it_by_its_name(module: str, faulty: Path) -> None:
    done = subprocess.run([sys.executable, "-m", module, "check", faulty], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 3
    assert "Initiatives!" in done.stdout


@pytest.mark.first(1)
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix sends the signal to the whole group")
@pytest.mark.parametrize("words", [["compare"], ["explain"], ["frontier", "--objectives", "impact,thrift"]], ids=str)
def test_ctrl_c_ends_a_command_and_its_workers(words: list[str]) -> None:
    command = [sys.executable, "-m", "optimiser", words[0], str(example_path("opioid-response")), *words[1:]]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert process.stderr is not None
    process.stderr.readline()  # it is at work
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert told.endswith("Interrupted.\n")
    until = time.monotonic() + 30
    while (alive := _alive(process.pid)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_ctrl_c_is_heard_while_the_program_is_loaded() -> None:
    code = (
        "import os, signal, sys, importlib.abc\n"
        "class Late(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'optimiser.command_line': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Late())\n"
        "from optimiser.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


def test_a_solver_says_nothing_of_its_own_where_data_stand() -> None:
    """Its first instance names itself on standard output, in C code, unless it is kept from it."""
    script = "from optimiser.solvers.engine import highs_version as v; print('['); print(v()); print(']')"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.split() == ["[", highs_version(), "]"]
    assert said.stderr == ""


def test_rules_finds_what_binds_me_what_is_stale_and_the_compliance_of_a_grant(tmp_path: Path) -> None:
    status, out, _ = run("rules", "--who", "city", "--program", "hsgp", "--json")
    assert status == 0
    assert {e["programme"] for e in json.loads(out)} == {"HSGP"}
    assert run("rules", "--who", "mayor")[0] == 2
    stale = json.loads(run("rules", "--stale", "--json")[1])
    assert stale
    assert all(e["stale"] for e in stale)
    assert "Instead:" in run("rules", "--search", "maintenance of effort")[1]
    case = tmp_path / "case.xlsx"
    rule = {
        "rule": "cap",
        "where": "fund = Pot",
        "at_most": 0.5,
        "of": "amount",
        "entry": "voca-administration, text of 2019-01-01",
    }
    sheets: dict[str, Any] = {
        "Agencies": [{"agency": "One"}],
        "Funds": [{"fund": "Pot", "amount": 100}],
        "Initiatives": [{"initiative": "Only", "request": 90}],
        "Rules": [rule],
    }
    write_tables(case, tables_from(sheets).tables)
    status, out, _ = run("rules", case, "--grant", "Pot")
    assert status == 0
    assert "at its limit" in out
    assert run("rules", case, "--grant", "Pots")[0] == 2
    assert "at most 50% becomes at most 5%" in run("rules", case, "--newer")[1]


def test_quiet_says_what_is_wrong_and_nothing_else(sound: Path, faulty: Path, tmp_path: Path) -> None:
    status, out, told = run("solve", sound, "-o", tmp_path / "plan.xlsx", "--quiet")
    assert (status, told) == (0, "")
    assert "ferry" in out
    assert "is written" in run("solve", sound, "-o", tmp_path / "plan.xlsx")[2]
    status, _, told = run("check", "-q", faulty)
    assert (status, told) == (3, "1 fault to mend, 0 to look at.\n")
    status, _, told = run("solve", sound, "-q", "--scenario", "none such")
    assert status == 2
    assert "none such" in told


def test_every_command_can_be_quiet_and_an_option_is_one_thing_everywhere() -> None:
    """The same name takes the same kind of thing in every command; what differs is listed here with its reason."""
    kinds: dict[str, set[tuple[str, bool, bool]]] = {}
    for name, command in COMMANDS.items():
        options = [p for p in command.params if p.param_type_name == "option"]
        assert any("--quiet" in p.opts for p in options), name
        assert any("--json" in p.opts for p in options) or not (any(p.name == "as_json" for p in command.params)), name
        for p in options:
            assert p.help, (name, p.name)
            assert p.default or not p.secondary_opts, (name, p.name)  # what is off by itself is not switched off
            assert p.help[0].isupper() or p.help[0] in ".`" or p.name in ("solver", "form"), (name, p.help)
            kind = p.type.name if p.metavar is None else p.metavar.partition(".")[2] or p.metavar
            kinds.setdefault(p.opts[-1], set()).add((kind.removesuffix(" range"), p.multiple, p.is_flag))
    differ = {option for option, found in kinds.items() if len(found) > 1}
    assert differ == {
        "--output",  # a file, or a folder where there are many files
        "--objective",  # one; a sweep goes over several
        "--from",  # the case that is sent; the period from which on something is lost
        "--why",  # a sheet more; for how many losers
    }


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("optimiser so", "solve"), ("optimiser solve --sc", "--scenario"), ("optimiser audit ve", "verify")],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_shell_completes_commands_and_options(words: str, wanted: str, shell: str) -> None:
    typed = words.split()
    given = {
        "_OPTIMISER_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": typed[-1],
    }
    done = CliRunner(env=given).invoke(app, [], prog_name="optimiser")
    assert wanted in done.stdout, done.output


def test_the_help_and_the_reference_list_every_environment_variable() -> None:
    known = set(
        re.findall(r"\bOPTIMISER_[A-Z_]+", "\n".join(p.read_text("utf-8") for p in ROOT.glob("optimiser/**/*.py")))
    )
    assert known == set(VARIABLES)
    told = CliRunner().invoke(app, ["--help"]).stdout
    assert all(f"  {name} " in told for name in VARIABLES)


def test_the_reference_page_is_up_to_date() -> None:
    page = ROOT / "docs" / "commands.md"
    assert page.read_text("utf-8") == command_reference(), "python -m optimiser.commands.reference > docs/commands.md"


def test_tables_are_written_for_other_programs(sound: Path, tmp_path: Path) -> None:
    status, _, told = run("tables", sound, "-o", tmp_path / "all", "--form", "csv", "--form", "parquet")
    assert status == 0, told
    described = json.loads((tmp_path / "all" / "datapackage.json").read_text("utf-8"))
    there = {p.name for p in (tmp_path / "all").iterdir()}
    assert there == {"datapackage.json", *(r["path"] for r in described["resources"])}
    assert {"Agencies.csv", "Agencies.parquet", "Funds.csv", "Initiatives.csv"} <= there
    assert run("solve", sound, "-o", tmp_path / "plan.xlsx")[0] == 0
    assert run("tables", tmp_path / "plan.xlsx", "-o", tmp_path / "plan")[0] == 0
    assert (tmp_path / "plan" / "Awards.csv").read_text("utf-8").splitlines()[1].startswith("ferry,")
    assert run("tables", sound, "-o", tmp_path / "plan.xlsx")[0] == 2
    assert run("tables", sound, "-o", tmp_path / "no" / "such")[0] == 2
    status, _, told = run("tables", sound, "-o", tmp_path / "all", "--form", "xlsx")
    assert status == 2
    assert "csv or parquet" in told


def test_a_sweep_takes_scenarios_by_name_as_compare_does(tmp_path: Path) -> None:
    case = tmp_path / "case.xlsx"
    change = {"sheet": "Funds", "where": "fund = Levy", "column": "amount"}
    rows = [{"scenario": "less", "change": "* 0.5", **change}, {"scenario": "more", "change": "* 2", **change}]
    write_tables(case, tables_from({**RECORDS, "Scenarios": rows}).tables)
    status, _, told = run("sweep", case, "-o", tmp_path / "r.csv", "--scenarios", "less, base", "--workers", 1)
    assert status == 0, told
    text = (tmp_path / "r.csv").read_text("utf-8")
    assert "less" in text
    assert "more" not in text
    status, _, told = run("sweep", case, "-o", tmp_path / "r.csv", "--scenarios", "less, none such")
    assert status == 2
    assert "There is no scenario none such" in told


@pytest.mark.parametrize(
    ("words", "expected"), [("cut, deep", ["cut, deep"]), ("less,cut, deep , base", ["less", "cut, deep"])]
)
def test_a_comma_may_be_part_of_a_scenarios_name(tmp_path: Path, words: str, expected: list[str]) -> None:
    case = tmp_path / "case.xlsx"
    change = {"sheet": "Funds", "where": "fund = Levy", "column": "amount"}
    rows = [{"scenario": n, "change": f"* 0.{k}", **change} for k, n in enumerate(("less", "cut, deep", "cut"), 4)]
    write_tables(case, tables_from({**RECORDS, "Scenarios": rows}).tables)
    status, printed, told = run("compare", case, "--scenarios", words)
    assert status == 0, told
    assert [line.partition(": ")[0] for line in printed.splitlines() if " funded" in line] == [
        "base",
        *expected,
    ]
    status, _, told = run("sweep", case, "-o", tmp_path / "r.csv", "--scenarios", words, "--workers", 1)
    assert status == 0, told
    assert all(name in (tmp_path / "r.csv").read_text("utf-8") for name in expected)


@pytest.mark.parametrize(
    "words", [["--help"], ["rules"], ["check", "nowhere.xlsx"], ["papers", "{case}", "-o", "{out}"]]
)
def test_whoever_stops_reading_does_not_stop_a_command(words: list[str], sound: Path, tmp_path: Path) -> None:
    # Both streams end before the first letter, as the pipe of `| head` does at some later one.
    told = []
    for stream in (subprocess.DEVNULL, subprocess.PIPE):
        here = [w.format(case=sound, out=tmp_path / f"papers {stream}") for w in words]
        ends = os.pipe() if stream == subprocess.PIPE else None
        if ends:
            os.close(ends[0])
        out = ends[1] if ends else stream
        told.append(subprocess.run([sys.executable, "-m", "optimiser", *here], stdout=out, stderr=out).returncode)
        if ends:
            os.close(ends[1])
    assert told[0] == told[1]
    made = [sorted(p.name for p in folder.iterdir()) for folder in sorted(tmp_path.glob("papers *"))]
    assert not made or (made[0] == made[1] and made[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["rules"], ["check", "{case}", "--json"]])
def test_a_full_disk_behind_standard_output_is_said(words: list[str], sound: Path) -> None:
    here = [w.format(case=sound) for w in words]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([sys.executable, "-m", "optimiser", *here], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert "could not be written (No space left on device)" in ran.stderr


@pytest.mark.parametrize("command", ["papers", "tables"])
def test_a_folder_is_not_called_as_a_file_is(command: str, sound: Path, tmp_path: Path) -> None:
    status, out, told = run(command, sound, "-o", tmp_path / "out.xlsx")
    assert (status, out) == (2, "")
    assert f"out.xlsx is called as a file is. Name a folder, such as {tmp_path / 'out'}." in " ".join(told.split())
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that takes no file from anybody")
@pytest.mark.parametrize("words", [["solve", "-o"], ["compare", "-o"], ["tables", "-o"], ["check", "--annotate"]])
def test_a_place_that_takes_no_file_is_known_before_any_work(words: list[str], sound: Path) -> None:
    command, option = words
    place = Path("/proc") / ("folder" if command == "tables" else "plan.xlsx")
    ran = subprocess.run(
        [sys.executable, "-m", "optimiser", command, str(sound), option, str(place)], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Nothing can be written into /proc (")
    assert len(ran.stderr.splitlines()) == 1


def test_no_command_writes_over_the_file_that_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(path, tables_from(RECORDS).tables)
    before = path.read_bytes()
    again = tmp_path / ".." / tmp_path.name / "case.xlsx"
    for name, option in (("solve", "-o"), ("compare", "-o"), ("check", "--annotate")):
        done = CliRunner().invoke(app, [name, str(path), option, str(again)])
        assert done.exit_code == 2, done.output
        assert "would be lost" in done.output
    assert path.read_bytes() == before


@pytest.mark.parametrize("asked", ["impact", "foo,thrift", "impact,impact", ",", "Impact,thrif"])
def test_objectives_that_cannot_be_traded_are_told_in_a_sentence(asked: str, tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(path, tables_from(RECORDS).tables)
    done = CliRunner().invoke(app, ["frontier", str(path), "--objectives", asked])
    assert done.exit_code == 2
    assert "needs two objectives" in done.output or "is no objective: write" in done.output, done.output
