"""The picture of docs/performance.md shows its table."""

from __future__ import annotations

from tests.bench.picture import PAGE, PICTURE, measured, picture

TABLE = """
| spend columns | ours | another <way> |
|---|---|---|
| 3,000 | 1.0 s | 2.5 s |
| 350,000 | 26.6 s | given up |
| 1,000,000 | 92.7 s |  |

| spend columns | ours |
|---|---|
| 3,000 | 9.0 s |
"""


def test_only_what_was_measured_is_drawn() -> None:
    assert measured(TABLE) == {"ours": [(3e3, 1.0), (3.5e5, 26.6), (1e6, 92.7)], "another <way>": [(3e3, 2.5)]}
    drawn = picture(TABLE)
    assert drawn.count("<circle") == 4
    assert "another &lt;way&gt;" in drawn


def test_the_picture_is_that_of_the_page() -> None:
    assert picture(PAGE.read_text("utf-8")) == PICTURE.read_text("utf-8"), "run python -m tests.bench.picture"
