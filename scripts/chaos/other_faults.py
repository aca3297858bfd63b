"""What is done to the workers, and to the ways between them and the servers."""

import math
import random

from scripts.chaos.proxy import CLEAR
from scripts.chaos.rig import Rig
from scripts.chaos.steps import Fault, Steps

KILL_SECONDS = 1.0


def workers_killed(rig: Rig) -> Steps:
    """One worker of either instance, each second."""
    while True:
        random.choice(rig.workers()).kill()  # noqa: S311
        rig.kills += 1
        yield KILL_SECONDS


def worker_frozen(rig: Rig) -> Steps:
    """One worker hangs, with what it was asked."""
    frozen = rig.workers()[0]
    frozen.suspend()
    # Gunicorn ends who gives no sign of life for 40 s, with the request that it held.
    rig.kills += 1
    try:
        yield math.inf
    finally:
        if frozen.is_running():
            frozen.resume()


def way(to: str, mode: str) -> Fault:
    """The way to the cache or to the database is as bad as a mode of the proxy says."""

    def fault(rig: Rig) -> Steps:
        rig.proxies[to].set(mode)
        try:
            yield math.inf
        finally:
            rig.proxies[to].set(CLEAR)

    return fault
