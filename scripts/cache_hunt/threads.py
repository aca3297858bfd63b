"""The readers and writers of a hunt."""

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scripts.beside import Beside
from scripts.cache_hunt.look import look
from scripts.cache_hunt.reads import Read
from scripts.cache_hunt.subject import GaveUp, Subject
from scripts.cache_hunt.tally import Tally
from scripts.cache_hunt.world import World

READERS = 10
WRITERS = 2
# Between two writes of a thread so many reads and so much time pass, for answers to be hit too.
READS_A_WRITE = 60
PAUSE_SECONDS = 0.1


@dataclass
class Crowd(Beside):
    """Threads that read and write until they are told to stop."""

    ports: Sequence[int]
    world: World
    reads: Sequence[Read]
    reads_a_write: int = READS_A_WRITE
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        super().__init__()

    def works(self) -> Sequence[Callable[[], None]]:
        subjects = list(self.world.subjects.values())
        works: list[Callable[[], None]] = [self._read] * READERS
        works += [self._writer(subjects[n::WRITERS]) for n in range(WRITERS)]
        return [functools.partial(self._guarded, work) for work in works]

    @property
    def is_alive(self) -> bool:
        return not self.over.is_set()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            while not self.over.is_set():
                work()
        except GaveUp as error:
            self.tally.fail(f"a writer gave up: {error}")
        except Exception as error:  # noqa: BLE001 - else the thread would end unnoticed
            self.tally.fail(f"{type(error).__name__}: {error}")
        finally:
            self.over.set()

    def _writer(self, subjects: Sequence[Subject]) -> Callable[[], None]:
        def write() -> None:
            for subject in subjects:
                if not self.over.is_set() and subject.is_due:
                    self._write(subject)
                self._rest(self.tally.reads + self.reads_a_write)

        return write

    def _rest(self, reads: int) -> None:
        self.over.wait(PAUSE_SECONDS)
        while self.tally.reads < reads and not self.over.wait(PAUSE_SECONDS / 10):
            pass

    def _write(self, subject: Subject) -> None:
        reply = subject.move_on(random.choice(self.ports))  # noqa: S311
        self.tally.status(reply.status, reply.body)
        if reply.status >= 300:
            raise GaveUp(f"{subject.name}: {reply.status} {reply.body[:300]!r}")
        self.tally.write(reply.seconds)

    def _read(self) -> None:
        instance = random.randrange(len(self.ports))  # noqa: S311
        read = random.choice(self.reads)  # noqa: S311
        reply, stale = look(read, self.ports, instance)
        self.tally.status(reply.status, reply.body)
        if reply.status < 500:
            self.tally.read(reply.cache, reply.seconds, stale)
