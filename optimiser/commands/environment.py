"""The environment variables that the program heeds, once, for the help and the reference page. A test finds others."""

from __future__ import annotations

import textwrap

VARIABLES = {
    "OPTIMISER_HOME": "folder of the store; by default .optimiser in your home folder",
    "OPTIMISER_DATABASE_URL": "a PostgreSQL database as the store: postgresql://name:password@host/database",
    "OPTIMISER_MODE": "office: people sign in, as with app --office; local: they do not",
    "OPTIMISER_HOSTS": "further names under which an office reaches the app, parted by commas",
    "OPTIMISER_ADMINISTRATOR": "who becomes administrator at sign-in while there is none",
    "OPTIMISER_IDLE_MINUTES": "minutes after which an idle person is signed out (30)",
    "OPTIMISER_TEMPLATES": "folder with your own letterheads and papers, for the app",
    "OPTIMISER_DEBUG": "1: an internal error shows where it happened",
}


def lines() -> str:
    """A line for each, or two, of which none is longer than a terminal is wide."""
    width = max(map(len, VARIABLES)) + 4
    return "\n".join(
        textwrap.fill(said, 76, initial_indent=f"  {name}".ljust(width), subsequent_indent=" " * width)
        for name, said in VARIABLES.items()
    )
