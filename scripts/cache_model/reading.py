"""A read of the model, step by step."""

from collections.abc import Iterator

from scripts.cache_model.protocol import Doubt, Fill, Protocol, Stamp
from scripts.cache_model.server import counts, is_believed
from scripts.cache_model.state import MISSING, Entry, Reader, State, fresh_stamp

# The last step of a read that showed less than was acknowledged before it began.
STALE = "stale"
ENDS = ("done", STALE)


def read(protocol: Protocol, state: State, place: int) -> Iterator[State]:
    """What the reader may do next."""
    reader = state.readers[place]
    if reader.step == "idle":
        step = "get" if protocol.doubt is Doubt.NONE else "look"
        yield _at(state, place, Reader(step, state.acked, snapshot=state.version))
    elif reader.step == "look":
        # What is doubted is not asked for; the database is, and its answer is not kept.
        is_believed_now = is_believed(protocol, state)
        yield _at(state, place, reader._replace(step="get" if is_believed_now else "done"))
    elif reader.step == "get":
        got = reader._replace(blob=state.entry, stamp=state.stamp)
        if protocol.stamp is Stamp.TOKEN and state.stamp == MISSING:
            yield _at(state, place, got._replace(step="name"))
        else:
            yield _at(state, place, _compared(protocol, got))
    elif reader.step == "name":
        yield _at(_named(state), place, reader._replace(step="get again"))
    elif reader.step == "get again":
        again = reader._replace(stamp=state.stamp)
        is_gone = state.stamp == MISSING
        after = reader._replace(step="done") if is_gone else _compared(protocol, again)
        yield _at(state, place, after)
    elif reader.step not in ENDS:
        yield _filled(protocol, state, place, reader)


def _compared(protocol: Protocol, reader: Reader) -> Reader:
    """A hit ends the read, else the database is asked."""
    if not counts(protocol, reader.blob, reader.stamp):
        return reader._replace(step="fill")
    return reader._replace(step=STALE if reader.blob.version < reader.needs else "done")


def _filled(protocol: Protocol, state: State, place: int, reader: Reader) -> State:
    """Read the database, and send a SET that arrives whenever it does."""
    if reader.step == "fill" and protocol.fill is Fill.DATABASE_FIRST:
        return _at(state, place, reader._replace(step="stamp", snapshot=state.version))
    stamp, snapshot, after = reader.stamp, state.version, state
    if protocol.fill is not Fill.STAMP_FIRST:
        snapshot = reader.snapshot
    if reader.step == "stamp":
        after = _named(state)
        stamp = after.stamp
    sent = after._replace(sets=(*after.sets, Entry(max(stamp, 0), snapshot)))
    return _at(sent, place, Reader(STALE if snapshot < reader.needs else "done"))


def _named(state: State) -> State:
    """SET NX of a random token."""
    return state._replace(stamp=fresh_stamp(state)) if state.stamp == MISSING else state


def _at(state: State, place: int, reader: Reader) -> State:
    readers = list(state.readers)
    # What a read that is over held plays no part any more.
    readers[place] = Reader(reader.step) if reader.step in ENDS else reader
    return state._replace(readers=tuple(readers))
