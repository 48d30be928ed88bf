"""Rows under columns on any terminal: what does not fit beside goes below, under the same first columns."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.table import Table

from hospital.cards import Cell

LONGEST_CODE = 28
"""Ids up to this length are never broken over two lines."""
LONGEST_WORD = 14
"""Words up to this length stay whole."""
GAP = 3
MOST_KEYS = 2


class TextTable:
    """A table that keeps its words whole; numbers stand on the right."""

    def __init__(
        self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "", note: str = ""
    ) -> None:
        self._columns = tuple(columns)
        self._rows = [tuple(row) for row in rows]
        self._title = title
        self._note = note
        self._cells = [[row[at] for row in self._rows if row[at] is not None] for at in range(len(self._columns))]
        self._least = [self._least_of(at) for at in range(len(self._columns))]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """One table, or several under each other that repeat the first columns."""
        parts = list(self._parts(options.max_width - 2))
        for number, part in enumerate(parts):
            yield self._table(part, first=number == 0, last=number == len(parts) - 1)

    def _parts(self, width: int) -> Iterator[list[int]]:
        """Which columns stand together; one in which nothing is said is left out."""
        every = [at for at in range(len(self._columns)) if not self._rows or self._says_something(at)]
        if self._room(every) <= width:
            yield every
            return
        keys = [at for at in every[:MOST_KEYS] if not self._is_numeric(at)]
        part = list(keys)
        for at in (at for at in every if at not in keys):
            if len(part) > len(keys) and self._room([*part, at]) > width:
                yield part
                part = list(keys)
            part.append(at)
        yield part

    def _says_something(self, at: int) -> bool:
        return any(cell_text(row[at]) for row in self._rows)

    def _room(self, part: Sequence[int]) -> int:
        return sum(self._least[at] + GAP for at in part)

    def _table(self, part: Sequence[int], *, first: bool, last: bool) -> Table:
        table = Table(
            title=escape(self._title) if first and self._title else None,
            caption=escape(self._note) if last and self._note else None,
            box=box.SIMPLE_HEAD,
            title_style="bold",
            title_justify="left",
            caption_justify="left",
            header_style="bold",
            pad_edge=False,
        )
        for at in part:
            table.add_column(
                escape(self._columns[at]),
                justify="right" if self._is_numeric(at) else "left",
                overflow="fold",
                no_wrap=self._is_code(at),
                min_width=self._least[at],
            )
        for row in self._rows:
            table.add_row(*(escape(cell_text(row[at])) for at in part))
        return table

    def _is_numeric(self, at: int) -> bool:
        cells = self._cells[at]
        return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)

    def _is_code(self, at: int) -> bool:
        return all(isinstance(c, str) and " " not in c and len(c) <= LONGEST_CODE for c in self._cells[at])

    def _least_of(self, at: int) -> int:
        texts = [cell_text(cell) for cell in self._cells[at]]
        words = [word for text in (self._columns[at], *texts) for word in text.split()]
        longest = LONGEST_CODE if self._is_code(at) else LONGEST_WORD
        return min(longest, max((len(word) for word in words), default=1))


def cell_text(cell: Cell) -> str:
    """A table cell as people read it; nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.1f}" if isinstance(cell, float) else str(cell)
