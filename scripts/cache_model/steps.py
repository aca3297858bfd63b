"""What can happen next beside the reads, in what every protocol has in common."""

from collections.abc import Iterator

from scripts.cache_model.protocol import Doubt, Fault, Protocol
from scripts.cache_model.server import bumped, counts, is_believed
from scripts.cache_model.state import MISSING, NO_ENTRY, Drainer, Shared, Writer


def following(protocol: Protocol, shared: Shared) -> Iterator[Shared]:
    """Every shared part that can follow while no reader moves."""
    for place in range(len(shared.writers)):
        yield from _write(protocol, shared, place)
    yield from _drain(protocol, shared)
    for place, late in enumerate(shared.sets):
        yield shared._replace(sets=shared.sets[:place] + shared.sets[place + 1 :], entry=late)
    if shared.late:
        yield bumped(protocol, shared._replace(late=shared.late - 1))
    if Fault.EVICT in protocol.faults and shared.faults_left:
        left = shared.faults_left - 1
        if shared.stamp != MISSING:
            yield shared._replace(stamp=MISSING, faults_left=left)
        if shared.entry != NO_ENTRY:
            yield shared._replace(entry=NO_ENTRY, faults_left=left)


def leaves_old(protocol: Protocol, shared: Shared) -> bool:
    """Whether all is quiet, and a read that comes now would be given something old."""
    is_left = shared.is_quiet() and not _is_wanted(protocol, shared)
    is_old = counts(protocol, shared.entry, shared.stamp) and shared.entry.version < shared.version
    return is_left and is_old and is_believed(protocol, shared)


def _write(protocol: Protocol, shared: Shared, place: int) -> Iterator[Shared]:
    step, wrote = shared.writers[place]

    def at(step: str, after: Shared = shared, wrote: int = wrote) -> Shared:
        writers = list(after.writers)
        writers[place] = Writer(step, wrote)
        return after._replace(writers=tuple(writers))

    if step == "idle" and protocol.bumps_before:
        yield at("commit", bumped(protocol, shared))
    elif step in ("idle", "commit"):
        version = shared.version + 1
        rows = (*shared.outbox, version) if protocol.has_outbox else ()
        step = "bump" if protocol.bumps_after else "answer"
        yield at(step, shared._replace(version=version, outbox=rows), version)
    elif step == "bump":
        yield from _bump(protocol, shared, at("answer"), at("doubt"), at("done"))
    elif step == "doubt":
        raised = 1 if protocol.doubt is Doubt.FLAG else shared.suspect + 1
        yield at("answer", shared._replace(suspect=raised))
    elif step == "answer":
        yield at("done", shared._replace(acked=max(shared.acked, wrote)))


def _bump(
    protocol: Protocol, shared: Shared, answers: Shared, doubts: Shared, ends: Shared
) -> Iterator[Shared]:
    """The bump arrives; or the process ends before it; or it is lost, for good or for a while."""
    delivered = tuple(row for row in shared.outbox if row != _wrote(shared, answers))
    yield bumped(protocol, answers._replace(outbox=delivered))
    left = shared.faults_left - 1
    if left < 0:
        return
    if Fault.CRASH in protocol.faults:
        yield ends._replace(faults_left=left)
    lost = answers if protocol.doubt is Doubt.NONE else doubts
    if Fault.LOSE in protocol.faults:
        yield lost._replace(faults_left=left)
    if Fault.DELAY in protocol.faults:
        yield lost._replace(faults_left=left, late=shared.late + 1)


def _wrote(before: Shared, after: Shared) -> int:
    """The version of the writer that moved."""
    [moved] = [new for old, new in zip(before.writers, after.writers, strict=True) if old != new]
    return moved.wrote


def _is_wanted(protocol: Protocol, shared: Shared) -> bool:
    """Whether the drainer has something to do."""
    doubted = shared.suspect != shared.cleared
    return protocol.has_outbox and (bool(shared.outbox) or doubted)


def _drain(protocol: Protocol, shared: Shared) -> Iterator[Shared]:
    """The doubt is looked at first and cleared last, and only as far as it was looked at."""
    step, seen, rows = shared.drainer
    if step == "idle" and _is_wanted(protocol, shared):
        yield shared._replace(drainer=Drainer("rows", shared.suspect))
    elif step == "rows":
        yield shared._replace(drainer=Drainer("bump", seen, shared.outbox))
    elif step == "bump":
        yield bumped(protocol, shared)._replace(drainer=Drainer("clear", seen, rows))
    elif step == "clear":
        left = tuple(row for row in shared.outbox if row not in rows)
        done = shared._replace(outbox=left, drainer=Drainer())
        if protocol.doubt is Doubt.FLAG:
            yield done._replace(suspect=0)
        else:
            yield done._replace(cleared=max(shared.cleared, seen))
