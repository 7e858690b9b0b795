"""What the Plan shows in a grid stands whole on paper: a grid prints the rows that are in sight."""

from __future__ import annotations

import pytest

from optimiser.app_pages.shell import page_tables
from tests.app.small import opened, plain, solved


def test_every_row_of_the_plans_grid_stands_in_a_table_for_paper() -> None:
    at = opened(solved(), "plan")
    (grid,) = (d.value for d in at.dataframe if "Of full scope" in d.value)
    (paper,) = (t.value for t in at.table if "Of full scope" in [plain(c) for c in t.value.columns])
    told = {plain(c): [plain(v) for v in paper[c]] for c in paper.columns}
    assert list(told) == list(grid.columns)
    assert told["Initiative"] == list(grid["Initiative"])
    assert told["Award"] == [f"${award:,.0f}" for award in grid["Award"]]
    assert told["Of full scope"] == [f"{share}%" for share in grid["Of full scope"]]
    assert told["Change"] == [""] * len(grid), "nothing is known of last year"


def test_of_very_many_rows_paper_has_the_first_and_says_how_many_more_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_tables, "PRINTED", 2)
    at = opened(solved(), "plan")
    (grid,) = (d.value for d in at.dataframe if "Of full scope" in d.value)
    (paper,) = (t.value for t in at.table if "Of full scope" in [plain(c) for c in t.value.columns])
    assert [plain(v) for v in paper["Initiative"]] == list(grid["Initiative"])[:2]
    assert f"{len(grid) - 2} more rows stand in the plan's workbook." in [c.value for c in at.caption]
