"""The steps of a run: shown on a terminal while they last, and timed."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

T = TypeVar("T")


@dataclass
class Steps:
    """Seconds by step, in their order."""

    seconds: dict[str, float] = field(default_factory=dict)
    _progress: Progress | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the steps that follow, if there is a terminal to show them on."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        shown = Progress(
            *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
        )
        with shown as self._progress:
            yield

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One that cannot tell how far it is."""
        for _ in self.each(name, [None], 1):
            yield

    def each(self, name: str, things: Iterable[T], count: int) -> Iterator[T]:
        """One of `count` things; it ends when they do."""
        begun = time.monotonic()
        task = self._progress.add_task(name, total=count) if self._progress else None
        for thing in things:
            yield thing
            if self._progress and task is not None:
                self._progress.advance(task)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun
