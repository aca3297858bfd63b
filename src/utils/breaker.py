"""When to stop asking a server that does not answer, and when to try again."""

import random
import time
from collections.abc import Callable

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 1.0
# The part of a failure that one answer in time makes up for: a server that fails more often than
# once in fifty times costs more than it saves, though it answers in between.
MADE_UP = 0.02


class Breaker:
    """Opens after three failures, less what answers made up for; then only a probe, once a second,
    asks the server. Closed again, it is on trial: one failure opens it.

    Probes are for whoever runs in the background (`is_probed` says whether somebody does), so that
    no request waits for one; where nobody does, the first caller after the pause probes.
    """

    def __init__(self) -> None:
        self.failures = 0.0
        self.is_open = False
        self.is_probed: Callable[[], bool] = lambda: False
        self.probe_at = 0.0

    @property
    def is_due(self) -> bool:
        return self.is_open and time.monotonic() >= self.probe_at

    def worked(self) -> None:
        if self.failures:
            self.failures = max(0.0, self.failures - MADE_UP)

    def failed(self) -> None:
        self.failures = min(self.failures + 1, FAILURES_TO_OPEN)
        if self.is_open or self.failures > FAILURES_TO_OPEN - 1:
            self.is_open = True
            self.probe_at = time.monotonic() + OPEN_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311

    def close(self) -> None:
        self.is_open, self.failures = False, FAILURES_TO_OPEN - 1
