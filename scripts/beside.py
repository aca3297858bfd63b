"""Threads that work beside a `with`, from its beginning to its end."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Self


class Beside(ABC):
    """Each of `works` runs in a thread of its own and ends soon after `over` is set."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._threads: list[threading.Thread] = []

    @abstractmethod
    def works(self) -> Sequence[Callable[[], None]]:
        """What is to be done beside the block."""

    def __enter__(self) -> Self:
        for work in self.works():
            self._threads.append(threading.Thread(target=work, daemon=True))
            self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        """Waits for what is underway."""
        self.over.set()
        for thread in self._threads:
            thread.join()
