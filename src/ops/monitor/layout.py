"""What the sections of the monitor's report are laid out with."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_BETWEEN = "   "


class Flow:
    """Pieces from left to right, three spaces apart; one that does not fit begins a line."""

    def __init__(self, pieces: Iterable[Text]) -> None:
        self.pieces = list(pieces)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for piece in self.pieces:
            if line.cell_len and line.cell_len + len(_BETWEEN) + piece.cell_len > options.max_width:
                yield line
                line = Text()
            line = Text.assemble(line, _BETWEEN, piece) if line.cell_len else piece
        yield line


def pairs(*named: tuple[str, str]) -> Flow:
    """Names and what they are."""
    return Flow(Text.assemble((name, "dim"), " ", value) for name, value in named)


def table(*titles: str) -> Table:
    """Columns: `>` at the end of a title aligns right, `…` takes what room is left."""
    made = Table(box=None, expand=True, pad_edge=False, header_style="cyan", padding=(0, 2, 0, 0))
    for title in titles:
        made.add_column(
            title.rstrip(">…"),
            justify="right" if title.endswith(">") else "left",
            ratio=1 if title.endswith("…") else None,
            no_wrap=True,
            overflow="ellipsis",
        )
    return made
