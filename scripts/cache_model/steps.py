"""What can happen next in a state: what every protocol has in common."""

from collections.abc import Iterator

from scripts.cache_model.protocol import Doubt, Fault, Protocol
from scripts.cache_model.reading import read
from scripts.cache_model.server import bumped, counts, is_believed
from scripts.cache_model.state import MISSING, NO_ENTRY, Drainer, State, Writer


def following(protocol: Protocol, state: State) -> Iterator[State]:
    """Every state that can follow."""
    for place in range(len(state.readers)):
        yield from read(protocol, state, place)
    for place in range(len(state.writers)):
        yield from _write(protocol, state, place)
    yield from _drain(protocol, state)
    for place, late in enumerate(state.sets):
        yield state._replace(sets=state.sets[:place] + state.sets[place + 1 :], entry=late)
    if state.late:
        yield bumped(protocol, state._replace(late=state.late - 1))
    if Fault.EVICT in protocol.faults and state.faults_left:
        left = state.faults_left - 1
        if state.stamp != MISSING:
            yield state._replace(stamp=MISSING, faults_left=left)
        if state.entry != NO_ENTRY:
            yield state._replace(entry=NO_ENTRY, faults_left=left)


def leaves_old(protocol: Protocol, state: State) -> bool:
    """Whether all is quiet, and a read that comes now would be given something old."""
    is_left = state.is_quiet() and not _is_wanted(protocol, state)
    is_old = counts(protocol, state.entry, state.stamp) and state.entry.version < state.version
    return is_left and is_old and is_believed(protocol, state)


def _write(protocol: Protocol, state: State, place: int) -> Iterator[State]:
    step, wrote = state.writers[place]

    def at(step: str, after: State = state, wrote: int = wrote) -> State:
        writers = list(after.writers)
        writers[place] = Writer(step, wrote)
        return after._replace(writers=tuple(writers))

    if step == "idle" and protocol.bumps_before:
        yield at("commit", bumped(protocol, state))
    elif step in ("idle", "commit"):
        version = state.version + 1
        rows = (*state.outbox, version) if protocol.has_outbox else ()
        step = "bump" if protocol.bumps_after else "answer"
        yield at(step, state._replace(version=version, outbox=rows), version)
    elif step == "bump":
        yield from _bump(protocol, state, at("answer"), at("doubt"), at("done"))
    elif step == "doubt":
        raised = 1 if protocol.doubt is Doubt.FLAG else state.suspect + 1
        yield at("answer", state._replace(suspect=raised))
    elif step == "answer":
        yield at("done", state._replace(acked=max(state.acked, wrote)))


def _bump(
    protocol: Protocol, state: State, answers: State, doubts: State, ends: State
) -> Iterator[State]:
    """The bump arrives; or the process ends before it; or it is lost, for good or for a while."""
    delivered = tuple(row for row in state.outbox if row != _wrote(state, answers))
    yield bumped(protocol, answers._replace(outbox=delivered))
    left = state.faults_left - 1
    if left < 0:
        return
    if Fault.CRASH in protocol.faults:
        yield ends._replace(faults_left=left)
    lost = answers if protocol.doubt is Doubt.NONE else doubts
    if Fault.LOSE in protocol.faults:
        yield lost._replace(faults_left=left)
    if Fault.DELAY in protocol.faults:
        yield lost._replace(faults_left=left, late=state.late + 1)


def _wrote(before: State, after: State) -> int:
    """The version of the writer that moved."""
    [moved] = [new for old, new in zip(before.writers, after.writers, strict=True) if old != new]
    return moved.wrote


def _is_wanted(protocol: Protocol, state: State) -> bool:
    """Whether the drainer has something to do."""
    doubted = state.suspect != state.cleared
    return protocol.has_outbox and (bool(state.outbox) or doubted)


def _drain(protocol: Protocol, state: State) -> Iterator[State]:
    """The doubt is looked at first and cleared last, and only as far as it was looked at."""
    step, seen, rows = state.drainer
    if step == "idle" and _is_wanted(protocol, state):
        yield state._replace(drainer=Drainer("rows", state.suspect))
    elif step == "rows":
        yield state._replace(drainer=Drainer("bump", seen, state.outbox))
    elif step == "bump":
        yield bumped(protocol, state)._replace(drainer=Drainer("clear", seen, rows))
    elif step == "clear":
        left = tuple(row for row in state.outbox if row not in rows)
        done = state._replace(outbox=left, drainer=Drainer())
        if protocol.doubt is Doubt.FLAG:
            yield done._replace(suspect=0)
        else:
            yield done._replace(cleared=max(state.cleared, seen))
