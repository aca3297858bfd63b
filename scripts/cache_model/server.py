"""The cache server of the model: what a bump does to it, and which entry counts."""

from scripts.cache_model.protocol import Doubt, Protocol, Stamp
from scripts.cache_model.state import FRESH, MISSING, NO_ENTRY, Entry, Shared


def bumped(protocol: Protocol, shared: Shared) -> Shared:
    """After a bump has arrived."""
    if protocol.stamp is Stamp.NONE:
        return shared._replace(entry=NO_ENTRY)
    if protocol.stamp is Stamp.COUNTER:
        return shared._replace(stamp=max(shared.stamp, 0) + 1)
    return shared._replace(stamp=FRESH)


def counts(protocol: Protocol, entry: Entry, stamp: int) -> bool:
    """Whether an entry is a hit while the stamp is this one; a missing counter is zero."""
    if entry == NO_ENTRY:
        return False
    if protocol.stamp is Stamp.TOKEN:
        return entry.stamp == stamp != MISSING
    return protocol.stamp is Stamp.NONE or entry.stamp == max(stamp, 0)


def is_believed(protocol: Protocol, shared: Shared) -> bool:
    """Whether readers of the host use the cache."""
    return protocol.doubt is Doubt.NONE or shared.suspect == shared.cleared
