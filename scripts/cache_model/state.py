"""One state of the model: a database, a cache server, and processes in the middle of their work."""

from collections.abc import Sequence
from typing import NamedTuple, Self

MISSING = -1
# A token that nobody holds: after each step all of them are numbered anew.
FRESH = 1_000_000


class Entry(NamedTuple):
    """A cached answer: the stamp it was filled under, and the version of the data it shows."""

    stamp: int
    version: int


NO_ENTRY = Entry(MISSING, MISSING)


class Reader(NamedTuple):
    """A read at a step; `needs` is what was acknowledged when it began."""

    step: str = "idle"
    needs: int = 0
    blob: Entry = NO_ENTRY
    stamp: int = MISSING
    snapshot: int = 0


class Writer(NamedTuple):
    """A write at a step; `wrote` is the version that it committed."""

    step: str = "idle"
    wrote: int = 0


class Drainer(NamedTuple):
    """What delivers for others: the doubt that it found, and the rows that were left."""

    step: str = "idle"
    seen: int = 0
    rows: tuple[int, ...] = ()


class Shared(NamedTuple):
    """Everything but the readers. `sets` and `late` are fills and bumps still on their way."""

    writers: tuple[Writer, ...]
    faults_left: int
    drainer: Drainer = Drainer()
    version: int = 0
    acked: int = 0
    stamp: int = 0
    entry: Entry = NO_ENTRY
    sets: tuple[Entry, ...] = ()
    late: int = 0
    outbox: tuple[int, ...] = ()
    suspect: int = 0
    cleared: int = 0

    def is_quiet(self) -> bool:
        """Nobody but a reader is in the middle of anything."""
        if self.sets or self.late or self.drainer.step != "idle":
            return False
        return all(writer.step in ("idle", "done") for writer in self.writers)

    def in_order(self) -> Self:
        """The same with like processes in one order."""
        writers, sets = tuple(sorted(self.writers)), tuple(sorted(self.sets))
        is_so = writers == self.writers and sets == self.sets
        return self if is_so else self._replace(writers=writers, sets=sets)


class Names:
    """What tokens are called, from how they were called before: numbered as they are met.

    They are only compared: states that differ by the names of their tokens alone are one.
    """

    def __init__(self, shared: Shared) -> None:
        self._names = {MISSING: MISSING}
        for stamp in (shared.stamp, shared.entry.stamp, *(entry.stamp for entry in shared.sets)):
            self._names.setdefault(stamp, len(self._names) - 1)

    def of_shared(self, shared: Shared) -> Shared:
        names = self._names
        if all(old == new for old, new in names.items()):
            return shared
        return shared._replace(
            stamp=names[shared.stamp],
            entry=Entry(names[shared.entry.stamp], shared.entry.version),
            sets=tuple(Entry(names[stamp], version) for stamp, version in shared.sets),
        )

    def of_readers(self, readers: Sequence[Reader]) -> tuple[Reader, ...]:
        """They go on numbering where the shared part ends."""
        names, found = self._names, []
        for reader in readers:
            step, needs, (stamp, version), held, snapshot = reader
            if stamp not in names or held not in names:
                names = names.copy()
                names.setdefault(stamp, len(names) - 1)
                names.setdefault(held, len(names) - 1)
            if names[stamp] == stamp and names[held] == held:
                found.append(reader)
            else:
                blob = Entry(names[stamp], version)
                found.append(Reader(step, needs, blob, names[held], snapshot))
        return tuple(found)
