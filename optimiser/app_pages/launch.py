"""Starts the app's server, on this machine only, with the app's own settings wherever it is started from."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "config.toml"


def script() -> Path:
    """The app's entry: `app.py` of the repository; in an installed wheel, the page package's own."""
    top = HERE.parents[1] / "app.py"
    return top if top.is_file() and (top.parent / "optimiser" / "app_pages") == HERE else HERE / "main.py"


def options() -> dict[str, Any]:
    """Every setting of config.toml, as `section.name`."""
    return dict(_flat("", tomllib.loads(CONFIG.read_text("utf-8"))))


def _flat(prefix: str, settings: dict[str, Any]) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for name, value in settings.items():
        made += _flat(f"{prefix}{name}.", value) if isinstance(value, dict) else [(prefix + name, value)]
    return made


def launch(port: int | None = None, open_browser: bool = True) -> None:
    """Serves the app until it is interrupted. port: by default a free one from 8501; open_browser: show it."""
    from streamlit.web import bootstrap

    chosen = {**options(), "server.headless": not open_browser}
    if port is not None:
        chosen["server.port"] = port
    flags = {name.replace(".", "_"): value for name, value in chosen.items()}
    sys.stderr.write("Optimiser runs on this machine only. Press Ctrl+C here to end it.\n")
    bootstrap.load_config_options(flags)
    bootstrap.run(str(script()), False, [], flags)
