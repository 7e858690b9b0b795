"""The way in: `optimiser …`, or `python -m optimiser …`."""

from __future__ import annotations

from optimiser.commands import interrupt


def main() -> None:
    """The command line. Ctrl-C is heard before that is loaded, which takes a moment."""
    interrupt.heeding(_load_and_run)


def _load_and_run() -> None:
    from optimiser.command_line import main as run

    run()


if __name__ == "__main__":
    main()
