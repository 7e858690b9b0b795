"""What was refused, and the edits that could not be kept: told in the window that made them, and ready to be made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from optimiser.store.base.records import CellChange


@dataclass(frozen=True)
class UnkeptEdit:
    """An edit that is not in the store. said: what it does, in words."""

    said: str
    changes: tuple[CellChange, ...]


@dataclass
class Unkept:
    """By window. here: which one asks now; open: whether one is still open, so that what its window cannot tell any more
    is told in another of the same person."""

    here: Callable[[], str] = str
    open: Callable[[str], bool] = bool
    _told: dict[str, str] = field(default_factory=dict)
    _edits: dict[str, UnkeptEdit] = field(default_factory=dict)

    def refuse(self, why: str, said: str = "", changes: Sequence[CellChange] = ()) -> None:
        """Something was refused in this window; with changes, an edit that can be made again."""
        self._told[self.here()] = why
        if changes:
            self._edits[self.here()] = UnkeptEdit(said, tuple(changes))

    @property
    def why(self) -> str:
        """Why the last edit of this window, or of one that is gone, was not taken; "" where there is nothing to tell."""
        return self._told.get(self._window(self._told), "")

    @property
    def edit(self) -> UnkeptEdit | None:
        """The edit that was not kept."""
        return self._edits.get(self._window(self._edits))

    def told(self) -> None:
        """It was told."""
        self._told.pop(self._window(self._told), None)

    def let_go(self) -> None:
        """The edit is not wanted any more, or was made."""
        self._edits.pop(self._window(self._edits), None)

    def _window(self, of: dict[str, str] | dict[str, UnkeptEdit]) -> str:
        here = self.here()
        return here if here in of else next((w for w in of if not self.open(w)), here)
