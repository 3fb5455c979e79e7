"""Tables keep names and amounts whole."""

from __future__ import annotations

import io

from hypothesis import assume, given
from hypothesis import strategies as st
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from desk.cli.sheet import WORD_MAX, Sheet

NAMES = st.text("abcdefgh-0123456789", min_size=1, max_size=WORD_MAX)
CELLS = st.lists(NAMES, min_size=1, max_size=5).map(" ".join)
ROWS = st.integers(1, 8).flatmap(
    lambda columns: st.lists(
        st.lists(CELLS, min_size=columns, max_size=columns), min_size=1, max_size=4
    )
)


def printed(table: Table, rows: list[list[str]], width: int, *, terminal: bool = False) -> str:
    """What a table of rows looks like; of its columns every third holds numbers."""
    for number in range(len(rows[0])):
        is_number = number % 3 == 2
        table.add_column(f"Column {number}", overflow="fold", no_wrap=is_number)
    for row in rows:
        table.add_row(*row)
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal)
    console.print(table, crop=False)
    return out.getvalue()


@given(rows=ROWS, width=st.integers(20, 140))
def test_where_nobody_looks_on_a_screen_every_word_is_whole(
    rows: list[list[str]], width: int
) -> None:
    words = set(printed(Sheet(box=SIMPLE_HEAD), rows, width).split())
    assert {word for row in rows for cell in row for word in cell.split()} <= words


@given(rows=ROWS, width=st.integers(60, 300))
def test_a_table_that_fits_is_as_it_always_was(rows: list[list[str]], width: int) -> None:
    plain = printed(Table(box=SIMPLE_HEAD), rows, 10_000)
    assume(max(map(len, plain.splitlines())) <= width)
    assert printed(Sheet(box=SIMPLE_HEAD), rows, width) == plain


def test_what_can_be_wrapped_between_words_gives_way_to_names() -> None:
    rows = [["council-fund", "outcome expense by the year", "1,908,101.36"]]
    lines = printed(Sheet(box=SIMPLE_HEAD), rows, 42).splitlines()
    assert max(map(len, lines)) <= 42
    assert any("council-fund" in line and "1,908,101.36" in line for line in lines)


def test_on_a_screen_that_is_too_narrow_the_columns_count_for_more() -> None:
    rows = [["council-fund", "outcome expense by the year", "1,908,101.36"]]
    on_a_screen = printed(Sheet(box=SIMPLE_HEAD), rows, 30, terminal=True)
    assert on_a_screen == printed(Table(box=SIMPLE_HEAD), rows, 30, terminal=True)
