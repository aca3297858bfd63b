"""Reloads and restarts under steady traffic, at even distances over its requests."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scripts.drills import world
from scripts.drills.served import Served, await_true, serve
from scripts.drills.tally import Tally
from scripts.drills.traffic import Traffic

EVENT_SECONDS = 180.0
# Told of each event, and of how many requests there were, now and then.
Listener = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much traffic, and how often what is done meanwhile."""

    requests: int
    reloads: int
    restarts: int
    connections: int
    # Of each connection between two requests.
    pause_seconds: float = 0.0
    # Of Gunicorn; as many as the machine's cores ask for when it is none.
    workers: int = 0

    def events(self) -> list[str]:
        """Reloads with the restarts spread among them; every second restart is a hard one."""
        due = [(place / (self.reloads + 1), "reload") for place in range(1, self.reloads + 1)]
        for place in range(1, self.restarts + 1):
            kind = "killed" if place % 2 else "ended"
            due.append((place / (self.restarts + 1), kind))
        return [name for _, name in sorted(due)]


@dataclass
class Outcome:
    """What came back, and what was done meanwhile: each event and its seconds."""

    tally: Tally = field(default_factory=Tally)
    events: list[tuple[str, float]] = field(default_factory=list)
    seconds: float = 0.0


def run(plan: Plan, listener: Listener) -> Outcome:
    """Serve, load, disturb. Raises CannotDrill and Failure before the traffic begins."""
    outcome = Outcome()
    with (
        tempfile.TemporaryDirectory(prefix="drill-") as folder,
        serve(Path(folder) / "var", WEB_CONCURRENCY=str(plan.workers or "")) as served,
    ):
        made = world.make(served.port, plan.connections)
        started = time.monotonic()
        with Traffic(served.port, made, outcome.tally, pause_seconds=plan.pause_seconds):
            _disturb(plan, served, outcome, listener)
        outcome.seconds = time.monotonic() - started
    return outcome


def _disturb(plan: Plan, served: Served, outcome: Outcome, listener: Listener) -> None:
    names = plan.events()
    for place, name in enumerate(names, 1):
        _await_requests(plan.requests * place // (len(names) + 1), outcome, name, listener)
        began = time.monotonic()
        _do(name, served)
        outcome.events.append((name, time.monotonic() - began))
    _await_requests(plan.requests, outcome, "", listener)


def _await_requests(number: int, outcome: Outcome, name: str, listener: Listener) -> None:
    while len(outcome.tally) < number:
        listener(name, len(outcome.tally))
        time.sleep(0.1)


def _do(name: str, served: Served) -> None:
    """Until the new Gunicorn serves; after a reload, until the old one has gone too."""
    old = served.pids()["gunicorn"]
    if name == "reload":
        served.supervisor.send_signal(signal.SIGHUP)
    else:
        os.kill(old, signal.SIGKILL if name == "killed" else signal.SIGTERM)
    await_true(
        lambda: served.pids().get("gunicorn", old) != old and not psutil.pid_exists(old)
        and served.is_ready(),
        EVENT_SECONDS, f"Gunicorn, {name}, was not followed by another",
    )  # fmt: skip
