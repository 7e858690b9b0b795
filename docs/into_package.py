"""Takes this folder into the package, where it is built: its pages for the app, and the same as a site. Called by pip and by
setuptools alone: it stands before setuptools' own way to build, to say what a wheel needs besides."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403
from setuptools.command.build_py import build_py

DOCS = Path(__file__).parent
SITE_NEEDS = ("mkdocs-material", "mkdocstrings", "mkdocstrings-python")


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """What builds the site, in the versions of constraints.txt."""
    said = (DOCS.parent / "constraints.txt").read_text("utf-8")
    pinned = [re.search(rf"^{name}==.*$", said, re.MULTILINE) for name in SITE_NEEDS]
    return [*build_meta.get_requires_for_build_wheel(config_settings), *(found[0] for found in pinned if found)]


def site(into: Path) -> str:
    """Builds the site without a network. Returns what went wrong; "" where nothing did, and a warning is wrong too."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(into.resolve())]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=DOCS.parent, capture_output=True, text=True, check=False, env=quiet)
    return built.stdout + built.stderr if built.returncode else ""


class WithGuide(build_py):
    """The pages as optimiser/docs/, where the app reads them, without their pictures; the site as optimiser/site/."""

    def run(self) -> None:
        """Builds the package. Raises RuntimeError where the site cannot be built."""
        package = Path(self.build_lib, "optimiser")
        if not self.editable_mode:  # what an earlier build left is not of this one
            shutil.rmtree(package, ignore_errors=True)
        super().run()
        if self.editable_mode:
            return
        for page in [*DOCS.rglob("*.md"), *DOCS.glob("buyer/*.json"), *DOCS.glob("buyer/*.yaml")]:
            to = package / "docs" / page.relative_to(DOCS)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, to)
        if problem := site(package / "site"):
            raise RuntimeError(f"The guide's site cannot be built:\n{problem}")
