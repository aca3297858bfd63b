"""A read of the model, step by step."""

from scripts.cache_model.protocol import Doubt, Fill, Protocol, Stamp
from scripts.cache_model.server import counts, is_believed
from scripts.cache_model.state import FRESH, MISSING, Entry, Reader, Shared

# The last step of a read that showed less than was acknowledged before it began.
STALE = "stale"
ENDS = ("done", STALE)
RESTS = ("idle", *ENDS)


def read(protocol: Protocol, shared: Shared, reader: Reader) -> tuple[Shared, Reader]:
    """What the reader does next, unless it has ended."""
    if reader.step == "idle":
        step = "get" if protocol.doubt is Doubt.NONE else "look"
        return shared, Reader(step, shared.acked, snapshot=shared.version)
    if reader.step == "look":
        # What is doubted is not asked for; the database is, and its answer is not kept.
        believes = is_believed(protocol, shared)
        return shared, reader._replace(step="get") if believes else Reader("done")
    if reader.step in ("get", "get again"):
        return shared, _got(protocol, shared, reader)
    if reader.step == "name":
        return _named(shared), reader._replace(step="get again")
    return _filled(protocol, shared, reader)


def _got(protocol: Protocol, shared: Shared, reader: Reader) -> Reader:
    """The entry and the stamp, or the stamp again; a token that is gone is made once."""
    is_gone = protocol.stamp is Stamp.TOKEN and shared.stamp == MISSING
    if reader.step == "get":
        got = reader._replace(blob=shared.entry, stamp=shared.stamp)
        return got._replace(step="name") if is_gone else _compared(protocol, got)
    return Reader("done") if is_gone else _compared(protocol, reader._replace(stamp=shared.stamp))


def _compared(protocol: Protocol, reader: Reader) -> Reader:
    """A hit ends the read, else the database is asked."""
    if not counts(protocol, reader.blob, reader.stamp):
        return reader._replace(step="fill")
    return _ended(reader, reader.blob.version)


def _ended(reader: Reader, shown: int) -> Reader:
    """What a read that is over held plays no part any more."""
    return Reader(STALE if shown < reader.needs else "done")


def _filled(protocol: Protocol, shared: Shared, reader: Reader) -> tuple[Shared, Reader]:
    """Read the database, and send a SET that arrives whenever it does."""
    if reader.step == "fill" and protocol.fill is Fill.DATABASE_FIRST:
        return shared, reader._replace(step="stamp", snapshot=shared.version)
    stamp, snapshot, after = reader.stamp, shared.version, shared
    if protocol.fill is not Fill.STAMP_FIRST:
        snapshot = reader.snapshot
    if reader.step == "stamp":
        after = _named(shared)
        stamp = after.stamp
    sent = after._replace(sets=(*after.sets, Entry(max(stamp, 0), snapshot)))
    return sent, _ended(reader, snapshot)


def _named(shared: Shared) -> Shared:
    """SET NX of a random token."""
    return shared._replace(stamp=FRESH) if shared.stamp == MISSING else shared
