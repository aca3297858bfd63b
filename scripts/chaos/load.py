"""The load: requests at even distances, whether or not the ones before are answered.

70 % public reads, 15 % dashboards, 10 % of applications, 5 % edits, through both instances.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scripts.beside import Beside
from scripts.cache_hunt.look import look
from scripts.cache_hunt.reads import Read
from scripts.cache_hunt.subject import Subject
from scripts.cache_hunt.tally import Stale
from scripts.cache_hunt.wire import Reply
from scripts.cache_hunt.world import World
from scripts.chaos.samples import WRONG_BODY_KIND, Sample, Samples, failure_of

SHARES = {"public": 70, "dashboard": 15, "application": 10, "edit": 5}
DASHBOARDS = ("dashboard", "activity", "employer's jobs")
# Of what is written, only that of which a lost or a repeated write leaves a state to go on from.
EDITED = ("title of first", "title of second", "company", "category", "name of dora")
RATED = "rating"
# Who waits for an answer does not keep the next request from being sent.
CALLERS = 300
OLD = "stale-if-error"


@dataclass
class Load(Beside):
    """Runs from the beginning of a `with` to its end; `rate` is requests a second."""

    ports: Sequence[int]
    world: World
    reads: Sequence[Read]
    rate: float
    samples: Samples = field(default_factory=Samples)
    _due: queue.SimpleQueue[float | None] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        super().__init__()
        own = [read for read in self.reads if read.token is not None]
        self._kinds: dict[str, list[Read]] = {
            "public": [read for read in self.reads if read.token is None],
            "dashboard": [read for read in own if read.name in DASHBOARDS],
            "application": [read for read in own if read.name not in DASHBOARDS],
        }
        self._turns = {name: threading.Lock() for name in (*EDITED, RATED)}

    def works(self) -> Sequence[Callable[[], None]]:
        return [self._pace, *[self._call] * CALLERS]

    def _pace(self) -> None:
        due = time.monotonic()
        while not self.over.is_set():
            self._due.put(due)
            due += 1 / self.rate
            time.sleep(max(0.0, due - time.monotonic()))
        for _ in range(CALLERS):
            self._due.put(None)

    def _call(self) -> None:
        while (due := self._due.get()) is not None:
            (kind,) = random.choices(list(SHARES), list(SHARES.values()))  # noqa: S311
            # Half of what is done about applications changes one.
            if kind == "edit":
                self._write(due, EDITED)
            elif kind == "application" and random.random() < 0.5:  # noqa: S311
                self._write(due, (RATED,))
            else:
                self._read(due, random.choice(self._kinds[kind]))  # noqa: S311

    def _write(self, due: float, names: Sequence[str]) -> None:
        """Move one of them on; while others do that to each, read instead: one writer knows."""
        for name in random.sample(names, len(names)):
            if self._turns[name].acquire(blocking=False):
                try:
                    subject = self.world.subjects[name]
                    if subject.is_due:
                        self._move_on(due, subject)
                        return
                finally:
                    self._turns[name].release()
        self._read(due, random.choice(self._kinds["public"]))  # noqa: S311

    def _move_on(self, due: float, subject: Subject) -> None:
        reply = subject.move_on(random.choice(self.ports))  # noqa: S311
        self._add(due, reply, f"change of {subject.name}")

    def _read(self, due: float, read: Read) -> None:
        try:
            reply, stale = look(read, self.ports, random.randrange(len(self.ports)))  # noqa: S311
        except (TypeError, KeyError, ValueError, IndexError, StopIteration) as error:
            words = f"{read.name}: {error!r}"
            sample = Sample(due, time.monotonic() - due, read.token is None, WRONG_BODY_KIND, "")
            self.samples.add(sample, (), words)
            return
        # What was public a moment ago may be given when the database cannot be asked.
        allowed = reply.cache == OLD and read.token is None
        self._add(due, reply, read.name, [] if allowed else stale, is_public=read.token is None)

    def _add(
        self, due: float, reply: Reply, name: str, stale: Sequence[Stale] = (), *,
        is_public: bool = False,
    ) -> None:  # fmt: skip
        sample = Sample(due, time.monotonic() - due, is_public, failure_of(reply), reply.cache)
        self.samples.add(sample, stale, f"{name}: {reply.status} {reply.body[:200]!r}")
