"""The scenarios: what each injects, on plain or proxied ways, and its pass line."""

from dataclasses import dataclass

from scripts.chaos import (
    cache_faults,
    database_faults,
    disk_faults,
    flood_faults,
    guess_faults,
    other_faults,
    start_faults,
)
from scripts.chaos.proxy import CLEAR, MODES
from scripts.chaos.rig import CACHE, STORE
from scripts.chaos.samples import NO_ANSWER_KIND, REFUSALS
from scripts.chaos.steps import Fault
from scripts.chaos.verdict import PassLine


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault, and what must hold while it lasts."""

    name: str
    what: str
    fault: Fault
    line: PassLine
    is_proxied: bool = False
    must_mount: bool = False


# A cache is not missed, whatever becomes of it.
UNHARMED = PassLine()
# A database is: those who need it are told so, soon.
REFUSED = PassLine(REFUSALS)
# As long as a statement may take on a living server, and half a second.
OVERDUE = PassLine(REFUSALS, slowest_failure_seconds=3.5)
MOSTLY = PassLine(REFUSALS, public_share=0.99)
# Whoever needs no locked table waits for none.
BESIDE = PassLine(REFUSALS, hits_times_slower=2.0)
IN_FLIGHT = PassLine((NO_ANSWER_KIND,), most_failures_a_kill=1)
HELD = PassLine((NO_ANSWER_KIND,), slowest_failure_seconds=45.0, most_failures_a_kill=1)
# Refused at once; and the queue is short again soon.
SHED = PassLine(REFUSALS, recovery_seconds=5.0)
# While nothing listens, nothing answers.
STARTED = PassLine((NO_ANSWER_KIND, *REFUSALS))
_CACHE, _DATABASE, _OTHER = cache_faults, database_faults, other_faults

_PLAIN = (
    Scenario("cache-kill", "the cache server is killed, and started again at the end",
             _CACHE.killed, PassLine(most_times_slower=2.0, hit_share=0.8)),
    Scenario("cache-stop", "the cache server hangs (SIGSTOP)", _CACHE.stopped, UNHARMED),
    Scenario("cache-emptied", "all that is cached is taken, each second",
             _CACHE.emptied, UNHARMED),
    Scenario("cache-full", "the cache server refuses writes: no memory",
             _CACHE.full, UNHARMED),
    Scenario("cache-readonly", "the cache server refuses writes: a replica",
             _CACHE.readonly, UNHARMED),
    Scenario("cache-crowded", "the cache server lets nobody in (maxclients)",
             _CACHE.crowded, UNHARMED),
    Scenario("cache-garbage", "what is cached is overwritten with garbage",
             _CACHE.spoilt, UNHARMED),
    Scenario("backend-stop", "one connection's PostgreSQL process hangs",
             _DATABASE.one_stopped, OVERDUE),
    Scenario("database-stop", "PostgreSQL hangs, with all its processes",
             _DATABASE.stopped, MOSTLY),
    Scenario("database-kill", "PostgreSQL is killed, and started again at the end",
             _DATABASE.killed, MOSTLY),
    Scenario("database-restart", "PostgreSQL is shut down at once and started, each 4 s",
             _DATABASE.restarted, MOSTLY),
    Scenario("backends-cut", "every connection to PostgreSQL is terminated, each second",
             _DATABASE.cut_off, MOSTLY),
    Scenario("database-crowded", "all connections of PostgreSQL are taken by others",
             _DATABASE.crowded, REFUSED),
    Scenario("table-lock", "the table of jobs is locked, for reading too",
             _DATABASE.table_locked, BESIDE),
    Scenario("row-lock", "an idle transaction holds the rows of all companies",
             _DATABASE.row_locked, MOSTLY),
    Scenario("worker-kill", "a worker is killed each second",
             _OTHER.workers_killed, IN_FLIGHT),
    Scenario("worker-freeze", "a worker hangs (SIGSTOP)", _OTHER.worker_frozen, HELD),
    Scenario("overload", "five times as much is asked as can be answered",
             flood_faults.flooded, SHED),
    Scenario("start-without-cache", "the service is started while the cache server is gone",
             start_faults.without(CACHE), STARTED),
    Scenario("start-without-database", "the service is started while PostgreSQL is gone",
             start_faults.without(STORE), STARTED),
    Scenario("start-without-both", "the service is started while both are gone",
             start_faults.without(CACHE, STORE), STARTED),
    Scenario("cache-kill-guesses",
             "a password is guessed at while the cache server is gone", guess_faults.guessed,
             UNHARMED),
    Scenario("disk-full", "the disk of what each change must write is full",
             disk_faults.database_full, MOSTLY, must_mount=True),
)  # fmt: skip

_WORDS = {
    "blackhole": "swallows all", "loss": "loses 20 %, had 0.2 s later", "reset": "is reset",
    "latency": "takes 0.2 s there and back", "slow": "carries 20 kB/s",
    "cut": "is cut within each answer",
}  # fmt: skip


def _ways(to: str, server: str, line: PassLine) -> list[Scenario]:
    return [
        Scenario(
            f"{to}-{mode}", f"the way to {server} {_WORDS[mode]}", _OTHER.way(to, mode),
            line, is_proxied=True,
        )
        for mode in MODES if mode != CLEAR
    ]  # fmt: skip


EVERY = {
    each.name: each
    for each in (
        *_PLAIN,
        *_ways(CACHE, "the cache server", UNHARMED),
        *_ways(STORE, "PostgreSQL", REFUSED),
    )
}
