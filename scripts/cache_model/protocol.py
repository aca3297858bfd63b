"""The protocols that are compared, and what is known of each."""

from dataclasses import dataclass, field
from enum import StrEnum


class Stamp(StrEnum):
    """What an entry is compared by: nothing (it is deleted instead), a counter, a unique token."""

    NONE = "none"
    COUNTER = "counter"
    TOKEN = "token"  # noqa: S105 - no secret


class Fault(StrEnum):
    EVICT = "evict"
    # A process ends between COMMIT and bump, before it has answered.
    CRASH = "crash"
    # A bump never arrives; the write is acknowledged all the same.
    LOSE = "lose"
    # A bump arrives after the acknowledgement.
    DELAY = "delay"


class Fill(StrEnum):
    """What a reader that misses does in which order."""

    STAMP_FIRST = "stamp, then database"
    DATABASE_FIRST = "database, then stamp"
    OLDER_SNAPSHOT = "database as it was before the stamp"


class Doubt(StrEnum):
    """How a lost bump is told to the readers of the host."""

    NONE = "none"
    COUNTERS = "two counters"
    FLAG = "one flag"


@dataclass(frozen=True)
class Protocol:
    """A way to keep a cache; `i1` and `i2` are what the check must find.

    I1: no read that began after a write was acknowledged shows less than it wrote. I2: when nobody
    is at work, nothing old is left to be read.
    """

    name: str
    i1: bool
    i2: bool
    stamp: Stamp = Stamp.TOKEN
    bumps_before: bool = False
    bumps_after: bool = True
    fill: Fill = Fill.STAMP_FIRST
    faults: frozenset[Fault] = field(default_factory=frozenset)
    has_outbox: bool = False
    doubt: Doubt = Doubt.NONE


_EVICT = frozenset({Fault.EVICT})
_CRASH = frozenset({Fault.EVICT, Fault.CRASH})
_LOSE = frozenset({Fault.EVICT, Fault.LOSE, Fault.DELAY})
_ALL = frozenset(Fault)

PROTOCOLS = (
    Protocol("delete before the commit", False, False, Stamp.NONE, True, False),
    Protocol("delete after the commit", False, False, Stamp.NONE),
    Protocol("delete before and after", False, False, Stamp.NONE, True),
    Protocol("counter, nothing evicted", True, True, Stamp.COUNTER),
    Protocol("counter, evicted once", False, False, Stamp.COUNTER, faults=_EVICT),
    Protocol("tokens, bumped only before the commit", False, False, Stamp.TOKEN, True, False),
    Protocol("tokens, read after the database", False, False, fill=Fill.DATABASE_FIRST),
    Protocol("tokens, filled from an older snapshot", False, False, fill=Fill.OLDER_SNAPSHOT),
    Protocol("tokens, bumped after the commit", True, True, faults=_EVICT),
    Protocol("the same, crash before the bump", True, False, faults=_CRASH),
    Protocol("the same, with an outbox", True, True, faults=_CRASH, has_outbox=True),
    Protocol("bump lost, no outbox", False, False, faults=_LOSE),
    Protocol("bump lost, outbox alone", False, True, faults=_LOSE, has_outbox=True),
    Protocol(
        "bump lost, outbox and one flag", False, True,
        faults=frozenset({Fault.LOSE}), has_outbox=True, doubt=Doubt.FLAG,
    ),
    Protocol(
        "everything, outbox and two counters", True, True,
        faults=_ALL, has_outbox=True, doubt=Doubt.COUNTERS,
    ),
)  # fmt: skip
