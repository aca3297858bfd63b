"""What is true of an answer beyond its text, so that it can be kept for others."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response

from src.utils import clock

# Counts of live jobs may lag behind the ends of jobs by this, since with a million of them one ends
# every few seconds; those that count all of them cost the most.
COUNT_LAG_SECONDS, COUNT_ALL_LAG_SECONDS = 5.0, 60.0
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An answer as a cached view gives it, and what is true of it beyond its text.

    `until`: the clock makes it another then. `apart`: companies whose members are shown more than
    this. `is_shared`: others may be given it. `job_seen`: giving it is a view of that job.
    `seen`: the applications that whoever is given it sees, as (id, company, candidate).
    """

    response: Response
    until: datetime | None = None
    apart: Collection[int] = ()
    is_shared: bool = True
    job_seen: int | None = None
    seen: Sequence[Sequence[int]] = ()


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first moment at which something in an answer ends."""
    return min((moment for moment in moments if moment is not None), default=None)


def counted_until(next_end: datetime | None, lag_seconds: float = COUNT_LAG_SECONDS) -> datetime:
    """Until when a count of live jobs stands; it may lag behind the clock by a little."""
    soonest = clock.now() + timedelta(seconds=lag_seconds)
    return max(next_end or LATEST, soonest)
