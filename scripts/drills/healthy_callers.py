"""Callers as they should be: they ask, take the answer, and ask again over the same connection."""

import contextlib
import functools
import http.client
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.beside import Beside
from scripts.drills.tally import Tally
from scripts.drills.target import Target
from scripts.drills.wire import exchange, good

_CALLERS = 8
_PATIENCE_SECONDS = 10.0


@dataclass
class Healthy(Beside):
    """`rate` requests a second for these paths in turn, from the beginning of a `with` to its end;
    counted under the name of the phase.
    """

    target: Target
    paths: Sequence[str]
    rate: float
    tally: Tally
    phase: str

    def __post_init__(self) -> None:
        super().__init__()

    def works(self) -> Sequence[Callable[[], None]]:
        return [functools.partial(self._call, number) for number in range(_CALLERS)]

    def _call(self, number: int) -> None:
        paths = itertools.cycle([*self.paths[number:], *self.paths[:number]])
        due = time.monotonic() + number / self.rate
        with contextlib.closing(self._connection(f"127.0.2.{1 + number}")) as connection:
            while not self.over.wait(max(0.0, due - time.monotonic())):
                due += _CALLERS / self.rate
                with self.tally.counting(self.phase):
                    good(*exchange(connection, "GET", next(paths)), expected=(200,))

    def _connection(self, address: str) -> http.client.HTTPConnection:
        port, source = self.target.port, (address, 0)
        tls = self.target.tls()
        if tls is None:
            return http.client.HTTPConnection(
                "127.0.0.1", port, timeout=_PATIENCE_SECONDS, source_address=source
            )
        return http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=_PATIENCE_SECONDS, source_address=source, context=tls
        )
