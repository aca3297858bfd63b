"""Holds every state that a protocol can reach to both invariants."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.cache_model.protocol import Protocol
from scripts.cache_model.reading import RESTS, STALE
from scripts.cache_model.walk import Map, Size, State

# Exhausted one after the other.
FULL = (Size(3, 1, 2), Size(2, 2, 1))
REDUCED = (Size(2, 1, 1), Size(1, 2, 1))
# Searched until what is known to be wrong has been seen, where the reduced ones do not show it.
BEYOND_REDUCED = Size(2, 2, 1)


@dataclass
class Finding:
    """What holds of a protocol, in how many states."""

    protocol: Protocol
    i1: bool = True
    i2: bool = True
    states: int = 0

    def look_at(self, state: State) -> None:
        """At one more state."""
        place, readers = state
        self.states += 1
        for reader in readers:
            if reader.step == STALE:
                self.i1 = False
        if place.leaves_old and all(reader.step in RESTS for reader in readers):
            self.i2 = False

    @property
    def is_expected(self) -> bool:
        return (self.i1, self.i2) == (self.protocol.i1, self.protocol.i2)


@contextmanager
def _keeping_all() -> Iterator[None]:
    """States are kept and hold no cycles: a collector would only look at them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_keeping_all()
def check(protocol: Protocol, *, is_reduced: bool) -> Finding:
    """Both invariants in every state that can be reached; a protocol that breaks both is left."""
    finding, places = Finding(protocol), Map(protocol)
    for size in REDUCED if is_reduced else FULL:
        for state in places.states(size):
            finding.look_at(state)
            if not (finding.i1 or finding.i2):
                return finding
    if is_reduced and not finding.is_expected:
        _search_beyond(places, finding)
    return finding


def _search_beyond(places: Map, finding: Finding) -> None:
    for state in places.states(BEYOND_REDUCED):
        finding.look_at(state)
        if finding.is_expected:
            break
