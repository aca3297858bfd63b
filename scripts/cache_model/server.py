"""The cache server of the model: what a bump does to it, and which entry counts."""

from scripts.cache_model.protocol import Doubt, Protocol, Stamp
from scripts.cache_model.state import MISSING, NO_ENTRY, Entry, State, fresh_stamp


def bumped(protocol: Protocol, state: State) -> State:
    """After a bump has arrived."""
    if protocol.stamp is Stamp.NONE:
        return state._replace(entry=NO_ENTRY)
    if protocol.stamp is Stamp.COUNTER:
        return state._replace(stamp=max(state.stamp, 0) + 1)
    return state._replace(stamp=fresh_stamp(state))


def counts(protocol: Protocol, entry: Entry, stamp: int) -> bool:
    """Whether an entry is a hit while the stamp is this one; a missing counter is zero."""
    if entry == NO_ENTRY:
        return False
    if protocol.stamp is Stamp.TOKEN:
        return entry.stamp == stamp != MISSING
    return protocol.stamp is Stamp.NONE or entry.stamp == max(stamp, 0)


def is_believed(protocol: Protocol, state: State) -> bool:
    """Whether readers of the host use the cache."""
    return protocol.doubt is Doubt.NONE or state.suspect == state.cleared
