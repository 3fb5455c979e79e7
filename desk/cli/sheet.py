"""A table in which names and amounts stay whole."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table

WORD_MAX = 32
"""A longer word, such as a hash, may be broken where it must."""
_UNBOUNDED = 10_000


class Sheet(Table):
    """A table that wraps between words where it is too wide, most where there is most to wrap.

    Where even that is not enough it gets wider than it should if it is read by a program or from a
    file, and its words are broken on a screen, where the columns count for more.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fit the columns to the screen first."""
        self._fit(console, options)
        return super().__rich_console__(console, options)

    def _fit(self, console: Console, options: ConsoleOptions) -> None:
        unbounded = options.update_width(_UNBOUNDED)
        needs = [_need(console, unbounded, column) for column in self.columns]
        widths = [need.maximum for need in needs]
        frame = Measurement.get(console, unbounded, self).maximum - sum(widths)
        narrowest = frame + sum(need.minimum for need in needs)
        if frame + sum(widths) <= options.max_width or (
            narrowest > options.max_width and console.is_terminal
        ):
            return
        while frame + sum(widths) > options.max_width:
            slack = [width - need.minimum for width, need in zip(widths, needs, strict=True)]
            most = max(slack)
            if not most:
                break
            widths[slack.index(most)] -= 1
        for column, width in zip(self.columns, widths, strict=True):
            column.width = width
        self.width = frame + sum(widths)


def _need(console: Console, options: ConsoleOptions, column: Column) -> Measurement:
    """How narrow a column may be without breaking a word, and how wide it is without wrapping."""
    found = [Measurement.get(console, options, each) for each in (column.header, *column.cells)]
    widest = max(each.maximum for each in found)
    if column.no_wrap:
        return Measurement(widest, widest)
    return Measurement(max(min(each.minimum, WORD_MAX) for each in found), widest)
