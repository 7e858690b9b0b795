"""The reference page of the command line, made from the commands: `python -m optimiser.commands.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from optimiser.command_line import app
from optimiser.commands.environment import VARIABLES

_OF_ALL = ("--help", "--quiet")
HEAD = """\
# The command line

Data go to standard output, everything else to standard error. Exit status: 0 done, 1 internal error, 2 usage, 3 invalid
data (or a broken plan), 4 infeasible, 5 stopped at a limit, 130 interrupted. `optimiser COMMAND --help` says what stands
here; this page is made from the commands themselves.

Every command takes `--quiet` (`-q`): nothing is said on standard error but what is wrong. A file or folder that cannot be
written is told before any work is done. Work that takes longer than a second says how far it is.

`optimiser --install-completion` lets your shell complete commands and options with the tab key (bash, zsh, fish,
PowerShell); `optimiser --show-completion` shows what it would install.

## Environment variables

| variable | says |
|---|---|"""


def command_reference() -> str:
    """Every command, option and environment variable as one Markdown page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    for name, said in VARIABLES.items():
        yield f"| `{name}` | {_safe(said)} |"
    yield from _group(typer.main.get_group(app), "optimiser")


def _group(group: Any, called: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _group(command, f"{called} {name}")
        else:
            yield from _command(command, f"{called} {name}")


def _command(command: Any, called: str) -> Iterator[str]:
    parameters = [p for p in command.params if not set(p.opts) & set(_OF_ALL)]
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    words = [called, *(_argument(p) for p in arguments), *(f"{p.opts[0]} …" for p in options if p.required)]
    yield from [
        "",
        f"## {called}",
        "",
        _safe(" ".join((command.help or "").split())),
        "",
        "```",
        " ".join(words),
        "```",
    ]
    if arguments or options:
        yield from ["", "| argument or option | is |", "|---|---|"]
    for p in arguments:
        yield f"| `{_argument(p)}` | {_safe(p.help or '')} |"
    for p in options:
        yield f"| {_option(p)} | {_safe(p.help or '')}{_default(p)} |"


def _argument(p: Any) -> str:
    name = (p.metavar or p.name.upper()).strip("[]")
    return name if p.required else f"[{name}]"


def _option(p: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*sorted(p.opts, key=len), *p.secondary_opts))
    return names if p.is_flag else f"{names} {_safe(p.metavar or '…')}"


def _default(p: Any) -> str:
    known = not p.is_flag and not p.required and p.default not in (None, "", ()) and not callable(p.default)
    return f" By default {p.default}." if known else ""


def _safe(said: str) -> str:
    """Text that Markdown shows as it is."""
    return said.replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[")


if __name__ == "__main__":
    sys.stdout.write(command_reference())
