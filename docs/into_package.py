"""Takes this folder into the package, where it is built. Called by setuptools alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py


class WithGuide(build_py):
    """The pages as optimiser/docs/, where the app reads them; without their pictures."""

    def run(self) -> None:
        """Builds the package."""
        if not self.editable_mode:  # what an earlier build left is not of this one
            shutil.rmtree(Path(self.build_lib, "optimiser"), ignore_errors=True)
        super().run()
        docs = Path(__file__).parent
        if not self.editable_mode and docs.is_dir():
            for page in [*docs.rglob("*.md"), *docs.glob("buyer/*.json"), *docs.glob("buyer/*.yaml")]:
                to = Path(self.build_lib, "optimiser", "docs", page.relative_to(docs))
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(page, to)
