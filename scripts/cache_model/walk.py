"""Walks through every state that a protocol can reach.

A state is a shared part and its readers. There are few shared parts and many states: what can
follow from a part, and what a reader does over it, is worked out once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scripts.cache_model.protocol import Protocol, Stamp
from scripts.cache_model.reading import ENDS, read
from scripts.cache_model.state import Entry, Names, Reader, Shared, Writer
from scripts.cache_model.steps import following, leaves_old


@dataclass(frozen=True)
class Size:
    """How many processes and faults there are in the model."""

    readers: int
    writers: int
    faults: int


@dataclass(eq=False)
class Place:
    """A shared part that is reached; there is one of each, known by itself."""

    map: "Map"
    shared: Shared
    _moved: dict[Reader, tuple["Turn", Reader]] = field(default_factory=dict)

    @cached_property
    def leaves_old(self) -> bool:
        return leaves_old(self.map.protocol, self.shared)

    @cached_property
    def turns(self) -> list["Turn"]:
        """What can follow while no reader moves."""
        return [self.map.turn(after) for after in following(self.map.protocol, self.shared)]

    @cached_property
    def stays(self) -> "Turn":
        """Nothing but a reader changes."""
        return self.map.turn(self.shared)

    def moved(self, reader: Reader) -> tuple["Turn", Reader]:
        """What follows when that reader moves, and the reader then."""
        if reader not in self._moved:
            after, then = read(self.map.protocol, self.shared, reader)
            turn = self.stays if after is self.shared else self.map.turn(after)
            self._moved[reader] = turn, then
        return self._moved[reader]


State = tuple[Place, tuple[Reader, ...]]


@dataclass(frozen=True)
class Turn:
    """A step to a place, and what tokens are called there; None: as before."""

    place: Place
    names: Names | None

    def with_readers(self, readers: Sequence[Reader]) -> State:
        """The state with like readers in one order."""
        in_order = sorted(readers)
        return self.place, self.names.of_readers(in_order) if self.names else tuple(in_order)


class Map:
    """The places of a protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        # Counters are not mere names, as tokens are.
        self._has_names = protocol.stamp is not Stamp.COUNTER
        self._places: dict[Shared, Place] = {}
        self._turns: dict[Shared, Turn] = {}

    def turn(self, shared: Shared) -> Turn:
        """To where it has its order and its names."""
        if shared not in self._turns:
            named, names = shared.in_order(), None
            if self._has_names:
                names = Names(named)
                named = names.of_shared(named)
            if named not in self._places:
                self._places[named] = Place(self, named)
            self._turns[shared] = Turn(self._places[named], names)
        return self._turns[shared]

    def states(self, size: Size) -> Iterator[State]:
        """Those that are reached from an empty cache, and from one that holds what is true."""
        empty = Shared((Writer(),) * size.writers, size.faults)
        filled = empty._replace(entry=Entry(empty.stamp, empty.version))
        readers = (Reader(),) * size.readers
        left = [self.turn(shared).with_readers(readers) for shared in (empty, filled)]
        seen = set(left)
        while left:
            state = left.pop()
            yield state
            for after in _after(*state):
                if after not in seen:
                    seen.add(after)
                    left.append(after)


def _after(place: Place, readers: tuple[Reader, ...]) -> Iterator[State]:
    """Every state that can follow."""
    for at, reader in enumerate(readers):
        # What one does, another like it does too.
        if reader.step not in ENDS and reader not in readers[:at]:
            turn, then = place.moved(reader)
            yield turn.with_readers((*readers[:at], then, *readers[at + 1 :]))
    for turn in place.turns:
        yield turn.with_readers(readers)
