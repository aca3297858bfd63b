"""Walks through every state that a protocol can reach."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from scripts.cache_model.protocol import Protocol, Stamp
from scripts.cache_model.reading import STALE
from scripts.cache_model.state import Entry, Reader, State, Writer, canonical, in_order
from scripts.cache_model.steps import following, leaves_old


@dataclass(frozen=True)
class Size:
    """How many processes and faults there are in the model."""

    readers: int
    writers: int
    faults: int


# Exhausted one after the other.
FULL = (Size(3, 1, 2), Size(2, 2, 1))
REDUCED = (Size(2, 1, 1), Size(1, 2, 1))
# Searched until what is known to be wrong has been seen, where the reduced ones do not show it.
BEYOND_REDUCED = Size(2, 2, 1)


@dataclass(frozen=True)
class Finding:
    """What holds of a protocol, in how many states."""

    protocol: Protocol
    i1: bool
    i2: bool
    states: int

    def beside(self, state: State) -> Self:
        """What holds with one more state looked at."""
        i1 = self.i1 and all(reader.step != STALE for reader in state.readers)
        i2 = self.i2 and not leaves_old(self.protocol, state)
        return replace(self, i1=i1, i2=i2, states=self.states + 1)

    @property
    def is_expected(self) -> bool:
        return (self.i1, self.i2) == (self.protocol.i1, self.protocol.i2)


def check(protocol: Protocol, *, is_reduced: bool) -> Finding:
    """Both invariants in every state that can be reached; a protocol that breaks both is left."""
    finding = Finding(protocol, True, True, 0)
    for size in REDUCED if is_reduced else FULL:
        for state in _reachable(protocol, size):
            finding = finding.beside(state)
            if not (finding.i1 or finding.i2):
                return finding
    if is_reduced and not finding.is_expected:
        for state in _reachable(protocol, BEYOND_REDUCED):
            finding = finding.beside(state)
            if finding.is_expected:
                break
    return finding


def _reachable(protocol: Protocol, size: Size) -> Iterator[State]:
    """From an empty cache, and from one that holds what is true."""
    # Counters are not mere names, as tokens are.
    same = in_order if protocol.stamp is Stamp.COUNTER else canonical
    empty = State((Reader(),) * size.readers, (Writer(),) * size.writers, size.faults)
    left = [empty, empty._replace(entry=Entry(empty.stamp, empty.version))]
    seen, met = set(left), set[State]()
    while left:
        state = left.pop()
        yield state
        for found in following(protocol, state):
            if found in met:
                continue
            met.add(found)
            after = same(found)
            if after not in seen:
                seen.add(after)
                left.append(after)
