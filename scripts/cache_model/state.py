"""One state of the model: a database, a cache server, and processes in the middle of their work."""

from typing import NamedTuple

MISSING = -1


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


class State(NamedTuple):
    """Everything there is. `sets` and `late` are fills and bumps still on their way."""

    readers: tuple[Reader, ...]
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
        """Nobody is in the middle of anything."""
        if self.sets or self.late or self.drainer.step != "idle":
            return False
        steps = {each.step for each in self.readers} | {each.step for each in self.writers}
        return steps <= {"idle", "done", "stale"}


def stamps(state: State) -> list[int]:
    """Every stamp that somebody holds, in a fixed order."""
    held = [state.stamp, state.entry.stamp]
    held += [entry.stamp for entry in state.sets]
    for reader in state.readers:
        held.append(reader.blob.stamp)
        held.append(reader.stamp)
    return held


def fresh_stamp(state: State) -> int:
    """A token that nobody holds."""
    return max(stamps(state)) + 1


def in_order(state: State) -> State:
    """The same state with like processes in one order."""
    readers, writers = tuple(sorted(state.readers)), tuple(sorted(state.writers))
    return state._replace(readers=readers, writers=writers, sets=tuple(sorted(state.sets)))


def canonical(state: State) -> State:
    """The same state in one order, its tokens numbered as they are met.

    Tokens are only compared: states that differ by their names alone are one.
    """
    state = in_order(state)
    names = {MISSING: MISSING}
    for stamp in stamps(state):
        names.setdefault(stamp, len(names) - 1)
    if all(old == new for old, new in names.items()):
        return state
    return state._replace(
        stamp=names[state.stamp],
        entry=Entry(names[state.entry.stamp], state.entry.version),
        sets=tuple(Entry(names[stamp], version) for stamp, version in state.sets),
        readers=tuple(_renamed(reader, names) for reader in state.readers),
    )


def _renamed(reader: Reader, names: dict[int, int]) -> Reader:
    step, needs, (stamp, version), held, snapshot = reader
    return Reader(step, needs, Entry(names[stamp], version), names[held], snapshot)
