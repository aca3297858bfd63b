"""Steady traffic: each connection asks, checks the answer, and asks again.

70 % are public reads, 20 % reads of one's own, 10 % writes, whose effect the next read must show.
"""

import functools
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from scripts.beside import Beside
from scripts.drills.tally import Tally
from scripts.drills.wire import Failure, ask
from scripts.drills.world import WORDS, World

_SHARES = {"search": 35, "job": 35, "account": 10, "dashboard": 10, "write": 10}


class Traffic(Beside):
    """Runs from the beginning of a `with` to its end, in a thread for each connection."""

    def __init__(
        self, port: int, world: World, tally: Tally, *, pause_seconds: float = 0.0
    ) -> None:
        super().__init__()
        self._callers = [_Caller(port, world, tally, n) for n in range(len(world.own_jobs))]
        self._pause_seconds = pause_seconds

    def works(self) -> Sequence[Callable[[], None]]:
        values = (self.over, self._pause_seconds)
        return [functools.partial(caller.run, *values) for caller in self._callers]


class _Caller:
    """One connection's worth of requests; it alone changes its job."""

    def __init__(self, port: int, world: World, tally: Tally, number: int) -> None:
        self._port, self._world, self._tally = port, world, tally
        self._random = random.Random(number)  # noqa: S311 - no secret
        self._job, self._writes = world.own_jobs[number], 0
        # What its title may be: two after a write of which nobody knows whether it was done.
        self._titles: list[str] = []

    def run(self, over: threading.Event, pause_seconds: float) -> None:
        requests = {
            "search": self._search, "job": self._see_job, "account": self._see_account,
            "dashboard": self._see_dashboard, "write": self._write,
        }  # fmt: skip
        while not over.is_set():
            (name,) = self._random.choices(list(_SHARES), list(_SHARES.values()))
            with self._tally.counting(name):
                requests[name]()
            if name == "write":
                with self._tally.counting("read back"):
                    self._read_back()
            if pause_seconds:
                over.wait(pause_seconds)

    def _search(self) -> None:
        word = self._random.choice(WORDS)
        found = self._get(f"/jobs?q={word}&page_size=10")
        _require(any(word in item["title"].lower() for item in found["items"]), found)

    def _see_job(self) -> None:
        job = self._random.choice(self._world.jobs)
        found = self._get(f"/jobs/{job}")
        _require(found["id"] == job, found)

    def _see_account(self) -> None:
        found = self._get("/auth/me", self._world.employer)
        _require(found["email"] == self._world.employer_email, found)

    def _see_dashboard(self) -> None:
        found = self._get("/employer/dashboard", self._world.employer)
        _require(found["company"]["id"] == self._world.company_id, found)

    def _write(self) -> None:
        self._writes += 1
        title = f"Job {self._job}, change {self._writes}"
        self._titles.append(title)
        path, token = f"/api/v1/jobs/{self._job}", self._world.employer
        changed = ask(self._port, "PATCH", path, token=token, body={"title": title})
        _require(changed["title"] == title, changed)
        self._titles = [title]

    def _read_back(self) -> None:
        found = self._get(f"/jobs/{self._job}")
        _require(found["title"] in self._titles, found)

    def _get(self, path: str, token: str | None = None) -> Any:
        return ask(self._port, "GET", f"/api/v1{path}", token=token)


def _require(holds: bool, found: Any) -> None:
    if not holds:
        raise Failure("wrong body", str(found)[:200])
